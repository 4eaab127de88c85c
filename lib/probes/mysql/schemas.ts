import { DEFAULT_SCHEMA } from '../statement';

/** In a query on `information_schema.tables t`: the tables of users. */
export const USER_SCHEMAS = `t.table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')`;

/** A schema as readings name it: the database that the tier declares is the one whose tables go by their names alone. */
export const schemaIn = (name: string, database: string): string =>
  name === database ? DEFAULT_SCHEMA : name;
