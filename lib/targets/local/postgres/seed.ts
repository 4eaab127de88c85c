import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Watch } from '../../target';
import type { Machine } from '../process/machine';
import { unlessAborted } from './abort';
import type { PostgresNode } from './node';
import { restoreArchive } from './restore-archive';
import { copyData } from './data';
import { makeMaster, takeOver } from './roles';
import { runScript } from './script';
import { readSeed } from './seed-text';
import { ADMIN_PASSWORD, type SnapshotSource } from '../sql/final-snapshot';
import { seedSourceOf, type SeedSource } from './seed-source';

/** The owner of a database, and its content. */
export interface SeedProps {
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** A file of SQL, a folder of such files, a dump of `pg_dump`, or a final snapshot. @default - the database stays empty */
  readonly file?: string | undefined;
  readonly machine: Machine;
  /** The tier's. */
  readonly folder: string;
}

/**
 * Creates the data that a tier begins with, on a member that is stopped before and after.
 *
 * @throws TwinError `seed` when the file cannot be run
 */
export async function seedNode(node: PostgresNode, props: SeedProps, watch: Watch): Promise<void> {
  const source = props.file === undefined ? undefined : await seedSourceOf(props.file);
  if (source?.kind === 'snapshot') return restoreNode(node, source, props, watch);
  await watch.span('initdb', () => node.initialise(watch.signal));
  try {
    await node.start({ name: 'seed' }, watch.signal);
    await node.session((client) => makeMaster(client, props));
    if (source) await watch.span('run the seed', () => load(node, source, props, watch));
  } finally {
    await node.stop();
  }
}

/** Gives a member the files of a final snapshot, with its superuser, and its master user the password of this environment. */
async function restoreNode(
  node: PostgresNode,
  { path, data }: SnapshotSource,
  props: SeedProps,
  watch: Watch,
): Promise<void> {
  await copyFile(join(path, ADMIN_PASSWORD), join(props.folder, ADMIN_PASSWORD));
  await watch.span('copy the snapshot', () => copyData(data, node.data, watch.signal));
  try {
    await node.start({ name: 'seed' }, watch.signal);
    await node.session((client) => takeOver(client, props, path));
  } finally {
    await node.stop();
  }
}

async function load(
  node: PostgresNode,
  source: Exclude<SeedSource, SnapshotSource>,
  props: SeedProps,
  watch: Watch,
): Promise<void> {
  if (source.kind === 'archive') return restoreArchive(node, { ...props, ...source }, watch);
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
