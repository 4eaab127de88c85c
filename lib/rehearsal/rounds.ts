import type { CheckResult } from '../probes/check';
import { LOAD_DEFAULTS } from '../probes/load';
import type { Watch } from '../targets/target';
import { resultsOf } from './gates/gate';
import { P95 } from './gates/p95';
import { runChecks, type StepContext } from './step';

/** How long a load check lasts that is only repeated to separate noise from a release. */
const ROUND_SECONDS = 5;

/** Measures the response time of a release again, where a gate compares it. */
export async function loadOnceMore(
  context: StepContext,
  release: string,
  watch: Watch,
): Promise<readonly CheckResult[]> {
  const { ledger, script } = context;
  const { load = [] } = script.checks;
  if (ledger.value.gates.p95 === undefined || load.length === 0) return [];
  const shorter = load.map(({ seconds = LOAD_DEFAULTS.seconds, ...check }) => ({
    ...check,
    seconds: Math.min(seconds, ROUND_SECONDS),
  }));
  const results = await runChecks(context, { load: shorter }, release, watch);
  ledger.change({ rounds: [...(ledger.value.rounds ?? []), { release, results }] });
  return results;
}

/** How often a candidate that was too slow is measured again: a minute in which this machine was busy is no verdict. */
const MORE_ROUNDS = 2;

/** Measures the candidate's response time again for as long as its gate fails. */
export async function loadWhileTooSlow(context: StepContext, watch: Watch): Promise<void> {
  const { ledger } = context;
  for (let round = 0; round < MORE_ROUNDS && isTooSlow(context); round++) {
    watch.log('too slow: load once more, since this machine may have been busy');
    await loadOnceMore(context, ledger.value.to, watch);
  }
}

const isTooSlow = ({ ledger: { value } }: StepContext): boolean =>
  resultsOf(P95, value).some(({ passed }) => !passed);
