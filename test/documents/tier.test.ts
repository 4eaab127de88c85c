import { join } from 'node:path';
import { connect } from 'node:net';
import type { MongoClient } from 'mongodb';
import type { DocumentMember } from '../../lib/targets/local/document/member';
import type { DocumentTier } from '../../lib/blueprint/blueprint';
import { documents } from '../../lib/targets/local/document/module';
import type { LocalDocuments } from '../../lib/targets/local/document/tier';
import { compareData } from '../../lib/probes/data-differences';
import { readData } from '../../lib/probes/data';
import { watchDatabases } from '../../lib/probes/database-watch';
import { replicaLag } from '../../lib/probes/replica-lag';
import { failOver } from '../../lib/targets/local/parts';
import type { Program } from '../../lib/targets/local/process/machine';
import { processesOf } from '../../lib/targets/local/process/owned-processes';
import { until } from '../../lib/targets/local/process/until';
import { endAll, PASSWORD, server, WATCH, Workshop } from './real-tier';

const workshop = new Workshop();
beforeAll(() => workshop.open());
afterAll(async () => {
  endAll();
  await workshop.remove();
});

const cluster = (tier: LocalDocuments): { host: string; port: string } => ({
  host: tier.attributes()['Endpoint']!,
  port: tier.attributes()['Port']!,
});
const reader = (tier: LocalDocuments): { host: string; port: string } => ({
  ...cluster(tier),
  host: tier.attributes()['ReadEndpoint']!,
});
const orders = (client: MongoClient) => client.db('shop').collection<{ _id: number }>('orders');

const rolesOf = (tier: LocalDocuments): string[] =>
  tier
    .state()
    .members.map(({ role, state }) => `${role} ${state}`)
    .toSorted();

it('begins with a final snapshot, at its own addresses and with the password of this environment, and fails over', async () => {
  const kept = join(workshop.folder, 'kept');
  const gone = workshop.tier('Gone', { members: 2 });
  await gone.seed(await workshop.seedFolder({ 'shop.orders.json': '{ "_id": 1 }\n{ "_id": 2 }\n' }));
  await gone.up(WATCH);
  const auth = { username: 'docs', password: 'of another environment' };
  const own = workshop.client(cluster(gone), { directConnection: true });
  await orders(own).insertOne({ _id: 3 });
  await own.db('admin').command({ updateUser: 'docs', pwd: auth.password });
  await gone.checkpoint(join(kept, 'data'));
  await gone.close();

  await documents.checkSeed({} as DocumentTier, kept);
  const tier = workshop.tier('Again', { members: 3 });
  await tier.seed(kept);
  await tier.up(WATCH);
  expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
  const client = workshop.client(cluster(tier), { replicaSet: 'rs0' });
  expect(await orders(client).countDocuments()).toBe(3);
  const before = workshop.client(cluster(tier), { directConnection: true, auth });
  await expect(orders(before).countDocuments()).rejects.toThrow(/auth/i);
  await orders(client).insertOne({ _id: 4 });
  await tier.failover(WATCH);
  const after = workshop.client(cluster(tier), { directConnection: true });
  expect(await orders(after).countDocuments()).toBe(4);
  await tier.close();

  const other = workshop.tier('Other', { members: 1, username: 'nobody' });
  await other.seed(kept);
  await expect(other.up(WATCH)).rejects.toThrow(`${kept} has no user "nobody", which the template has`);
});

