import { join } from 'node:path';

/**
 * The extensions that come with PostgreSQL and that the master user of an Aurora cluster may create.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Extensions.html
 */
export const AURORA_EXTENSIONS: readonly string[] = [
  'amcheck',
  'bloom',
  'bool_plperl',
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'dblink',
  'dict_int',
  'dict_xsyn',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'hstore_plperl',
  'intarray',
  'isn',
  'jsonb_plperl',
  'lo',
  'ltree',
  'moddatetime',
  'pageinspect',
  'pg_buffercache',
  'pg_freespacemap',
  'pg_prewarm',
  'pg_stat_statements',
  'pg_trgm',
  'pg_visibility',
  'pg_walinspect',
  'pgcrypto',
  'pgrowlocks',
  'pgstattuple',
  'plperl',
  'pltcl',
  'postgres_fdw',
  'refint',
  'sslinfo',
  'tablefunc',
  'tsm_system_rows',
  'tsm_system_time',
  'unaccent',
  'uuid-ossp',
];

/** The library that Aurora preloads: its extension is in nearly every dump, and its view fails without it. */
export const PRELOADED = 'pg_stat_statements';

/** The file that describes an extension in an installation of PostgreSQL. */
export const controlOf = (installation: string, name: string): string =>
  join(installation, 'share', 'postgresql', 'extension', `${name}.control`);

/** A library that a server can load, in an installation of PostgreSQL. */
export const libraryOf = (installation: string, name: string): string =>
  join(installation, 'lib', 'postgresql', `${name}.${process.platform === 'darwin' ? 'dylib' : 'so'}`);
