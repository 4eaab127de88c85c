import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { connectionsOf, connectionSentences } from '../../../../lib/targets/local/mysql/connections';
import { defaultsFor } from '../../../../lib/targets/local/mysql/defaults';
import { dialectOf } from '../../../../lib/targets/local/mysql/dialect';
import { delayFor, delayWarning, differencesOf } from '../../../../lib/targets/local/mysql/differences';
import { endedEarly, whenDiskIsFull } from '../../../../lib/targets/local/mysql/failures';
import { mysql } from '../../../../lib/targets/local/mysql/module';
import { seedFailed } from '../../../../lib/targets/local/mysql/seed';
import {
  clientFor,
  compareVersions,
  engineIn,
  programsFor,
} from '../../../../lib/targets/local/mysql/server';
import type { Program } from '../../../../lib/targets/local/process/machine';
import { technologyOf } from '../../../../lib/targets/local/technologies';

const folder = mkdtempSync(join(tmpdir(), 'twin-my-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with programs that say which version they are. */
function path(name: string, programs: Readonly<Record<string, string>>): string {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  for (const [program, version] of Object.entries(programs)) {
    writeFileSync(join(at, program), `#!/bin/sh\necho "${version}"\n`);
    chmodSync(join(at, program), 0o755);
  }
  return at;
}

const MYSQL = 'mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)';
const MARIADB = 'mariadbd  Ver 11.8.3-MariaDB-0+deb13u1 from Debian for debian-linux-gnu on x86_64 (Debian)';

const tierOf = (engine: string, classes: readonly string[], more: object = {}): SqlTier =>
  ({
    kind: 'sql',
    name: 'Orders',
    engine,
    engineVersion: '8.0',
    port: 3306,
    members: classes.map((it) => ({ logicalId: it, class: it })),
    ...more,
  }) as unknown as SqlTier;

it.each([
  ['/usr/sbin/mysqld  Ver 8.0.43 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.0.43'],
  ['/opt/homebrew/opt/mysql/bin/mysqld  Ver 9.4.0 for macos15.4 on arm64 (Homebrew)', 'MySQL', '9.4.0'],
  [
    'mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)',
    'MariaDB',
    '10.11.14',
  ],
])('knows the engine of %j', (output, engine, version) => {
  expect(engineIn(output)).toEqual({ engine, version });
});

it('takes MariaDB for MariaDB, MySQL for all others, and the other one where there is only that', () => {
  const both = path('both', {
    mysqld: MYSQL,
    mariadbd: MARIADB,
    'mariadb-install-db': '',
    mysql: '',
    mariadb: '',
  });
  expect(programsFor('aurora-mysql', both)).toEqual({
    engine: 'MySQL',
    version: '8.4.6',
    server: join(both, 'mysqld'),
  });
  expect(programsFor('mariadb', both)).toEqual({
    engine: 'MariaDB',
    version: '11.8.3',
    server: join(both, 'mariadbd'),
    installer: join(both, 'mariadb-install-db'),
  });
  expect(clientFor(programsFor('mysql', both)!, both)).toBe(join(both, 'mysql'));
  expect(clientFor(programsFor('mariadb', both)!, both)).toBe(join(both, 'mariadb'));
  const one = path('one', { mysqld: MARIADB, mysql_install_db: '' });
  expect(programsFor('mysql', one)).toMatchObject({ engine: 'MariaDB', server: join(one, 'mysqld') });
});

it('orders versions by their numbers', () => {
  expect(['8.0.9', '8.0.26', '10.6.0', '9.1.0'].toSorted(compareVersions)).toEqual([
    '8.0.9',
    '8.0.26',
    '9.1.0',
    '10.6.0',
  ]);
  expect(compareVersions('8.0.26', '8.0.26')).toBe(0);
});

it('stands up Aurora MySQL, MySQL and MariaDB, and nothing else', () => {
  for (const engine of ['aurora', 'aurora-mysql', 'mysql', 'mariadb', 'custom-mysql'])
    expect([engine, technologyOf(tierOf(engine, ['db.r7g.large'])) === mysql]).toEqual([engine, true]);
  for (const engine of ['aurora-postgresql', 'oracle-ee', 'sqlserver-ex'])
    expect([engine, technologyOf(tierOf(engine, [])) === mysql]).toEqual([engine, false]);
});

describe('the connections of a member', () => {
  // those that the guide of Aurora lists
  it.each([
    ['aurora-mysql', 'db.t3.small', 45],
    ['aurora-mysql', 'db.t3.medium', 90],
    ['aurora-mysql', 'db.t3.large', 135],
    ['aurora-mysql', 'db.r6g.large', 1000],
    ['aurora-mysql', 'db.r6g.xlarge', 2000],
    ['aurora-mysql', 'db.r5.12xlarge', 6000],
    ['aurora-mysql', 'db.r5.16xlarge', 6000],
    ['aurora-mysql', 'db.r5.24xlarge', 7000],
    ['mysql', 'db.r7g.large', 1365],
    ['mariadb', 'db.r7g.large', 682],
    ['mariadb', 'db.x2g.16xlarge', 12000],
  ])('of %s are those of %s', (engine, instanceClass, max) => {
    const [offer] = connectionsOf(tierOf(engine, [instanceClass]), []);
    expect(offer).toEqual({ max, why: `${max} connections, as ${instanceClass} does` });
  });

  it('are what its parameter group says, and said of each where they differ', () => {
    const tier = tierOf('aurora-mysql', ['db.r7g.large', 'db.r7g.large', 'db.unknown']);
    const offers = connectionsOf(tier, [{ max_connections: '{DBInstanceClassMemory/25165760}' }, {}, {}]);
    expect(connectionSentences(offers)).toEqual([
      'member 1 offers 682 connections, as its parameter group says',
      'member 2 offers 1000 connections, as db.r7g.large does',
      'member 3 offers 150 connections: what db.unknown offers is not known here',
    ]);
  });
});

it('is like MySQL where MariaDB stands in for it, and like itself otherwise', () => {
  const maria = { engine: 'MariaDB', version: '11.8.3', server: '' } as const;
  expect(defaultsFor(tierOf('aurora-mysql', []), maria)).toMatchObject({ character_set_server: 'utf8mb4' });
  expect(defaultsFor(tierOf('mariadb', []), maria)).toEqual({});
  expect(defaultsFor(tierOf('mysql', []), { ...maria, engine: 'MySQL' })).toEqual({});
});

it('says before anything stands that replicas delay by whole seconds', () => {
  const maria = { engine: 'MariaDB', version: '11.8.3', server: '' } as const;
  const tier = tierOf('aurora-mysql', ['db.r7g.large', 'db.r7g.large']);
  expect(delayWarning(tier, maria, 400)).toBe(
    'Orders: MariaDB delays replicas by whole seconds: each write by 1 to 2 s, where local.replicationDelayMs asks for 400 ms',
  );
  expect(delayWarning(tier, maria, 0)).toBeUndefined();
  expect(delayWarning(tierOf('mysql', ['db.r7g.large']), maria, 400)).toBeUndefined();
  expect([delayFor(maria, 1), delayFor({ ...maria, engine: 'MySQL' }, 1), delayFor(maria, 0)]).toEqual([
    2, 1, 0,
  ]);
});

it('says what differs from AWS', () => {
  const props = {
    programs: { engine: 'MariaDB', version: '11.8.3', server: '' },
    replicationDelayMs: 1_500,
    connections: ['every member offers 5 connections'],
    parameters: [],
  } as const;
  const tier = tierOf('aurora-mysql', ['db.r7g.large', 'db.r7g.large']);
  expect(differencesOf({ ...props, tier })).toEqual([
    'MariaDB 11.8.3 stands in for aurora-mysql 8.0',
    'MariaDB is a dialect of its own: its JSON is a text, and what MySQL alone has fails here',
    'functions and variables that Aurora alone has fail here',
    'data survive a crash of the server, not a crash of the machine',
    'connections are not encrypted',
    'the size of db.r7g.large is not imitated: members share the processors and the memory of this machine',
    'every member offers 5 connections',
    'a member that ends by itself is not replaced; only a failover drill promotes another one',
    'members replicate by binary log, while those of Aurora share one storage; a commit waits until one replica has received it',
    'replicas delay every write by 2 to 3 s',
    'a failover waits until the replica has applied what it holds back',
  ]);
  const multiAz = tierOf('mysql', ['db.r7g.large'], { instance: { isMultiAz: true } });
  expect(differencesOf({ ...props, tier: multiAz })).toContain(
    'the standby replicates by binary log: a commit waits until it has received it',
  );
});

it('speaks the words of each engine', () => {
  const source = { host: '127.1.1.1', port: 3307, user: 'r', password: "it's", delaySeconds: 2 };
  const of = (engine: 'MySQL' | 'MariaDB'): string => dialectOf({ engine }).follow(source).join('; ');
  expect(of('MySQL')).toMatch(
    /^change replication source to source_host = '127\.1\.1\.1', source_port = 3307.*source_password = 'it''s', source_auto_position = 1, source_delay = 2,.*; start replica$/s,
  );
  expect(of('MariaDB')).toMatch(
    /^set global gtid_slave_pos = .*; change master to .*master_use_gtid = slave_pos, master_delay = 2,.*; start replica$/s,
  );
  expect(dialectOf({ engine: 'MySQL' }).readOnly(true)).toContain('super_read_only');
  const row = {
    Slave_IO_Running: 'Yes',
    Slave_SQL_Running: 'No',
    Last_SQL_Error: 'gone',
    Gtid_IO_Pos: '0-1-7',
  };
  expect(
    dialectOf({ engine: 'MariaDB' }).stateOf({ ...row, Master_Log_File: 'b.000001', Read_Master_Log_Pos: 9 }),
  ).toEqual({
    isReceiving: true,
    isApplying: false,
    received: ['b.000001', 9],
    transactions: '0-1-7',
    error: 'gone',
  });
});

describe('an error', () => {
  it.each([
    [
      "ERROR 1064 (42000) at line 3: You have an error near 'x'",
      "s.sql:3: You have an error near 'x'",
      'Correct that line',
    ],
    [
      "--------------\nERROR 1193 (HY000) at line 24 in file: 's.sql': Unknown system variable 'GTID_PURGED'",
      "s.sql:24: Unknown system variable 'GTID_PURGED'",
      'mysqldump --set-gtid-purged=OFF',
    ],
    ['ERROR 2013 (HY000): Lost connection', 's.sql: ERROR 2013 (HY000): Lost connection', 'Correct'],
  ])('of the client is %j', (output, message, fix) => {
    const error = seedFailed('s.sql', output);
    expect([error.code, error.message]).toEqual(['seed', message]);
    expect(error.fix).toContain(fix);
  });

  it('of a server that ended has its first cause, and a full disk is one', () => {
    const program = (text: string) => ({ tail: () => text }) as Program;
    const log =
      '2026-11-29T17:55:15.737101Z 0 [ERROR] [MY-010095] [Server] Failed to access directory\n' +
      '2026-11-29T17:55:15.737118Z 0 [ERROR] [MY-010119] [Server] Aborting\n';
    expect(endedEarly('Orders-1', program(log), '/x').message).toBe(
      'the server "Orders-1" ended: Failed to access directory',
    );
    const full = '2026-11-29 18:00:00 0 [ERROR] mariadbd: Disk full; errno: 28 "No space left on device"';
    expect(endedEarly('Orders-1', program(full), '/x')).toMatchObject({ code: 'disk-full' });
    expect(whenDiskIsFull(Object.assign(new Error('no'), { code: 'ENOSPC' }), '/x')).toMatchObject({
      code: 'disk-full',
    });
    expect(whenDiskIsFull(new Error('other'), '/x')).toBeUndefined();
  });
});
