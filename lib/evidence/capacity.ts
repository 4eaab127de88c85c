import type { Capacity, CapacityRound, Evidence } from './evidence';

/** Both releases beside each other. */
export interface CapacityCompared {
  readonly candidate: readonly CapacityRound[];
  readonly baseline: readonly CapacityRound[];
  /** The best of the candidate over the best of the baseline: what else a machine does makes it carry less, and never more. */
  readonly ratio: number;
  /** The least and the most that it may be, by the two best measurements of each. */
  readonly from: number;
  readonly to: number;
}

/** @returns undefined where one of them was not measured, or carried nothing */
export function capacityCompared(
  { from, to }: Pick<Evidence, 'from' | 'to'>,
  { rounds }: Capacity,
): CapacityCompared | undefined {
  const candidate = rounds.filter(({ release }) => release === to);
  const baseline = rounds.filter(({ release }) => release === from);
  const [now, before] = [best(candidate), best(baseline)];
  if (candidate.length === 0 || before === 0) return undefined;
  return {
    candidate,
    baseline,
    ratio: now / before,
    from: least(twoBest(candidate)) / most(twoBest(baseline)),
    to: most(twoBest(candidate)) / Math.max(1e-9, least(twoBest(baseline))),
  };
}

const best = (rounds: readonly CapacityRound[]): number =>
  Math.max(0, ...rounds.map(({ carried }) => carried));
const least = (rounds: readonly CapacityRound[]): number => Math.min(...rounds.map(({ carried }) => carried));
/** A round that was disturbed says nothing; two that are alike confirm each other. */
export const twoBest = (rounds: readonly CapacityRound[]): readonly CapacityRound[] =>
  rounds.toSorted((a, b) => b.carried - a.carried).slice(0, 2);

/** Whether the two best rounds of a release differ by no more than a share, such as 0.9. */
export function areAlike(rounds: readonly CapacityRound[], share: number): boolean {
  const two = twoBest(rounds);
  return least(two) >= best(two) * Math.min(1, share);
}

/** What was not carried any more is the most that may have been. */
const most = (rounds: readonly CapacityRound[]): number =>
  Math.max(...rounds.map(({ carried, broken = carried }) => broken));

/** Requests a second, with two or three places. */
export const showRate = (perSecond: number): string =>
  Number(perSecond.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 2 });

const showRatio = (ratio: number): string => String(Number(ratio.toFixed(2)));

/** The figures of the gate: `0.95 times the baseline's (0.86 to 1.06): 190 requests a second (190, 180), the baseline 200 (200, 195)`. */
export function showCompared({ candidate, baseline, ratio, from, to }: CapacityCompared): string {
  const list = (rounds: readonly CapacityRound[]): string =>
    `${showRate(best(rounds))}${boundOf(rounds) !== undefined ? ' or more' : ''} (${rounds.map(({ carried }) => showRate(carried)).join(', ')})`;
  return `${showRatio(ratio)} times (${showRatio(from)} to ${showRatio(to)}): ${list(candidate)} requests a second, the baseline ${list(baseline)}`;
}

/** What else than the release was the limit of its best round; undefined where nothing was. */
export const boundOf = (rounds: readonly CapacityRound[]): CapacityRound['limit'] =>
  rounds.find(({ limit, carried }) => limit !== undefined && carried === best(rounds))?.limit;

/** The largest load of each release, what ended it, and what that says of production, in sentences. */
export function capacitySentences(evidence: Pick<Evidence, 'from' | 'to' | 'capacity'>): string[] {
  const { from, to, capacity } = evidence;
  if (!capacity) return [];
  const { of, maxP95Ms, maxErrorRate, problem } = capacity;
  const compared = capacityCompared(evidence, capacity);
  return [
    `with the requests of "${of}", at a p95 of at most ${maxP95Ms} ms and at most ${Number((maxErrorRate * 100).toFixed(2))} % errors`,
    ...[to, from].flatMap((release) => sentenceOf(release, capacity)),
    ...(compared ? [`${to} beside ${from}: ${showCompared(compared)}`] : []),
    ...(problem === undefined ? [] : [`not measured to its end: ${problem}`]),
    ...(compared ? [productionOf(to, capacity, compared)] : []),
  ];
}

function sentenceOf(release: string, { rounds }: Capacity): string[] {
  const all = rounds.filter((it) => it.release === release);
  const round = all.find(({ carried }) => carried === best(all));
  if (!round) return [];
  const { carried, broken, because, limit } = round;
  const end =
    limit === undefined
      ? `, and not ${showRate(broken ?? 0)} (${because})`
      : `, or more: ${limit === 'maxRequestsPerSecond' ? 'maxRequestsPerSecond was reached' : limit}`;
  return [`${release} carries ${showRate(carried)} requests a second${end}`];
}

function productionOf(
  to: string,
  { ratio, because, hardware, precision }: Capacity,
  compared: CapacityCompared,
): string {
  if (hardware !== undefined)
    return `it ran on ${hardware}, so that the rates say nothing of production: only the ratio of the two releases does`;
  const { candidate } = compared;
  const spread = Math.max(precision, best(candidate) / Math.max(1e-9, least(twoBest(candidate))) - 1);
  return (
    `at production's scale ${to} would carry some ${showRate(best(candidate) / ratio)} requests a second, ` +
    `if capacity follows the scale factors: times ${Number((1 / ratio).toPrecision(3))} (${because}), with an error of at least ${Math.ceil(spread * 100)} %`
  );
}
