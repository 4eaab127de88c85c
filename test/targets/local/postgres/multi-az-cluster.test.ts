import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { replicaLag } from '../../../../lib/probes/replica-lag';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { ask, has, membersOf, soon, Stage, write, writing } from './fixture';

jest.setTimeout(60_000);

const DELAY_MS = 300;
const stage = new Stage();
let tier: PostgresTier;
beforeAll(async () => {
  const member = { class: 'db.r6gd.large' };
  const cluster: Partial<SqlTier> = {
    engine: 'postgres',
    engineVersion: '14.12',
    members: [member, member, member],
  };
  tier = await stage.standing('Ledger', cluster, {
    sql: 'create table orders (id int primary key);',
    delayMs: DELAY_MS,
  });
});
afterAll(() => stage.remove());

/** The numbers of the servers that have a role. */
const numbersOf = (wanted: string): number[] =>
  tier.state().members.flatMap(({ role }, i) => (role === wanted ? [i + 1] : []));

it('has the endpoints of a cluster, and no resource for any of its members', () => {
  const { writer, reader, readers } = tier.endpoints();
  expect(tier.attributes()).toEqual({
    'Endpoint.Address': writer.host,
    'Endpoint.Port': String(writer.port),
    'ReadEndpoint.Address': reader.host,
    Port: String(reader.port),
  });
  expect(readers).toHaveLength(2);
  expect(tier.memberAttributes()).toEqual({});
  expect([numbersOf('primary').length, numbersOf('replica').length]).toEqual([1, 2]);
});

it('acknowledges a commit once one reader has it, and shows it on its readers later', async () => {
  const { writer, reader } = tier.endpoints();
  await write(tier, 1);
  expect([await has(writer, 1), await has(reader, 1)]).toEqual([true, false]);
  await soon(() => has(reader, 1));
  expect(await ask(writer, 'show synchronous_standby_names')).toEqual([
    {
      synchronous_standby_names: `ANY 1 (${numbersOf('replica')
        .map((it) => `"Ledger-${it}"`)
        .join(', ')})`,
    },
  ]);
});

it('has a lag that a check measures at each of its readers', async () => {
  const context = { databases: [tier.endpoints()], signal: stage.watch.signal };
  const seen = await replicaLag(
    { name: 'lag', tier: 'Ledger', maxMs: 5000 },
    context as unknown as Parameters<typeof replicaLag>[1],
  );
  expect(seen).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('of 2 replicas') });
  expect(seen.measures!['lagMs']).toBeGreaterThanOrEqual(DELAY_MS);
});

it('loses no acknowledged write in a failover, and gets the old writer back as a reader', async () => {
  const [before] = numbersOf('primary');
  const { writer } = tier.endpoints();
  const { acknowledged, refused } = await writing(tier, () => tier.failover(stage.watch));
  expect(refused).toBeGreaterThan(0);
  const there = new Set((await ask(writer, 'select id from orders')).map(({ id }) => id));
  expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
  expect(tier.endpoints().writer).toEqual(writer);
  expect(numbersOf('primary')).not.toEqual([before]);
  expect(membersOf(tier).every((it) => it.endsWith('running'))).toBe(true);
});

it.each([0, 1])(
  'promotes the reader that has the last write where the other, number %i, is behind',
  async (cut) => {
    const readers = numbersOf('replica');
    await stage.cutOff('Ledger', readers[cut]!);
    const id = 100 + cut;
    await write(tier, id);
    await tier.failover(stage.watch);
    expect(numbersOf('primary')).toEqual([readers[1 - cut]]);
    expect(await has(tier.endpoints().writer, id)).toBe(true);
    await soon(() => has(tier.endpoints().reader, id));
  },
);

it('says what it is', () => {
  expect(tier.state().differs).toEqual(
    expect.arrayContaining([
      'PostgreSQL 18.4 stands in for postgres 14.12',
      'every member offers 1802 connections, as db.r6gd.large does',
      'a failover takes as long as a reader needs to be promoted, on AWS usually less than 35 s',
      'the writer is not slowed down for replicas that are behind, as flow control does on AWS',
      'replicas delay every write by 300 ms',
    ]),
  );
  expect(tier.state().differs.join()).not.toContain('Aurora');
});
