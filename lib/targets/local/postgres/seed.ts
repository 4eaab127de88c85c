import type { Watch } from '../../target';
import type { Machine } from '../process/machine';
import { unlessAborted } from './abort';
import type { PostgresNode } from './node';
import { restoreArchive } from './restore-archive';
import { makeMaster } from './roles';
import { runScript } from './script';
import { readSeed } from './seed-text';
import { seedSourceOf } from './seed-source';

/** The owner of a database, and its content. */
export interface SeedProps {
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** A file of SQL, a folder of such files, or a dump of `pg_dump`. @default - the database stays empty */
  readonly file?: string | undefined;
  readonly machine: Machine;
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
    if (file !== undefined) await watch.span('run the seed', () => load(node, file, props, watch));
  } finally {
    await node.stop();
  }
}

async function load(node: PostgresNode, path: string, props: SeedProps, watch: Watch): Promise<void> {
  const source = await seedSourceOf(path);
  if (source.kind === 'archive')
    return restoreArchive(node, { ...props, path, format: source.format }, watch);
  const { username: user, password, database } = props;
  for (const file of source.files) {
    watch.log(`${node.name}: running ${file}`);
    const run = node.session((client) => runScript(client, readSeed(file, node.name, watch), file), {
      user,
      password,
      database,
    });
    await unlessAborted(watch.signal, () => node.halt(), run);
  }
}
