import type { ProbeDatabase } from '../../probes/context';
import { clusterOf, instancesOf, type Cluster } from './members';
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
 * How checks reach a PostgreSQL cluster: in the place of a service that is given its password.
 *
 * @returns why they do not, in one sentence, where they do not
 */
export async function reach(
  live: LiveDatabase,
  hosts: readonly ProbeHost[],
  signal: AbortSignal,
): Promise<ReachableDatabase | string> {
  const { tier } = live;
  if (tier.kind !== 'sql' || !tier.engine.includes('postgresql'))
    return `checks inside speak PostgreSQL, which ${tier.name} does not`;
  const cluster = await clusterOf(live, signal);
  const place = placeOf(live, cluster);
  if (place === undefined) return `the password of ${tier.name} is in no secret of the environment`;
  const { ARN: secret = place.secret } = await live.clients
    .for('secretsmanager', signal)
    .describeSecret({ SecretId: place.secret });
  const { key } = place;
  const host = hosts.find(({ secrets }) => secrets.some((it) => it.startsWith(secret)));
  if (host === undefined)
    return `checks inside run in the place of a service that is given the secret of ${tier.name} and logs to CloudWatch Logs, and there is none`;
  const database = await databaseOf(live, cluster, signal);
  return { database, valueFrom: key === undefined ? secret : `${secret}:${key}::`, host };
}

function placeOf(live: LiveDatabase, { MasterUserSecret }: Cluster): ReturnType<typeof passwordPlace> {
  const { SecretArn: secret } = MasterUserSecret ?? {};
  return secret === undefined ? passwordPlace(live) : { secret, key: 'password' };
}

async function databaseOf(live: LiveDatabase, cluster: Cluster, signal: AbortSignal): Promise<ProbeDatabase> {
  const { Port: port = 5432, DBClusterMembers: members = [] } = cluster;
  const instances = await instancesOf(live, signal);
  const readers = instances.filter(({ DBInstanceIdentifier: name }) =>
    members.some((it) => it.DBInstanceIdentifier === name && it.IsClusterWriter === false),
  );
  return {
    tier: live.tier.name,
    writer: { host: cluster.Endpoint ?? '', port },
    reader: { host: cluster.ReaderEndpoint ?? '', port },
    readers: readers.map(
      ({ DBInstanceIdentifier: name = '', Endpoint: { Address: host = '', Port } = {} }) => ({
        name,
        host,
        port: Port ?? port,
      }),
    ),
    database: cluster.DatabaseName ?? 'postgres',
    username: cluster.MasterUsername ?? '',
    password: '',
    tls: 'prefer',
  };
}
