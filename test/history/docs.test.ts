import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFINITIONS } from '../../lib/history/definitions';
import { historyOf } from '../../lib/history/history';
import { renderHistory } from '../../lib/history/history-text';
import { listOf } from '../../lib/history/list';
import { renderList } from '../../lib/history/list-text';
import { readPlaces } from '../../lib/history/sources';
import { autumn, writeAll } from './samples';

const page = readFileSync('docs/history.md', 'utf8');
const OPTIONS = { color: false, width: 80 };

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'twin-history-'));
  writeAll(root, autumn);
});
afterAll(() => rmSync(root, { recursive: true }));

/** The blocks of text in the page. */
const blocks = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block]) => block!);

it('shows the list and the history as they are written', async () => {
  const found = await readPlaces([root], true);
  const list = renderList(listOf({ ...found, records: found.records.slice(-3) }), [root], OPTIONS);
  const history = renderHistory(historyOf(found), OPTIONS);
  expect(blocks).toHaveLength(2);
  expect(blocks[0]).toBe(list);
  expect(history).toContain(blocks[1]!.replace(/\n\.\.\.\n$/, ''));
  expect(blocks[1]!.split('\n').length).toBeGreaterThan(20);
});

it.each(Object.entries(DEFINITIONS).filter(([name]) => name !== 'steps'))(
  'says what %s are',
  (_, sentences) => {
    for (const sentence of sentences) expect(page).toContain(sentence);
  },
);
