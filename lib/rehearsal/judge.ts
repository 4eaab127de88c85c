import type { DrillResult, GateResult, Verdict } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import { READ_YOUR_WRITES } from '../probes/read-your-writes';
import { NOT_MEASURED, resultsOf, type Measured } from './gates/gate';
import { GATES } from './gates/registry';
import { releaseGate } from './gates/release';
import type { Failure } from './ledger';

/** What was measured of a release, and how far it came. */
export interface Ended extends Measured {
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
export function judge(measured: Ended): Judged {
  const { failure, baseline } = measured;
  if (failure?.outcome === 'stopped') return { verdict: 'NO-GO', reasons: [failure.message], gates: [] };
  if (failure?.isFault) return { verdict: 'UNDECIDED', reasons: [failure.message], gates: [] };
  if (failure && isBeforeCandidate(failure)) {
    return { verdict: 'BASELINE FAILED', reasons: [failure.message, ...failedOf(baseline)], gates: [] };
  }
  const results = resultsIn(measured);
  const gates = results.map(({ result }) => result);
  const reasons = failure ? [failure.message, ...failedOf(measured.checks)] : reasonsOf(measured, results);
  const isGo = failure === undefined && gates.every(({ passed }) => passed);
  return { verdict: isGo ? 'GO' : 'NO-GO', reasons, gates };
}

/** Whether the candidate was not tested, because it was not released yet. */
function isBeforeCandidate({ step }: Failure): boolean {
  return ['plan', 'seed', 'stand up', 'baseline', 'checkpoint', 'restore'].includes(step);
}

/** A result, and whether the checks and drills that failed explain it. */
interface Explained {
  readonly result: GateResult;
  readonly isExplained: boolean;
}

/** Every result: that the candidate is what ran comes first, because without it no other figure is about it. */
const resultsIn = (measured: Measured): readonly Explained[] => [
  { result: releaseGate(measured), isExplained: false },
  ...GATES.flatMap((gate) =>
    resultsOf(gate, measured).map((result) => ({
      result,
      isExplained: result.measured !== NOT_MEASURED && gate.isExplained?.(measured) === true,
    })),
  ),
];

/** Why gates failed: the failed checks and drills by name, then the gates that they do not explain. */
function reasonsOf({ checks, drills }: Measured, results: readonly Explained[]): string[] {
  const failed = results.filter(({ result }) => !result.passed);
  if (failed.length === 0) return [];
  const others = failed.filter(({ isExplained }) => !isExplained).map(({ result }) => result);
  return [
    ...failedOf(checks),
    ...failedOf(drills),
    ...others.map(({ gate, measured, rule }) => `${gate}: ${measured}; allowed: ${rule}`),
  ];
}

/** What failed, and why: stale reads first, because no other test shows them. */
function failedOf(results: readonly (CheckResult | DrillResult)[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const isStale = ({ kind }: CheckResult | DrillResult): boolean => kind === READ_YOUR_WRITES.kind;
  return [...failed.filter(isStale), ...failed.filter((it) => !isStale(it))].map(
    ({ name, detail }) => `${name}: ${detail}`,
  );
}
