import type { Evidence, Span } from '../../lib/evidence/evidence';
import { recreationOf, recreationSentences } from '../../lib/evidence/recreation';
import { resultsOf, type Measured } from '../../lib/rehearsal/gates/gate';
import { DATA_LOSS, RECREATION } from '../../lib/rehearsal/gates/recreation';
import type { TierState } from '../../lib/targets/target';
import { go } from './samples';

const MINUTE = 60_000;
const startedAt = '2026-11-21T04:00:00.000Z';

const span = (id: number, name: string, ms: number, more: Partial<Span> = {}): Span => ({
  id,
  parent: null,
  name,
  startedAt,
  ms,
  outcome: 'done',
  ...more,
});
const spans = [
  span(1, 'plan', 9 * MINUTE),
  span(2, 'seed', 6 * MINUTE),
  span(3, 'Orders', 6 * MINUTE, { parent: 2 }),
  span(4, 'stand up', 14 * MINUTE),
  span(5, 'seed', 99 * MINUTE, { parent: 4 }),
  span(6, 'baseline', 3 * MINUTE),
];
const tier = (name: string, dataAt?: string): TierState => ({
  tier: name,
  kind: 'sql',
  skipped: false,
  engine: 'aurora-postgresql 17.9',
  members: [],
  differs: [],
  ...(dataAt !== undefined && { dataAt }),
});
const tiers = [
  tier('Orders', '2026-11-21T03:25:00.000Z'),
  tier('Catalog', '2026-11-21T03:40:00.000Z'),
  tier('Web'),
];

it('takes as long as seed and stand-up, and loses what is younger than the oldest backup', () => {
  expect(recreationOf({ startedAt, spans, tiers })).toEqual({
    ms: 20 * MINUTE,
    dataLossMs: 35 * MINUTE,
    dataSpreadMs: 15 * MINUTE,
  });
});

it('is not known where it did not come so far, or nothing was restored', () => {
  const failed = spans.map((it) => (it.name === 'stand up' ? { ...it, outcome: 'failed' as const } : it));
  expect(recreationOf({ startedAt, spans: failed, tiers }).ms).toBeUndefined();
  expect(recreationOf({ startedAt, spans: spans.slice(0, 2), tiers }).ms).toBeUndefined();
  expect(recreationOf({ startedAt, spans, tiers: [tier('Orders')] }).dataLossMs).toBeUndefined();
  expect(recreationOf({ tiers }).dataLossMs).toBeUndefined();
});

it('loses what nobody knows where a cluster was cloned: that is no backup, and as far from the others as it is', () => {
  const clone = { ...tier('Ledger'), clonedAt: '2026-11-21T04:10:00.000Z' } as TierState;
  const evidence = { startedAt, spans, tiers: [...tiers, clone] };
  expect(recreationOf(evidence)).toEqual({
    ms: 20 * MINUTE,
    dataLossMs: undefined,
    dataSpreadMs: 45 * MINUTE,
  });
  expect(recreationSentences({ ...go, target: 'aws', ...evidence }).slice(0, 2)).toEqual([
    'StagingEphemeral was made from its definition on the aws target in 20 min; Ledger is a clone, and no backup, so what would be lost is not known',
    'the data of its tiers are of one time, as near as it could be: 45 min apart',
  ]);
  expect(recreationOf({ startedAt, spans, tiers: [clone] }).dataSpreadMs).toBeUndefined();
});

it('is said in the report, with what would be missing', () => {
  const checks = {
    isolation: { check: 'isolation', result: 'passed', findings: [], acknowledged: [], notes: [] },
    tearDown: { check: 'tear-down', result: 'passed', findings: [], acknowledged: [], notes: [] },
    outside: [{ text: 'api.partner.example', in: ['Prod/Web'] }],
  } as const;
  const evidence: Evidence = {
    ...go,
    target: 'aws',
    startedAt,
    spans,
    tiers: [...tiers, { tier: 'Pages', kind: 'cache', skipped: true, because: 'no' }],
    parity: { ...go.parity, checks },
  };
  expect(recreationSentences(evidence)).toEqual([
    'StagingEphemeral was made from its definition on the aws target in 20 min; at a loss of at most 35 min of data, the age of the oldest backup',
    'the data of its tiers are of one time, as near as it could be: 15 min apart',
    'not made: Pages',
    'not part of it, and has to be there: api.partner.example',
  ]);
  expect(recreationSentences({ ...evidence, tiers: [] })[0]).toMatch(
    /; no backup was restored, so what would be lost is not known$/,
  );
  expect(recreationSentences({ ...evidence, spans: [] })).toEqual([]);
});

describe('its gates', () => {
  const measured = (change: Partial<Measured>): Measured => ({
    ...go,
    minutes: 1,
    startedAt,
    spans,
    tiers,
    gates: { maxRecreateMinutes: 20, maxDataLossMinutes: 35 },
    ...change,
  });
  const results = (change: Partial<Measured> = {}) =>
    [...resultsOf(RECREATION, measured(change)), ...resultsOf(DATA_LOSS, measured(change))].map(
      ({ measured: figure, passed, rule }) => `${figure} (${rule}) ${passed}`,
    );

  it('judge both, and nothing where they are not set', () => {
    expect(results()).toEqual(['20 min (at most 20 min) true', '35 min (at most 35 min) true']);
    expect(results({ gates: { maxRecreateMinutes: 19.9, maxDataLossMinutes: 34 } })).toEqual([
      '20 min (at most 19.9 min) false',
      '35 min (at most 34 min) false',
    ]);
    expect(results({ gates: {} })).toEqual([]);
  });

  it('fail where there is nothing to judge', () => {
    expect(results({ spans: [], tiers: [] })).toEqual([
      'not measured (at most 20 min) false',
      'not measured (at most 35 min) false',
    ]);
  });
});
