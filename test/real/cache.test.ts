import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { CacheProps, CacheTier } from '../../lib/blueprint/blueprint';
import type { OtherCache } from '../../lib/targets/local/cache/form';
import { processesOf, leftoversOf } from '../../lib/targets/local/process/owned-processes';
import type { CacheNode } from '../../lib/targets/local/cache/node';
import type { Shard } from '../../lib/targets/local/cache/shard';
import type { NodeUser } from '../../lib/targets/local/cache/config';
import { LocalCache } from '../../lib/targets/local/cache/tier';
import { cacheServer, NO_CACHE_SERVER } from '../../lib/targets/local/cache/server';
import { failOver } from '../../lib/targets/local/parts';
import type { Program } from '../../lib/targets/local/process/machine';
import { until } from '../../lib/targets/local/process/until';
import { Processes } from '../../lib/targets/local/process/processes';
import { Authority } from '../../lib/targets/local/tls/authority';
import type { Watch } from '../../lib/targets/target';

const server = cacheServer();
if (!server) throw new Error(NO_CACHE_SERVER);
const watch: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

const sessions: CacheTier = {
  kind: 'cache',
  name: 'Sessions',
  path: 'Sessions/Valkey/Group',
  stack: '',
  logicalId: 'SessionsValkeyGroup',
  engine: 'valkey',
  engineVersion: '8.1',
  port: 6379,
  authToken: 'declared',
  clusterMode: false,
  shards: 1,
  replicas: 2,
  class: 'cache.r7g.large',
  parameters: { 'maxmemory-policy': 'noeviction', 'close-on-slave-write': 'yes', databases: '20' },
};
const pages: CacheTier = {
  ...sessions,
  name: 'Pages',
  authToken: undefined,
  clusterMode: true,
  shards: 2,
  replicas: 1,
  parameters: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'allkeys-lru' },
};
const PASSWORD = 'a "quoted" pass word';

interface Standing {
  readonly cache: LocalCache;
  readonly machine: Processes;
  readonly folder: string;
  readonly block: string;
}

let blocks = 0;
const standing: Standing[] = [];

/** Makes a cache in a folder of its own; it and its clients are gone after the test. */
function make(
  tier: CacheTier | OtherCache,
  password = '',
  replicationDelayMs = 0,
  users?: readonly NodeUser[],
): Standing {
  const folder = mkdtempSync(join(tmpdir(), 'twin-cache-'));
  const block = `127.${214 + ++blocks}.${process.pid % 250}`;
  const machine = new Processes(folder, block);
  const props = {
    tier,
    folder: join(folder, 'data'),
    machine,
    username: '',
    password,
    replicationDelayMs,
    users,
    authority: new Authority(folder),
  };
  const made = { cache: new LocalCache(props), machine, folder, block };
  standing.push(made);
  return made;
}

