import type { Watched } from '../evidence/evidence';
import type { Watch } from '../targets/target';
import { FAILED_REQUESTS } from './gates/failed-requests';
import { limitOf } from './gates/gate';
import type { StepContext } from './step';

/**
 * From this share of the processors in other hands on, what fails may be the machine's doing: an environment that has less than half of them
 * answers late, and its health checks run out of time.
 */
const DISTURBED_SHARE = 0.5;

/**
 * Whether requests failed in a step while others used most of this machine, and nothing else was wrong: an answer that no overload explains,
 * such as 500, and a read that misses the write before it, are the service's own doing, however little it has of the processors.
 */
export function isDisturbed({ othersShare = 0, traffic }: Watched, { ledger }: StepContext): boolean {
  const { failures, answered, staleReads } = traffic;
  const isOnlyLate = answered === undefined && staleReads === 0;
  return (
    othersShare >= DISTURBED_SHARE && isOnlyLate && failures > limitOf(FAILED_REQUESTS, ledger.value.gates)
  );
}

/**
 * Does something once more where requests failed in it while others used most of this machine: what fails again counts, and what
 * does not was the machine's doing. What was seen the first time is kept beside it.
 *
 * @param work - watched
 * @param undo - what comes before it is done once more
 */
export async function onceMoreIfDisturbed<T>(
  context: StepContext,
  watch: Watch,
  work: () => Promise<T>,
  undo: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  const { ledger } = context;
  const before = ledger.value.watched;
  const result = await work();
  const first = ledger.value.watched.slice(before.length);
  const disturbed = first.filter((it) => isDisturbed(it, context));
  if (disturbed.length === 0) return result;
  const most = Math.max(...disturbed.map(({ othersShare = 0 }) => othersShare));
  watch.log(
    `once more, because other processes used ${Math.round(most * 100)} % of this machine's processors`,
  );
  await undo();
  ledger.change({ watched: before });
  const again = await work();
  const watched = ledger.value.watched.map((it, i) => {
    const seen = i < before.length ? undefined : disturbed.find(({ during }) => during === it.during);
    if (!seen) return it;
    const { startedAt, othersShare = 0 } = seen;
    const { requests, failures } = seen.traffic;
    return { ...it, disturbed: { startedAt, requests, failures, othersShare } };
  });
  ledger.change({ watched });
  return again;
}