describe('a cluster with two replicas', () => {
  let tier: LocalDocuments;
  let client: MongoClient;
  beforeAll(async () => {
    tier = workshop.tier('Catalog', { members: 3 });
    await tier.seed(
      await workshop.seedFolder({
        'shop.orders.json': '{ "_id": 1, "at": { "$date": "2026-11-30T00:00:00Z" } }\n\n{ "_id": 2 }\n',
        'shop.order.items.json': '[{ "_id": 1 }, { "_id": 2 }, { "_id": 3 }]',
      }),
    );
    await tier.up(WATCH);
    client = workshop.client(cluster(tier), { directConnection: true });
  });

  it('has the members of the template, and what the seed says', async () => {
    expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
    expect(tier.state().engine).toBe(`MongoDB ${server().version}`);
    const [first] = await client
      .db('shop')
      .collection('orders')
      .find({ _id: 1 as never })
      .toArray();
    expect(first!['at']).toEqual(new Date('2026-11-30T00:00:00Z'));
    expect(await client.db('shop').collection('order.items').countDocuments()).toBe(3);
  });

  it('is found by clients that know the replica set, at the addresses of its instances', async () => {
    const found = workshop.client(cluster(tier), { replicaSet: 'rs0', readPreference: 'secondary' });
    const hello = await found.db('admin').command({ isMaster: 1 }, { readPreference: 'secondary' });
    const instances = Object.values(tier.memberAttributes());
    expect((hello['hosts'] as string[]).toSorted()).toEqual(
      instances.map(({ Endpoint, Port }) => `${Endpoint}:${Port}`).toSorted(),
    );
    expect(hello['secondary']).toBe(true);
    expect(await found.db('shop').collection('order.items').countDocuments()).toBe(3);
  });

  it('leads from the reader endpoint to every replica and never to the primary, which takes the writes', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const at = workshop.client(reader(tier), { directConnection: true, readPreference: 'nearest' });
      const hello = await at.db('admin').command({ isMaster: 1 });
      expect(hello['secondary']).toBe(true);
      seen.add(hello['me'] as string);
      // a client opens two connections, one of them to watch: without a third one the next would be led as this one
      await new Promise<void>((done) =>
        connect(Number(at.options.hosts[0]!.port), at.options.hosts[0]!.host, done).end(),
      );
    }
    expect(seen.size).toBe(2);
    const at = workshop.client(reader(tier), { directConnection: true });
    await expect(orders(at).insertOne({ _id: 100 })).rejects.toThrow(/not master|not primary/i);
  });

  it('asks for a password, and lets the master user change no member', async () => {
    const nobody = workshop.client(cluster(tier), {
      directConnection: true,
      auth: { username: 'docs', password: 'x' },
    });
    await expect(orders(nobody).countDocuments()).rejects.toThrow(/auth/i);
    await expect(client.db('admin').command({ replSetStepDown: 1 })).rejects.toThrow(/not authorized/);
  });

  it('fails over to a replica without the loss of an acknowledged write', async () => {
    const before = tier.state().members.find(({ role }) => role === 'primary')!.name;
    const through = workshop.client(cluster(tier), { replicaSet: 'rs0' });
    const acknowledged: number[] = [];
    let refused = 0;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, WATCH.signal]);
    const acknowledges = (count: number): Promise<void> =>
      until(() => Promise.resolve(acknowledged.length >= count), {
        what: `${count} writes are acknowledged`,
        signal,
      });
    const writers = [0, 1, 2].map(async (worker) => {
      for (let i = 0; !signal.aborted; i++) {
        const _id = 1_000 + worker * 100_000 + i;
        await orders(through)
          .insertOne({ _id })
          .then(
            () => acknowledged.push(_id),
            () => refused++,
          );
      }
    });
    try {
      await acknowledges(50);
      await tier.failover(WATCH);
      await acknowledges(acknowledged.length + 20);
    } finally {
      over.abort();
      await Promise.all(writers);
    }
    const after = tier.state().members.find(({ role }) => role === 'primary')!.name;
    expect(after).not.toBe(before);
    expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
    const there = await orders(client)
      .find({ _id: { $gte: 1_000 } })
      .toArray();
    const found = new Set(there.map(({ _id }) => _id));
    expect(acknowledged.filter((it) => !found.has(it))).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });

  it('gets a member back that ends by itself: another one is primary first, and nothing is lost', async () => {
    const { members } = tier as unknown as { readonly members: readonly DocumentMember[] };
    const lose = async (role: 'primary' | 'replica'): Promise<DocumentMember> => {
      const { name } = tier.state().members.find((it) => it.role === role)!;
      const lost = members.find((it) => it.name === name)!;
      const before = tier.state().incidents!.length;
      (lost as unknown as { program: Program }).program.child.kill('SIGKILL');
      const isBack = () => Promise.resolve(tier.state().incidents!.length > before && lost.isInPlace);
      await until(isBack, { what: `${name} runs again`, signal: WATCH.signal });
      return lost;
    };
    const at = () => workshop.client(cluster(tier), { directConnection: true });
    await orders(at()).insertOne({ _id: 500 });
    const old = await lose('primary');
    expect(tier.state().members.find(({ name }) => name === old.name)!.role).toBe('replica');
    expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
    expect(await orders(at()).countDocuments({ _id: 500 })).toBe(1);
    await orders(at()).insertOne({ _id: 501 });
    const replica = await lose('replica');
    expect(tier.state().members.find(({ name }) => name === replica.name)!.role).toBe('replica');
    await orders(at()).insertOne({ _id: 502 });
    expect(tier.state().incidents!.map(({ what }) => what)).toEqual([
      `${old.name} ended with SIGKILL, and is replaced`,
      `${replica.name} ended with SIGKILL, and is replaced`,
    ]);
    await orders(at()).deleteMany({ _id: { $in: [500, 501, 502] } });
  });

  it('acknowledges what a majority has, also where a client asks for nothing', async () => {
    const { config } = await client.db('admin').command({ replSetGetConfig: 1 });
    expect((config as { settings: object }).settings).toMatchObject({
      getLastErrorDefaults: { w: 'majority' },
    });
  });

  it('is measured by its writes while it fails over, which leave nothing behind', async () => {
    const { unwritableMs, before, after } = await failOver(tier, WATCH);
    expect(unwritableMs).toBeGreaterThan(0);
    expect(after.map(({ role }) => role)).not.toEqual(before.map(({ role }) => role));
    const { databases } = await client.db('admin').command({ listDatabases: 1, nameOnly: true });
    expect((databases as { name: string }[]).map(({ name }) => name)).not.toContain('cdk_twin_writes');
  });

  it('has a lag that a check measures at each of its replicas, and offers the connections of its class', async () => {
    const context = { databases: tier.databases(), signal: WATCH.signal };
    const seen = await replicaLag(
      { name: 'lag', tier: 'Catalog', maxMs: 5000 },
      context as unknown as Parameters<typeof replicaLag>[1],
    );
    expect(seen).toMatchObject({
      outcome: 'passed',
      detail: expect.stringMatching(
        /^the slowest of 2 replicas of Catalog showed a write after \d+ ms/,
      ) as string,
    });
    const watch = watchDatabases(tier.databases(), WATCH.signal);
    await new Promise((done) => setTimeout(done, 700));
    const [figures] = await watch.stop();
    expect(figures).toMatchObject({ tier: 'Catalog', connections: { limit: 3400 + 64 } });
    expect(figures!.looks).toBeGreaterThan(0);
    expect(tier.state().differs).toContain('every member offers 3400 connections, as db.r6g.large does');
  });

  it('is counted, so that a release that loses documents is seen, and one that adds some is not', async () => {
    const shop = client.db('shop');
    await shop.collection('kept').insertMany([{ n: 1 }, { n: 2 }]);
    await shop.collection('empty').createIndex({ n: 1 });
    const read = async () => (await readData(tier.databases(), {}, WATCH.signal))[0]!;
    const before = await read();
    expect(before.unread).toBeUndefined();
    const countOf = (state: typeof before, name: string) =>
      state.tables.find((it) => it.schema === 'shop' && it.name === name)?.count?.rows;
    expect([countOf(before, 'kept'), countOf(before, 'empty')]).toEqual([2, 0]);
    expect(before.tables.map(({ schema }) => schema).filter((it) => it !== 'shop')).toEqual([]);
    await shop.collection('kept').deleteOne({ n: 1 });
    await shop.collection('empty').insertOne({ n: 1 });
    expect(compareData(before, await read()).losses).toEqual([
      { of: 'shop.kept', detail: 'shop.kept: 2 rows became 1' },
    ]);
    await shop.collection('kept').drop();
    expect(compareData(before, await read()).losses).toEqual([
      { of: 'shop.kept', detail: 'shop.kept is gone, with 2 rows' },
    ]);
  });

  it('goes back to a checkpoint, with its users, at the same addresses', async () => {
    const folder = join(workshop.folder, 'checkpoint');
    const at = cluster(tier);
    const count = await orders(client).countDocuments();
    await client.db('shop').command({ createUser: 'app', pwd: PASSWORD, roles: ['readWrite'] });
    await tier.checkpoint(folder);
    await orders(client).insertOne({ _id: 5 });
    await tier.restore(folder, WATCH);
    expect(cluster(tier)).toEqual(at);
    expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
    const again = workshop.client(at, { replicaSet: 'rs0' });
    expect(await orders(again).countDocuments()).toBe(count);
    const { users } = await again.db('shop').command({ usersInfo: 1 });
    expect((users as { user: string }[]).map(({ user }) => user)).toEqual(['app']);
  });
});

