import type { JsonObject } from '../json';

/** The properties that make an RDS instance a member of a cluster, or a read replica of an instance or a cluster. */
const BELONGS_BY = ['DBClusterIdentifier', 'SourceDBInstanceIdentifier', 'SourceDBClusterIdentifier'];

/** Whether an RDS instance is a database by itself, by its properties: those alone have snapshots of their own. */
export const standsAlone = (properties: JsonObject): boolean =>
  BELONGS_BY.every((it) => properties[it] === undefined);
