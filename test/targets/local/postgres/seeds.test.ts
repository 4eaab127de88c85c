import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { archiveReader, NO_RESTORE } from '../../../../lib/targets/local/postgres/archive-reader';
import { readSeed } from '../../../../lib/targets/local/postgres/seed-text';
import { checkSeed } from '../../../../lib/targets/local/postgres/seed-source';
import { ask, Stage } from './fixture';

jest.setTimeout(60_000);

const stage = new Stage();
beforeAll(() => chmod(stage.folder, 0o711));
afterAll(() => stage.remove());

const DUMPS = resolve('test/targets/local/postgres/dumps');

/** Seeds an instance, and asks it something. */
async function seeded(name: string, file: string, sql: string): Promise<unknown> {
  await checkSeed(file);
  const tier = stage.tier(name, {});
  await tier.seed(file, stage.watch);
  await tier.up(stage.watch);
  return ask(tier.endpoints().writer, sql);
}

/** A folder with files. */
function folder(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const path = join(stage.folder, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

const COUNT = `select count(*)::int as items, min(name::text) as first, (select count(*)::int from names) as seen,
  (select tableowner::text from pg_tables where tablename = 'items') as owner from items`;

describe('a database is seeded from', () => {
  // Whether this machine has the program decides which of two real results is right.
  it.each(['custom', 'directory', 'tar'])('a dump in %s format, by pg_restore', async (format) => {
    const file = join(DUMPS, `items.${format}`);
    const isMissing = (await archiveReader(file)) === NO_RESTORE;
    const seen = await seeded(`From${format}`, file, COUNT).catch((error: unknown) => String(error));
    const rows = [{ items: 100, first: 'Zürich 1', seen: 100, owner: 'app' }];
    const expected = isMissing ? 'which pg_restore reads, and this machine has none' : JSON.stringify(rows);
    expect(JSON.stringify(seen)).toContain(expected);
  });

  it('a final snapshot, whose master user gets the password of this environment', async () => {
    const sql = 'create table a (id int); insert into a values (7);';
    const first = await stage.standing('First', {}, { sql });
    const kept = join(stage.folder, 'snapshots');
    await ask(first.endpoints().writer, "alter role app password 'of another environment'");
    await first.checkpoint(join(kept, 'data'), stage.watch);
    const [own, inKept] = [join(stage.folder, 'data', 'First'), kept].map((it) => join(it, 'admin.password'));
    await expect(checkSeed(kept)).rejects.toThrow('has no admin.password, without which nobody signs in');
    copyFileSync(own!, inKept!);

    expect(await seeded('Second', kept, 'select id, current_user::text as who from a')).toEqual([
      { id: 7, who: 'app' },
    ]);
    const other = stage.tier('Third', { database: 'another' });
    await expect(other.seed(kept, stage.watch)).rejects.toThrow(
      `${kept} has no database "another", which the template has`,
    );
    writeFileSync(join(kept, 'data', 'PG_VERSION'), '12\n');
    await expect(checkSeed(kept)).rejects.toThrow(
      /holds the files of PostgreSQL 12, and this machine stands PostgreSQL \d+ up/,
    );
  });

  it('a folder of SQL, compressed or not, in the order of its names, which grants the roles of RDS', async () => {
    const path = folder('init', {
      '02-rows.sql.gz': gzipSync("insert into a values (1, 'Zürich');"),
      '01-tables.sql': 'create table a (id int, name text);',
      '10-more.sql': `insert into a select id + 1, name from a; create user reporter with password 'x';
        grant rds_iam to reporter; grant rds_superuser to reporter;`,
      'README.md': 'no SQL',
    });
    const seen = await seeded(
      'Folder',
      path,
      `select array_agg(id order by id) as ids, min(name) as name, pg_has_role('reporter', 'rds_iam', 'member') as iam,
        (select count(*)::int from pg_roles where rolname in ('rdsadmin', 'rds_superuser', 'rds_replication', 'rds_password',
          'rds_iam', 'rds_ad', 'rdsrepladmin')) as roles from a`,
    );
    expect(seen).toEqual([{ ids: [1, 2], name: 'Zürich', iam: true, roles: 7 }]);
    expect(stage.logged.filter((it) => it.startsWith('Folder-1: running')).join()).toMatch(/01.*02.*10/);
  });
});

it('says what of a dump cannot be restored', async () => {
  const file = join(DUMPS, 'adminpack.custom');
  const restored = stage.errorOf(stage.tier('Adminpack', {}).seed(file, stage.watch));
  const isMissing = (await archiveReader(file)) === NO_RESTORE;
  expect(await restored).toBe(
    isMissing
      ? `seed: ${file} cannot be restored: no pg_restore on this machine can read it / Install a newer pg_restore.`
      : `seed: ${file} cannot be restored: extension "adminpack" is not available / Leave it out, or rehearse on AWS: ` +
          'only the extensions that come with PostgreSQL itself are here. logs/Adminpack-1-restore.log has more.',
  );
});

it('names the file and the line of what fails in a folder', async () => {
  const path = folder('wrong', {
    '1.sql': 'create table a (id int);',
    '2.sql': 'select 1;\nselect b from a;',
  });
  expect(await stage.errorOf(stage.tier('Wrong', {}).seed(path, stage.watch))).toMatch(
    /^seed: FOLDER\/wrong\/2.sql:2: column "b" does not exist/,
  );
});

describe('before anything stands, it refuses', () => {
  it.each([
    [
      'a folder without SQL',
      () => folder('none', { 'a.txt': '' }),
      'is a folder without a file that ends in .sql',
    ],
    [
      'a dump in a folder of SQL',
      () => folder('mixed', { 'a.sql': 'select 1;', 'b.sql': Buffer.from('PGDMP\u0001') }),
      'is a dump in custom format, expected SQL, as in every file of a folder',
    ],
    [
      'a dump that is compressed once more',
      () => join(folder('twice', { 'a.gz': gzipSync(Buffer.from('PGDMP\u0001')) }), 'a.gz'),
      'is a dump that is compressed once more',
    ],
    [
      'what zstd has compressed',
      () => join(folder('zstd', { 'a.sql': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]) }), 'a.sql'),
      'is compressed by zstd',
    ],
    [
      'a broken dump',
      () => join(folder('broken', { a: Buffer.from('PGDMP\u0001\u000e\u0000nonsense', 'latin1') }), 'a'),
      /is a dump in custom format, which (cannot be read: |pg_restore reads, and this machine has none)/,
    ],
    [
      'broken gzip',
      () => join(folder('gzip', { a: Buffer.from([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]) }), 'a'),
      'cannot be decompressed: ',
    ],
  ])('%s', async (_, make, message) => {
    await expect(checkSeed(make())).rejects.toThrow(message);
  });

  it('a dump on a machine without pg_restore, and says what to install', async () => {
    expect(await archiveReader(join(DUMPS, 'items.custom'), '/nowhere')).toBe(NO_RESTORE);
  });
});

