import type { DBInstance } from '@aws-sdk/client-rds';
import type { ProbeDatabase } from '../../probes/context';
import { instanceOf, replicasOf } from './instances';
import { clusterOf, instancesOf, isInstance } from './members';
import { passwordPlace, type LiveDatabase } from './passwords';
import type { ProbeHost } from './probe-hosts';

/** A database that checks can reach, without its password, and where the password is. */
export interface ReachableDatabase {
  readonly database: ProbeDatabase;
  /** As a container's secret names it. */
  readonly valueFrom: string;
  readonly host: ProbeHost;
}

/**
 * How checks reach a PostgreSQL database: in the place of a service that is given its password.
 *
 * @returns why they do not, in one sentence, where they do not
 */
export async function reach(
  live: LiveDatabase,
  hosts: readonly ProbeHost[],
  signal: AbortSignal,
): Promise<ReachableDatabase | string> {
  const { tier } = live;
  if (tier.kind !== 'sql' || !tier.engine.includes('postgres'))
    return `checks inside speak PostgreSQL, which ${tier.name} does not`;
  const { database, managed } = isInstance(tier)
    ? await instanceDatabase(live, signal)
    : await clusterDatabase(live, signal);
  const place = managed === undefined ? passwordPlace(live) : { secret: managed, key: 'password' };
  if (place === undefined) return `the password of ${tier.name} is in no secret of the environment`;
  const { ARN: secret = place.secret } = await live.clients
    .for('secretsmanager', signal)
    .describeSecret({ SecretId: place.secret });
  const { key } = place;
  const host = hosts.find(({ secrets }) => secrets.some((it) => it.startsWith(secret)));
  if (host === undefined)
    return `checks inside run in the place of a service that is given the secret of ${tier.name} and logs to CloudWatch Logs, and there is none`;
  return { database, valueFrom: key === undefined ? secret : `${secret}:${key}::`, host };
}

/** A database as its service describes it. */
interface Described {
  readonly database: ProbeDatabase;
  /** The secret that the service keeps its password in, where it manages that. */
  readonly managed: string | undefined;
}

async function clusterDatabase(live: LiveDatabase, signal: AbortSignal): Promise<Described> {
  const cluster = await clusterOf(live, signal);
  const { Port: port = 5432, DBClusterMembers: members = [] } = cluster;
  const instances = await instancesOf(live, signal);
  const readers = instances.filter(({ DBInstanceIdentifier: name }) =>
    members.some((it) => it.DBInstanceIdentifier === name && it.IsClusterWriter === false),
  );
  return {
    database: {
      tier: live.tier.name,
      writer: { host: cluster.Endpoint ?? '', port },
      reader: { host: cluster.ReaderEndpoint ?? '', port },
      readers: readers.map((it) => endOf(it, port)),
      database: cluster.DatabaseName ?? 'postgres',
      username: cluster.MasterUsername ?? '',
      ...SIGNED_IN,
    },
    managed: cluster.MasterUserSecret?.SecretArn,
  };
}

/** An instance has no address for all of its read replicas: reads go to the first, and to itself where it has none. */
async function instanceDatabase(live: LiveDatabase, signal: AbortSignal): Promise<Described> {
  const instance = await instanceOf(live, signal);
  const writer = endOf(instance, live.tier.port);
  const readers = (await replicasOf(live, instance, signal)).map((it) => endOf(it, writer.port));
  return {
    database: {
      tier: live.tier.name,
      writer,
      reader: readers[0] ?? writer,
      readers,
      // every PostgreSQL has one of that name
      database: instance.DBName || 'postgres',
      username: instance.MasterUsername ?? '',
      ...SIGNED_IN,
    },
    managed: instance.MasterUserSecret?.SecretArn,
  };
}

const SIGNED_IN = { engine: 'postgresql', password: '', tls: 'prefer' } as const;

const endOf = (
  { DBInstanceIdentifier: name = '', Endpoint: { Address: host = '', Port } = {} }: Ended,
  port: number,
) => ({
  name,
  host,
  port: Port ?? port,
});

/** What both services say of the address of an instance. */
type Ended = Pick<DBInstance, 'DBInstanceIdentifier'> & {
  readonly Endpoint?:
    { readonly Address?: string | undefined; readonly Port?: number | undefined } | undefined;
};
