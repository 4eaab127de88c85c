import type { CheckResult } from '../probes/check';
import { LOAD_DEFAULTS } from '../probes/load';
import type { Watch } from '../targets/target';
import { ERROR_RATE } from './gates/error-rate';
import { resultsOf } from './gates/gate';
import { P95 } from './gates/p95';
import { runChecks, type StepContext } from './step';

/** How long a load check lasts that is only repeated to separate noise from a release. */
const ROUND_SECONDS = 5;

/** Measures a release under load again. */
export async function loadOnceMore(
  context: StepContext,
  release: string,
  watch: Watch,
): Promise<readonly CheckResult[]> {
  const { ledger, script } = context;
  const { load = [], replay = [] } = script.checks;
  if (load.length === 0 && replay.length === 0) return [];
  // a shorter part of a log would be another load
  const shorter = load.map(({ seconds = LOAD_DEFAULTS.seconds, ...check }) => ({
    ...check,
    seconds: Math.min(seconds, ROUND_SECONDS),
  }));
  const results = await runChecks(context, { load: shorter, replay }, release, watch);
  ledger.change({ rounds: [...(ledger.value.rounds ?? []), { release, results }] });
  return results;
}

/** How often a candidate whose load fails a gate is measured again: a minute in which this machine was busy is no verdict. */
const MORE_ROUNDS = 2;

/** Measures the candidate under load again for as long as a gate of it fails. */
export async function loadWhileGatesFail(context: StepContext, watch: Watch): Promise<void> {
  const { ledger } = context;
  for (let round = 0; round < MORE_ROUNDS && failsGate(context); round++) {
    watch.log('load once more, because this machine may have been busy');
    await loadOnceMore(context, ledger.value.to, watch);
  }
}

const failsGate = ({ ledger: { value } }: StepContext): boolean =>
  [...resultsOf(P95, value), ...resultsOf(ERROR_RATE, value)].some(({ passed }) => !passed);
