import { CONTRACTION, MIGRATION } from '../targets/target';
import type { CheckResult } from '../probes/check';
import type { Evidence } from './evidence';
import { tallyOf } from './summary';

/** The kinds of the drills in which a release meets a schema that is not its own. */
export const ROLL_BACK_KIND = 'roll back';
export const CONTRACT_KIND = 'contract';

/** A release on a state of the schema: what was seen of it, or why nothing was. */
export interface Met {
  readonly outcome: CheckResult['outcome'];
  readonly detail: string;
}

/** Both releases on every state of the schema that a migration makes. */
export interface SchemaStates {
  /** What each state is, in its order. */
  readonly states: readonly string[];
  /** A row for each release: what it met in each state. */
  readonly rows: readonly { readonly release: string; readonly met: readonly Met[] }[];
}

/**
 * Which release was seen on which state of the schema: between them a deployment stands for minutes, and a way back for days.
 *
 * @returns undefined where no migration ran
 */
export function schemaStatesOf(evidence: Evidence): SchemaStates | undefined {
  const { from, to, baseline, checks, drills, spans } = evidence;
  const hasRun = (called: string): boolean => spans.some(({ name }) => name === called);
  const drill = (kind: string): Met | undefined => drills.find((it) => it.kind === kind);
  const contracted = drill(CONTRACT_KIND);
  if ((!hasRun(MIGRATION) && !hasRun(CONTRACTION)) || baseline.length === 0) return undefined;
  const back = drill(ROLL_BACK_KIND);
  const isCut = evidence.notRun !== undefined || !hasRun('drill');
  const old: Met[] = [
    metOf(baseline),
    back === undefined
      ? notMet(`not tried: ${isCut ? ENDED_BEFORE : 'drills.rollBack is not set'}`)
      : { ...back, detail: `${ROLL_BACK_KIND} ${back.outcome}` },
  ];
  const candidate: Met[] = [notMet('not met: its migration runs before it starts'), metOf(checks)];
  const states = [`before ${to}`, `migrated for ${to}`];
  if (contracted) {
    states.push('contracted');
    old.push(notMet('not tried: no task of it is left, and there is no way back'));
    candidate.push({ ...contracted, detail: `checks after it ${contracted.outcome}` });
  }
  return {
    states,
    rows: [
      { release: from, met: old },
      { release: to, met: candidate },
    ],
  };
}

const ENDED_BEFORE = 'the rehearsal ended before';

const notMet = (detail: string): Met => ({ outcome: 'skipped', detail });

function metOf(results: readonly CheckResult[]): Met {
  if (results.length === 0) return notMet(`not tried: ${ENDED_BEFORE}`);
  const isFailed = results.some(({ outcome }) => outcome === 'failed');
  return { outcome: isFailed ? 'failed' : 'passed', detail: tallyOf(results) };
}
