import type { CapacityConfig } from '../config/types';
import type { CapacityRound } from '../evidence/evidence';
import type { Level } from '../probes/load-level';

/** How a capacity is looked for. */
export type CapacityLimits = Required<
  Pick<
    CapacityConfig,
    'maxP95Ms' | 'maxErrorRate' | 'startRequestsPerSecond' | 'maxRequestsPerSecond' | 'precision'
  >
>;

/** What was found of one release. */
export type Found = Omit<CapacityRound, 'release'>;

/** One request in twenty that is sent so late, or later, says that this machine sends no more. */
const LATE_MS = 100;
/** Less is no load. */
const LEAST = 0.5;

/**
 * The largest load within limits: twice as much until it breaks one, then the middle between what is carried and what is not, until the two
 * are near enough. A level that breaks a limit is tried once more, because this machine may have been busy, and one that it sent late twice.
 *
 * @param levelAt - sends so many requests a second
 */
export async function findCapacity(
  limits: CapacityLimits,
  levelAt: (perSecond: number) => Promise<Level>,
): Promise<Found> {
  const { startRequestsPerSecond, maxRequestsPerSecond: most, precision } = limits;
  let carried = 0;
  let broken: Level | undefined;
  let perSecond = Math.min(startRequestsPerSecond, most);
  while (perSecond >= LEAST) {
    const level = await settled(limits, levelAt, perSecond);
    if (isLate(level) && !isCarried(level, limits)) return { carried, limit: 'this machine sends no more' };
    if (isCarried(level, limits)) {
      carried = perSecond;
      if (isLate(level)) return { carried, limit: 'this machine sends no more' };
      if (perSecond >= most) return { carried, limit: 'maxRequestsPerSecond' };
    } else broken = level;
    if (broken === undefined) perSecond = Math.min(most, perSecond * 2);
    else if (carried === 0) perSecond = broken.perSecond / 2;
    else if (broken.perSecond / carried <= 1 + precision) break;
    else perSecond = Math.sqrt(carried * broken.perSecond);
  }
  return { carried, ...(broken && { broken: broken.perSecond, because: whyOf(broken, limits) }) };
}

async function settled(
  limits: CapacityLimits,
  levelAt: (perSecond: number) => Promise<Level>,
  perSecond: number,
): Promise<Level> {
  const isSettled = (it: Level): boolean => isCarried(it, limits) && !isLate(it);
  let level = await levelAt(perSecond);
  if (!isSettled(level)) level = await levelAt(perSecond);
  // a machine that is late twice may be so for the third time, or has had a bad moment
  return isLate(level) ? levelAt(perSecond) : level;
}

const isCarried = ({ p95Ms, errorRate }: Level, { maxP95Ms, maxErrorRate }: CapacityLimits): boolean =>
  p95Ms !== undefined && p95Ms <= maxP95Ms && errorRate <= maxErrorRate;

const isLate = ({ lateMs }: Level): boolean => lateMs > LATE_MS;

/** Such as `p95 612 ms`. */
function whyOf({ p95Ms, errorRate }: Level, { maxErrorRate }: CapacityLimits): string {
  if (errorRate > maxErrorRate || p95Ms === undefined)
    return `${Number((errorRate * 100).toFixed(1))} % errors`;
  return `p95 ${Math.round(p95Ms)} ms`;
}
