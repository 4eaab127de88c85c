import type { DocumentTier, SqlTier } from '../../blueprint/blueprint';
import { TwinError } from '../../error';
import { isObject, type Json } from '../../json';
import { textOf } from '../../template/text';
import type { Watch } from '../target';
import type { Clients } from './clients';
import { databases, nounOf, serviceOf, type DatabaseService } from './database-service';
import type { LiveTier } from './live-tiers';
import { until } from './until';

/** Where a password is kept. */
export interface PasswordPlace {
  /** The secret's name or ARN. */
  readonly secret: string;
  /** The key in the secret's JSON; undefined where the whole secret is the password. */
  readonly key: string | undefined;
}

/** A tier that is a database: a cluster, or an instance that is in none. */
export type LiveDatabase = LiveTier & { readonly tier: SqlTier | DocumentTier };

export const isDatabase = (live: LiveTier): live is LiveDatabase =>
  live.tier.kind === 'sql' || live.tier.kind === 'document';

/** Whether it began with the data of another database, and so with its password. */
export const isRestored = ({ properties }: LiveDatabase): boolean =>
  ['SnapshotIdentifier', 'SourceDBClusterIdentifier', 'DBSnapshotIdentifier'].some((name) =>
    Object.hasOwn(properties, name),
  );

/**
 * Sets the passwords of databases to those that staging's secrets have: what CloudFormation does with the password of a restored
 * one is not certain. A password that the service manages is not touched.
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
    const { tier, physicalId: database, clients } = live;
    const password = await passwordOf(live, live.tier.password, watch.signal);
    await setPassword({ database, service: serviceOf(tier), clients, pollMs }, password, watch.signal);
  }
}

/** A database, by its name in its service. */
export interface DatabaseProps {
  readonly database: string;
  readonly service: DatabaseService;
  readonly clients: Clients;
  readonly pollMs: number;
}

/** Sets the password of a database, and waits until its service says that there is nothing pending. */
export async function setPassword(
  props: DatabaseProps,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const { change, describe } = callsOf(props, signal);
  const untilSet = () =>
    until(
      describe,
      ({ status, pending }) => status === 'available' && pending?.MasterUserPassword === undefined,
      { signal, pollMs: props.pollMs },
    );
  try {
    await change(password);
  } catch (error) {
    if (!isBusy(error)) throw error;
    // it is being changed: by the same call, whose answer was lost, or by another, which would be the last
    await untilSet();
    await change(password);
  }
  await untilSet();
}

const isBusy = (error: unknown): boolean =>
  /InvalidDB(Cluster|Instance)State/.test(
    ((error as TwinError).cause as Partial<Error> | undefined)?.name ?? '',
  );

/** What is to be changed of a database; Amazon DocumentDB does not say it. */
interface Changing {
  readonly status?: string | undefined;
  readonly pending?: { readonly MasterUserPassword?: string | undefined } | undefined;
}

interface PasswordCalls {
  readonly change: (password: string) => Promise<unknown>;
  readonly describe: () => Promise<Changing>;
}

/** The password of an instance that is in no cluster is changed at the instance: its read replicas follow it. */
function callsOf({ database, service, clients }: DatabaseProps, signal: AbortSignal): PasswordCalls {
  // Amazon DocumentDB would wait for its maintenance window
  const at = (MasterUserPassword: string) => ({ MasterUserPassword, ApplyImmediately: true });
  if (service === 'rds-instance') {
    const named = { DBInstanceIdentifier: database };
    const calls = clients.for('rds', signal);
    return {
      change: (password) => calls.modifyDBInstance({ ...named, ...at(password) }),
      describe: async () => {
        const { DBInstances: [it] = [] } = await calls.describeDBInstances(named);
        return { status: it?.DBInstanceStatus, pending: it?.PendingModifiedValues };
      },
    };
  }
  const named = { DBClusterIdentifier: database };
  const calls = databases(service, clients, signal);
  return {
    change: (password) => calls.modifyDBCluster({ ...named, ...at(password) }),
    describe: async () => {
      const { DBClusters: [it] = [] }: { DBClusters?: Described[] } = await calls.describeDBClusters(named);
      return { status: it?.Status, pending: it?.PendingModifiedValues };
    },
  };
}

/** What both services say of a cluster. */
interface Described {
  readonly Status?: string | undefined;
  readonly PendingModifiedValues?: Changing['pending'];
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
    throw noPassword(live);
  }
  const text = await secretIn(place.secret, live.clients, signal);
  if (place.key === undefined) return text;
  const value: unknown = JSON.parse(text);
  const password = isObject(value) ? value[place.key] : undefined;
  if (typeof password === 'string') return password;
  throw noPassword(live);
}

/** What a secret says. @param secret - its name or ARN */
export async function secretIn(secret: string, clients: Clients, signal: AbortSignal): Promise<string> {
  const { SecretString: text = '' } = await clients
    .for('secretsmanager', signal)
    .getSecretValue({ SecretId: secret });
  return text;
}

const noPassword = ({ tier }: LiveDatabase): TwinError =>
  new TwinError({
    code: 'password',
    message: `the password of ${tier.name} is in no secret of the environment, and a restored ${nounOf(serviceOf(tier))} still has production's`,
    fix: 'Let the topology make a secret for it, as the database constructs of the CDK do.',
  });
