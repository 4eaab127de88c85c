import { zipSync } from 'fflate';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cutover } from '../../lib/evidence/cutover';
import { writeCutover } from '../../lib/evidence/cutover-text';
import { seal } from '../../lib/evidence/seal';
import { writeVerification } from '../../lib/evidence/verifications';
import { historyOf } from '../../lib/history/history';
import { historyInMarkdown, renderHistory } from '../../lib/history/history-text';
import { listOf } from '../../lib/history/list';
import { renderList } from '../../lib/history/list-text';
import { renderPage } from '../../lib/history/page';
import { prune } from '../../lib/history/prune';
import { evidenceIn, readPlaces } from '../../lib/history/sources';
import { POISON } from '../evidence/hostile';
import { SOUND, verificationOf } from '../verification/sample';
import { autumn, rehearsed, writeAll } from './samples';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'twin-moved-'))));
afterEach(() => rmSync(root, { recursive: true }));

const OPTIONS = { color: false, width: 80 };

/** The record of a cutover of so many days after 2026-12-01. */
function cutover(day: number, more: Partial<Cutover> = {}): Cutover {
  const at = (minute: number): string => new Date(Date.UTC(2026, 11, 1 + day, 10, minute)).toISOString();
  const side = (environment: string, release: string) => ({ environment, release, assemblyDigest: 'a' });
  return seal<Cutover>({
    kind: 'cutover',
    version: 1,
    tool: '0.1.0',
    cutover: `202612${String(1 + day).padStart(2, '0')}-100000-cutover-1.43.0`,
    target: 'local',
    from: side('Prod', '1.42.0'),
    to: side('ProdB', '1.43.0'),
    startedAt: at(0),
    endedAt: at(21),
    verdict: 'MOVED',
    reasons: [],
    steps: [],
    percent: 100,
    gatesDigest: 'b',
    spans: [],
    ...more,
  });
}
const back = (day: number, more: Partial<Cutover> = {}): Cutover =>
  cutover(day, {
    verdict: 'MOVED BACK',
    percent: 0,
    reasons: ["25 %: clients' error rate: 6 of 40, 15 %; allowed: at most 1 %"],
    ...more,
  });
const write = (...all: readonly Cutover[]): void =>
  all.forEach((it) => writeCutover(join(root, it.cutover), it));

it('is listed for what it is, by its time among the others, and is none of them', async () => {
  writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
  write(cutover(1), back(0));
  const list = listOf(await readPlaces([root], true));
  expect([list.rehearsals, list.verifications, list.cutovers].map(({ length }) => length)).toEqual([1, 0, 2]);
  expect(renderList(list, [root], OPTIONS).split('\n').slice(0, 6)).toEqual([
    'MOVED       Prod -> ProdB  2026-12-02 10:00:00 UTC  21.0 min',
    '            20261202-100000-cutover-1.43.0, a cutover, 1.42.0 -> 1.43.0, 100 %',
    '            of clients there at its end, on local',
    'MOVED BACK  Prod -> ProdB  2026-12-01 10:00:00 UTC  21.0 min',
    '            20261201-100000-cutover-1.43.0, a cutover, 1.42.0 -> 1.43.0, 0 % of',
    '            clients there at its end, on local',
  ]);
});

it('is in no other figure of a history, and in a section of its own', async () => {
  writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
  const without = historyOf(await readPlaces([root], true));
  write(cutover(1), back(0));
  const history = historyOf(await readPlaces([root], true));
  expect({ ...history, cutovers: [] }).toEqual(without);
  expect(history.cutovers.map(({ verdict }) => verdict)).toEqual(['MOVED', 'MOVED BACK']);
  const text = renderHistory(history, OPTIONS);
  expect(text).toContain('\nCutovers  1 of 2 cutovers moved all traffic\n');
  expect(text).toContain('error rate: 6 of 40');
  expect(historyInMarkdown(history)).toContain('#### Cutovers: 1 of 2 cutovers moved all traffic');
  expect(renderPage(history, { folder: root, tool: '0.1.0' })).toContain('Cutovers');
  expect(renderHistory(without, OPTIONS)).not.toContain('Cutovers');
});

it('is no evidence of a rehearsal that could not be read', async () => {
  write(cutover(1));
  expect(await evidenceIn([root], true)).toEqual({ stored: [], verifications: [], unusable: [] });
});

it('is read from zip files, once, and named where it was changed or is of another version', async () => {
  write(cutover(1));
  const bytes = Buffer.from(JSON.stringify(cutover(1)));
  writeFileSync(join(root, 'a.zip'), zipSync({ 'x/cutover.json': bytes }));
  const put = (name: string, value: object): void => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'cutover.json'), JSON.stringify(value));
  };
  put('edited', { ...back(2), verdict: 'MOVED' });
  put('later', cutover(2, { version: 2 as 1 }));
  put('cut', { kind: 'cutover', version: 1 });
  const { cutovers, unread } = await readPlaces([root], true);
  expect(cutovers).toHaveLength(1);
  expect(unread.map(({ why }) => why.replace(/\. .*/, ''))).toEqual([
    'it is not a cutover.json of this version: "cutover" is not a text',
    'it is not as it was written: its seal is of another text',
    'it is not a cutover.json of this version: its version is 2, not 1',
  ]);
});

it('is pruned by the rule, apart from the others', () => {
  writeAll(root, autumn.slice(0, 2));
  write(cutover(0), back(1), cutover(2));
  const sound = verificationOf(SOUND, { verification: '20261101-100000-verify-1.43.0' });
  writeVerification(join(root, sound.verification), sound);
  const { pruned } = prune(root, { keep: 2 }, new Date('2027-01-01'), false);
  expect(pruned).toMatchObject([{ rehearsal: cutover(0).cutover, outcome: 'removed' }]);
  expect(readdirSync(root)).toHaveLength(5);
});

it('is listed in lines of a terminal whatever it holds', async () => {
  const poisoned = { environment: POISON, release: POISON, assemblyDigest: 'a' };
  write(back(0, { from: poisoned, to: poisoned, target: POISON }));
  const text = renderList(listOf(await readPlaces([root], true)), [root], OPTIONS);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

describe('the page of a history', () => {
  const sound = verificationOf(SOUND, { verification: '20261203-100000-verify-1.43.0' });
  const link = `<a href="${sound.verification}/report.html">${sound.release}</a>`;
  const pageOf = async (...places: readonly string[]): Promise<string> =>
    renderPage(historyOf(await readPlaces(places, true)), { folder: root, tool: '0.1.0' });

  it('links to the pages of verifications, where they lie beside it', async () => {
    writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
    writeVerification(join(root, sound.verification), sound);
    expect(await pageOf(root)).toContain(link);
    rmSync(join(root, sound.verification, 'report.html'));
    const without = await pageOf(root);
    expect(without).toContain('Verifications in production');
    expect(without).not.toContain(link);
  });

  it('links to that of a copy that has one, whichever is read first', async () => {
    writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
    writeVerification(join(root, sound.verification), sound);
    const zip = join(root, 'a.zip');
    writeFileSync(zip, zipSync({ 'x/verification.json': Buffer.from(JSON.stringify(sound)) }));
    expect(await pageOf(zip, root)).toContain(link);
    expect(await pageOf(root, zip)).toContain(link);
  });
});
