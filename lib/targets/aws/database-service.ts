import type { Clients } from './clients';

/** The services that have database clusters: Amazon DocumentDB's calls are Amazon RDS's. */
export type ClusterService = 'rds' | 'docdb';

/** What keeps databases: a service of clusters, or Amazon RDS with the instances that are in none, which have calls of their own. */
export type DatabaseService = ClusterService | 'rds-instance';

/** The calls of a service about its clusters. Both have the same ones. */
export const databases = (service: ClusterService, clients: Clients, signal: AbortSignal) =>
  service === 'docdb' ? clients.for('docdb', signal) : clients.for('rds', signal);

/** What keeps a tier that is a database. */
export function serviceOf(tier: { readonly kind: string; readonly instance?: object }): DatabaseService {
  if (tier.kind === 'document') return 'docdb';
  return tier.instance ? 'rds-instance' : 'rds';
}

/** What a database of a service is called in messages. */
export const nounOf = (service: DatabaseService): string =>
  service === 'rds-instance' ? 'instance' : 'cluster';
