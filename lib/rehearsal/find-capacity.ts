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

/** One request in twenty that is sent so late, or later, says that the machine that sends is used up. */
const LATE_MS = 100;
/** Less is no load. */
const LEAST = 0.5;

/**
 * The largest load within limits: twice as much until it breaks one, then the middle between what is carried and what is not, until the two
 * are near enough. A level that breaks a limit is tried once more, because the machine may have been busy.
 *
 * @param isShared - whether what sends the load uses the machine that the service runs on: where that is used up, the service carries no more.
 * Elsewhere it says nothing of the service, and the search ends
 * @param levelAt - sends so many requests a second
 */
export async function findCapacity(
  limits: CapacityLimits,
  isShared: boolean,
  levelAt: (perSecond: number) => Promise<Level>,
): Promise<Found> {
  const { startRequestsPerSecond, maxRequestsPerSecond: most, precision } = limits;
  let carried = 0;
  let broken: Level | undefined;
  let perSecond = Math.min(startRequestsPerSecond, most);
  while (perSecond >= LEAST) {
    const level = await settled(limits, levelAt, perSecond);
    if (isLate(level) && !isShared) {
      if (isCarried(level, limits)) carried = perSecond;
      return { carried, limit: 'this machine sends no more' };
    }
    if (isCarried(level, limits) && !isLate(level)) {
      carried = perSecond;
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
  const level = await levelAt(perSecond);
  return isCarried(level, limits) && !isLate(level) ? level : levelAt(perSecond);
}

/** Whether a level is within the limits. */
export const isCarried = (
  { p95Ms, errorRate }: Level,
  { maxP95Ms, maxErrorRate }: Pick<CapacityLimits, 'maxP95Ms' | 'maxErrorRate'>,
): boolean => p95Ms !== undefined && p95Ms <= maxP95Ms && errorRate <= maxErrorRate;

const isLate = ({ lateMs }: Level): boolean => lateMs > LATE_MS;

/** Such as `p95 612 ms`. */
function whyOf({ p95Ms, errorRate, lateMs }: Level, { maxErrorRate }: CapacityLimits): string {
  if (errorRate > maxErrorRate || p95Ms === undefined)
    return `${Number((errorRate * 100).toFixed(1))} % errors`;
  return lateMs > LATE_MS ? 'this machine is used up' : `p95 ${Math.round(p95Ms)} ms`;
}