it('logs how much of a large file is read', async () => {
  const file = stage.file('--'.padEnd(3 * 2 ** 20, 'x'));
  const logged: string[] = [];
  const now = jest.spyOn(Date, 'now');
  let at = 0;
  now.mockImplementation(() => (at += 3000));
  let length = 0;
  try {
    for await (const part of readSeed(file, 'Orders-1', { ...stage.watch, log: (it) => logged.push(it) })) {
      length += part.length;
    }
  } finally {
    now.mockRestore();
  }
  expect(length).toBe(3 * 2 ** 20);
  expect(logged[0]).toMatch(/^Orders-1: read \d+ % of .*\.sql \(\d of 3 MiB\)$/);
});

it('does not take text in another encoding for UTF-8, wherever it is in a file', async () => {
  const file = join(stage.folder, 'latin.sql');
  writeFileSync(file, Buffer.concat([Buffer.from('-- x\n'.repeat(40_000)), Buffer.from([0xfc])]));
  await checkSeed(file);
  const read = async (): Promise<void> => {
    for await (const part of readSeed(file, 'Orders-1', stage.watch)) expect(part).toContain('--');
  };
  expect(await stage.errorOf(read())).toBe(
    'seed: FOLDER/latin.sql cannot be read: The encoded data was not valid for encoding utf-8 / ' +
      'Name an existing file of SQL in UTF-8.',
  );
});
