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
  Array.isArray(value['empty']);

/** Whether a construct belongs to a tier that begins empty. @param path - inside the environment, such as `Orders/Cluster` */
export const beginsEmpty = ({ empty }: RestoreRequest, path: string): boolean =>
  empty.some((tier) => path === tier || path.startsWith(`${tier}/`));

/** The longest part of a name that is made of the path. */
const SHOWN = 30;

/**
 * The name of the snapshot that a cluster is restored from: legal in Amazon RDS, and another one for each path.
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
