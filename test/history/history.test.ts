import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeState, Evidence } from '../../lib/evidence/evidence';
import { recreationOf } from '../../lib/evidence/recreation';
import { seal } from '../../lib/evidence/seal';
import { sectionsOf } from '../../lib/history/sections';
import { historyOf, type History } from '../../lib/history/history';
import { historyInMarkdown, renderHistory } from '../../lib/history/history-text';
import { renderPage } from '../../lib/history/page';
import { recordOf, type RehearsalRecord } from '../../lib/history/record';
import { median } from '../../lib/history/statistics';
import { stopsOf } from '../../lib/history/stops';
import type { RehearsedTier } from '../../lib/targets/target';
import { hostile, POISON } from '../evidence/hostile';
import { go, noGo } from '../evidence/samples';
import { autumn, rehearsed } from './samples';

const record = (evidence: Evidence): RehearsalRecord => {
  const read = recordOf({ where: evidence.rehearsal, bytes: Buffer.from(JSON.stringify(seal(evidence))) });
  if ('why' in read) throw new Error(read.why);
  if (!('evidence' in read)) throw new Error('it is no rehearsal');
  return read;
};

const historyFrom = (all: readonly Evidence[]): History =>
  historyOf({
    places: ['.twin'],
    records: all.map(record),
    verifications: [],
    cutovers: [],
    unfinished: [],
    unread: [],
  });

const history = historyFrom(autumn);

it('counts rehearsals, releases and verdicts', () => {
  expect(history).toMatchObject({
    rehearsals: 12,
    tested: 10,
    verdicts: { GO: 6, 'NO-GO': 4, 'BASELINE FAILED': 1, UNDECIDED: 1 },
    figures: { releases: 8, withGo: 6, atOnce: 3 },
    firstAt: '2026-09-01T08:00:38.244Z',
  });
});

it('says for each release how long it took to the first GO, and how many rehearsals', () => {
  const release = history.releases.find((it) => it.release === '1.37.0');
  expect(release).toMatchObject({
    rehearsals: 3,
    verdict: 'GO',
    rehearsalsToGo: 3,
    goAt: '2026-09-10T08:00:38.244Z',
  });
  expect(release!.leadMs).toBe(2 * 86_400_000 + 38_244);
  expect(history.releases.find((it) => it.release === '1.40.0')).toEqual({
    release: '1.40.0',
    from: '1.41.0',
    rehearsals: 1,
    firstStartedAt: '2026-10-02T08:00:00.000Z',
    verdict: 'NO-GO',
  });
});

it('counts lead time from the commit where all that was rehearsed was in it', () => {
  const [day, start] = ['2026-11-20T04:12:00.000Z', go.startedAt];
  const withCode = (code: Partial<CodeState>) => {
    const evidence = { ...go, subject: { ...go.subject, code: { ...go.subject.code!, ...code } } };
    const { leadMs, goAt } = historyFrom([evidence]).releases[0]!;
    return new Date(Date.parse(goAt!) - leadMs!).toISOString();
  };
  expect(withCode({ committedAt: day, isCommitted: true })).toBe(day);
  expect(withCode({ committedAt: day, isCommitted: false })).toBe(start);
  expect(withCode({})).toBe(start);
});

it('takes the moment of the judgement and the sum of the steps, however long an environment was kept', () => {
  const kept = { ...go, endedAt: '2026-11-23T04:12:00.000Z' };
  const { releases, targets } = historyFrom([kept]);
  expect(releases[0]!.goAt).toBe('2026-11-21T04:12:38.244Z');
  expect(targets[0]!.longestMs).toBe(
    go.spans.filter((it) => it.parent === null).reduce((sum, { ms }) => sum + ms, 0),
  );
});

it('counts an environment once in the cost, whatever attempts were made on it', () => {
  const once = historyFrom([noGo, go].map((it) => ({ ...it, rehearsal: 'one', attempts: [] })));
  const retried = historyFrom([
    { ...noGo, rehearsal: 'one' },
    { ...go, rehearsal: 'one' },
  ]);
  expect(once.months[0]!.usd).toBeCloseTo(go.cost.rehearsalUsd, 10);
  expect(retried.months).toMatchObject([{ rehearsals: 2, usd: go.cost.rehearsalUsd }]);
  expect(historyFrom(autumn.slice(0, 2)).months[0]!.usd).toBeCloseTo(2 * go.cost.rehearsalUsd, 10);
});

