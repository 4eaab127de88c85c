import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { DocumentTier } from '../../../../lib/blueprint/blueprint';
import { differencesOf } from '../../../../lib/targets/local/document/differences';
import { documents } from '../../../../lib/targets/local/document/module';
import { connectionsOf } from '../../../../lib/targets/local/document/connections';
import type { DocumentMember } from '../../../../lib/targets/local/document/member';
import { mostAdvanced, untilFollowing } from '../../../../lib/targets/local/document/replica-set';
import { argumentsFor, type MemberOptions } from '../../../../lib/targets/local/document/options';
import { collectionsOf, documentsIn } from '../../../../lib/targets/local/document/seed';
import { documentServer, isBefore, NO_DOCUMENT_SERVER } from '../../../../lib/targets/local/document/server';
import { thrown } from '../../../scale/thrown';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-document-unit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with a program that answers `--version`; the tests of the real one are in test/documents. */
function install(place: string, says: string): string {
  const at = join(folder, place);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'mongod'), `#!/bin/sh\n${says}\n`);
  chmodSync(join(at, 'mongod'), 0o755);
  return at;
}

const file = (name: string, text: string): string => {
  const at = join(folder, name);
  writeFileSync(at, text);
  return at;
};

const TIER: DocumentTier = {
  kind: 'document',
  name: 'Catalog',
  path: 'Catalog/Cluster',
  stack: '',
  logicalId: 'Catalog',
  engineVersion: '5.0.0',
  port: 27017,
  username: 'docs',
  password: 'secret',
  members: [
    { logicalId: 'A', class: 'db.r6g.large' },
    { logicalId: 'B', class: 'db.r6g.large' },
  ],
};