/** A text file in the cache's folder. */
function seedIn({ folder }: Standing, lines: readonly string[]): string {
  const file = join(folder, 'seed.txt');
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** A client of one of the endpoints; it gives up at once when it is refused. */
function clientOf({ cache }: Standing, endpoint: string, password = ''): Redis {
  const { [`${endpoint}.Address`]: host, [`${endpoint}.Port`]: port } = cache.attributes();
  const client = new Redis({
    host: host!,
    port: Number(port),
    password,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  return client;
}

/** Uses a client and closes it. */
async function using<T>(client: Redis, use: (client: Redis) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Which node answers at an endpoint, and as what. */
async function who(at: Standing, endpoint: string, password = ''): Promise<{ host: string; role: string }> {
  return using(clientOf(at, endpoint, password), async (client) => {
    const { host } = /\bladdr=(?<host>[\d.]+):/.exec(
      (await client.call('CLIENT', 'INFO')) as string,
    )!.groups!;
    const [role] = (await client.role()) as [string];
    return { host: host!, role };
  });
}

async function remove(it: Standing): Promise<void> {
  await it.cache.close();
  await it.machine.killAll();
  rmSync(it.folder, { recursive: true, force: true });
}

afterAll(async () => {
  await Promise.all(standing.map(remove));
});

describe('a replication group', () => {
  let at: Standing;
  const primary = (): Redis => clientOf(at, 'PrimaryEndPoint', PASSWORD);
  const set = (key: string, value: string) => using(primary(), (client) => client.set(key, value));
  const get = (key: string) => using(primary(), (client) => client.get(key));
  const members = () => at.cache.state().members;

  beforeAll(async () => {
    at = make(sessions, PASSWORD);
    const lines = ['# two carts', '', String.raw`SET cart:1 "two \"blue\" mugs"`, "hset cart:2 item 'a hat'"];
    await at.cache.seed(seedIn(at, lines));
    await at.cache.up(watch);
  });

  it('begins with its seed, on every node', async () => {
    expect(await get('cart:1')).toBe('two "blue" mugs');
    const reader = clientOf(at, 'ReaderEndPoint', PASSWORD);
    expect(await using(reader, (client) => client.hget('cart:2', 'item'))).toBe('a hat');
  });

  it('reads from its primary what was just written', async () => {
    const stale = await using(primary(), async (client) => {
      let found = 0;
      for (let i = 0; i < 100; i++) {
        await client.set('counter', i);
        if ((await client.get('counter')) !== String(i)) found += 1;
      }
      return found;
    });
    expect(stale).toBe(0);
  });

  it('asks for its password, and does not show it in the list of processes', async () => {
    await using(clientOf(at, 'PrimaryEndPoint'), (client) =>
      expect(client.get('cart:1')).rejects.toThrow('NOAUTH'),
    );
    await using(clientOf(at, 'ReaderEndPoint', 'wrong'), (client) =>
      expect(client.get('cart:1')).rejects.toThrow(/WRONGPASS|NOAUTH|closed/),
    );
    const listed = leftoversOf(at.folder, at.block).filter(({ kind }) => kind === 'process');
    expect(listed).toHaveLength(3);
    expect(listed.filter(({ what }) => what.includes('pass word'))).toEqual([]);
  });

  it('reaches its primary through one endpoint and its replicas in turn through the other', async () => {
    expect((await who(at, 'PrimaryEndPoint', PASSWORD)).role).toBe('master');
    const readers = [];
    for (let i = 0; i < 4; i++) readers.push(await who(at, 'ReaderEndPoint', PASSWORD));
    expect(new Set(readers.map(({ role }) => role))).toEqual(new Set(['slave']));
    expect(new Set(readers.map(({ host }) => host)).size).toBe(2);
    const reader = clientOf(at, 'ReaderEndPoint', PASSWORD);
    await using(reader, (client) => expect(client.set('cart:3', '')).rejects.toThrow('READONLY'));
  });

  it('sets the parameters that the server knows, and names the others', async () => {
    const memory = await using(primary(), (client) => client.info('memory'));
    expect(memory).toContain('maxmemory_policy:noeviction');
    expect(await using(primary(), (client) => client.select(19))).toBe('OK');
    await using(primary(), (client) => expect(client.select(20)).rejects.toThrow('out of range'));
    const refused = at.cache.state().differs.filter((it) => it.startsWith('parameter '));
    expect(refused).toEqual([expect.stringContaining('close-on-slave-write = yes is not set')]);
  });

  // what Spring Session and Socket.IO do by default, for instance, and what fails on ElastiCache
  it('refuses its clients what ElastiCache refuses them, on every node', async () => {
    const asked = [['CONFIG', 'SET', 'notify-keyspace-events', 'Ex'], ['CONFIG', 'GET', 'maxmemory'], ['SHUTDOWN', 'NOSAVE'], ['SAVE'], ['REPLICAOF', 'NO', 'ONE']]; // prettier-ignore
    for (const endpoint of ['PrimaryEndPoint', 'ReaderEndPoint']) {
      for (const [command, ...args] of asked)
        await using(clientOf(at, endpoint, PASSWORD), (client) =>
          expect(client.call(command!, ...args)).rejects.toThrow('NOPERM'),
        );
    }
    await using(primary(), (client) =>
      expect(client.call('AUTH', 'cdk-twin', 'guess')).rejects.toThrow('WRONGPASS'),
    );
  });

  it('goes back to a checkpoint, at the same endpoints', async () => {
    await set('stock', 'before');
    const before = at.cache.attributes();
    const folder = join(at.folder, 'checkpoint');
    await at.cache.checkpoint(folder, watch);
    expect(readdirSync(folder)).toEqual(['1.rdb']);
    await set('stock', 'after');
    await set('more', 'than before');
    await at.cache.restore(folder, watch);
    expect(at.cache.attributes()).toEqual(before);
    expect(await get('stock')).toBe('before');
    expect(await get('more')).toBeNull();
    const reader = clientOf(at, 'ReaderEndPoint', PASSWORD);
    expect(await using(reader, (client) => client.get('stock'))).toBe('before');
    expect(members().map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });

  it('begins with a copy of another one, whose folder is gone by then', async () => {
    await set('copied', 'yes');
    const folder = join(at.folder, 'copy');
    await at.cache.checkpoint(folder, watch);
    const other = make(sessions, PASSWORD);
    await other.cache.seed(undefined);
    await other.cache.adopt(folder);
    rmSync(folder, { recursive: true, force: true });
    await set('copied', 'later');
    await other.cache.up(watch);
    for (const endpoint of ['PrimaryEndPoint', 'ReaderEndPoint'])
      expect(await using(clientOf(other, endpoint, PASSWORD), (client) => client.get('copied'))).toBe('yes');
    expect(await get('copied')).toBe('later');
  });

  it('makes another node the primary when it loses one, keeps the data, and gets the lost one back', async () => {
    const old = await who(at, 'PrimaryEndPoint', PASSWORD);
    const oldName = members().find(({ role }) => role === 'primary')!.name;
    const client = primary();
    const closed = new Promise((resolve) => client.once('end', resolve));
    await client.set('order', 'paid');
    await client.wait(2, 10_000);
    await at.cache.failover(watch);
    await closed;
    const next = await who(at, 'PrimaryEndPoint', PASSWORD);
    expect(next).toEqual({ host: expect.not.stringMatching(`^${old.host}$`), role: 'master' });
    expect(await get('order')).toBe('paid');
    expect(await set('order', 'shipped')).toBe('OK');
    expect(members().find(({ name }) => name === oldName)).toMatchObject({
      role: 'replica',
      state: 'running',
    });
    const readers = [await who(at, 'ReaderEndPoint', PASSWORD), await who(at, 'ReaderEndPoint', PASSWORD)];
    expect(readers.map(({ host }) => host)).toContain(old.host);
    expect(readers.map(({ role }) => role)).toEqual(['slave', 'slave']);
  });

  it('continues a failover that was interrupted after the promotion', async () => {
    const controller = new AbortController();
    const log = (): void => controller.abort(new Error('broken off'));
    const broken = at.cache.failover({ ...watch, signal: controller.signal, log });
    await expect(broken).rejects.toThrow('broken off');
    const promoted = await who(at, 'PrimaryEndPoint', PASSWORD);
    expect(
      members()
        .map(({ state }) => state)
        .sort(),
    ).not.toEqual(['running', 'running', 'running']);
    await at.cache.failover(watch);
    expect(await who(at, 'PrimaryEndPoint', PASSWORD)).toEqual(promoted);
    expect(members().map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });

  it.each([0, 1])(
    'promotes the replica that has the last write where the other, number %i, is behind',
    async (cut) => {
      const { nodes, primary: old } = (at.cache as unknown as { shards: readonly Shard[] }).shards[0]!;
      const replicas = nodes.filter((node) => node !== old);
      await replicas[cut]!.call('REPLICAOF', '127.0.0.1', 1);
      await using(primary(), async (client) => {
        await client.set(`last:${cut}`, 'written');
        await client.wait(1, 10_000);
      });
      await at.cache.failover(watch);
      expect(members().find(({ role }) => role === 'primary')!.name).toBe(replicas[1 - cut]!.name);
      expect(await get(`last:${cut}`)).toBe('written');
      expect(members().map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    },
  );

  it('is measured by its writes while it fails over, which leave nothing behind', async () => {
    const { unwritableMs, before, after } = await failOver(at.cache, watch);
    expect(unwritableMs).toBeGreaterThan(0);
    expect(after.map(({ role }) => role)).not.toEqual(before.map(({ role }) => role));
    expect(await using(primary(), (client) => client.keys('cdk-twin*'))).toEqual([]);
  });

  it('says how it differs from AWS', () => {
    expect(at.cache.state()).toMatchObject({ tier: 'Sessions', kind: 'cache', skipped: false });
    expect(at.cache.state().engine).toBe(`${server.engine} ${server.version}`);
    expect(at.cache.state().differs).toEqual(
      expect.arrayContaining([`${server.engine} ${server.version} stands in for Valkey 8.1`]),
    );
  });
});

/** The nodes that a cache looks after. */
const nodesOf = ({ cache }: Standing): readonly CacheNode[] =>
  (cache as unknown as { shards: readonly Shard[] }).shards.flatMap(({ nodes }) => nodes);
const childOf = (node: CacheNode): ChildProcess => (node as unknown as { program: Program }).program.child;

/** Ends nodes as the kernel does that has no memory, and waits until all run again. */
async function lose(at: Standing, ...lost: readonly CacheNode[]): Promise<void> {
  const before = at.cache.state().incidents!.length;
  const children = lost.map(childOf);
  for (const child of children) child.kill('SIGKILL');
  await until(
    () =>
      Promise.resolve(
        at.cache.state().incidents!.length >= before + lost.length &&
          at.cache.state().members.every(({ state }) => state === 'running'),
      ),
    { what: 'the lost nodes run again', signal: watch.signal },
  );
}

describe('nodes that end by themselves', () => {
  let at: Standing;
  const primaryNode = (): CacheNode =>
    (at.cache as unknown as { shards: readonly Shard[] }).shards[0]!.primary;
  const set = (key: string) =>
    using(clientOf(at, 'PrimaryEndPoint', PASSWORD), async (client) => {
      await client.set(key, 'written');
      await client.wait(2, 10_000);
    });
  const get = (key: string) => using(clientOf(at, 'PrimaryEndPoint', PASSWORD), (client) => client.get(key));

  beforeEach(async () => {
    at = make({ ...sessions, parameters: {} }, PASSWORD);
    await at.cache.up(watch);
    await set('kept');
  });
  afterEach(() => remove(standing.splice(standing.indexOf(at), 1)[0]!));

  it('are replaced: another one is primary, and has the data', async () => {
    const old = primaryNode();
    await lose(at, old);
    expect(primaryNode()).not.toBe(old);
    expect((await who(at, 'PrimaryEndPoint', PASSWORD)).role).toBe('master');
    expect(await get('kept')).toBe('written');
    expect(at.cache.state().incidents!.map(({ what }) => what)).toEqual([
      `${old.name} ended with SIGKILL, and is replaced`,
    ]);
    expect((await old.info('replication'))['role']).toBe('slave');
    await lose(at, primaryNode()); // and again
    expect(await get('kept')).toBe('written');
  });

  it('are replaced where they are replicas, with the data of the primary', async () => {
    const old = primaryNode();
    const replica = nodesOf(at).find((it) => it !== old)!;
    await lose(at, replica);
    expect(primaryNode()).toBe(old);
    await set('later');
    expect((await replica.info('replication'))['master_link_status']).toBe('up');
    expect(await get('kept')).toBe('written');
  });

  it('are replaced where all end at once, and then begin empty', async () => {
    await lose(at, ...nodesOf(at));
    expect(await get('kept')).toBeNull();
    await set('new');
    expect(await get('new')).toBe('written');
  });

  it('are not replaced once the cache is closed, or its machine ends its programs', async () => {
    const children = nodesOf(at).map(childOf);
    await at.machine.killAll();
    await at.cache.close();
    expect(children.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)).toBe(true);
    expect(leftoversOf(at.folder, at.block).filter(({ kind }) => kind === 'process')).toEqual([]);
    expect(at.cache.state().incidents).toEqual([]);
  });
});

describe('a replication group with a delay', () => {
  it('shows a write on its replicas after that, before and after a failover', async () => {
    const at = make({ ...sessions, parameters: {} }, PASSWORD, 400);
    await at.cache.up(watch);
    const missed = async (key: string): Promise<string[]> => {
      await using(clientOf(at, 'PrimaryEndPoint', PASSWORD), (client) => client.set(key, 'written'));
      const start = performance.now();
      for (const seen: string[] = []; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        const read = await using(clientOf(at, 'ReaderEndPoint', PASSWORD), (client) => client.get(key));
        seen.push(read ?? 'missing');
        if (read === null) continue;
        expect(performance.now() - start).toBeGreaterThan(300);
        return seen;
      }
    };
    expect((await missed('one'))[0]).toBe('missing');
    const memory = await using(clientOf(at, 'PrimaryEndPoint', PASSWORD), (client) => client.info('memory'));
    expect(memory).toContain('maxmemory_policy:volatile-lru');
    await at.cache.failover(watch);
    expect(await using(clientOf(at, 'PrimaryEndPoint', PASSWORD), (client) => client.get('one'))).toBe(
      'written',
    );
    expect((await missed('two'))[0]).toBe('missing');
  });
});

describe('a cluster with a delay', () => {
  it.each([undefined, 'required'] as const)(
    'shows a write on its replicas after that, and to nobody else later (TLS %s)',
    async (tls) => {
      const at = make({ ...pages, ...(tls && { tls }) }, '', 500);
      await at.cache.up(watch);
      const { 'ConfigurationEndPoint.Address': host, 'ConfigurationEndPoint.Port': port } =
        at.cache.attributes();
      const ca = tls && readFileSync(at.cache.variables()['NODE_EXTRA_CA_CERTS']!, 'utf8');
      const open = (scaleReads: 'master' | 'slave'): Cluster => {
        const redisOptions = ca === undefined ? {} : { tls: { ca } };
        return new Cluster([{ host: host!, port: Number(port) }], { scaleReads, redisOptions });
      };
      const shows = async (key: string): Promise<string> => {
        const [writer, reader] = [open('master'), open('slave')]; // each knows the shards as they are
        try {
          await reader.get('page:0');
          await writer.set(key, 'written');
          const start = performance.now();
          const first = await reader.get(key);
          while ((await reader.get(key)) === null) await new Promise((resolve) => setTimeout(resolve, 20));
          expect(await writer.get(key)).toBe('written');
          return `${first}, then ${performance.now() - start > 350 ? 'late' : 'early'}`;
        } finally {
          writer.disconnect();
          reader.disconnect();
        }
      };
      expect([await shows('page:1'), await shows('page:2')]).toEqual(['null, then late', 'null, then late']);
      await at.cache.failover(watch);
      expect(await shows('page:3')).toBe('null, then late');
      expect(await shows('page:4')).toBe('null, then late');
      const kept = open('master');
      expect(await Promise.all(['page:1', 'page:2'].map((key) => kept.get(key)))).toEqual([
        'written',
        'written',
      ]);
      kept.disconnect();
    },
  );
});

describe('with encryption in transit', () => {
  const trusting = ({ cache }: Standing) => {
    const { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: bundle } = cache.variables();
    const [own, all] = [readFileSync(file!, 'utf8'), readFileSync(bundle!, 'utf8')];
    expect(all).toContain(own.trim());
    expect(all.split('BEGIN CERTIFICATE').length).toBeGreaterThan(100); // and all that systems trust
    return { ca: own };
  };
  const clientWith = (at: Standing, endpoint: string, tls: object | undefined): Redis => {
    const { [`${endpoint}.Address`]: host, [`${endpoint}.Port`]: port } = at.cache.attributes();
    const options = { password: PASSWORD, retryStrategy: () => null, maxRetriesPerRequest: 0 };
    const client = new Redis({ host: host!, port: Number(port), ...options, ...(tls && { tls }) });
    client.on('error', () => {});
    return client;
  };

  it('lets no client in that does not encrypt or does not trust it, and survives a failover with a delay', async () => {
    const at = make({ ...sessions, tls: 'required' }, PASSWORD, 100);
    await at.cache.up(watch);
    const tls = trusting(at);
    for (const endpoint of ['PrimaryEndPoint', 'ReaderEndPoint']) {
      expect(await using(clientWith(at, endpoint, tls), (client) => client.ping())).toBe('PONG');
      for (const wrong of [undefined, {}])
        await using(clientWith(at, endpoint, wrong), (client) =>
          expect(client.ping()).rejects.toThrow(/closed|certificate/),
        );
    }
    await using(clientWith(at, 'PrimaryEndPoint', tls), (client) => client.set('order', 'paid'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await at.cache.failover(watch);
    expect(await using(clientWith(at, 'PrimaryEndPoint', tls), (client) => client.get('order'))).toBe('paid');
    const folder = join(at.folder, 'checkpoint');
    await at.cache.checkpoint(folder, watch);
    await at.cache.restore(folder, watch);
    expect(await using(clientWith(at, 'ReaderEndPoint', tls), (client) => client.get('order'))).toBe('paid');
  });

  it('redirects the clients of a cluster to shards that encrypt too', async () => {
    const at = make({ ...pages, tls: 'required' });
    await at.cache.seed(seedIn(at, ['SET page:1 one', 'SET page:2 two', 'SET page:3 three']));
    await at.cache.up(watch);
    const { 'ConfigurationEndPoint.Address': host, 'ConfigurationEndPoint.Port': port } =
      at.cache.attributes();
    const cluster = new Cluster([{ host: host!, port: Number(port) }], {
      redisOptions: { tls: trusting(at) },
      clusterRetryStrategy: () => null,
    });
    cluster.on('error', () => {});
    try {
      const read = await Promise.all([1, 2, 3].map((i) => cluster.get(`page:${i}`)));
      expect(read).toEqual(['one', 'two', 'three']);
      await at.cache.failover(watch);
      expect(at.cache.state().members.map(({ state }) => state)).toEqual(Array(4).fill('running'));
    } finally {
      cluster.disconnect();
    }
  });
});

describe('a cluster', () => {
  let at: Standing;
  let cluster: Cluster;
  const keys = Array.from({ length: 40 }, (_, i) => `page:${i}`);
  const readAll = () => Promise.all(keys.map((key) => cluster.get(key)));

  beforeAll(async () => {
    at = make(pages);
    const lines = keys.map((key) => `SET ${key} seeded`);
    await at.cache.seed(seedIn(at, lines));
    await at.cache.up(watch);
  });
  beforeEach(() => {
    const { 'ConfigurationEndPoint.Address': host, 'ConfigurationEndPoint.Port': port } =
      at.cache.attributes();
    cluster = new Cluster([{ host: host!, port: Number(port) }], { clusterRetryStrategy: () => 50 });
  });
  afterEach(() => cluster.disconnect());

  it('spreads its keys over the shards', async () => {
    expect(await readAll()).toEqual(keys.map(() => 'seeded'));
    const sizes = await Promise.all(cluster.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(2);
    expect(Math.min(...sizes)).toBeGreaterThan(5);
    expect(cluster.nodes('all')).toHaveLength(4);
  });

  it('redirects a client of one node to the shard of a key', async () => {
    const moved = await using(clientOf(at, 'ConfigurationEndPoint'), (client) =>
      Promise.allSettled(keys.map((key) => client.set(key, 'seeded'))),
    );
    const reasons = moved.flatMap((it) => (it.status === 'rejected' ? [(it.reason as Error).message] : []));
    expect(reasons.length).toBeGreaterThan(5);
    expect(reasons[0]).toMatch(new RegExp(String.raw`^MOVED \d+ ${at.block}\.\d+:\d+$`));
  });

  it('reports the same shards to every client', async () => {
    await readAll(); // it knows its nodes once it has used them
    const shards = (await cluster.nodes('master')[0]!.call('CLUSTER', 'SHARDS')) as unknown[][];
    const seen = shards.map(([, slots, , members]) => [slots, (members as unknown[]).length]);
    expect(seen.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual([
      [[0, 8191], 2],
      [[8192, 16383], 2],
    ]);
  });

  it('goes back to a checkpoint of every shard', async () => {
    const folder = join(at.folder, 'checkpoint');
    await at.cache.checkpoint(folder, watch);
    await Promise.all(keys.map((key) => cluster.del(key)));
    expect(await readAll()).toEqual(keys.map(() => null));
    await at.cache.restore(folder, watch);
    await cluster
      .nodes('master')[0]
      ?.ping()
      .catch(() => {});
    expect(await readAll()).toEqual(keys.map(() => 'seeded'));
  });

  it('replaces the primary of every shard, one after another, and its clients keep working', async () => {
    const primaries = (): string[] =>
      at.cache.state().members.flatMap(({ name, role }) => (role === 'primary' ? [name] : []));
    const before = primaries();
    const logged: string[] = [];
    const { unwritableMs } = await failOver(at.cache, { ...watch, log: (line) => void logged.push(line) });
    expect(unwritableMs).toBeGreaterThan(0);
    expect(primaries().filter((name) => before.includes(name))).toEqual([]);
    expect(logged.map((line) => /^Pages-(\d)/.exec(line)?.[1])).toEqual(['1', '1', '2', '2']);
    expect(at.cache.state().members.map(({ state }) => state)).toEqual(Array(4).fill('running'));
    expect(await readAll()).toEqual(keys.map(() => 'seeded'));
    await Promise.all(keys.map((key) => cluster.set(key, 'seeded')));
    expect(await using(clientOf(at, 'ConfigurationEndPoint'), (client) => client.keys('cdk-twin*'))).toEqual(
      [],
    );
  });

  it('replaces the primary of one shard that ends by itself, and leaves the others as they are', async () => {
    const [first, second] = (at.cache as unknown as { shards: readonly Shard[] }).shards;
    const before = [first!.primary, second!.primary];
    await lose(at, second!.primary);
    expect(first!.primary).toBe(before[0]);
    expect(second!.primary).not.toBe(before[1]);
    expect(await readAll()).toEqual(keys.map(() => 'seeded'));
    expect(await Promise.all(keys.map((key) => cluster.set(key, 'seeded')))).toEqual(keys.map(() => 'OK'));
  });

  it('continues a failover of its shards that was broken off where it was', async () => {
    const states = (): string[] => at.cache.state().members.map(({ role, state }) => `${role} ${state}`);
    const before = states();
    const controller = new AbortController();
    const log = (line: string): void => {
      if (line.startsWith('Pages-2')) controller.abort(new Error('broken off'));
    };
    await expect(at.cache.failover({ ...watch, signal: controller.signal, log })).rejects.toThrow(
      'broken off',
    );
    const logged: string[] = [];
    await at.cache.failover({ ...watch, log: (line) => void logged.push(line) });
    expect(logged.filter((line) => line.startsWith('Pages-1'))).toEqual([]);
    expect(states()).not.toEqual(before);
    expect(states().filter((it) => !it.endsWith('running'))).toEqual([]);
    expect(await readAll()).toEqual(keys.map(() => 'seeded'));
  });
});

describe('a cache that is full', () => {
  it.each([
    ['allkeys-lru', 'evicts keys', { refuses: false, evicts: true }],
    ['noeviction', 'refuses writes', { refuses: true, evicts: false }],
  ])('with the policy %s %s', async (policy, _what, expected) => {
    const at = make({
      ...sessions,
      authToken: undefined,
      replicas: 0,
      // a node of 512 MiB of which nearly all is set aside
      class: 'cache.t4g.micro',
      parameters: { 'maxmemory-policy': policy, 'reserved-memory-percent': '96' },
    });
    await at.cache.up(watch);
    await using(clientOf(at, 'PrimaryEndPoint'), async (client) => {
      const value = 'x'.repeat(1024 * 1024);
      const writes = Array.from({ length: 40 }, (_, i) => client.set(`page:${i}`, value));
      const refused = (await Promise.allSettled(writes)).filter(({ status }) => status === 'rejected').length;
      const kept = await client.dbsize();
      expect({ refuses: refused > 10, evicts: kept < 40 - refused }).toEqual(expected);
    });
  });
});

describe('a cache of one node', () => {
  const alone: CacheTier = { ...sessions, authToken: undefined, replicas: 0, parameters: {} };
  const taken: Server[] = [];
  let at: Standing;

  beforeAll(async () => {
    at = make(alone);
    for (const last of [1, 2, 3]) {
      const other = createServer();
      taken.push(other);
      await new Promise<void>((resolve) => {
        other.listen(alone.port, `${at.block}.${last}`, () => resolve());
      });
    }
    await at.cache.up(watch);
  });
  afterAll(() => taken.forEach((it) => it.close()));

  it('takes another port when the declared one is taken, and reads from its primary', async () => {
    const { 'ReaderEndPoint.Port': reader, 'PrimaryEndPoint.Port': primary } = at.cache.attributes();
    expect(reader).toBe(primary);
    expect(primary).not.toBe('6379');
    expect((await who(at, 'ReaderEndPoint')).role).toBe('master');
  });

  it('cannot fail over, and keeps running', async () => {
    await expect(at.cache.failover(watch)).rejects.toMatchObject({
      code: 'no-replica',
      message: 'Sessions has no running replica that could become primary',
      fix: 'Give the tier a replica, or leave it out of the failover drills.',
    });
    expect((await who(at, 'PrimaryEndPoint')).role).toBe('master');
  });

  it('says which line of a seed failed', async () => {
    const other = make(alone);
    const file = seedIn(other, ['SET cart 1', 'LPUSH cart 2']);
    await other.cache.seed(file);
    await expect(other.cache.up(watch)).rejects.toMatchObject({
      code: 'seed',
      message: expect.stringMatching(/seed\.txt:2 failed: WRONGTYPE/),
    });
  });

  it('stands up again after a start that was broken off', async () => {
    const other = make(alone);
    const controller = new AbortController();
    const up = other.cache.up({ ...watch, signal: controller.signal });
    controller.abort(new Error('broken off'));
    await expect(up).rejects.toThrow('broken off');
    expect(processesOf(other.folder)).toEqual([]);
    await other.cache.up(watch);
    expect((await who(other, 'PrimaryEndPoint')).role).toBe('master');
  });

  it('says that a node could not write its checkpoint, and leaves none', async () => {
    const other = make(alone);
    await other.cache.up(watch);
    rmSync(join(other.folder, 'data', 'Sessions-1-1'), { recursive: true });
    const folder = join(other.folder, 'checkpoint');
    await expect(other.cache.checkpoint(folder, watch)).rejects.toMatchObject({
      code: 'checkpoint',
      message: expect.stringMatching(/^Sessions-1-1 could not write a snapshot of its data: \S/),
      fix: 'Make room on the disk and in memory; see logs/Sessions-1-1.log.',
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('says what a node wrote that did not start', async () => {
    const other = make({ ...alone, parameters: { databases: 'many' } });
    await expect(other.cache.up(watch)).rejects.toMatchObject({
      code: 'start',
      message: expect.stringMatching(/^Sessions-1-1 ended with 1 before it answered: \S/),
      fix: 'See logs/Sessions-1-1.log.',
    });
    expect(processesOf(other.folder)).toEqual([]);
  });

  it('leaves nothing when it is closed, and is found until then', async () => {
    const other = make({ ...alone, replicas: 1 });
    await other.cache.up(watch);
    expect(processesOf(other.folder)).toHaveLength(2);
    await remove(other);
    expect(leftoversOf(other.folder, other.block)).toEqual([]);
  });
});

describe('a cache without a replication group', () => {
  const cache: CacheProps = {
    engine: 'valkey',
    engineVersion: '8',
    port: 6379,
    isServerless: true,
    nodes: 1,
    encrypts: true,
    parameters: {},
  };
  const serverless: OtherCache = {
    kind: 'storage',
    name: 'Sessions',
    path: 'Sessions',
    stack: '',
    logicalId: 'Sessions',
    type: 'AWS::ElastiCache::ServerlessCache',
    cache,
  };
  const clientAt = (at: Standing, endpoint: string, more: RedisOptions = {}): Redis => {
    const { [`${endpoint}.Address`]: host, [`${endpoint}.Port`]: port } = at.cache.attributes();
    const client = new Redis(Number(port), host!, {
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      ...more,
    });
    client.on('error', () => {});
    return client;
  };
  const trusting = (at: Standing): RedisOptions => ({ tls: { ca: readFileSync(join(at.folder, 'ca.pem')) } });

  it('has two ports at one address where it is serverless, takes nothing that does not encrypt, and is one shard', async () => {
    const at = make(serverless, '', 300);
    await at.cache.up(watch);
    const { 'Endpoint.Address': host, 'Endpoint.Port': port } = at.cache.attributes();
    expect(at.cache.attributes()).toEqual({
      'Endpoint.Address': host,
      'Endpoint.Port': '6379',
      'ReaderEndpoint.Address': host,
      'ReaderEndpoint.Port': '6380',
    });
    await expect(using(clientAt(at, 'Endpoint'), (it) => it.ping())).rejects.toThrow('Connection is closed');
    const tls = trusting(at);
    // A client that knows no cluster writes and reads any key.
    await using(clientAt(at, 'Endpoint', tls), async (client) => {
      for (const key of ['a', 'b', 'c']) await client.set(key, key);
      expect(await client.get('b')).toBe('b');
      await expect(client.mget('a', 'b')).rejects.toThrow('CROSSSLOT');
      for (const refused of [
        ['KEYS', '*'],
        ['CLIENT', 'LIST'],
        ['PSUBSCRIBE', 'x*'],
        ['CONFIG', 'GET', 'save'],
      ])
        await expect(client.call(...(refused as [string, string]))).rejects.toThrow(/NOPERM|no permissions/i);
    });
    // One that knows them reads from the replica, which is behind.
    const cluster = new Cluster([{ host: host!, port: Number(port) }], {
      redisOptions: tls,
      scaleReads: 'slave',
    });
    try {
      await cluster.set('late', 'yes');
      expect(await cluster.get('late')).toBeNull();
      await until(async () => (await cluster.get('late')) === 'yes', {
        what: 'it follows',
        signal: watch.signal,
      });
    } finally {
      cluster.disconnect();
    }
    // The reader port leads to the replica.
    await using(clientAt(at, 'ReaderEndpoint', tls), async (client) => {
      await expect(client.get('a')).rejects.toThrow('MOVED');
      await client.call('READONLY');
      expect(await client.get('a')).toBe('a');
    });
    expect(at.cache.state()).toMatchObject({
      kind: 'storage',
      members: [{ role: 'primary' }, { role: 'replica' }],
    });
  });

  it('is a node with an address of its own where it is a cluster of Redis, and keeps its data from the checkpoint', async () => {
    const node = { ...cache, isServerless: false, encrypts: false, port: 6390, class: 'cache.t4g.micro' };
    const at = make({ ...serverless, type: 'AWS::ElastiCache::CacheCluster', cache: node });
    await at.cache.up(watch);
    expect(at.cache.attributes()).toMatchObject({ 'RedisEndpoint.Port': '6390' });
    const client = (): Redis => clientAt(at, 'RedisEndpoint');
    await using(client(), (it) => it.set('kept', '1'));
    const checkpoint = join(at.folder, 'checkpoint');
    await at.cache.checkpoint(checkpoint, watch);
    await using(client(), (it) => it.set('kept', '2'));
    await at.cache.restore(checkpoint, watch);
    expect(await using(client(), (it) => it.get('kept'))).toBe('1');
    expect(await using(client(), (it) => it.mset('a', '1', 'b', '2'))).toBe('OK');
  });

  it('lets its users in, each to what their access strings say', async () => {
    const users = [{ name: 'app', access: ['on', '~app:*', '+@all'], passwords: ['secret'] }];
    const plain = { ...serverless, cache: { ...cache, isServerless: false, encrypts: false } };
    const at = make(plain, '', 0, users);
    await at.cache.up(watch);
    const app = { username: 'app', password: 'secret' };
    await using(clientAt(at, 'RedisEndpoint', app), async (client) => {
      expect(await client.set('app:1', 'x')).toBe('OK');
      expect(await client.publish('news', 'x')).toBe(0);
      await expect(client.set('other', 'x')).rejects.toThrow('NOPERM');
      await expect(client.call('CONFIG', 'GET', 'save')).rejects.toThrow('NOPERM');
    });
    await using(clientAt(at, 'RedisEndpoint'), (client) =>
      expect(client.get('app:1')).rejects.toThrow('NOAUTH'),
    );
  });
});
