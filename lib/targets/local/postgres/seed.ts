import { createReadStream } from 'node:fs';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import { unlessAborted } from './abort';
import type { PostgresNode } from './node';
import { runScript } from './script';

/** The owner of a database, and its content. */
export interface SeedProps {
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** A file of SQL. @default - the database stays empty */
  readonly file?: string | undefined;
}

/**
 * Creates the data that a tier begins with, on a member that is stopped before and after.
 *
 * @throws TwinError `seed` when the file cannot be run
 */
export async function seedNode(node: PostgresNode, props: SeedProps, watch: Watch): Promise<void> {
  const { file } = props;
  await watch.span('initdb', () => node.initialise(watch.signal));
  try {
    await node.start({ name: 'seed' }, watch.signal);
    await node.session((client) => makeMaster(client, props));
    if (file === undefined) return;
    watch.log(`${node.name}: running ${file}`);
    const { username: user, password, database } = props;
    const run = node.session((client) => runScript(client, partsOf(file), file), {
      user,
      password,
      database,
    });
    await watch.span('run the seed', () => unlessAborted(watch.signal, () => node.halt(), run));
  } finally {
    await node.stop();
  }
}

/** The text of a file, in parts: it may be longer than a text can be. */
async function* partsOf(file: string): AsyncGenerator<string> {
  try {
    for await (const part of createReadStream(file, { encoding: 'utf8', highWaterMark: PART_BYTES })) {
      yield part as string;
    }
  } catch (cause) {
    throw new TwinError({
      code: 'seed',
      message: `${file} cannot be read: ${(cause as Error).message}`,
      fix: 'Name an existing file of SQL.',
      cause,
    });
  }
}

const PART_BYTES = 2 ** 20;

/** The master user as on RDS: nearly a superuser. */
async function makeMaster(client: Client, { username, password, database }: SeedProps): Promise<void> {
  const user = escapeIdentifier(username);
  await client.query(`create role rds_superuser nologin`);
  await client.query(`grant pg_monitor, pg_signal_backend, pg_checkpoint to rds_superuser with admin option`);
  await client.query(`create role ${user} login createdb createrole password ${escapeLiteral(password)}`);
  await client.query(`grant rds_superuser to ${user} with admin option`);
  await client.query(
    database === 'postgres'
      ? `alter database postgres owner to ${user}`
      : `create database ${escapeIdentifier(database)} owner ${user}`,
  );
}
