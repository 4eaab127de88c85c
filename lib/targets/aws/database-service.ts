import type { Clients } from './clients';

/** The services that have database clusters: Amazon DocumentDB's calls are Amazon RDS's. */
export type DatabaseService = 'rds' | 'docdb';

/** The calls of a service about its clusters. Both have the same ones. */
export const databases = (service: DatabaseService, clients: Clients, signal: AbortSignal) =>
  service === 'docdb' ? clients.for('docdb', signal) : clients.for('rds', signal);

/** The service of a tier. */
export const serviceOf = ({ kind }: { readonly kind: string }): DatabaseService =>
  kind === 'document' ? 'docdb' : 'rds';
