import type { CostReport } from '../cost/cost';
import { dollars } from '../cost/dollars';
import type { DrillResult, GateResult, Verdict, Watched } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import type { TierState } from '../targets/target';
import { DEFAULT_COST_HOURS, type GatesConfig } from './config';
import type { Failure } from './ledger';
import { figure, resultOf, upTo, NOT_MEASURED } from './gate-result';
import { errorGate, p95Gate, type LoadProps } from './load-gates';
import { leakGates } from './leak-gates';
import { releaseGate, type Shown } from './release-gate';
import { isBreaking, sinceRelease, watchedGates } from './watched-gates';

/** What was measured of a release, and the gates that judge it. */
export interface Measured extends Shown, Pick<LoadProps, 'rounds'> {
  readonly gates: GatesConfig;
  readonly tiers: readonly TierState[];
  readonly baseline: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  readonly watched: readonly Watched[];
  /** @default - not estimated */
  readonly cost?: CostReport | undefined;
  readonly minutes: number;
  /** What ended the rehearsal early. @default - nothing */
  readonly failure?: Failure | undefined;
}

/** The verdict, and the gates that led to it. */
export interface Judged {
  readonly verdict: Verdict;
  /** The most important first. */
  readonly reasons: readonly string[];
  readonly gates: readonly GateResult[];
}

/** Judges a release by the gates. A gate whose figure was not measured fails. */
export function judge(measured: Measured): Judged {
  const { failure, baseline } = measured;
  if (failure?.outcome === 'stopped') return { verdict: 'NO-GO', reasons: [failure.message], gates: [] };
  if (failure?.isFault) return { verdict: 'UNDECIDED', reasons: [failure.message], gates: [] };
  if (failure && isBeforeCandidate(failure)) {
    return { verdict: 'BASELINE FAILED', reasons: [failure.message, ...failedOf(baseline)], gates: [] };
  }
  const gates = gatesOf(measured);
  const reasons = failure ? [failure.message, ...failedOf(measured.checks)] : reasonsOf(measured, gates);
  const isGo = failure === undefined && gates.every(({ passed }) => passed);
  return { verdict: isGo ? 'GO' : 'NO-GO', reasons, gates };
}

/** Whether the candidate was not tested, because it was not released yet. */
function isBeforeCandidate({ step }: Failure): boolean {
  return ['plan', 'seed', 'stand up', 'baseline', 'checkpoint', 'restore'].includes(step);
}

/** Each gate of the config, in the config's order. */
function gatesOf(measured: Measured): GateResult[] {
  const {
    maxFailedChecks = 0,
    p95,
    maxErrorRateIncrease,
    maxRecoverySeconds,
    maxCostUsd,
    maxMinutes,
  } = measured.gates;
  return [
    releaseGate(measured),
    failedGate(measured, maxFailedChecks),
    ...staleGate(measured),
    ...watchedGates(measured),
    ...leakGates(measured),
    ...(p95 === undefined ? [] : [p95Gate(measured, p95)]),
    ...(maxErrorRateIncrease === undefined ? [] : [errorGate(measured, maxErrorRateIncrease)]),
    ...(maxRecoverySeconds === undefined ? [] : [recoveryGate(measured, maxRecoverySeconds)]),
    ...(maxCostUsd === undefined ? [] : [costGate(measured, maxCostUsd)]),
    ...(maxMinutes === undefined ? [] : [minutesGate(measured, maxMinutes)]),
    skippedGate(measured),
  ];
}

function failedGate({ checks, drills }: Measured, most: number): GateResult {
  const failed = [...checks, ...drills].filter(({ outcome }) => outcome === 'failed').length;
  // drills and counts alone prove nothing about a candidate that no check has tested
  const isChecked = checks.some(({ outcome, kind }) => outcome !== 'skipped' && kind !== 'data');
  return upTo('failed checks', most, isChecked ? failed : undefined, String);
}

/** Judged wherever there is a read-your-writes check: nothing else detects a stale read. */
function staleGate(measured: Measured): GateResult[] {
  const { checks, baseline, drills, gates: { maxStaleReads: most = 0 } } = measured; // prettier-ignore
  const isOne = ({ kind }: CheckResult): boolean => kind === 'read-your-writes';
  if (![...checks, ...baseline].some(isOne)) return [];
  const own = checks.filter(isOne);
  const watched = sinceRelease(measured.watched).map(({ traffic }) => traffic);
  const stale = [...own.map(({ measures }) => measures), ...drills, ...watched].reduce(
    (sum, it) => sum + (it?.staleReads ?? 0),
    0,
  );
  // too many stale reads fail the gate, even where other reads ended in errors
  const isMeasured = stale > most || (own.length > 0 && own.every(isRead));
  return [upTo('stale reads', most, isMeasured ? stale : undefined, String)];
}

