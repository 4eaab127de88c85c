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
  /** The checks and drills that were left out because a gate had failed. @default - none */
  readonly notRun?: readonly string[] | undefined;
}

/** Judges a release by the gates. A gate whose figure was not measured fails. */
export function judge(measured: Ended): Judged {
  const { failure, baseline } = measured;
  if (failure?.outcome === 'stopped') return { verdict: 'NO-GO', reasons: [failure.message], gates: [] };
  if (failure?.isFault) return { verdict: 'UNDECIDED', reasons: [failure.message], gates: [] };
  if (failure && isBeforeCandidate(failure)) {
    return { verdict: 'BASELINE FAILED', reasons: [failure.message, ...failedOf(baseline)], gates: [] };
  }
  const isCut = measured.notRun !== undefined && measured.notRun.length > 0 && isDecided(measured);
  // without a gate that has failed nothing was left out on purpose: what has no result is missed as ever
  const seen = isCut ? measured : { ...measured, notRun: [] };
  const results = resultsIn(seen).filter(({ result }) => !isCut || result.measured !== NOT_MEASURED);
  const gates = results.map(({ result }) => result);
  const reasons = failure ? [failure.message, ...failedOf(measured.checks)] : reasonsOf(seen, results);
  const isGo = failure === undefined && gates.every(({ passed }) => passed);
  return { verdict: isGo ? 'GO' : 'NO-GO', reasons, gates, ...(isCut && { notRun: measured.notRun }) };
}

/** Whether a gate has failed, and nothing that is still to run can change that. */
export const isDecided = (measured: Measured): boolean =>
  resultsIn(measured).some(({ result, isSettled }) => isSettled && !result.passed);

/** Whether the candidate was not tested, because it was not released yet. */
function isBeforeCandidate({ step }: Failure): boolean {
  return ['plan', 'seed', 'stand up', 'baseline', 'checkpoint', 'restore'].includes(step);
}

/** A result, and where it stands among the reasons: what explains others first, and what others explain not at all. */
interface Explained {
  readonly result: GateResult;
  readonly isCause: boolean;
  readonly isExplained: boolean;
  /** Whether what is measured later cannot change it. */
  readonly isSettled: boolean;
}

/** Every result: that the candidate is what ran comes first, because without it no other figure is about it. */
const resultsIn = (measured: Measured): readonly Explained[] => [
  { result: releaseGate(measured), isCause: true, isExplained: false, isSettled: true },
  ...GATES.flatMap((gate) =>
    resultsOf(gate, measured).map((result) => {
      const isMeasured = result.measured !== NOT_MEASURED;
      return {
        result,
        isCause: isMeasured && gate.isCause === true,
        isExplained: isMeasured && gate.isExplained?.(measured) === true,
        isSettled: isMeasured && gate.mayStillPass !== true,
      };
    }),
  ),
];

/** Why gates failed: what makes others fail, the failed checks and drills by name, then the gates that these do not explain. */
function reasonsOf({ checks, drills, notRun = [] }: Measured, results: readonly Explained[]): string[] {
  const failed = results.filter(({ result }) => !result.passed);
  if (failed.length === 0) return [];
  const causes = failed.filter(({ isCause }) => isCause);
  const others = failed.filter(({ isCause, isExplained }) => !isCause && !isExplained);
  const leftOut = notRun.length === 0 ? [] : [`left out, because that decides it: ${notRun.join(', ')}`];
  return [
    ...causes.map(inWords),
    ...failedOf(checks),
    ...failedOf(drills),
    ...others.map(inWords),
    ...leftOut,
  ];
}

const inWords = ({ result: { gate, measured, rule } }: Explained): string =>
  `${gate}: ${measured}; allowed: ${rule}`;

/** What failed, and why: stale reads first, because no other test shows them. */
function failedOf(results: readonly (CheckResult | DrillResult)[]): string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const isStale = ({ kind }: CheckResult | DrillResult): boolean => kind === READ_YOUR_WRITES.kind;
  return [...failed.filter(isStale), ...failed.filter((it) => !isStale(it))].map(
    ({ name, detail }) => `${name}: ${detail}`,
  );
}
