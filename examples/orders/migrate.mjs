// Migrates the database to the schema of RELEASE. Forward only: an older release works with a newer schema, so rolling back
// the services does not need a roll back of the data.
import { readFileSync } from 'node:fs';
import { databaseOf } from './database.mjs';
import { migrationsUpTo } from './migrations.mjs';
import { releaseNameOf } from './release.mjs';

/** An arbitrary number, the same for every migration: two at once would apply everything twice. */
const LOCK = 1_410_000;

try {
  const names = migrationsUpTo(releaseNameOf(process.env));
  const database = databaseOf(process.env);
  await migrate(await database.writer.connect(), names).finally(() => database.end());
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/**
 * @param {import('pg').PoolClient} client
 * @param {readonly string[]} names
 */
async function migrate(client, names) {
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query('select name from migrations');
    const applied = new Set(rows.map(({ name }) => name));
    for (const name of names.filter((it) => !applied.has(it))) await apply(client, name);
    console.log(`the database has all ${names.length} migrations`);
  } finally {
    client.release(true); // closes the connection, and releases its lock
  }
}

/**
 * @param {import('pg').PoolClient} client
 * @param {string} name
 */
async function apply(client, name) {
  console.log(`applying ${name}`);
  const sql = readFileSync(new URL(`./migrations/${name}.sql`, import.meta.url), 'utf8');
  await client.query('begin');
  await client.query(sql);
  await client.query('insert into migrations (name) values ($1)', [name]);
  await client.query('commit');
}
