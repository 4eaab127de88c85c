import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { CacheProps, CacheTier } from '../../../../lib/blueprint/blueprint';
import { LocalCache, type LocalCacheProps } from '../../../../lib/targets/local/cache/tier';
import { readCommands } from '../../../../lib/targets/local/cache/commands';
import {
  clusterId,
  configOf,
  LAST_CLUSTER_PORT,
  liveParameters,
  nodesFile,
  slotRanges,
  type CacheNodeConfig,
} from '../../../../lib/targets/local/cache/config';
import { differencesOf } from '../../../../lib/targets/local/cache/differences';
import { formOf, isCache, type OtherCache } from '../../../../lib/targets/local/cache/form';
import { memoryOf, serverlessMemory } from '../../../../lib/targets/local/cache/memory';
import { nodePort } from '../../../../lib/targets/local/cache/port';
import { cacheServer, hasShardIds, NO_CACHE_SERVER } from '../../../../lib/targets/local/cache/server';
import { until } from '../../../../lib/targets/local/process/until';
import { thrown } from '../../../scale/thrown';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-cache-unit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A cache that is no replication group. */
const otherCache = (cache: Partial<CacheProps> = {}): OtherCache => ({
  kind: 'storage',
  name: 'Cache',
  path: 'Cache',
  stack: '',
  logicalId: 'Cache',
  type: 'AWS::ElastiCache::ServerlessCache',
  cache: {
    engine: 'valkey',
    engineVersion: '8',
    port: 6379,
    isServerless: false,
    nodes: 1,
    encrypts: false,
    parameters: {},
    ...cache,
  },
});

/** A folder with a program that answers `--version`; the tests of the real ones are in test/real. */
function install(place: string, name: string, says: string): string {
  const at = join(folder, place);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, name), `#!/bin/sh\n${says}\n`);
  chmodSync(join(at, name), 0o755);
  return at;
}

