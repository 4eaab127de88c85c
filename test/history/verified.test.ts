import { zipSync } from 'fflate';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seal } from '../../lib/evidence/seal';
import type { Verification } from '../../lib/evidence/verification';
import { renderVerification, verificationInMarkdown } from '../../lib/evidence/verification-text';
import { writeVerification } from '../../lib/evidence/verifications';
import { historyOf } from '../../lib/history/history';
import { historyInMarkdown, renderHistory } from '../../lib/history/history-text';
import { listOf } from '../../lib/history/list';
import { renderList } from '../../lib/history/list-text';
import { renderPage } from '../../lib/history/page';
import { prune } from '../../lib/history/prune';
import { readPlaces } from '../../lib/history/sources';
import { POISON } from '../evidence/hostile';
import { SOUND, traffic, verificationOf, watching } from '../verification/sample';
import { autumn, rehearsed, writeAll, writeLedger } from './samples';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'twin-verified-'))));
afterEach(() => rmSync(root, { recursive: true }));

const OPTIONS = { color: false, width: 80 };
const sound = verificationOf(SOUND, {
  verification: '20261201-100000-verify-1.43.0',
  startedAt: '2026-12-01T10:00:00.000Z',
  endedAt: '2026-12-01T10:10:00.000Z',
});
const faulty = verificationOf(watching(traffic({ 'GET /': [600, 60, 40] })), {
  verification: '20261202-100000-verify-1.43.0',
  startedAt: '2026-12-02T10:00:00.000Z',
  endedAt: '2026-12-02T10:10:00.000Z',
});
const before = verificationOf(
  { ...SOUND, release: '1.41.0', baseline: undefined, forecast: undefined },
  {
    verification: '20261201-090000-before-1.41.0',
    moment: 'before',
    verdict: 'RECORDED',
    startedAt: '2026-12-01T09:00:00.000Z',
    endedAt: '2026-12-01T09:10:00.000Z',
  },
);
const write = (...all: readonly Verification[]): void =>
  all.forEach((it) => writeVerification(join(root, it.verification), it));

it('is listed for what it is, by its time among rehearsals, and is none', async () => {
  writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
  write(sound, faulty, before);
  const found = await readPlaces([root], true);
  const list = listOf(found);
  expect(list.rehearsals).toHaveLength(1);
  expect(list.verifications.map(({ verdict }) => verdict)).toEqual(['ROLL BACK', 'GO ON', 'RECORDED']);
  expect(renderList(list, [root], OPTIONS).split('\n').slice(0, 8)).toEqual([
    'ROLL BACK  1.43.0 in Prod  2026-12-02 10:00:00 UTC  10.0 min',
    '           20261202-100000-verify-1.43.0, a verification, compared with 1.41.0,',
    '           on local',
    'GO ON      1.43.0 in Prod  2026-12-01 10:00:00 UTC  10.0 min',
    '           20261201-100000-verify-1.43.0, a verification, compared with 1.41.0,',
    '           on local',
    'RECORDED   1.41.0 in Prod  2026-12-01 09:00:00 UTC  10.0 min',
    '           20261201-090000-before-1.41.0, before a release, on local',
  ]);
  expect(renderList(listOf(await readPlaces([root], true)), [root], OPTIONS)).toContain(
    'GO         1.41.0 -> 1.43.0',
  );
});

it('is in no figure of rehearsals, and in a section of its own beside them', async () => {
  writeAll(root, [rehearsed('GO', '1.43.0', { day: 90.5 })]);
  const without = historyOf(await readPlaces([root], true));
  write(sound, faulty, before);
  const history = historyOf(await readPlaces([root], true));
  expect({ ...history, verifications: [] }).toEqual({ ...without, verifications: [] });
  expect(history.verifications.map(({ verdict, rehearsed: go }) => [verdict, go])).toEqual([
    ['ROLL BACK', 'GO'],
    ['GO ON', 'GO'],
  ]);
  const text = renderHistory(history, OPTIONS);
  expect(text).toContain('Verifications in production  ROLL BACK after GO: 1 of 1 release\n');
  expect(text).toContain('error rate: 10 % of GET /');
  expect(historyInMarkdown(history)).toContain(
    '#### Verifications in production: ROLL BACK after GO: 1 of 1 release',
  );
  expect(renderPage(history, { folder: root, tool: '0.1.0' })).toContain('Verifications in production');
  expect(renderHistory(without, OPTIONS)).not.toContain('Verifications in production');
});

