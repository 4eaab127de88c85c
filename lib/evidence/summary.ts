import { checkSentence } from '../parity/reports/checks';
import { showFactorValue } from '../parity/reports/parts';
import { inWords, plural } from '../report/words';
import type { FactorReport, ParityReport } from '../parity/report';
import type { CheckResult } from '../probes/check';
import type { SkippedTier } from '../targets/target';
import type { DrillResult, Evidence, Verdict, Watched } from './evidence';
import { showDuration } from '../duration';
import { showUsd } from './figures';

/** Whether a rehearsal was stopped before its gates judged anything: nothing is known against the release. */
export const isInterrupted = ({ verdict, gates }: Evidence): boolean =>
  verdict === 'NO-GO' && gates.length === 0;

/** The meaning of the verdict, in one sentence. */
export function headlineOf(evidence: Evidence): string {
  const { verdict, from, to } = evidence;
  if (isInterrupted(evidence)) return `the rehearsal of ${to} was interrupted, so it may not follow ${from}`;
  const headlines: Readonly<Record<Verdict, string>> = {
    GO: `${to} may follow ${from} into production`,
    'NO-GO': `${to} must not follow ${from} into production`,
    'BASELINE FAILED': `staging did not work with ${from}, so ${to} was not tested`,
    UNDECIDED: `the machine, AWS or cdk-twin failed, so ${to} was not judged`,
  };
  return headlines[verdict];
}

/** How the tear-down ended, in one sentence. */
export function tearDownOf({ tearDown: { outcome, leftovers, error } }: Evidence): string {
  const because = error === undefined ? '' : `: ${error}`;
  if (outcome === 'gone') return `no leftovers${because}`;
  if (outcome === 'kept') return `the environment is kept${because}`;
  if (leftovers.length === 0) return `there may be leftovers${because}`;
  return `${plural(leftovers.length, 'leftover')}${because}`;
}

/** The verdict, with what it is limited to: `GO for 5 of 8 tiers`. */
export const verdictOf = (evidence: Evidence): string =>
  [evidence.verdict, limitOf(evidence)].filter((it) => it !== '').join(' ');

/** What a GO is limited to: `for 5 of 8 tiers`, `in StagingSharded, 1 of 2 stagings`; empty where it is about everything. */
export function limitOf(evidence: Evidence): string {
  const { verdict, parity, group } = evidence;
  if (verdict !== 'GO') return '';
  const isPart = group !== undefined && group.stagings.length > 1;
  return [
    ...(isPart ? [`in ${parity.staging}, 1 of ${group.stagings.length} stagings`] : []),
    tierLimitOf(evidence),
  ]
    .filter((it) => it !== '')
    .join(', ');
}

/** The same, of tiers alone. */
export const tierLimitOf = (evidence: Evidence): string =>
  evidence.verdict === 'GO' && skippedTiers(evidence).length > 0 ? `for ${tiersOf(evidence)}` : '';

/** How much of the environment the verdict is about, where it stood, and on what. */
export function coverageOf(evidence: Evidence): string {
  const skipped = skippedTiers(evidence).map(({ tier }) => tier);
  const standIns = standInsOf(evidence);
  return [
    `${tiersOf(evidence)}, on the ${evidence.target} target`,
    ...(standIns.length === 0 ? [] : [`: ${standIns.join(', ')}`]),
    ...(skipped.length === 0 ? [] : [`; without ${skipped.join(', ')}`]),
    ...functionalOf(evidence).map((it) => `; ${it}`),
  ].join('');
}

/** The tiers of which a stand-in shows a part alone, and which. */
function functionalOf({ tiers }: Evidence): string[] {
  const byWhat = new Map<string, string[]>();
  for (const tier of tiers) {
    if (tier.skipped || tier.standIn === undefined) continue;
    byWhat.set(tier.standIn, [...(byWhat.get(tier.standIn) ?? []), tier.tier]);
  }
  return [...byWhat].map(
    ([what, names]) => `${names.join(', ')}: ${names.length === 1 ? 'a stand-in' : 'stand-ins'}, ${what}`,
  );
}

function tiersOf(evidence: Evidence): string {
  const { tiers } = evidence;
  return `${tiers.length - skippedTiers(evidence).length} of ${plural(tiers.length, 'tier')}`;
}

/** What ran in place of something else: `PostgreSQL 18.4 for aurora-postgresql 17.9`. */
function standInsOf({ tiers }: Evidence): readonly string[] {
  const phrases = tiers.flatMap((tier) =>
    tier.skipped || tier.standsFor === undefined ? [] : [`${tier.engine} for ${tier.standsFor}`],
  );
  return [...new Set(phrases)];
}

/** What failed first; otherwise in the order that it has. */
export const failuresFirst = <T>(results: readonly T[], isFailure: (result: T) => boolean): readonly T[] => [
  ...results.filter((it) => isFailure(it)),
  ...results.filter((it) => !isFailure(it)),
];

/** The tiers that were skipped. */
export const skippedTiers = ({ tiers }: Evidence): readonly SkippedTier[] =>
  tiers.filter((tier) => tier.skipped);

/** The tiers of which it is known what data they began with. */
export const seededTiers = ({
  tiers,
}: Evidence): readonly { readonly tier: string; readonly data: string }[] =>
  tiers.flatMap((it) => (it.skipped || it.data === undefined ? [] : [{ tier: it.tier, data: it.data }]));

