import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { TwinError } from '../../../../lib/error';
import type { HostPort } from '../../../../lib/probes/context';
import { saidOf } from '../../../../lib/targets/local/sql/declared';
import { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { killAll } from '../../../../lib/targets/local/process/owned-processes';
import { Processes } from '../../../../lib/targets/local/process/processes';
import { Authority } from '../../../../lib/targets/local/tls/authority';
import type { Watch } from '../../../../lib/targets/target';

export const PASSWORD = 'pa55';

/** A row of a result. */
export interface Row {
  readonly [column: string]: unknown;
}

/** What a test stands PostgreSQL up on. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'twin-pg-'));
  readonly machine: Processes;
  readonly authority: Authority;
  readonly logged: string[] = [];
  readonly watch: Watch = {
    signal: new AbortController().signal,
    log: (message) => void this.logged.push(message),
    span: (_, work) => work(),
    learn: () => {},
  };
  private readonly tiers: PostgresTier[] = [];
  private files = 0;

  constructor() {
    this.machine = new Processes(this.folder, `127.${(process.pid % 200) + 16}.${Date.now() % 256}`);
    this.authority = new Authority(this.folder);
  }

  /** A tier with a database `shop` of the user `app`. */
  tier(name: string, more: Partial<SqlTier>, replicationDelayMs = 0): PostgresTier {
    const tier: SqlTier = {
      kind: 'sql',
      name,
      path: name,
      stack: '',
      logicalId: name,
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      database: 'shop',
      port: 5432,
      username: undefined,
      password: undefined,
      members: [{ logicalId: `${name}Writer`, class: 'db.r7g.large' }],
      ...more,
    };
    const made = new PostgresTier({
      tier,
      folder: join(this.folder, 'data', name),
      machine: this.machine,
      username: 'app',
      password: PASSWORD,
      replicationDelayMs,
      authority: this.authority,
      said: saidOf(tier, String),
      secret: (named) =>
        named === 'app' ? JSON.stringify({ username: 'app', password: PASSWORD }) : undefined,
    });
    this.tiers.push(made);
    return made;
  }

  /** The same, standing. */
  async standing(
    name: string,
    more: Partial<SqlTier>,
    { sql, delayMs = 0 }: { readonly sql?: string; readonly delayMs?: number } = {},
  ): Promise<PostgresTier> {
    await chmod(this.folder, 0o711);
    const tier = this.tier(name, more, delayMs);
    await tier.seed(sql === undefined ? undefined : this.file(sql), this.watch);
    await tier.up(this.watch);
    return tier;
  }

  /** A file with a text. */
  file(text: string, name = `${++this.files}.sql`): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** One statement of the superuser, on the server of a number: clients never have such a session. */
  async asAdmin(tier: string, number: number, sql: string): Promise<readonly Row[]> {
    const folder = join(this.folder, 'data', tier);
    const [, , , port] = readFileSync(join(folder, `${number}`, 'postmaster.pid'), 'utf8').split('\n');
    const password = readFileSync(join(folder, 'admin.password'), 'utf8');
    const at = { host: join(folder, 's'), port: Number(port) };
    return ask(at, sql, { user: 'rdsadmin', password, database: 'postgres' });
  }

  /** Lets a replica receive nothing more. */
  async cutOff(tier: string, number: number): Promise<void> {
    const settings = join(this.folder, 'data', tier, `${number}`, 'twin.conf');
    const text = readFileSync(settings, 'utf8');
    writeFileSync(settings, text.replace(/^primary_conninfo.*$/m, "primary_conninfo = 'host=/nowhere'"));
    await this.asAdmin(tier, number, 'select pg_reload_conf()');
    await soon(
      async () => (await this.asAdmin(tier, number, 'select from pg_stat_wal_receiver')).length === 0,
    );
  }

  async remove(): Promise<void> {
    await Promise.all(this.tiers.map((tier) => tier.stop()));
    await killAll(this.folder);
    rmSync(this.folder, { recursive: true });
  }

  /** The error, as code and message without the folder. */
  async errorOf(work: Promise<unknown>): Promise<string> {
    const error: unknown = await work.then(
      () => 'nothing was thrown',
      (cause: unknown) => cause,
    );
    if (!(error instanceof TwinError)) throw error;
    return `${error.code}: ${error.message} / ${error.fix}`.replaceAll(this.folder, 'FOLDER');
  }
}

/** One statement, in a connection of its own. */
export async function ask(at: HostPort, sql: string, more: ClientConfig = {}): Promise<readonly Row[]> {
  const client = new Client({
    ...at,
    user: 'app',
    password: PASSWORD,
    database: 'shop',
    ssl: false,
    ...more,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Waits until something is so. */
export async function soon(isSo: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
  const giveUp = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > giveUp) throw new Error(`gave up: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A row of the table `orders`. */
export const write = (tier: PostgresTier, id: number): Promise<unknown> =>
  ask(tier.endpoints().writer, `insert into orders values (${id})`);

export const has = async (at: HostPort, id: number): Promise<boolean> =>
  (await ask(at, `select from orders where id = ${id}`)).length === 1;

export const membersOf = (tier: PostgresTier): string[] =>
  tier.state().members.map(({ name, role, state }) => `${name} ${role} ${state}`);

/** Writes without a pause while something happens, and a little longer. @returns the acknowledged writes, and how many failed */
export async function writing(
  tier: PostgresTier,
  work: () => Promise<void>,
): Promise<{ readonly acknowledged: readonly number[]; readonly refused: number }> {
  const acknowledged: number[] = [];
  let refused = 0;
  const over = new AbortController();
  const writer = (async () => {
    for (let id = 1000; !over.signal.aborted; id++) {
      await write(tier, id).then(
        () => acknowledged.push(id),
        () => refused++,
      );
    }
  })();
  try {
    await soon(() => Promise.resolve(acknowledged.length > 20));
    await work();
    const before = acknowledged.length;
    await soon(() => Promise.resolve(acknowledged.length > before));
  } finally {
    over.abort();
    await writer;
  }
  return { acknowledged, refused };
}