describe('the server', () => {
  const valkey = 'echo "Valkey server v=9.1.0 sha=31088873:0 malloc=libc bits=64"';
  const redis = 'echo "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0"';

  it('is Valkey before Redis, wherever on the PATH they are', () => {
    const both = [install('a', 'redis-server', redis), install('b', 'valkey-server', valkey)].join(delimiter);
    const command = join(folder, 'b', 'valkey-server');
    expect(cacheServer(both)).toEqual({ command, engine: 'Valkey', version: '9.1.0', hasTls: false });
    expect(cacheServer(join(folder, 'a'))).toMatchObject({ engine: 'Redis', version: '7.0.15' });
  });

  it('has TLS where it knows the directive', () => {
    const refusing = `case "$1" in --version) ${redis};; *) echo ">>> 'tls-port none'"; echo "$SAYS"; exit 1;; esac`;
    const hasTls = (says: string) =>
      cacheServer(install('tls', 'redis-server', refusing.replace('$SAYS', says)))?.hasTls;
    expect(hasTls("argument couldn't be parsed into an integer")).toBe(true);
    expect(hasTls('Bad directive or wrong number of arguments')).toBe(false);
  });

  it('is what it says it is, whatever its file is called', () => {
    expect(cacheServer(install('c', 'redis-server', valkey))).toMatchObject({ engine: 'Valkey' });
  });

  it('is none that is too old, does not run, or is no such thing', () => {
    expect(cacheServer(install('d', 'redis-server', 'echo "Redis server v=6.0.16 sha=0"'))).toBeUndefined();
    expect(cacheServer(install('e', 'redis-server', 'exit 1'))).toBeUndefined();
    expect(cacheServer(install('f', 'valkey-server', 'echo hello'))).toBeUndefined();
    expect(cacheServer('')).toBeUndefined();
  });

  it('is asked for where there is none', () => {
    expect(NO_CACHE_SERVER).toMatchInlineSnapshot(
      `"neither valkey-server nor redis-server 7 or later is on the PATH: install Valkey (apt-get install valkey-server, or brew install valkey) or Redis 7 (apt-get install redis-server)"`,
    );
    const error = thrown(() => new LocalCache({} as LocalCacheProps, ''));
    expect(error).toMatchObject({ code: 'cache-server', message: NO_CACHE_SERVER });
    expect(error.fix).toBe('Install one of them.');
  });

  it('gives shards an id when it is Valkey, or Redis from 7.2 on', () => {
    const has = (engine: 'Valkey' | 'Redis', version: string) =>
      hasShardIds({ command: '', engine, version, hasTls: true });
    expect([has('Valkey', '7.2.0'), has('Redis', '7.2.1'), has('Redis', '8.0.0')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(has('Redis', '7.0.15')).toBe(false);
  });
});

describe('the configuration of a node', () => {
  const node: CacheNodeConfig = {
    host: '127.1.2.3',
    port: 6379,
    folder: '/tmp/a folder',
    password: '',
    adminPassword: 'secret',
    clusterMode: false,
    maxmemory: 1024 ** 3,
    refused: [],
    parameters: { databases: '20', 'maxmemory-policy': 'noeviction', 'cluster-enabled': 'yes' },
  };

  it('listens on its own address, keeps nothing on disk, and asks for no password when none is declared', () => {
    const lines = configOf(node).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'bind 127.1.2.3',
        'port 6379',
        'dir "/tmp/a folder"',
        'save ""',
        'appendonly no',
      ]),
    );
    expect(lines).toEqual(
      expect.arrayContaining([expect.stringMatching(/^user default nopass on ~\* &\* \+@all -/)]),
    );
    expect(lines.filter((line) => /^(replicaof|cluster)/.test(line))).toEqual([]);
  });

  it('has the password for clients and for its primary', () => {
    const lines = configOf({
      ...node,
      password: 'a "b" c',
      primary: { host: '127.1.2.4', port: 6380 },
    }).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^user default ">a \\"b\\" c" on ~\* &\* \+@all -acl\|setuser .* -config .* -sync$/,
        ),
        'user cdk-twin on ">secret" ~* &* +@all',
        'masterauth secret',
        'replicaof 127.1.2.4 6380',
      ]),
    );
  });

  it('refuses clients what ElastiCache refuses them, and not the one who arranges the nodes', () => {
    const [client, admin] = configOf(node)
      .split('\n')
      .filter((line) => line.startsWith('user '));
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
    const whole = 'bgrewriteaof bgsave config debug migrate psync replicaof save slaveof shutdown sync';
    const acl = ['deluser', 'load', 'save', 'setuser'].map((it) => `acl|${it}`);
    const cluster =
      'addslots addslotsrange bumpepoch delslots delslotsrange failover flushslots forget links meet setslot'
        .split(' ')
        .map((it) => `cluster|${it}`);
    expect(client!.match(/(?<= -)\S+/g)!.toSorted()).toEqual(
      [...whole.split(' '), ...acl, ...cluster].toSorted(),
    );
    const own = configOf({ ...node, refused: ['keys', 'client|list'] });
    expect(own).toMatch(/^user default .* -sync -keys -client\|list$/m);
    expect(admin).not.toContain(' -');
  });

  it('knows the users of its groups, and nobody else', () => {
    const users = [
      { name: 'app', access: ['on', '~app:*', '+@all'], passwords: ['first one', 'second'] },
      { name: 'by-iam', access: ['on', '~*', '+@read'], passwords: [] },
    ];
    const lines = (all: typeof users) =>
      configOf({ ...node, users: all, refused: ['keys'] })
        .split('\n')
        .filter((line) => /^user (?!cdk-twin)/.test(line))
        .map((line) => line.replace(/ -.* -/, ' ... -'));
    expect(lines(users)).toEqual([
      'user app ">first one" ">second" on ~app:* +@all ... -keys',
      'user by-iam nopass on ~* +@read ... -keys',
      'user default off',
    ]);
    expect(lines([{ ...users[0]!, name: 'default' }])).toHaveLength(1);
  });

  it('has the parameters that must be there at the start; the others are set while it runs', () => {
    expect(configOf(node)).toContain('\ndatabases 20\n');
    expect(configOf(node)).not.toContain('maxmemory-policy');
    expect(liveParameters(node.parameters)).toEqual([['maxmemory-policy', 'noeviction']]);
    expect(liveParameters({})).toEqual([['maxmemory-policy', 'volatile-lru']]); // ElastiCache's own default
  });

  it('listens for encrypted connections alone where it has what it encrypts with', () => {
    const tls = { key: '/k', certificate: '/c', authority: '/a' };
    const lines = (more: object) => configOf({ ...node, ...more }).split('\n');
    expect(lines({ tls })).toEqual(
      expect.arrayContaining(['port 0', 'tls-port 6379', 'tls-auth-clients no', 'tls-replication yes']),
    );
    expect(lines({ tls })).not.toContain('port 6379');
    expect(lines({ tls }).filter((line) => line.startsWith('tls-cluster'))).toEqual([]);
    expect(lines({ tls, clusterMode: true })).toContain('tls-cluster yes');
    expect(lines({}).filter((line) => line.startsWith('tls'))).toEqual([]);
  });

  it('leaves the promotion of replicas in a cluster to the drills', () => {
    expect(configOf({ ...node, clusterMode: true })).toContain('\ncluster-replica-no-failover yes\n');
  });
});

