import type { Clients } from './clients';

/** The services that have database clusters: the calls of Amazon DocumentDB and Amazon Neptune are Amazon RDS's. */
export type ClusterService = 'rds' | 'docdb' | 'neptune';

/** What keeps databases: a service of clusters, or Amazon RDS with the instances that are in none, which have calls of their own. */
export type DatabaseService = ClusterService | 'rds-instance';

/** What has snapshots: databases, and the replication groups of ElastiCache. */
export type SnapshotService = DatabaseService | 'elasticache';

/**
 * The calls of a service about its clusters. All have the same ones: Amazon Neptune has the endpoint, the version and the signing
 * name of Amazon RDS, so that one client speaks to both.
 */
export const databases = (service: ClusterService, clients: Clients, signal: AbortSignal) =>
  service === 'docdb' ? clients.for('docdb', signal) : clients.for('rds', signal);

/** What keeps a tier that is a database. */
export function serviceOf(tier: { readonly kind: string; readonly instance?: object }): DatabaseService {
  if (tier.kind === 'document') return 'docdb';
  return tier.instance ? 'rds-instance' : 'rds';
}

/** What a service calls what it keeps, in messages. */
export const nounOf = (service: SnapshotService): string =>
  service === 'elasticache' ? 'replication group' : service === 'rds-instance' ? 'instance' : 'cluster';
