import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { SqlTier } from '../../lib/blueprint/blueprint';
import type { ProbeDatabase } from '../../lib/probes/context';
import { killAll } from '../../lib/targets/local/process/owned-processes';
import { PostgresTier } from '../../lib/targets/local/postgres/tier';
import { Authority } from '../../lib/targets/local/tls/authority';
import { Processes } from '../../lib/targets/local/process/processes';
import type { Watch } from '../../lib/targets/target';

/** A PostgreSQL of a test file, which real sessions reach. */
export interface RealDatabase {
  readonly tier: PostgresTier;
  /** Its addresses as they are now. */
  database(): ProbeDatabase;
  /** A session of its own, which ends with the database. */
  connect(): Promise<Client>;
  /** Runs statements in a session of their own. */
  run(sql: string): Promise<void>;
  remove(): Promise<void>;
}

export const WATCH: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

/** Stands up a PostgreSQL with a database `shop` of the user `app`. */
export async function standUp(members: number, seed: string): Promise<RealDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'twin-pg-'));
  await chmod(folder, 0o711);
  writeFileSync(join(folder, 'seed.sql'), seed);
  const definition = {
    kind: 'sql',
    name: 'Orders',
    engine: 'aurora-postgresql',
    engineVersion: '16.6',
    database: 'shop',
    port: 5432,
    members: Array.from({ length: members }, (_, i) => ({ logicalId: `Orders${i}`, class: 'db.r7g.large' })),
  } as unknown as SqlTier;
  const tier = new PostgresTier({
    tier: definition,
    folder: join(folder, 'data', 'Orders'),
    machine: new Processes(folder, `127.${(process.pid % 200) + 16}.${Date.now() % 256}`),
    username: 'app',
    password: 'secret',
    replicationDelayMs: 0,
    authority: new Authority(folder),
    said: definition.members.map(() => ({})),
  });
  await tier.seed(join(folder, 'seed.sql'), WATCH);
  await tier.up(WATCH);
  const clients: Client[] = [];
  const connect = async (): Promise<Client> => {
    const { writer, database, username: user, password } = tier.endpoints();
    const client = new Client({ ...writer, database, user, password });
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  };
  return {
    tier,
    database: () => tier.endpoints(),
    connect,
    run: async (sql) => {
      const client = await connect();
      await client.query(sql).finally(() => client.end());
    },
    remove: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
      await tier.stop();
      await killAll(folder);
      rmSync(folder, { recursive: true });
    },
  };
}