it('is read from zip files, once, and named where it was changed or is of another version', async () => {
  write(sound);
  const bytes = Buffer.from(JSON.stringify(sound));
  writeFileSync(join(root, 'a.zip'), zipSync({ 'x/verification.json': bytes }));
  const put = (name: string, value: object): void => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'verification.json'), JSON.stringify(value));
  };
  put('edited', { ...faulty, verdict: 'GO ON' });
  put('later', seal<Verification>({ ...faulty, version: 2 as 1 }));
  put('cut', { kind: 'verification', version: 1 });
  const { verifications, unread } = await readPlaces([root], true);
  expect(verifications).toHaveLength(1);
  expect(unread.map(({ why }) => why.replace(/\. .*/, ''))).toEqual([
    'it is not a verification.json of this version: "verification" is not a text',
    'it is not as it was written: its seal is of another text',
    'it is not a verification.json of this version: its version is 2, not 1',
  ]);
});

it('is pruned by the rule, apart from rehearsals', () => {
  writeAll(root, autumn.slice(0, 2));
  write(sound, faulty, before);
  const { pruned } = prune(root, { keep: 2 }, new Date('2027-01-01'), false);
  expect(pruned).toMatchObject([{ rehearsal: before.verification, outcome: 'removed' }]);
  expect(readdirSync(root)).toHaveLength(4);
});

it('is written for people whatever it holds', () => {
  const poisoned = verificationOf(
    {
      ...SOUND,
      checks: SOUND.checks.map((it) => ({ ...it, name: POISON, detail: POISON, outcome: 'failed' })),
    },
    { environment: POISON, skipped: [POISON] },
  );
  const text = renderVerification(poisoned, { ...OPTIONS, color: false });
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(verificationInMarkdown(poisoned)).not.toContain('<script');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('has its comment and its page beside it', () => {
  write(sound);
  const folder = join(root, sound.verification);
  expect(readdirSync(folder).toSorted()).toEqual([
    'junit.xml',
    'report.html',
    'report.md',
    'verification.json',
  ]);
  expect(readFileSync(join(folder, 'report.md'), 'utf8')).toContain('### GO ON: Prod works with 1.43.0');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<title>GO ON: Prod with 1.43.0');
});

it('lists a production that stands for trial, and is gone, as no rehearsal', async () => {
  const more = { kind: 'production', environment: 'Prod', handle: { expires: '2026-12-01T14:00:00.000Z' } };
  for (const [i, standing] of ['kept', 'gone', 'maybe', 'none'].entries()) {
    mkdirSync(join(root, `2026120${i + 1}-080000-production-1.43.0`));
    writeLedger(root, `2026120${i + 1}-080000-production-1.43.0`, {
      standing,
      ...more,
      steps: [{ name: 'stand up', state: 'started' }],
    });
  }
  const { rehearsals } = listOf(await readPlaces([root], true));
  expect(rehearsals.map(({ state, kind, detail }) => [state, kind, detail])).toEqual([
    ['stopped', 'production', 'a production; nothing was stood up'],
    ['interrupted', 'production', 'a production, at "stand up"; it may exist: twin down'],
    ['torn down', 'production', expect.stringMatching(/^a production: Prod, last with /)],
    [
      'stands',
      'production',
      expect.stringMatching(/^a production: Prod with .*, until 2026-12-01 14:00:00 UTC: twin down$/),
    ],
  ]);
});