describe('a cluster', () => {
  it.each([1, 2, 3, 7, 90, 500])('spreads all slots evenly over %d shards', (shards) => {
    const ranges = slotRanges(shards);
    const sizes = ranges.map(([first, last]) => last - first + 1);
    expect(ranges).toHaveLength(shards);
    expect([ranges[0]![0], ranges.at(-1)![1]]).toEqual([0, 16_383]);
    expect(ranges.slice(1).map(([first]) => first)).toEqual(ranges.slice(0, -1).map(([, last]) => last + 1));
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('is known to each node from its start', () => {
    const member = (name: string, last: number) => ({
      id: clusterId(name),
      host: `127.1.2.${last}`,
      port: 6379,
    });
    const [a, b, c, d] = [member('a', 1), member('b', 2), member('c', 3), member('d', 4)];
    const [first, second] = slotRanges(2);
    const shards = (id?: string) => [
      { id, slots: first!, primary: a, replicas: [b] },
      { id, slots: second!, primary: c, replicas: [d] },
    ];
    const known = nodesFile(d, shards());
    expect(known.replaceAll(/[\da-f]{40}/g, (id) => [a, b, c, d].find((it) => it.id === id)!.host)).toBe(
      [
        '127.1.2.1 127.1.2.1:6379@16379 master - 0 0 1 connected 0-8191',
        '127.1.2.2 127.1.2.2:6379@16379 slave 127.1.2.1 0 0 1 connected',
        '127.1.2.3 127.1.2.3:6379@16379 master - 0 0 2 connected 8192-16383',
        '127.1.2.4 127.1.2.4:6379@16379 myself,slave 127.1.2.3 0 0 2 connected',
        'vars currentEpoch 2 lastVoteEpoch 0',
        '',
      ].join('\n'),
    );
    expect(nodesFile(d, shards('5'))).toContain(':6379@16379,,shard-id=5 master');
  });
});

describe('the port of the nodes', () => {
  it('is another one when the declared one is taken on one address, and leaves room for the bus', async () => {
    const hosts = ['127.212.7.1', '127.212.7.2'];
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(6379, hosts[1], () => resolve());
    });
    const port = await nodePort(6379, { hosts, clusterMode: true });
    await new Promise((resolve) => other.close(resolve));
    expect(port).not.toBe(6379);
    expect(port).toBeLessThanOrEqual(LAST_CLUSTER_PORT);
    expect(await nodePort(6379, { hosts, clusterMode: true })).toBe(6379);
  });

  it('is none when the machine does not have an address', async () => {
    await expect(nodePort(6379, { hosts: ['192.0.2.1'], clusterMode: false })).rejects.toMatchObject({
      code: 'no-address',
      message: 'a cache node cannot listen on 192.0.2.1: this machine does not have the address',
      fix: 'Run "sudo ifconfig lo0 alias 192.0.2.1".',
    });
  });
});

