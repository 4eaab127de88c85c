import { compare, type Comparison } from '../../lib/history/compare';
import { comparisonInMarkdown, renderComparison } from '../../lib/history/compare-sections';
import { recordOf, type RehearsalRecord } from '../../lib/history/record';
import type { Evidence } from '../../lib/evidence/evidence';
import { seal } from '../../lib/evidence/seal';
import { go, noGo } from '../evidence/samples';
import { autumn, rehearsed } from './samples';

const foundOf = (all: readonly Evidence[]) => ({
  places: ['.twin'],
  records: all.map(
    (it) =>
      recordOf({ where: it.rehearsal, bytes: Buffer.from(JSON.stringify(seal(it))) }) as RehearsalRecord,
  ),
  verifications: [],
  cutovers: [],
  unfinished: [],
  unread: [],
});
const found = foundOf(autumn);
const OPTIONS = { color: false, width: 80 };

it('takes the newest rehearsal of a release, and any by its name', () => {
  const { a, b } = compare(found, ['1.37.0', '20260908-080000-1.37.0']);
  expect([a.rehearsal, a.verdict]).toEqual(['20260910-080000-1.37.0', 'GO']);
  expect([b.rehearsal, b.verdict]).toEqual(['20260908-080000-1.37.0', 'NO-GO']);
});

it('takes that of the same staging, where a release was rehearsed in several', () => {
  const inStaging = (base: Evidence, staging: string, hour: string): Evidence => ({
    ...base,
    rehearsal: `20261201-${hour}0000-${base.to}`,
    startedAt: `2026-12-01T${hour}:00:00.000Z`,
    endedAt: `2026-12-01T${hour}:30:00.000Z`,
    parity: { ...base.parity, staging },
  });
  const all = foundOf([
    inStaging(noGo, 'Small', '01'),
    inStaging(noGo, 'Sharded', '02'),
    inStaging(go, 'Sharded', '03'),
    inStaging(go, 'Small', '04'),
  ]);
  const named = ([a, b]: readonly [string, string]): string[] => {
    const { a: one, b: other } = compare(all, [a, b]);
    return [one.rehearsal, other.rehearsal];
  };
  expect(named([noGo.to, go.to])).toEqual(['20261201-010000-1.42.0', '20261201-040000-1.43.0']);
  expect(named(['20261201-020000-1.42.0', go.to])).toEqual([
    '20261201-020000-1.42.0',
    '20261201-030000-1.43.0',
  ]);
  expect(named([noGo.to, '20261201-030000-1.43.0'])).toEqual([
    '20261201-020000-1.42.0',
    '20261201-030000-1.43.0',
  ]);
});

it('sets gates, outcomes, figures, tiers and factors side by side', () => {
  const comparison = compare(foundOf([noGo, go]), ['1.42.0', '1.43.0']);
  const named = (key: 'gates' | 'outcomes' | 'figures' | 'tiers' | 'factors', name: string) =>
    (comparison[key] as readonly { name: string }[]).find((it) => it.name === name);
  expect(named('gates', 'stale reads')).toMatchObject({
    a: { measured: '37', passed: false },
    b: { measured: '0', passed: true },
  });
  expect(named('outcomes', 'npm run test:checkout')).toMatchObject({ a: 'failed', b: 'passed' });
  expect(named('outcomes', 'a task of Web is killed')).toEqual({
    name: 'a task of Web is killed',
    b: 'passed',
  });
  expect(named('figures', 'p95 of front page under load')).toMatchObject({ a: 58, b: 22, unit: 'ms' });
  expect(named('figures', 'errors of front page under load')).toMatchObject({
    a: 3 / 6120,
    b: 0,
    unit: 'share',
  });
  expect(named('figures', 'recovery: failover of Orders')).toMatchObject({ a: 1240, b: 1240 });
  expect(named('figures', 'failed requests outside drills')).toMatchObject({ a: 0, b: 0 });
  expect(named('tiers', 'Catalog')).toMatchObject({ a: 'skipped', b: 'skipped' });
  expect(named('factors', 'ordersReaders')).toMatchObject({
    a: { prod: 3, staging: 2 },
    b: { prod: 3, staging: 2 },
  });
});

const textOf = (a: Evidence, b: Evidence): string =>
  renderComparison(compare(foundOf([a, b]), [a.rehearsal, b.rehearsal]), OPTIONS);
/** What stands under "What changed". */
const changes = (text: string): string => /What changed(.*?)\n\nGates/s.exec(text)![1]!;

it('says that nothing changed where nothing did, whatever the release is called', () => {
  const [a, b] = [rehearsed('GO', '2.0.0', { day: 1 }), rehearsed('GO', '2.1.0', { day: 2 })];
  const gate = (release: string) => ({
    gate: 'release',
    rule: `${release} answers`,
    measured: release,
    passed: true,
  });
  const text = textOf({ ...a, gates: [gate('2.0.0')] }, { ...b, gates: [gate('2.1.0')] });
  expect(changes(text)).toBe('  nothing\n  Verdicts, gates, checks, drills, tiers and sizes are alike.');
});

it('says what changed: a rule, a tier, a factor, the target', () => {
  const [a, b] = [rehearsed('GO', '2.0.0', { day: 1 }), rehearsed('GO', '2.1.0', { day: 2, target: 'aws' })];
  const changed: Evidence = {
    ...b,
    gates: b.gates.map((it) => (it.gate === 'stale reads' ? { ...it, rule: 'at most 9' } : it)),
    tiers: b.tiers.map((it) =>
      it.tier === 'Worker' ? { tier: 'Worker', kind: 'service', skipped: true, because: 'no command' } : it,
    ),
    parity: {
      ...b.parity,
      factors: b.parity.factors.map((it) => (it.name === 'ordersReaders' ? { ...it, staging: it.prod } : it)),
    },
  };
  const text = changes(textOf(a, changed)).replaceAll(/ +/g, ' ');
  expect(text).toContain('\n target local aws\n');
  expect(text).toContain('\n rule of stale reads at most 0 at most 9\n');
  expect(text).toContain('\n tier Worker covered skipped\n');
  expect(text).toContain('\n factor ordersReaders 3 -> 2 3 -> 3');
  expect(textOf(a, changed)).toContain('2.0.0: 3 -> 2; 2.1.0: 3');
});

it('fits 80 columns, and has the same in Markdown', () => {
  const comparison: Comparison = compare(foundOf([noGo, go]), ['1.42.0', '1.43.0']);
  const text = renderComparison(comparison, OPTIONS);
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).toMatch(/^1\.42\.0 NO-GO, 1\.43\.0 GO\n/);
  expect(comparisonInMarkdown(comparison)).toContain('| stale reads | ❌ FAILED: 37 | ✅ passed: 0 |');
});

it.each([
  [['1.43.0', '1.43.0'], '1.43.0 and 1.43.0 are the same rehearsal, 20261121-120448-1.43.0'],
  [['1.43.0', '1.43.9'], 'there is no evidence of "1.43.9" in .twin; did you mean "1.43.0"?'],
] as const)('refuses %s', (names, message) => {
  expect(() => compare(found, names)).toThrow(message);
});

it('refuses the name of two rehearsals', () => {
  const twice = [go, { ...go, startedAt: '2026-11-22T00:00:00.000Z' }, noGo];
  expect(() => compare(foundOf(twice), [go.rehearsal, '1.42.0'])).toThrow(
    `2 rehearsals are called "${go.rehearsal}": ${go.rehearsal}, ${go.rehearsal}`,
  );
});
