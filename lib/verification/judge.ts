import type { GateResult } from '../evidence/evidence';
import type { VerificationVerdict } from '../evidence/verification';
import type { VerificationGates } from '../config/types';
import { NOT_MEASURED, resultsBy } from '../rehearsal/gates/gate';
import type { AnyGate } from './gates/gate';
import { GATES } from './gates/registry';
import { problemsOf, releaseGate } from './gates/release';
import type { Measured } from './measured';

/** The verdict, and the gates that led to it. */
export interface Judged {
  readonly verdict: VerificationVerdict;
  /** The most important first. */
  readonly reasons: readonly string[];
  readonly gates: readonly GateResult[];
}

/** Judges a production after a release. What was not measured says nothing against it, and nothing for it. */
export function judge(measured: Measured): Judged {
  const release = releaseGate(measured);
  // of another release there is nothing else to say
  if (problemsOf(measured).length > 0)
    return { verdict: 'ROLL BACK', reasons: [`release: ${release.measured}`], gates: [release] };
  const results = GATES.flatMap((gate) =>
    resultsBy<VerificationGates, keyof VerificationGates, unknown, Measured>(gate, measured).map(
      (result) => ({
        gate,
        result,
      }),
    ),
  );
  const gates = [release, ...results.map(({ result }) => result)];
  const failed = results.filter(({ result }) => !result.passed && result.measured !== NOT_MEASURED);
  if (failed.length > 0) return { verdict: 'ROLL BACK', reasons: reasonsOf(measured, failed), gates };
  const unknown = gates.filter((it) => !it.passed);
  if (unknown.length === 0) return { verdict: 'GO ON', reasons: [], gates };
  const reasons = unknown.map((it) =>
    it === release ? `nothing shows that ${measured.release} runs` : `${it.gate}: ${NOT_MEASURED}`,
  );
  return { verdict: 'UNDECIDED', reasons, gates };
}

interface Failed {
  readonly gate: AnyGate;
  readonly result: GateResult;
}

/** What makes others fail, the failed checks by name, then the gates that these do not explain. */
function reasonsOf(measured: Measured, failed: readonly Failed[]): string[] {
  const inWords = ({ result: { gate, measured: figure, rule } }: Failed): string =>
    `${gate}: ${figure}; allowed: ${rule}`;
  const causes = failed.filter(({ gate }) => gate.isCause);
  const others = failed.filter((it) => !it.gate.isCause && it.gate.isExplained?.(measured) !== true);
  const isNamed = failed.some(({ gate }) => gate.isExplained);
  const { checks } = measured;
  return [
    ...causes.map(inWords),
    ...(isNamed ? checks.filter(({ outcome }) => outcome === 'failed') : []).map(
      ({ name, detail }) => `${name}: ${detail}`,
    ),
    ...others.map(inWords),
  ];
}
