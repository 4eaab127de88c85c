import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sectionsOf, type Entry } from '../../scripts/site/contents';

const CONTENTS = 'docs/README.md';
const linksOf = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ link, entries: below }) => [link, ...linksOf(below)]);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'twin-contents-'));
  mkdirSync(join(root, 'docs/rules'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

it('reads lists, tables and paragraphs, and what lies below an entry', () => {
  writeFileSync(
    join(root, CONTENTS),
    [
      '# Pages\n\nStart at [the start](../README.md), or [elsewhere](https://example.com).\n',
      '## Decisions\n\n- [All](adr/1.md): the [first](adr/1.md),\n  the [second](adr/2.md#why).\n',
      '## Rules\n\n- [Rules](rules/README.md): a page each\n- [`twin live`](live.md)\n',
      '## No page\n\nNothing but words.\n',
    ].join('\n'),
  );
  writeFileSync(join(root, 'docs/rules/README.md'), '# Rules\n\n| id |\n| -- |\n| [R1](R1.md) |\n');
  const page = (text: string, link: string, ...entries: Entry[]): Entry => ({ text, link, entries });
  expect(sectionsOf(CONTENTS, root)).toEqual([
    { title: '', entries: [page('the start', '/README')] },
    {
      title: 'Decisions',
      entries: [page('All', '/docs/adr/1', page('first', '/docs/adr/1'), page('second', '/docs/adr/2#why'))],
    },
    {
      title: 'Rules',
      entries: [
        page('Rules', '/docs/rules/README', page('R1', '/docs/rules/R1')),
        page('`twin live`', '/docs/live'),
      ],
    },
  ]);
});

it('finds every page of docs from the contents that users read, the rules too', () => {
  const links = linksOf(sectionsOf(CONTENTS, process.cwd()).flatMap(({ entries }) => entries));
  const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => `/docs/${name.slice(0, -'.md'.length)}`);
  expect(pages.length).toBeGreaterThan(80);
  expect(pages.filter((page) => !links.includes(page))).toEqual([]);
});