it('fails over with one replica, whose vote is half of all, and twice', async () => {
  const tier = workshop.tier('Pair', { members: 2 });
  await tier.seed(undefined);
  await tier.up(WATCH);
  const client = workshop.client(cluster(tier), { replicaSet: 'rs0' });
  await orders(client).insertOne({ _id: 1 });
  const primaryOf = (): string => tier.state().members.find(({ role }) => role === 'primary')!.name;
  const first = primaryOf();
  await tier.failover(WATCH);
  expect(primaryOf()).not.toBe(first);
  // a client that was not asked meanwhile finds the new primary by an error
  await orders(client)
    .insertOne({ _id: 2 })
    .catch(() => orders(client).insertOne({ _id: 2 }));
  await tier.failover(WATCH);
  expect(primaryOf()).toBe(first);
  expect(await orders(client).countDocuments()).toBe(2);
});

it('promotes the replica that has received the most, not the first', async () => {
  const tier = workshop.tier('Ahead', { members: 3 });
  await tier.seed(undefined);
  await tier.up(WATCH);
  const [, behind] = (tier as unknown as { readonly members: readonly DocumentMember[] }).members;
  const primaryOf = (): string => tier.state().members.find(({ role }) => role === 'primary')!.name;
  await behind!.command({ fsync: 1, lock: true }); // it applies nothing from now on
  const client = workshop.client(cluster(tier), { directConnection: true });
  // a majority is the primary and the other one
  for (let _id = 1; _id <= 20; _id++) await orders(client).insertOne({ _id });
  const unlocked = (async () => {
    const isOver = () => Promise.resolve(primaryOf() !== 'Ahead-1');
    await until(isOver, { what: 'another member is primary', signal: WATCH.signal });
    await behind!.command({ fsyncUnlock: 1 }); // a member that is locked has no vote
  })();
  await Promise.all([tier.failover(WATCH), unlocked]);
  expect(primaryOf()).toBe('Ahead-3');
  const after = workshop.client(cluster(tier), { directConnection: true });
  expect(await orders(after).countDocuments()).toBe(20);
});