describe('a seed', () => {
  const read = (text: string) => {
    writeFileSync(join(folder, 'seed.txt'), text);
    return readCommands(join(folder, 'seed.txt')).map(({ where, name, args }) => [
      where.replace(`${folder}/`, ''),
      name,
      ...args,
    ]);
  };

  it('is one command a line, quoted as in valkey-cli', () => {
    expect(
      read('# carts\r\n\r\n  SET a b\nhset h "f 1" \'v "2"\'\nset c "x\\ny\\"z\\\\"\nset d ""\n'),
    ).toEqual([
      ['seed.txt:3', 'SET', 'a', 'b'],
      ['seed.txt:4', 'hset', 'h', 'f 1', 'v "2"'],
      ['seed.txt:5', 'set', 'c', 'x\ny"z\\'],
      ['seed.txt:6', 'set', 'd', ''],
    ]);
  });

  it.each(['SET a "b', "SET a 'b", 'SET a "b"c'])('says where a quote is wrong: %s', (line) => {
    const error = thrown(() => read(`SET x y\n${line}`));
    expect(error.code).toBe('seed');
    expect(error.message).toContain(
      'seed.txt:2 has a quote that is not closed, or text right after one: SET a',
    );
    expect(error.fix).toBe('Put a value with spaces in "..." and write \\" for a quote in it.');
  });

  it('says that it cannot be read', () => {
    const error = thrown(() => readCommands('/nowhere/seed.txt'));
    expect(error).toMatchObject({
      code: 'seed',
      message: expect.stringMatching(/^the seed "\/nowhere\/seed.txt" cannot be read: ENOENT/),
      fix: 'Name a text file with one command of the cache a line, such as SET key value.',
    });
  });
});

describe('the form of a cache', () => {
  it('is one node without replicas for a cluster of Redis, with what its template says', () => {
    const parameters = { 'maxmemory-policy': 'allkeys-lru' };
    const { tier, kind, refused } = formOf(otherCache({ port: 6390, class: 'cache.t4g.micro', parameters }));
    expect(tier).toMatchObject({ port: 6390, replicas: 0, shards: 1, clusterMode: false, parameters });
    expect(tier).not.toHaveProperty('tls');
    expect([kind, refused]).toEqual(['storage', []]);
    expect(formOf(otherCache({ encrypts: true })).tier).toMatchObject({ tls: 'required' });
  });

  it('is a cluster of one shard with a replica for a serverless cache, which refuses more', () => {
    const { tier, refused } = formOf(otherCache({ isServerless: true, encrypts: true, hasUsers: true }));
    expect(tier).toMatchObject({
      shards: 1,
      replicas: 1,
      clusterMode: true,
      tls: 'required',
      hasUsers: true,
    });
    expect(refused).toEqual(expect.arrayContaining(['keys', 'psubscribe', 'client|list', 'wait']));
    expect(refused).not.toContain('watch'); // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ServerlessWatch.html
  });

  it('is none for Memcached, and for storage of other services', () => {
    expect(isCache(otherCache())).toBe(true);
    expect(isCache(otherCache({ engine: 'memcached' }))).toBe(false);
    const { cache: _, ...bucket } = otherCache();
    expect(isCache(bucket)).toBe(false);
  });

  it('keeps the data that the limit of a serverless cache allows, or a share of this machine', () => {
    const machine = 16 * 1024 ** 3;
    expect(serverlessMemory({ maxBytes: 1024 ** 3 }, machine)).toEqual({ bytes: 1024 ** 3 });
    expect(serverlessMemory({ maxBytes: 10 * 1024 ** 3 }, machine)).toMatchObject({ bytes: 1024 ** 3 });
    expect(serverlessMemory({}, machine)).toMatchObject({ bytes: 1024 ** 3, differs: expect.any(String) });
  });
});

it('says how a cache differs from AWS, and what its server did not take', () => {
  const tier = {
    engine: 'valkey',
    engineVersion: '8.1',
    class: 'cache.r7g.large',
    parameters: { 'lfu-log-factor': '10' },
  } as unknown as CacheTier;
  const refused = new Map([['lfu-log-factor', 'ERR Unknown option']]);
  const memory = { bytes: 1, differs: 'a node keeps less' };
  const server = { command: '', engine: 'Redis', version: '7.0.15', hasTls: false } as const;
  expect(differencesOf({ tier, server, refused, memory, own: ['its form differs'] })).toEqual([
    'Redis 7.0.15 stands in for Valkey 8.1',
    'a node keeps less',
    'its form differs',
    'parameter lfu-log-factor = 10 is not set: Redis reports "ERR Unknown option"',
  ]);
  const withTls = {
    command: '/usr/bin/redis-server',
    engine: 'Redis',
    version: '7.0.15',
    hasTls: true,
  } as const;
  const onTls = (tls: CacheTier['tls'], hasTls: boolean) =>
    differencesOf({
      tier: { ...tier, tls: tls! },
      server: { ...withTls, hasTls },
      refused,
      memory,
      own: [],
    })[1];
  expect(onTls('required', true)).toMatch('its certificates are those of the environment');
  expect(onTls('required', false)).toBe(
    'connections are not encrypted: /usr/bin/redis-server was built without TLS',
  );
  expect(onTls('preferred', true)).toMatch('connections are not encrypted: clients that encrypt');
  const same = { command: '', engine: 'Valkey', version: '8.1.4', hasTls: true } as const;
  expect(differencesOf({ tier, server: same, refused: new Map(), memory: { bytes: 1 }, own: [] })).toEqual(
    [],
  );
});

