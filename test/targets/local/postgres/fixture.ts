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
export async function soon(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