it('has no replica to fail over to where it is alone, and its reader endpoint leads to itself', async () => {
  const tier = workshop.tier('Alone', { members: 1 });
  await tier.seed(undefined);
  await tier.up(WATCH);
  await orders(workshop.client(reader(tier), { directConnection: true })).insertOne({ _id: 1 });
  await expect(tier.failover(WATCH)).rejects.toMatchObject({ code: 'no-replica' });
  expect(rolesOf(tier)).toEqual(['primary running']);
});

it('takes encrypted connections alone where the template does, by the authority of the environment', async () => {
  const tier = workshop.tier('Sealed', { members: 2, isEncrypted: true });
  await tier.seed(undefined);
  await tier.up(WATCH);
  const tlsCAFile = tier.variables()['NODE_EXTRA_CA_CERTS']!;
  const sealed = workshop.client(cluster(tier), { replicaSet: 'rs0', tls: true, tlsCAFile });
  await orders(sealed).insertOne({ _id: 1 });
  const plain = workshop.client(cluster(tier), { directConnection: true, serverSelectionTimeoutMS: 1000 });
  await expect(orders(plain).countDocuments()).rejects.toThrow(/closed|Server selection timed out/);
  const { unwritableMs } = await failOver(tier, WATCH);
  expect(unwritableMs).toBeGreaterThan(0);
  expect(await orders(sealed).countDocuments()).toBe(1);
  const context = { databases: tier.databases(), signal: WATCH.signal };
  const seen = await replicaLag(
    { name: 'lag', tier: 'Sealed', maxMs: 5000 },
    context as unknown as Parameters<typeof replicaLag>[1],
  );
  expect(seen.outcome).toBe('passed');
});

it('is no replica by the check of lag where it has none', async () => {
  const tier = workshop.tier('Single', { members: 1 });
  await tier.seed(undefined);
  await tier.up(WATCH);
  const context = { databases: tier.databases(), signal: WATCH.signal };
  const seen = await replicaLag(
    { name: 'lag', tier: 'Single', maxMs: 5000 },
    context as unknown as Parameters<typeof replicaLag>[1],
  );
  expect(seen).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('has no replica') as string,
  });
});

it('says what is wrong with a seed, and leaves nothing running', async () => {
  const tier = workshop.tier('Broken', { members: 2 });
  await tier.seed(await workshop.seedFolder({ 'shop.orders.json': '{ "_id": 1 }\n{ "_id": 1 }\n' }));
  await expect(tier.up(WATCH)).rejects.toMatchObject({
    code: 'seed',
    message: expect.stringMatching(/shop\.orders\.json cannot be inserted: E11000 duplicate key/) as string,
  });
  expect(rolesOf(tier)).toEqual(['primary stopped', 'replica stopped']);
});

it('leaves no process behind', async () => {
  const own = new Workshop();
  await own.open();
  const tier = own.tier('Gone', { members: 2 });
  await tier.seed(undefined);
  await tier.up(WATCH);
  expect(processesOf(own.folder)).toHaveLength(2);
  await tier.close();
  expect(processesOf(own.folder)).toEqual([]);
  await own.remove();
});
