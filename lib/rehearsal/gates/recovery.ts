import { FAILOVER } from '../drills/failover';
import { KILL_TASK } from '../drills/kill-task';
import { LOSE_ZONE } from '../drills/lose-zone';
import { isBreaking } from '../drills/registry';
import { atMost, type Gate } from './gate';

/** How long requests failed where something was broken on purpose. */
export const RECOVERY: Gate<'maxRecoverySeconds', number> = {
  name: 'recovery',
  key: 'maxRecoverySeconds',
  schema: (z) =>
    z
      .number()
      .min(0)
      .describe('How long requests may fail in a failover, and when tasks are killed or lost.'),
  needs: [
    ['drills', FAILOVER.key],
    ['drills', KILL_TASK.key],
    ['drills', LOSE_ZONE.key],
  ],
  ...atMost((value) => `${Number(value.toFixed(3))} s`),
  measure: ({ drills }) => {
    // a failed drill has no recovery time, and another drill's must not replace it
    const times = drills
      .filter((it) => isBreaking(it) && it.outcome !== 'skipped')
      .map(({ recoveryMs = Infinity }) => recoveryMs);
    const worstMs = Math.max(...times);
    return [{ figure: Number.isFinite(worstMs) ? worstMs / 1000 : undefined }];
  },
};
