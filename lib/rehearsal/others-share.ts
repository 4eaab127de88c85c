import type { ProcessorTime } from '../targets/target';

/** What share of the processors others used between two moments; undefined where it is not known. */
export function othersBetween(
  before: ProcessorTime | undefined,
  after: ProcessorTime | undefined,
): number | undefined {
  if (!before || !after || after.total <= before.total) return undefined;
  const others = after.busy - before.busy - (after.own - before.own);
  const share = others / (after.total - before.total);
  return Math.round(Math.min(1, Math.max(0, share)) * 100) / 100;
}
