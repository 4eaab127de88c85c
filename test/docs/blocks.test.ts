import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWhitelist } from '../../lib/parity/whitelist';
import { fileOf, TYPED } from './contexts';
import { blocksOf, PAGES } from './pages';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'twin-docs-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it('of TypeScript are there to be type-checked, which test/package.test.ts does, each in a context that exists', () => {
  expect(TYPED.length).toBeGreaterThan(50);
  expect(TYPED.map(fileOf).every((file) => file.includes('export {}'))).toBe(true);
});

it('have a language each, so that none of TypeScript is left out', () => {
  const plain = PAGES.flatMap(blocksOf).filter(
    ({ language }) => !['json', 'sh', 'text', 'ts', 'yaml'].includes(language),
  );
  expect(plain).toEqual([]);
});

it('show an allowlist that is valid', () => {
  const block = blocksOf('docs/existing-stacks.md').find(({ language }) => language === 'json')!;
  const file = join(folder, 'allow.json');
  writeFileSync(file, block.text);
  expect(readWhitelist(file)).toMatchObject(JSON.parse(block.text) as object);
});