it('has in docs/local-target.md every line by which a cache differs', () => {
  const text = readFileSync('docs/local-target.md', 'utf8');
  const [, listed = ''] = /<!-- differences of caches -->\n([^]*?)<!-- end -->/.exec(text) ?? [];
  const items = listed
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '));
  const tier = {
    engine: 'valkey',
    engineVersion: '8.1',
    class: 'cache.r7g.large',
    shards: 2,
    replicas: 2,
    hasUsers: true,
    parameters: { 'close-on-slave-write': 'yes' },
  } as unknown as CacheTier;
  const refused = new Map([['close-on-slave-write', 'ERR Unknown option']]);
  const samples = [
    [undefined, true],
    ['required', true],
    ['preferred', true],
    ['required', false],
  ] as const;
  const memory = memoryOf(tier, 8 * 1024 ** 3);
  const byIam = { stack: '', name: 'app', access: 'on ~* +@all', passwords: [] };
  const group = formOf({ ...tier, kind: 'cache' });
  const lines = samples.flatMap(([tls, hasTls]) =>
    differencesOf({
      tier: { ...tier, ...(tls && { tls }) },
      server: { command: '/usr/bin/redis-server', engine: 'Redis', version: '7.0.15', hasTls },
      refused,
      memory,
      own: group.differs,
    }),
  );
  const signedIn = { ...tier, users: [byIam] };
  const server = { command: '', engine: 'Redis', version: '7.0.15', hasTls: true } as const;
  lines.push(...differencesOf({ tier: signedIn, server, refused, memory, own: group.differs }));
  lines.push(...formOf(otherCache({ class: 'cache.t4g.micro' })).differs);
  lines.push(...formOf(otherCache({ isServerless: true })).differs);
  for (const maxBytes of [undefined, 10 * 1024 ** 3])
    lines.push(serverlessMemory({ ...(maxBytes && { maxBytes }) }, 8 * 1024 ** 3).differs!);
  expect(items).toEqual([...new Set(lines)]);
});

it('keeps as much data in a node as its type does, or as much as this machine has for it', () => {
  const GIB = 1024 ** 3;
  const of = (type: string, more: Partial<CacheTier> = {}, machine = 16 * GIB) =>
    memoryOf({ class: type, shards: 1, replicas: 1, parameters: {}, ...more } as CacheTier, machine);
  expect(of('cache.t4g.micro')).toEqual({ bytes: 402653184 });
  expect(of('cache.t4g.micro', { parameters: { 'reserved-memory-percent': '0' } })).toEqual({
    bytes: 536870912,
  });
  expect(of('cache.r7g.large')).toEqual({
    bytes: GIB,
    differs:
      'a node keeps 1024 MiB of data, and cache.r7g.large keeps 10040 MiB: it evicts keys, or refuses writes, so much earlier',
  });
  expect(of('cache.r7g.large', { shards: 4 }).bytes).toBe(GIB / 4);
  expect(of('cache.x1.large').differs).toBe(
    'a node keeps 1024 MiB of data, and what cache.x1.large keeps is not known here',
  );
  expect(of('cache.r7g.large', {}, GIB / 8).bytes).toBe(32 * 1024 ** 2);
});

it('gives up in time, and stops at once when it is aborted', async () => {
  const { signal } = new AbortController();
  const never = () => Promise.resolve(false);
  await expect(
    until(never, { what: 'it rains', signal, limitMs: 0, seen: () => 'sun' }),
  ).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringMatching(/^gave up waiting until it rains after 0 s: sun$/),
    fix: 'See the logs of the environment, or try again when the machine is less busy.',
  });
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(until(never, { what: 'it rains', signal: stopped })).rejects.toThrow('stopped');
});
