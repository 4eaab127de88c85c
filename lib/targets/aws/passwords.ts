import type { DocumentTier, SqlTier } from '../../blueprint/blueprint';
import { TwinError } from '../../error';
import { isObject, type Json } from '../../json';
import { textOf } from '../../template/text';
import type { Watch } from '../target';
import type { Clients } from './clients';
import { databases, serviceOf, type DatabaseService } from './database-service';
import type { LiveTier } from './live-tiers';
import { until } from './until';

/** Where a password is kept. */
export interface PasswordPlace {
  /** The secret's name or ARN. */
  readonly secret: string;
  /** The key in the secret's JSON; undefined where the whole secret is the password. */
  readonly key: string | undefined;
}

/** A tier that is a database cluster. */
export type LiveDatabase = LiveTier & { readonly tier: SqlTier | DocumentTier };

export const isDatabase = (live: LiveTier): live is LiveDatabase =>
  live.tier.kind === 'sql' || live.tier.kind === 'document';

/** Whether it began with the data of another cluster, and so with its password. */
export const isRestored = ({ properties }: LiveDatabase): boolean =>
  ['SnapshotIdentifier', 'SourceDBClusterIdentifier'].some((name) => Object.hasOwn(properties, name));

/**
 * Sets the passwords of clusters to those that staging's secrets have: what CloudFormation does with the password of a restored
 * cluster is not certain. A password that the service manages is not touched.
 *
 * @throws TwinError `password` where a password is in no secret of the environment
 */
export async function setPasswords(
  restored: readonly LiveDatabase[],
  pollMs: number,
  watch: Watch,
): Promise<void> {
  for (const live of restored) {
    if (live.tier.password === undefined) continue;
    watch.log(`${live.tier.name}: its password is set to that of staging`);
    const { tier, physicalId: cluster, clients } = live;
    const password = await passwordOf(live, live.tier.password, watch.signal);
    await setPassword({ cluster, service: serviceOf(tier), clients, pollMs }, password, watch.signal);
  }
}

/** A database cluster, by its name in its service. */
export interface ClusterProps {
  readonly cluster: string;
  readonly service: DatabaseService;
  readonly clients: Clients;
  readonly pollMs: number;
}

/** Sets the password of a cluster, and waits until its service says that there is nothing pending. */
export async function setPassword(
  { cluster: DBClusterIdentifier, service, clients, pollMs }: ClusterProps,
  MasterUserPassword: string,
  signal: AbortSignal,
): Promise<void> {
  const calls = databases(service, clients, signal);
  // Amazon DocumentDB would wait for its maintenance window
  const change = { DBClusterIdentifier, MasterUserPassword, ApplyImmediately: true };
  const untilSet = () =>
    until(
      async (): Promise<Changing> =>
        (await calls.describeDBClusters({ DBClusterIdentifier })).DBClusters?.[0] ?? {},
      ({ Status: status, PendingModifiedValues: pending }) =>
        status === 'available' && pending?.MasterUserPassword === undefined,
      { signal, pollMs },
    );
  try {
    await calls.modifyDBCluster(change);
  } catch (error) {
    if (!isBusy(error)) throw error;
    // it is being changed: by the same call, whose answer was lost, or by another, which would be the last
    await untilSet();
    await calls.modifyDBCluster(change);
  }
  await untilSet();
}

const isBusy = (error: unknown): boolean =>
  /InvalidDBClusterState/.test(((error as TwinError).cause as Partial<Error> | undefined)?.name ?? '');

/** What is to be changed of a cluster; Amazon DocumentDB does not say it. */
interface Changing {
  readonly Status?: string | undefined;
  readonly PendingModifiedValues?: { readonly MasterUserPassword?: string | undefined } | undefined;
}

/** Where the password of a tier is, as its template says; undefined where that is no secret of the environment. */
export function passwordPlace(live: LiveDatabase): PasswordPlace | undefined {
  const text = textOf(live.tier.password);
  const [, logicalId, key] = SECRET.exec(text ?? '') ?? [];
  const secret = logicalId === undefined ? undefined : live.idOf({ stack: live.tier.stack, logicalId });
  return secret === undefined ? undefined : { secret, key: key === '' ? undefined : key };
}

/** `{{resolve:secretsmanager:${Secret}:SecretString:password::}}` */
const SECRET = /^\{\{resolve:secretsmanager:\$\{([A-Za-z0-9]+)\}(?::SecretString(?::([^:}]*))?[^}]*)?\}\}$/;

async function passwordOf(live: LiveDatabase, given: Json, signal: AbortSignal): Promise<string> {
  const place = passwordPlace(live);
  if (place === undefined) {
    if (typeof given === 'string' && !given.startsWith('{{')) return given;
    throw noPassword(live.tier.name);
  }
  const text = await secretIn(place.secret, live.clients, signal);
  if (place.key === undefined) return text;
  const value: unknown = JSON.parse(text);
  const password = isObject(value) ? value[place.key] : undefined;
  if (typeof password === 'string') return password;
  throw noPassword(live.tier.name);
}

/** What a secret says. @param secret - its name or ARN */
export async function secretIn(secret: string, clients: Clients, signal: AbortSignal): Promise<string> {
  const { SecretString: text = '' } = await clients
    .for('secretsmanager', signal)
    .getSecretValue({ SecretId: secret });
  return text;
}

const noPassword = (tier: string): TwinError =>
  new TwinError({
    code: 'password',
    message: `the password of ${tier} is in no secret of the environment, and a restored cluster still has production's`,
    fix: 'Let the topology make a secret for it, as the database constructs of the CDK do.',
  });
