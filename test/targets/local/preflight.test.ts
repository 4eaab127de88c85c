import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheTier, SqlTier } from '../../../lib/blueprint/blueprint';
import { checkFolder, checkSeeds } from '../../../lib/targets/local/preflight';

const ORDERS: SqlTier = {
  kind: 'sql',
  name: 'Orders',
  path: 'Orders',
  stack: '',
  logicalId: 'Orders',
  engine: 'aurora-postgresql',
  engineVersion: '17.9',
  database: 'orders',
  port: 5432,
  username: undefined,
  password: undefined,
  members: [{ logicalId: 'Writer', class: 'db.r7g.large' }],
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-preflight-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const check = (content: string | Buffer): Promise<void> => {
  writeFileSync(join(folder, 'orders.dump'), content);
  return checkSeeds([ORDERS], { folder, seed: { Orders: 'orders.dump' } });
};

it.each([
  ['UTF-16', Buffer.from('select 1;', 'utf16le')],
  ['Latin-1', Buffer.from("select 'Zürich';", 'latin1')],
])('refuses %s', async (_, content) => {
  await expect(check(content)).rejects.toMatchObject({
    code: 'seed',
    message: `${folder}/orders.dump is no text in UTF-8, and no dump of pg_dump`,
    fix: 'Name a file of SQL, a folder with such files, or a dump of pg_dump.',
  });
});

it('refuses an empty folder, and a file that is not there', async () => {
  mkdirSync(join(folder, 'empty'));
  for (const [seed, why] of [
    ['empty', 'is a folder without a file that ends in .sql or .sql.gz'],
    ['none', 'cannot be read: ENOENT'],
  ] as const) {
    await expect(checkSeeds([ORDERS], { folder, seed: { Orders: seed } })).rejects.toThrow(
      `${folder}/${seed} ${why}`,
    );
  }
});

it('asks each technology for what it is seeded from, and nothing of a tier without a seed', async () => {
  const pages = { ...ORDERS, kind: 'cache', name: 'Pages' } as unknown as CacheTier;
  writeFileSync(join(folder, 'pages'), 'SET page "not closed\n');
  const settings = { folder, seed: { Pages: 'pages' } };
  await expect(checkSeeds([ORDERS], settings)).resolves.toBeUndefined();
  await expect(checkSeeds([ORDERS, pages], settings)).rejects.toThrow(`${folder}/pages:1`);
});

it('takes SQL, an empty file too, and one that is cut within a character', async () => {
  for (const sql of ['', "insert into a values ('Zürich');\n", `--${'x'.repeat(64 * 1024 - 3)}ü`]) {
    await expect(check(sql)).resolves.toBeUndefined();
  }
});

it('takes a folder that PostgreSQL can reach, and refuses one that is not there or is a file', () => {
  chmodSync(folder, 0o755);
  checkFolder(join(folder, 'twin-0'));
  writeFileSync(join(folder, 'file'), '');
  for (const parent of ['none', 'file']) {
    expect(() => checkFolder(join(folder, parent, 'twin-0'))).toThrow(
      /^the folder for temporary files cannot be used: /,
    );
  }
});

it('tells root which folder PostgreSQL cannot traverse', () => {
  const closed = join(folder, 'private');
  mkdirSync(join(closed, 'tmp'), { recursive: true });
  chmodSync(folder, 0o711);
  chmodSync(closed, 0o700);
  const attempt = (isRoot: boolean) => (): void => checkFolder(join(closed, 'tmp', 'twin-0'), isRoot);
  expect(attempt(true)).toThrow(`other users may not traverse ${closed}, in which`);
  expect(attempt(false)).not.toThrow();
  chmodSync(closed, 0o711);
  expect(attempt(true)).not.toThrow();
});
