import type { DrillsConfig } from '../../config/types';
import type { DrillResult } from '../../evidence/evidence';
import type { StepContext } from '../step';
import { CONTRACT } from './contract';
import type { AnyDrillKind, Drill } from './drill';
import { FAILOVER } from './failover';
import { FLAGS } from './flags';
import { KILL_TASK } from './kill-task';
import { LOSE_ZONE } from './lose-zone';
import { ROLL_BACK } from './roll-back';
import { SOAK } from './soak';

/**
 * Every kind of drill, in the order in which they run. A contracted schema has no way back: that is rehearsed before. The soak is the
 * last, because tasks grow older meanwhile: the load and the checks after a way forward are a part of it.
 */
export const DRILLS = [
  FAILOVER,
  KILL_TASK,
  LOSE_ZONE,
  ROLL_BACK,
  CONTRACT,
  FLAGS,
  SOAK,
] as const satisfies readonly AnyDrillKind[];

/** A drill with its kind. */
export interface PlannedDrill extends Drill, Pick<DrillResult, 'kind'> {}

/** The drills of a rehearsal, in their order. */
export function planned(context: StepContext): readonly PlannedDrill[] {
  const wanted: DrillsConfig = context.script.drills ?? {};
  return (DRILLS as readonly AnyDrillKind[]).flatMap((it) =>
    it.plan(wanted[it.key] ?? it.default, context).map((drill) => ({ ...drill, kind: it.kind })),
  );
}

/** Whether a drill broke something: then requests may fail until that has recovered. */
export const isBreaking = ({ kind }: Pick<DrillResult, 'kind'>): boolean =>
  (DRILLS as readonly AnyDrillKind[]).some((it) => it.kind === kind && it.isBreaking);