it('groups by month', () => {
  expect(history.months.map(({ month, rehearsals, releases }) => [month, rehearsals, releases])).toEqual([
    ['2026-09', 8, 4],
    ['2026-10', 2, 2],
    ['2026-11', 2, 2],
  ]);
});

it('names what stopped rehearsals: what failed, and not the gate that only counts failed checks', () => {
  expect(stopsOf(noGo).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'check an order is there once it is placed',
    'check npm run test:checkout',
    'drill roll back and forward',
    'gate stale reads',
    'gate p95',
    'gate cost',
  ]);
  expect(stopsOf(go)).toEqual([]);
  const none = { gates: [], checks: [], drills: [], baseline: [] };
  expect(
    stopsOf({ ...noGo, ...none, spans: [{ ...go.spans[0]!, name: 'release', outcome: 'stopped' }] }),
  ).toEqual([{ kind: 'step', name: 'release stopped' }]);
  expect(stopsOf({ ...noGo, ...none, spans: [], reasons: ['a\nb'] })).toEqual([
    { kind: 'not known', name: 'a' },
  ]);
  expect(history.stops[0]).toMatchObject({ rehearsals: 4, releases: ['1.37.0', '1.40.0', '1.42.0'] });
  expect(history.stops.filter(({ kind }) => kind === 'baseline check')).toMatchObject([
    { name: 'health answers' },
  ]);
});

it('has response times and recoveries over time, the baseline beside them', () => {
  const [load, background] = history.p95;
  expect(load).toMatchObject({ name: 'front page under load', target: 'local' });
  expect(load!.points.map(({ ms }) => ms)).toEqual([21, 64, 40, 24, 25, 23, 90, 26, 58, 22]);
  expect(new Set(load!.points.map(({ baselineMs }) => baselineMs))).toEqual(new Set([21]));
  expect(background!.points).toHaveLength(10);
  expect(history.recoveries.map(({ name, points }) => [name, points.length])).toEqual([
    ['failover of Orders', 10],
    ['a task of Web is killed', 6],
  ]);
});

it('has how long the environment took to be made again, and the age of its backups', () => {
  const oldest = { ...go.tiers[0]!, skipped: false, dataAt: '2026-11-21T03:57:00.000Z' } as RehearsedTier;
  const restored = { ...go, rehearsal: 'restored', tiers: [oldest], startedAt: '2026-11-21T04:12:00.000Z' };
  const { recreations } = historyFrom([go, restored]);
  const ms = recreationOf(go).ms!;
  expect(ms).toBeGreaterThan(0);
  expect(recreations.map(({ name, points }) => [name, points.map((it) => it.ms)])).toEqual([
    ['StagingEphemeral made again', [ms, ms]],
    ['age of the oldest backup', [15 * 60_000]],
  ]);
  expect(renderHistory(historyFrom([go, restored]), { color: false, width: 80 })).toMatch(
    /\nRecreation\n[\s\S]*age of the oldest backup\n +local +1 +15 min/,
  );
});

it('takes the best of the rounds for the response time, as the gate does', () => {
  const load = go.checks.find(({ kind }) => kind === 'load');
  const rounds = [{ release: go.to, results: [{ ...load!, measures: { ...load!.measures, p95Ms: 9 } }] }];
  expect(historyFrom([{ ...go, rounds }]).p95[0]!.points[0]!.ms).toBe(9);
});

it('keeps targets apart', () => {
  const { p95, targets } = historyFrom([go, { ...go, target: 'aws', rehearsal: 'other' }]);
  expect(p95.map(({ target }) => target)).toEqual(['local', 'local', 'aws', 'aws']);
  expect(targets.map(({ target }) => target)).toEqual(['local', 'aws']);
});

