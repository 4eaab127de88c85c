import { createHash } from 'node:crypto';
import { TwinError } from '../error';
import { isObject } from '../json';

/**
 * What a rehearsal asks the app to restore its stagings from. The snapshots get their names before they exist, so that every
 * release of a rehearsal is synthesised with the same ones.
 */
export interface RestoreRequest {
  /** What the names of the snapshots begin with. */
  readonly prefix: string;
  /** The ARN of staging's own key. */
  readonly kmsKeyArn: string;
  /** The tiers that begin empty all the same. */
  readonly empty: readonly string[];
  /** The clusters that are cloned instead of restored, by tier: as production calls them, or the ARN of another account's. @default - none */
  readonly clones?: Readonly<Record<string, string>>;
  /** The caches that do not begin empty, by tier. @default - none */
  readonly caches?: readonly string[];
  /** The tiers that a checkpoint has kept: they begin with that. @default - there is no checkpoint */
  readonly kept?: readonly string[];
}

/** The key in the CDK's context under which it is given, as JSON: the command line knows texts alone. */
export const RESTORE_CONTEXT = 'cdk-twin:restore';

/**
 * Reads a request; undefined where there is none.
 *
 * @throws TwinError `restore-context` for anything else
 */
export function restoreRequestOf(context: unknown): RestoreRequest | undefined {
  if (context === undefined) return undefined;
  const value = typeof context === 'string' ? parsed(context) : context;
  if (isRequest(value)) return value;
  throw new TwinError({
    code: 'restore-context',
    message: `the context ${RESTORE_CONTEXT} is ${JSON.stringify(context)}; expected JSON with prefix, kmsKeyArn and empty, as twin rehearse gives it`,
    fix: 'Leave it out, or write restoreFrom where the staging is made.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRequest = (value: unknown): value is RestoreRequest =>
  isObject(value) &&
  typeof value['prefix'] === 'string' &&
  typeof value['kmsKeyArn'] === 'string' &&
  isObject(value['clones'] ?? {}) &&
  ['empty', 'caches', 'kept'].every((it) => Array.isArray(value[it] ?? (it === 'empty' ? undefined : [])));

/** What a data tier begins with: a snapshot, a clone, or nothing. */
export type Beginning = { readonly snapshot: string } | { readonly clone: string } | 'empty';

/**
 * What a database or a cache begins with.
 *
 * @param paths - of its construct: the first is inside the environment, and gives the snapshot its name
 */
export function beginningOf(
  request: RestoreRequest,
  [path, ...others]: readonly [string, ...string[]],
  isCache = false,
): Beginning {
  const { prefix, empty, clones = {}, caches = [] } = request;
  const paths = [path, ...others];
  const belongs = (tier: string): boolean => paths.some((it) => belongsTo(tier, it));
  const copy = { snapshot: snapshotNameOf(request, path) };
  if (isCache) return caches.some(belongs) ? copy : 'empty';
  if (isKept(request, paths)) return { snapshot: snapshotNameOf({ prefix: checkpointPrefix(prefix) }, path) };
  const clone = Object.keys(clones).find(belongs);
  if (clone !== undefined) return { clone: clones[clone]! };
  return empty.some(belongs) ? 'empty' : copy;
}

/** Whether a database begins with what a checkpoint has kept. @param paths - of its construct */
export const isKept = ({ kept = [] }: RestoreRequest, paths: readonly string[]): boolean =>
  kept.some((tier) => paths.some((it) => belongsTo(tier, it)));

/** Whether a construct belongs to a tier. @param path - such as `Orders/Cluster` */
const belongsTo = (tier: string, path: string): boolean => path === tier || path.startsWith(`${tier}/`);

/** What the names of the snapshots of a checkpoint begin with. */
export const checkpointPrefix = (prefix: string): string => `${prefix}-cp`;

/** The longest part of a name that is made of the path: a name has at most 50 characters, as those of ElastiCache do. */
const SHOWN = 25;

/**
 * The name of the snapshot that a tier is restored from: legal in Amazon RDS and ElastiCache, and another one for each path.
 *
 * @param constructPath - inside the environment; parts that are `Default` do not count
 */
export function snapshotNameOf({ prefix }: Pick<RestoreRequest, 'prefix'>, constructPath: string): string {
  const path = constructPath
    .split('/')
    .filter((part) => part !== 'Default')
    .join('/');
  const shown = path.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 6);
  return `${prefix}-${shown.slice(0, SHOWN)}-${hash}`.replaceAll(/-{2,}/g, '-');
}
