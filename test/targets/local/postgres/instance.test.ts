import { join } from 'node:path';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { replicaLag } from '../../../../lib/probes/replica-lag';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { ask, has, membersOf, soon, Stage, write, writing } from './fixture';

jest.setTimeout(60_000);

const DELAY_MS = 300;
const stage = new Stage();
afterAll(() => stage.remove());

const instance = (isMultiAz: boolean, replicas: number): Partial<SqlTier> => ({
  instance: { isMultiAz },
  engine: 'postgres',
  engineVersion: '14.12',
  members: ['Db', ...Array.from({ length: replicas }, (_, i) => `Replica${i + 1}`)].map((logicalId) => ({
    logicalId,
    class: 'db.m7g.large',
  })),
});

/** The number of the server that has a role. */
const numberOf = (tier: PostgresTier, wanted: string): number =>
  tier.state().members.findIndex(({ role }) => role === wanted) + 1;
/** The members of a Multi-AZ instance, whichever of them is the primary. */
const membersWith = (primary: number): string[] =>
  ['Ledger-1', 'Ledger-2']
    .map((name, i) => `${name} ${i + 1 === primary ? 'primary' : 'standby'} running`)
    .concat('Ledger-3 replica running');

const SQL = 'create table orders (id int primary key);';

describe('a Multi-AZ instance with a read replica', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing('Ledger', instance(true, 1), { sql: SQL, delayMs: DELAY_MS });
  });

  it('has an address of its own, one for its replica, and none for its standby', () => {
    const { writer, reader, readers } = tier.endpoints();
    expect(tier.attributes()).toEqual({
      'Endpoint.Address': writer.host,
      'Endpoint.Port': String(writer.port),
    });
    expect(readers).toHaveLength(1);
    expect(reader).toEqual({ host: readers[0]!.host, port: readers[0]!.port });
    expect(tier.memberAttributes()).toEqual({
      Replica1: { 'Endpoint.Address': reader.host, 'Endpoint.Port': String(reader.port) },
    });
    expect(membersOf(tier)).toEqual(membersWith(numberOf(tier, 'primary')));
  });

  it('waits for the standby alone before it acknowledges, while its replica lags', async () => {
    const { writer, reader } = tier.endpoints();
    await write(tier, 1);
    expect([await has(writer, 1), await has(reader, 1)]).toEqual([true, false]);
    await soon(() => has(reader, 1));
    expect(
      await stage.asAdmin(
        'Ledger',
        numberOf(tier, 'primary'),
        'select application_name as name, sync_state as sync from pg_stat_replication order by 1',
      ),
    ).toEqual([
      { name: `Ledger-${numberOf(tier, 'standby')}`, sync: 'quorum' },
      { name: 'Ledger-3', sync: 'async' },
    ]);
  });

  it('has a lag that a check measures at its replica', async () => {
    const context = { databases: [tier.endpoints()], signal: stage.watch.signal };
    const seen = await replicaLag(
      { name: 'lag', tier: 'Ledger', maxMs: 5000 },
      context as unknown as Parameters<typeof replicaLag>[1],
    );
    expect(seen.outcome).toBe('passed');
    expect(seen.measures!['lagMs']).toBeGreaterThanOrEqual(DELAY_MS);
  });

  it('loses no acknowledged write when its standby takes over at the same address, and keeps its replica', async () => {
    const { writer, reader } = tier.endpoints();
    const standby = numberOf(tier, 'standby');
    const { acknowledged, refused } = await writing(tier, () => tier.failover(stage.watch));
    expect(refused).toBeGreaterThan(0);
    const there = new Set((await ask(writer, 'select id from orders')).map(({ id }) => id));
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect(tier.endpoints()).toMatchObject({ writer, reader });
    expect(membersOf(tier)).toEqual(membersWith(standby));
    await soon(() => has(reader, acknowledged.at(-1)!));
    expect(await ask(reader, 'select pg_is_in_recovery() as replica')).toEqual([{ replica: true }]);
  });

  it('gives a replica that had received more than the standby the data of the standby', async () => {
    const { writer, reader } = tier.endpoints();
    const standby = numberOf(tier, 'standby');
    await stage.cutOff('Ledger', standby);
    // not acknowledged as far as Multi-AZ goes: only this session does not wait for the standby
    await ask(writer, 'insert into orders values (2)', { options: '-c synchronous_commit=local' });
    await soon(() => has(reader, 2));
    await tier.failover(stage.watch);
    await write(tier, 3);
    await soon(() => has(reader, 3));
    expect([await has(writer, 2), await has(reader, 2)]).toEqual([false, false]);
    expect(membersOf(tier)).toEqual(membersWith(standby));
  });

  it('brings the data of a checkpoint back', async () => {
    const checkpoint = join(stage.folder, 'checkpoints', 'ledger');
    await write(tier, 4);
    await tier.checkpoint(checkpoint, stage.watch);
    await write(tier, 5);
    await tier.restore(checkpoint, stage.watch);
    const { writer, reader } = tier.endpoints();
    expect([await has(writer, 4), await has(writer, 5)]).toEqual([true, false]);
    await soon(() => has(reader, 4));
  });

  it('says what it is', () => {
    expect(tier.state().differs).toEqual(
      expect.arrayContaining([
        'PostgreSQL 18.4 stands in for postgres 14.12',
        'every member offers 901 connections, as db.m7g.large does',
        'a failover takes as long as the standby needs to be promoted, on AWS usually 60 to 120 s',
        'replicas delay every write by 300 ms',
      ]),
    );
  });
});

describe('an instance in a single zone, with a read replica', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing('Audit', instance(false, 1), { sql: SQL });
  });

  it('restarts in place when it fails over, and loses no acknowledged write; its replica never takes over', async () => {
    const endpoints = tier.endpoints();
    const { acknowledged, refused } = await writing(tier, () => tier.failover(stage.watch));
    expect(refused).toBeGreaterThan(0);
    const there = new Set((await ask(endpoints.writer, 'select id from orders')).map(({ id }) => id));
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect(tier.endpoints()).toEqual(endpoints);
    expect(membersOf(tier)).toEqual(['Audit-1 primary running', 'Audit-2 replica running']);
    await soon(() => has(endpoints.reader, acknowledged.at(-1)!));
  });

  it('waits for no replica', async () => {
    expect(await ask(tier.endpoints().writer, 'show synchronous_standby_names')).toEqual([
      { synchronous_standby_names: '' },
    ]);
  });
});

it('reads go to an instance itself where it has no replica', async () => {
  const tier = await stage.standing('Alone', instance(false, 0));
  const { writer, reader, readers } = tier.endpoints();
  expect([reader, readers]).toEqual([writer, []]);
  expect(tier.memberAttributes()).toEqual({});
  expect(tier.state().differs).toContain(
    'an instance without a standby is restarted in place, which on AWS takes minutes where its host is lost',
  );
});