it('calls flaky what passed and failed with one release and code, and nothing of which the code is not named', () => {
  expect(history.flaky).toEqual({
    flaky: [
      {
        kind: 'check',
        name: 'health answers',
        target: 'local',
        release: '1.41.0',
        code: 'base000000000000',
        passed: 5,
        failed: 1,
      },
    ],
    unnamed: 11,
    runs: 22,
  });
  const both = (commits: readonly [string, string], target = 'local') =>
    historyFrom([
      rehearsed('GO', '2.0.0', { day: 1, commit: commits[0] }),
      rehearsed('NO-GO', '2.0.0', { day: 2, commit: commits[1], target }),
    ]).flaky.flaky.map(({ name }) => name);
  expect(both(['a', 'a'])).toEqual([
    'an order is there once it is placed',
    'npm run test:checkout',
    'roll back and forward',
  ]);
  expect(both(['a', 'b'])).toEqual([]);
  expect(both(['a', 'a'], 'aws')).toEqual([]);
});

it('knows code by the digests of all images too, and not by a folder beside them', () => {
  const run = (verdict: 'GO' | 'NO-GO', code: readonly string[], day: number): Evidence => {
    const it = rehearsed(verdict, '2.0.0', { day });
    return { ...it, ran: { to: { release: '2.0.0', services: [{ service: 'Web', tasks: 1, code }] } } };
  };
  const flaky = (code: readonly string[]) =>
    historyFrom([run('GO', code, 1), run('NO-GO', code, 2)]).flaky.flaky.length;
  expect(flaky(['sha256:aa', 'sha256:bb'])).toBe(3);
  expect(flaky(['sha256:aa', '/code'])).toBe(0);
  expect(flaky([])).toBe(0);
});

it('knows the code of a candidate by its files in git, and calls nothing flaky whose checks were changed', () => {
  const run = (verdict: 'GO' | 'NO-GO', day: number, scriptDigest: string): Evidence => {
    const it = rehearsed(verdict, '2.0.0', { day });
    return { ...it, subject: { ...it.subject, code: { digest: 'tree' }, scriptDigest } };
  };
  const flaky = (a: string, b: string) => historyFrom([run('GO', 1, a), run('NO-GO', 2, b)]).flaky.flaky;
  expect(flaky('same', 'same')).toMatchObject([{ code: 'tree' }, { code: 'tree' }, { code: 'tree' }]);
  expect(flaky('same', 'other')).toEqual([]);
});

it('names the tiers that were never covered, and those by a stand-in alone', () => {
  const skipped = history.tiers.filter(({ covered }) => covered === 0);
  expect(skipped.map(({ tier, of, lastAt }) => [tier, of, lastAt])).toEqual([
    ['Catalog', 10, undefined],
    ['Pages', 10, undefined],
    ['Assets', 10, undefined],
    ['Alarms', 10, undefined],
  ]);
  expect(skipped[0]!.because).toMatch(/^mongod is not on the PATH/);
  const [web] = go.tiers;
  const tiers = [{ ...web!, standIn: 'functional' }] as Evidence['tiers'];
  expect(historyFrom([{ ...go, tiers }]).tiers).toMatchObject([{ tier: 'Web', covered: 1, byStandIn: 1 }]);
});

it('names the factors that were never seen full size, and when others were last', () => {
  const readers = history.factors.find(({ factor }) => factor === 'ordersReaders');
  expect(readers).toMatchObject({
    fullSize: 1,
    of: 10,
    lastAt: '2026-09-17T20:00:38.244Z',
    prodValue: 3,
    stagingValue: 2,
  });
  expect(history.factors[0]).toMatchObject({ fullSize: 0 });
  expect(history.factors[0]!.lastAt).toBeUndefined();
});

it('has the turns of a rotation, each once, and shows them', () => {
  const due = history.factors.flatMap((it) => (it.due === undefined ? [] : [it.due]));
  expect(due.toSorted((a, b) => a - b)).toEqual(due.map((_, i) => i + 1));
  const never = history.factors.filter(({ blindSpot }) => blindSpot === undefined);
  expect(never.map((it) => it.due)).toEqual(never.map(() => undefined));
  const readers = history.factors.find(({ factor }) => factor === 'ordersReaders')!;
  const catalog = history.factors.find(({ factor }) => factor === 'catalogReplicas')!;
  expect(readers.due).toBeGreaterThan(catalog.due!); // of the same kind, and at full size later
  const { rows } = sectionsOf(history).find(({ id }) => id === 'factors')!;
  expect(rows.find(([name]) => name === 'ordersReaders')![3]).toBe(String(readers.due));
});

