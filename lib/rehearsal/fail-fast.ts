import { CHECKS } from '../probes/checks';
import { planned } from './drills/registry';
import { isDecided, type Ended } from './judge';
import { proofOf, type StepContext } from './step';

/** What was measured so far, and what is still to run. */
export function measuredIn(context: StepContext): Ended {
  const { ledger, journal } = context;
  const { gates, failure, failFast } = ledger.value;
  const isCostJudged = gates.maxCostUsd !== undefined && failure === undefined;
  return {
    ...ledger.value,
    failure,
    ...(failFast && { notRun: notRunIn(context) }),
    minutes: journal.spans.reduce((sum, { parent, ms }) => sum + (parent === null ? ms : 0), 0) / 60_000,
    cost: isCostJudged ? proofOf(context).cost(gates.costHours) : undefined,
  };
}

/** Whether a rehearsal that is to fail fast ends now. */
export const endsEarly = (context: StepContext): boolean =>
  context.ledger.value.failFast === true && isDecided(measuredIn(context));

/** The checks and drills that have no result yet, by name. */
function notRunIn(context: StepContext): readonly string[] {
  const { script, ledger } = context;
  const { checks, drills, capacity } = ledger.value;
  const done = new Set([...checks, ...drills].map(({ name }) => name));
  const all = [
    ...CHECKS.flatMap(({ key }) => (script.checks[key] ?? []).map(({ name }) => name)),
    ...planned(context).map(({ name }) => name),
  ].filter((name) => !done.has(name));
  return script.capacity && !capacity ? [...all, 'capacity'] : all;
}
