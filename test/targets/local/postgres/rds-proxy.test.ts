import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { isPinning } from '../../../../lib/targets/local/postgres/pinning';
import { message, Messages } from '../../../../lib/targets/local/postgres/wire';
import { ask, PASSWORD, soon, Stage } from './fixture';

jest.setTimeout(60_000);

const stage = new Stage();
afterAll(() => stage.remove());

let tier: PostgresTier;
beforeAll(async () => {
  const proxy = { maxConnectionsPercent: 10, borrowTimeoutSeconds: 20 };
  tier = await stage.standing(
    'Orders',
    {
      members: ['Writer', 'Reader'].map((logicalId) => ({ logicalId, class: 'db.r7g.large' })),
      parameters: { max_connections: '30' },
      proxies: [
        {
          ...proxy,
          logicalId: 'Proxy',
          requiresTls: false,
          endpoints: [{ logicalId: 'ReadOnly', isReadOnly: true }],
        },
        { ...proxy, logicalId: 'Strict', requiresTls: true, endpoints: [] },
      ],
    },
    { sql: 'create table orders (id int primary key);' },
  );
});

const at = (logicalId: string): { readonly host: string; readonly port: number } => {
  const { Endpoint: host, Port } = tier.memberAttributes()[logicalId]!;
  return { host: host!, port: Number(Port) };
};

const clients: Client[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.end().catch(() => {}))));

async function connected(logicalId = 'Proxy', more: ClientConfig = {}): Promise<Client> {
  const client = new Client({ ...at(logicalId), user: 'app', password: PASSWORD, database: 'shop', ...more });
  client.on('error', () => {});
  clients.push(client);
  await client.connect();
  return client;
}

const pidOf = async (client: Client): Promise<number> =>
  (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

it('lets many clients share few connections, and none share a transaction', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => connected()));
  const work = async (client: Client, id: number): Promise<number> => {
    await client.query('begin');
    await client.query('insert into orders values ($1)', [id]);
    const { rows } = await client.query<{ pid: number; seen: number }>(
      'select pg_backend_pid() as pid, count(*)::int as seen from orders where xmin::text = pg_current_xact_id()::text',
    );
    expect(rows[0]!.seen).toBe(1);
    await client.query('commit');
    return rows[0]!.pid;
  };
  const pids = await Promise.all(all.map((client, i) => work(client, 100 + i)));
  expect(new Set(pids).size).toBeLessThanOrEqual(3);
  expect(
    await ask(tier.endpoints().writer, 'select count(*)::int as rows from orders where id >= 100'),
  ).toEqual([{ rows: 12 }]);
});

it('refuses a wrong password and an unknown database in the words of PostgreSQL', async () => {
  await connected();
  await expect(connected('Proxy', { password: 'wrong' })).rejects.toThrow('password authentication failed');
  await expect(connected('Proxy', { database: 'none' })).rejects.toThrow('database "none" does not exist');
});

it('reports errors of statements, and goes on', async () => {
  const client = await connected();
  await expect(client.query('select * from nowhere where id = $1', [1])).rejects.toThrow('does not exist');
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

it('keeps idle clients through a failover, has others wait, and ends those that work or are pinned', async () => {
  const idle = await connected();
  await pidOf(idle);
  const open = await connected();
  await open.query('begin');
  const pinned = await connected();
  await pinned.query("set time zone 'Asia/Tokyo'");
  expect((await pinned.query('show timezone')).rows).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
  let isOver = false;
  const failover = tier.failover(stage.watch).then(() => (isOver = true));
  await soon(() => Promise.resolve(tier.state().members.some(({ state }) => state !== 'running')));
  const late = await connected(); // while nobody takes writes
  await late.query('insert into orders values (1)');
  expect((await idle.query('select id from orders where id = 1')).rows).toEqual([{ id: 1 }]);
  await expect(open.query('commit')).rejects.toThrow(/Connection terminated|not queryable/);
  await expect(pinned.query('select 1')).rejects.toThrow(/Connection terminated|not queryable/);
  await failover;
  expect(isOver).toBe(true);
});

it('gives a pinned client a session of its own, and ends it with its client', async () => {
  const pinned = await connected();
  await pinned.query('create temp table mine (id int)');
  const pid = await pidOf(pinned);
  const others = await Promise.all([connected(), connected()]);
  expect(await Promise.all(others.map(pidOf))).not.toContain(pid);
  expect(await pidOf(pinned)).toBe(pid);
  await pinned.end();
  await soon(
    async () =>
      (await ask(tier.endpoints().writer, `select from pg_stat_activity where pid = ${pid}`)).length === 0,
  );
});

it('leads to a replica where an endpoint is read only', async () => {
  const client = await connected('ReadOnly');
  expect((await client.query('select pg_is_in_recovery() as replica')).rows).toEqual([{ replica: true }]);
});

it('refuses connections without TLS where it requires it, and takes those with it', async () => {
  await expect(connected('Strict')).rejects.toThrow('This RDS proxy requires TLS connections');
  const ca = readFileSync(stage.authority.file, 'utf8');
  const client = await connected('Strict', { ssl: { ca } });
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

it('carries large statements and results', async () => {
  const client = await connected();
  const text = 'x'.repeat(3_000_000);
  const { rows } = await client.query<{ length: number; text: string }>(
    'select length($1::text) as length, $1::text as text',
    [text],
  );
  expect([rows[0]!.length, rows[0]!.text.length]).toEqual([text.length, text.length]);
});

it('says how it differs', () => {
  expect(tier.state().differs.filter((it) => it.startsWith('RDS Proxy'))).toHaveLength(3);
});

const query = (sql: string): boolean => isPinning('Q', message('Q', sql));

it.each([
  ["set time zone 'UTC'", true],
  ['begin; set search_path to a; commit', true],
  ['set local statement_timeout = 5', false],
  ['set transaction isolation level serializable', false],
  ['create temporary table a (id int)', true],
  ["select pg_advisory_lock(1), nextval('a')", true],
  ['select pg_advisory_xact_lock(1)', false],
  ['listen orders', true],
  ['update settings set listen = 1', false],
])('pins for %s: %s', (sql, pins) => expect(query(sql)).toBe(pins));

it('pins for a statement of more than 16 KiB', () => {
  expect(query(`select '${'x'.repeat(17_000)}'`)).toBe(true);
});

it('pins for a prepared statement with a name, of the protocol', () => {
  expect(isPinning('P', message('P', 'mine', 'select 1'))).toBe(true);
  expect(isPinning('P', message('P', '', 'select 1'))).toBe(false);
  expect(isPinning('D', message('D', 'set a'))).toBe(false);
});

it('splits messages wherever they are cut', () => {
  const bytes = Buffer.concat([message('Q', 'select 1'), message('S'), message('Q', 'y'.repeat(500))]);
  for (const size of [1, 3, 7, 1000]) {
    const messages = new Messages();
    const found = [];
    for (let i = 0; i < bytes.length; i += size) found.push(...messages.push(bytes.subarray(i, i + size)));
    expect(found.map(({ type, bytes: it }) => `${type}${it.length}`)).toEqual(['Q14', 'S5', 'Q506']);
  }
});