it('counts no coverage of a candidate that was not tested', () => {
  const { tiers, factors } = historyFrom([rehearsed('BASELINE FAILED', '2.0.0', { day: 1 })]);
  expect([tiers, factors]).toEqual([[], []]);
});

it('shows each time without a change to the gates', () => {
  expect(history.gates.map(({ gatesDigest, rehearsals }) => [gatesDigest.slice(0, 4), rehearsals])).toEqual([
    ['3f0c', 9],
    ['bbbb', 3],
  ]);
  const again = [...autumn.slice(8, 11), rehearsed('GO', '9', { day: 99 })];
  expect(historyFrom(again).gates).toHaveLength(3);
});

it('has no figure without evidence, and says why', () => {
  const nothing = {
    places: ['.twin'],
    records: [],
    verifications: [],
    cutovers: [],
    unfinished: [],
    unread: [],
  };
  expect(() => historyOf(nothing)).toThrow('there is no evidence of a rehearsal in .twin');
  const unread = [{ where: 'a', why: 'it is not JSON' }];
  expect(() => historyOf({ ...nothing, unread })).toThrow(
    'none of 1 evidence files can be read; a: it is not JSON',
  );
});

it('has the middle of figures', () => {
  expect([median([]), median([3]), median([4, 1]), median([9, 1, 5])]).toEqual([undefined, 3, 2.5, 5]);
});

describe('what is written', () => {
  const unread = [{ where: 'x/evidence.json', why: 'it is not JSON' }];
  const whole: History = { ...history, unread };

  it('fits 80 columns, and 40', () => {
    for (const width of [80, 40]) {
      const lines = renderHistory(whole, { color: false, width }).split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines.length).toBeGreaterThan(100);
    }
    expect(renderHistory(whole, { color: false, width: 80 })).toContain('x/evidence.json');
  });

  it('holds every figure in Markdown', () => {
    const text = historyInMarkdown(whole);
    for (const part of [
      '1.37.0',
      '2026-09',
      'front page under load',
      'ordersReaders',
      'Catalog',
      'it is not JSON',
    ])
      expect(text).toContain(part);
  });

  it('escapes whatever evidence says, in every format', () => {
    const bad = historyFrom([hostile, { ...hostile, rehearsal: `other${POISON}` }]);
    const html = renderPage(bad, { folder: '/', tool: '0.1.0' });
    expect(html).not.toMatch(/<img|<script|\p{Cf}|(?!\n)\p{Cc}/u);
    expect(html).toContain('&#60;img');
    expect(renderHistory(bad, { color: false, width: 80 })).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
    expect(historyInMarkdown(bad)).not.toMatch(/<img|<script|\p{Cf}|(?!\n)\p{Cc}|[^&]#\d|@all/u);
  });

  it('links to the pages that lie beside, from wherever the page is', () => {
    const root = mkdtempSync(join(tmpdir(), 'twin-page-'));
    try {
      const page = join(root, '.twin', 'a b', 'report.html');
      const line = { ...history.record[0]!, page };
      const of = (folder: string) => renderPage({ ...history, record: [line] }, { folder, tool: '0.1.0' });
      expect(of(join(root, '.twin'))).toContain('href="a%20b/report.html"');
      expect(of(join(root, 'wall'))).toContain('href="../.twin/a%20b/report.html"');
      expect(renderPage(history, { folder: root, tool: '0.1.0' })).not.toContain('report.html');
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('has the SHA-256 of each evidence.json on the page', () => {
    const html = renderPage(history, { folder: '/', tool: '0.1.0' });
    expect(history.record).toHaveLength(12);
    for (const { sha256, rehearsal } of history.record) {
      expect(html).toContain(sha256);
      expect(html).toContain(rehearsal);
    }
  });
});