/** Whether requests in the background failed that should not have: where something was broken on purpose, its drill decides. */
export function trafficOutcome(
  { gates, drills }: Evidence,
  { during, traffic: { failures } }: Watched,
): DrillResult['outcome'] {
  if (failures === 0) return 'passed';
  const gate = gates.find((it) => it.gate === trafficGateOf(during));
  if (gate) return gate.passed ? 'passed' : 'failed';
  return drills.find(({ name }) => name === during)?.outcome ?? 'failed';
}

/** The gate of the requests that were sent during a step. */
export const trafficGateOf = (during: string): string => `requests during ${during}`;

/** A check on the release that production runs, beside the same check on the candidate. */
export interface CheckPair {
  readonly name: string;
  readonly kind: CheckResult['kind'];
  readonly baseline: CheckResult | undefined;
  readonly candidate: CheckResult | undefined;
}

/** The checks, each with both results: those that failed first, otherwise in the order of the plan. */
export function checkPairs({
  baseline,
  checks,
}: Pick<Evidence, 'baseline' | 'checks'>): readonly CheckPair[] {
  const named = (results: readonly CheckResult[]) => new Map(results.map((result) => [result.name, result]));
  const [before, after] = [named(baseline), named(checks)];
  const pairs = [...new Map([...after, ...before])].map(([name, { kind }]) => {
    return { name, kind, baseline: before.get(name), candidate: after.get(name) };
  });
  return failuresFirst(pairs, (it) => [it.candidate, it.baseline].some((half) => half?.outcome === 'failed'));
}

/** A class of failure that staging can still hide, and the factors that cause it. */
export interface BlindSpot {
  readonly blindSpot: string;
  readonly factors: readonly FactorReport[];
}

/** What staging can still hide because it is smaller. */
export function blindSpotsOf({ factors }: ParityReport): BlindSpot[] {
  const byHides = new Map<string, FactorReport[]>();
  for (const factor of factors) {
    if (factor.blindSpot === undefined) continue;
    byHides.set(factor.blindSpot, [...(byHides.get(factor.blindSpot) ?? []), factor]);
  }
  return [...byHides].map(([blindSpot, of]) => ({ blindSpot, factors: of }));
}

/** A factor with both values: `ordersReaders 3 -> 2`. */
export const showFactor = ({ name, prod, staging }: FactorReport, arrow = '->'): string =>
  `${name} ${showFactorValue(prod)} ${arrow} ${showFactorValue(staging)}`;

/** Whose turn it was at production's size, and whose is next, in a sentence each; none where nobody asked for turns. */
export function rotationSentences({ rotation }: Pick<Evidence, 'rotation'>): string[] {
  if (!rotation) return [];
  const { factors, due } = rotation;
  return [
    `at production's size in turn: ${inWords(factors)}`,
    ...(due.length === 0 ? [] : [`due next: ${inWords(due.slice(0, MOST_DUE))}`]),
  ];
}

/** How many of those that are due are named: after each rehearsal the order may be another one. */
const MOST_DUE = 3;

/** Whether staging was proved to be a twin, in one sentence. */
export function parityOf({ parity: { verdict, prod, staging, forbidden, permitted } }: Evidence): string {
  if (verdict === 'twins') {
    return `${staging} is a twin of ${prod}, with ${plural(permitted.length, 'permitted difference')}`;
  }
  return `${staging} is not a twin of ${prod}: ${plural(forbidden.length, 'forbidden difference')}`;
}

/** How the checks of staging ended, in a sentence each; none of evidence that has none. */
export const stagingChecksOf = ({ parity: { checks } }: Evidence): string[] =>
  checks ? [checks.isolation, checks.tearDown].map((it) => checkSentence(it)) : [];

/** What the rehearsal would cost on AWS, in sentences. */
export function costOf({ cost }: Evidence): string[] {
  const { hours, region, rehearsalUsd, stagingMonthUsd, fullSizeMonthUsd } = cost;
  const unpriced = [...cost.staging.unknown, ...cost.prod.unknown]
    .filter(({ because }) => because === 'no price')
    .map(({ what }) => what);
  return [
    `this rehearsal would cost ${showUsd(rehearsalUsd)} on AWS (${showDuration(hours * 3_600_000)} in ${region})`,
    `staging kept around the clock: ${showUsd(stagingMonthUsd)} a month, at production's size ${showUsd(fullSizeMonthUsd)}`,
    ...(unpriced.length === 0 ? [] : [`not counted, no known price: ${[...new Set(unpriced)].join(', ')}`]),
  ];
}

/** The recovery of a drill: how long requests failed, where that was measured. */
export const recoveryOf = ({ recoveryMs }: { readonly recoveryMs?: number }): string =>
  recoveryMs === undefined
    ? ''
    : recoveryMs === 0
      ? 'no request failed'
      : `recovered in ${showDuration(recoveryMs)}`;

/** How many of several passed: `4 of 5 passed`, `4 of 5 passed, 1 skipped`. */
export function tallyOf(results: readonly { readonly outcome: CheckResult['outcome'] }[]): string {
  const of = (outcome: CheckResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const skipped = of('skipped');
  return `${of('passed')} of ${results.length} passed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** What a rehearsal is about, as another machine finds it again: `Prod with 1.43.0, SHA-256 6b1f0d2c9e8a; code abc1234`. */
export function subjectOf({ to, subject: { prod, code } }: Evidence): string {
  const what = `${prod.environment} with ${to}, SHA-256 ${prod.digest.slice(0, 12)}`;
  if (code === undefined) return what;
  const changes = code.isCommitted === false ? ' with changes that are in no commit' : '';
  return `${what}; code ${(code.commit ?? code.digest).slice(0, 7)}${changes}`;
}
