import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createConnection,
  type Connection,
  type ConnectionOptions,
  type RowDataPacket,
} from 'mysql2/promise';
import type { SqlTier } from '../../lib/blueprint/blueprint';
import type { HostPort, ProbeDatabase } from '../../lib/probes/context';
import type { MysqlPrograms } from '../../lib/targets/local/mysql/server';
import { MysqlTier } from '../../lib/targets/local/mysql/tier';
import { killAll } from '../../lib/targets/local/process/owned-processes';
import { Processes } from '../../lib/targets/local/process/processes';
import type { Said } from '../../lib/targets/local/sql/declared';
import type { Watch } from '../../lib/targets/target';

export const PASSWORD = `it's a \\ "secret"`;

export const WATCH: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

/** What a test's tier is like, where it is not a cluster of Aurora MySQL. */
export interface Definition {
  readonly members: number;
  /** @default 'shop' */
  readonly database?: string;
  readonly engine?: string;
  readonly instance?: SqlTier['instance'];
  readonly delayMs?: number;
  readonly said?: Said;
  /** Whether Amazon RDS makes its members, which the template then has no resources of. */
  readonly isMultiAzCluster?: boolean;
}

/** The tiers of a test file, in a folder that is removed in the end. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'twin-my-'));
  readonly machine: Processes;
  private readonly tiers: MysqlTier[] = [];

  constructor(private readonly programs: MysqlPrograms) {
    this.machine = new Processes(this.folder, `127.${(process.pid % 200) + 16}.${Date.now() % 256}`);
  }

  tier(
    name: string,
    {
      members,
      database = 'shop',
      engine = 'aurora-mysql',
      instance,
      delayMs = 0,
      said = {},
      isMultiAzCluster = false,
    }: Definition,
  ): MysqlTier {
    const definition = {
      kind: 'sql',
      name,
      engine,
      engineVersion: '8.0.39',
      database,
      port: 3306,
      ...(instance && { instance }),
      members: Array.from({ length: members }, (_, i) => ({
        ...(!isMultiAzCluster && { logicalId: `${name}${i}` }),
        class: 'db.r7g.large',
      })),
    } as unknown as SqlTier;
    const tier = new MysqlTier({
      tier: definition,
      folder: join(this.folder, 'data', name),
      machine: this.machine,
      username: 'orders',
      password: PASSWORD,
      replicationDelayMs: delayMs,
      programs: this.programs,
      said: Array.from({ length: members }, () => said),
    });
    this.tiers.push(tier);
    return tier;
  }

  seedFile(sql: string): string {
    const file = join(this.folder, `seed-${readdirSync(this.folder).length}.sql`);
    writeFileSync(file, sql);
    return file;
  }

  async open(): Promise<void> {
    await chmod(this.folder, 0o711);
  }

  /** One statement of the superuser, on the server of a number: clients never have such a session. */
  async asAdmin(tier: string, number: number, sql: string): Promise<readonly RowDataPacket[]> {
    const folder = join(this.folder, 'data', tier);
    const settings = readFileSync(join(folder, `${number}.cnf`), 'utf8');
    const [, host] = /^bind_address = (\S+)$/m.exec(settings)!;
    const [, port] = /^(?:admin|extra)_port = (\d+)$/m.exec(settings)!;
    const password = readFileSync(join(folder, 'admin.password'), 'utf8');
    return ask({ host: host!, port: Number(port) }, sql, { user: 'rdsadmin', password, database: 'mysql' });
  }

  async remove(): Promise<void> {
    await Promise.all(this.tiers.map((tier) => tier.stop()));
    await killAll(this.folder);
    rmSync(this.folder, { recursive: true });
  }
}

export const databaseOf = (tier: MysqlTier): ProbeDatabase => tier.databases()[0]!;

/** A session of the master user. */
export function connectTo({ host, port }: HostPort, more: ConnectionOptions = {}): Promise<Connection> {
  return createConnection({ host, port, user: 'orders', password: PASSWORD, database: 'shop', ...more }).then(
    (it) => {
      it.on('error', () => {});
      return it;
    },
  );
}

/** One statement, in a connection of its own. */
export async function ask(
  at: HostPort,
  sql: string,
  more: ConnectionOptions = {},
): Promise<readonly RowDataPacket[]> {
  const connection = await connectTo(at, more);
  try {
    return (await connection.query<RowDataPacket[]>(sql))[0];
  } finally {
    connection.destroy();
  }
}

/** Waits until something holds. */
export async function soon(holds: () => Promise<boolean> | boolean, limitMs = 30_000): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`gave up: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