/** Whether every attempt ended with a fresh or a stale read: an error leaves that open, and may be a lost write. */
const isRead = ({ measures: { reads = 0, staleReads, errors = 0 } = {} }: CheckResult): boolean =>
  reads > 0 && staleReads !== undefined && errors === 0;

function recoveryGate({ drills }: Measured, mostSeconds: number): GateResult {
  // a failed drill has no recovery time, and another drill's must not replace it
  const breaking = drills.filter((it) => isBreaking(it) && it.outcome !== 'skipped');
  const times = breaking.map(({ recoveryMs }) => recoveryMs);
  const worst = times.some((ms) => ms === undefined) ? undefined : maxOf(times as number[]);
  return upTo('recovery', mostSeconds, worst === undefined ? undefined : worst / 1000, seconds);
}

/** Judges what the staging costs on AWS. */
export function costGate(
  { cost, gates: { costHours = DEFAULT_COST_HOURS } }: Pick<Measured, 'cost' | 'gates'>,
  mostUsd: number,
): GateResult {
  const rule = `at most ${dollars(mostUsd)} for ${figure(costHours)} h on AWS`;
  if (cost === undefined) return resultOf('cost', rule, undefined, undefined);
  const { rehearsalUsd, staging } = cost;
  const unpriced = staging.unknown.filter(({ because }) => because === 'no price');
  if (unpriced.length === 0) return resultOf('cost', rule, dollars(rehearsalUsd), rehearsalUsd <= mostUsd);
  const what = [...new Set(unpriced.map((it) => it.what))].join(', ');
  return resultOf('cost', rule, `${dollars(rehearsalUsd)} without ${what}, whose price is unknown`, false);
}

const minutesGate = ({ minutes }: Measured, most: number): GateResult =>
  upTo('time', most, minutes, (value) => `${figure(value)} min`);

function skippedGate({ tiers, checks, baseline, gates: { allowSkipped = [] } }: Measured): GateResult {
  const skipped = tiers.filter((tier) => tier.skipped).map(({ tier }) => tier);
  const forbidden = skipped.filter((tier) => !allowSkipped.includes(tier));
  // the checks of a skipped tier are covered by the tier's own entry, and those of another one may be allowed as it is
  const unchecked = checks.filter(
    ({ outcome, tier }) => outcome === 'skipped' && ![...skipped, ...allowSkipped].some((it) => it === tier),
  );
  const dropped = baseline.filter(({ name }) => !checks.some((check) => check.name === name));
  const names = [...forbidden, ...[...unchecked, ...dropped].map(({ name }) => name)];
  const rule = allowSkipped.length === 0 ? 'none' : `only ${allowSkipped.join(', ')}`;
  const seen = names.length > 0 ? names : skipped;
  const measured = tiers.length === 0 ? undefined : seen.join(', ') || 'none';
  return resultOf('skipped', rule, measured, names.length === 0);
}

/** Why gates failed: the failed checks and drills by name, then the gates that they do not explain. */
function reasonsOf({ checks, drills }: Measured, gates: readonly GateResult[]): string[] {
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return [];
  const named = [...failedOf(checks), ...failedOf(drills)];
  const stale = checks.some(({ kind, outcome }) => kind === 'read-your-writes' && outcome === 'failed');
  const isExplained = ({ gate, measured }: GateResult): boolean =>
    measured !== NOT_MEASURED &&
    ((gate === 'failed checks' && named.length > 0) || (gate === 'stale reads' && stale));
  const others = failed.filter((gate) => !isExplained(gate));
  return [...named, ...others.map(({ gate, measured, rule }) => `${gate}: ${measured}; allowed: ${rule}`)];
}

/** What failed, and why: stale reads first, because no other test shows them. */
function failedOf(results: readonly (CheckResult | DrillResult)[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const isStale = ({ kind }: CheckResult | DrillResult): boolean => kind === 'read-your-writes';
  return [...failed.filter(isStale), ...failed.filter((it) => !isStale(it))].map(
    ({ name, detail }) => `${name}: ${detail}`,
  );
}

const maxOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);

const seconds = (value: number): string => `${Number(value.toFixed(3))} s`;