describe('the server', () => {
  it('is the first mongod that runs, of a version that DocumentDB began with', () => {
    const old = install('old', 'echo "db version v3.4.24"');
    const broken = install('broken', 'exit 1');
    const other = install('other', 'echo hello');
    const good = install('good', 'echo "db version v8.0.4"; echo "Build Info: {"');
    const path = [old, broken, other, good].join(delimiter);
    expect(documentServer(path)).toEqual({ command: join(good, 'mongod'), version: '8.0.4' });
    expect(documentServer([old, broken, other].join(delimiter))).toBeUndefined();
    expect(documentServer('')).toBeUndefined();
  });

  it.each([
    ['3.6.8', true],
    ['4.0.0', true],
    ['4.2.0', false],
    ['4.10.1', false],
    ['10.0.0', false],
  ])('knows whether %s comes before 4.2: %s', (version, before) => {
    expect(isBefore(version, [4, 2])).toBe(before);
  });

  it('is asked for where there is none', () => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      expect(documents.whyNot(TIER)).toBe(NO_DOCUMENT_SERVER);
      process.env['PATH'] = install('good', 'echo "db version v8.0.4"');
      expect(documents.whyNot(TIER)).toBeUndefined();
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describe('the arguments of a member', () => {
  const member: MemberOptions = {
    host: '127.1.2.3',
    port: 27017,
    data: '/d',
    keyFile: '/k',
    connections: undefined,
  };
  const server = (version: string) => ({ command: 'mongod', version });

  it('are its own address, its data and the replica set of every cluster', () => {
    const all = argumentsFor(member, server('8.0.4')).join(' ');
    expect(all).toContain('--bind_ip 127.1.2.3 --port 27017');
    expect(all).toContain('--dbpath /d --replSet rs0 --keyFile /k');
    expect(all).not.toMatch(/tls|ssl|maxConns/i);
    // beside what members have with each other
    const some = argumentsFor({ ...member, connections: 1000 }, server('8.0.4')).join(' ');
    expect(some).toContain('--maxConns 1064');
  });

  it.each([
    [
      '4.0.28',
      '--sslMode requireSSL --sslPEMKeyFile /c --sslCAFile /a --sslAllowConnectionsWithoutCertificates',
    ],
    [
      '4.2.0',
      '--tlsMode requireTLS --tlsCertificateKeyFile /c --tlsCAFile /a --tlsAllowConnectionsWithoutCertificates',
    ],
  ])('name encryption as MongoDB %s does', (version, expected) => {
    const tls = { certificate: '/c', authority: '/a' };
    expect(argumentsFor({ ...member, tls }, server(version)).join(' ')).toContain(expected);
  });
});

describe('a seed', () => {
  it('is a file that is called after its database and collection, whose name may have dots', () => {
    const at = file('shop.order.items.json', '');
    expect(collectionsOf(at)).toEqual([{ file: at, database: 'shop', collection: 'order.items' }]);
  });

  it('may be a folder of them; what is none is left out', () => {
    const at = join(folder, 'seed');
    mkdirSync(at);
    for (const name of ['shop.b.json', 'shop.a.json', 'README.md']) writeFileSync(join(at, name), '');
    expect(collectionsOf(at).map(({ collection }) => collection)).toEqual(['a', 'b']);
  });

  it('has Extended JSON, a document a line or all in a list', () => {
    const date = { at: new Date('2026-11-30T00:00:00Z') };
    const text = '{ "at": { "$date": "2026-11-30T00:00:00Z" } }';
    expect(documentsIn(file('a.lines.json', `${text}\n\n${text}\n`))).toEqual([date, date]);
    expect(documentsIn(file('a.list.json', `[${text},\n${text}]`))).toEqual([date, date]);
    expect(documentsIn(file('a.empty.json', '\n'))).toEqual([]);
  });

  it.each([
    ['is not there', () => collectionsOf(join(folder, 'gone.x.json')), /cannot be read: .*ENOENT/],
    [
      'has another name',
      () => collectionsOf(file('orders.json', '')),
      /is not called after its database and collection$/,
    ],
    ['has nothing', () => collectionsOf(install('empty', '')), /has no file that ends in \.json$/],
    ['is no JSON', () => documentsIn(file('a.b.json', '{}\n{')), /a\.b\.json:2 is not JSON: /],
  ])('that %s is refused', (_, work, message) => {
    const error = thrown(work);
    expect(error).toMatchObject({ code: 'seed', message: expect.stringMatching(message) as string });
    expect(error.fix).toMatch(/^Name a file of mongoexport/);
  });
});

it('promotes the member that has received the most, wherever it stands, and none that does not follow', async () => {
  const member = (name: string, high: number, low: number, stateStr = 'SECONDARY') =>
    ({
      name,
      status: () => Promise.resolve([{ name, self: true, stateStr, optime: { ts: { high, low }, t: 1 } }]),
    }) as unknown as DocumentMember;
  const [behind, ahead, lost] = [member('a', 7, 9), member('b', 8, 1), member('c', 9, 9, 'RECOVERING')];
  expect(await mostAdvanced([behind, ahead, lost])).toBe(ahead);
  expect(await mostAdvanced([lost, ahead, behind])).toBe(ahead);
  expect(await mostAdvanced([member('d', 7, 8), behind])).toBe(behind);
  expect(await mostAdvanced([lost])).toBeUndefined();
});

it('waits until a replica has what was written before, however much is written meanwhile', async () => {
  let asked = 0;
  const primary = {
    name: 'Catalog-1',
    status: () => {
      asked += 1;
      const at = (low: number) => ({ optime: { ts: { high: 1, low }, t: 1 } });
      return Promise.resolve([
        { name: '127.0.0.1:1', self: true, stateStr: 'PRIMARY', ...at(10 + asked) }, // it is always ahead
        { name: '127.0.0.2:1', stateStr: 'SECONDARY', ...at(8 + asked) },
      ]);
    },
  } as unknown as DocumentMember;
  const replica = { name: 'Catalog-2', host: '127.0.0.2', port: 1 } as unknown as DocumentMember;
  await untilFollowing(primary, [replica], AbortSignal.timeout(2000));
  expect(asked).toBe(3); // 8 + 3 is what it had the first time
});

it('offers the connections of the largest class, and what MongoDB does where one is not known', () => {
  const of = (...classes: string[]) =>
    connectionsOf({ ...TIER, members: classes.map((it) => ({ logicalId: it, class: it })) });
  expect(of('db.t4g.medium', 'db.r6g.xlarge')).toEqual({
    max: 7000,
    why: 'every member offers 7000 connections, as db.r6g.xlarge does',
  });
  expect(of('db.r6g.large', 'db.new.large')).toEqual({
    max: undefined,
    why: 'every member offers as many connections as MongoDB does: what db.new.large offers is not known here',
  });
});

it('has in docs/local-target.md every line by which a cluster differs', () => {
  const text = readFileSync('docs/local-target.md', 'utf8');
  const [, listed = ''] = /<!-- differences of documents -->\n([^]*?)<!-- end -->/.exec(text) ?? [];
  const items = listed
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replaceAll(/\s+/g, ' '));
  const props = { tier: TIER, server: { command: '', version: '3.6.8' }, replicationDelayMs: 250 };
  expect(items).toEqual(differencesOf({ ...props, isEncrypted: true }));
});

describe('what differs', () => {
  const props = { tier: TIER, server: { command: '', version: '3.6.8' }, replicationDelayMs: 0 };

  it('names the version and the class', () => {
    const all = differencesOf({ ...props, isEncrypted: false }).join('\n');
    expect(all).toContain('MongoDB 3.6.8 stands in for DocumentDB 5.0.0');
    expect(all).toContain('db.r6g.large');
    expect(all).not.toContain('certificates');
    expect(all).not.toContain('replication delay');
  });

  it('names certificates and the delay where there are some', () => {
    const all = differencesOf({ ...props, isEncrypted: true, replicationDelayMs: 250 }).join('\n');
    expect(all).toContain('certificates');
    expect(all).toContain('the replicas of Catalog ignore the replication delay');
    expect(documents.warning!(TIER, { replicationDelayMs: 250 })).toContain('Catalog');
    expect(documents.warning!(TIER, { replicationDelayMs: 0 })).toBeUndefined();
  });
});
