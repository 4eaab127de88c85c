/** How a figure of a task grew with the requests that it was sent, once it was warm. */
export interface Growth {
  /** With each request, as far as it goes on: of all since it was warm and of the later half the lesser. */
  readonly perRequest: number;
  /** In all. */
  readonly rise: number;
  /** Whether it went on until the end: neither a step nor a cache that was filled. */
  readonly lasts: boolean;
}

/** The part of its requests in which a task gets warm: code is compiled, heaps and pools grow. */
const WARM_UP = 1 / 3;
/** Less says nothing of growth. */
const FEWEST_SAMPLES = 4;
const FEWEST_REQUESTS = 40;
/** Into so many parts of equal time it is cut, with two samples each at least. */
const MOST_PARTS = 5;
/** A part in which a task was sent fewer requests says nothing. */
const FEWEST_IN_PART = 5;
/** A part grows that has this much of the growth of the whole. */
const LEAST_SHARE = 0.25;

interface Point {
  readonly requests: number;
  readonly value: number;
}

/**
 * How a figure grew.
 *
 * @param requests - how many had been sent at each sample
 * @returns undefined where too little was sampled
 */
export function growthOf(requests: readonly number[], values: readonly number[]): Growth | undefined {
  const floor = floorOf(values);
  const start = (requests.at(-1) ?? 0) * WARM_UP;
  const points = requests.flatMap((it, i) => (it >= start ? [{ requests: it, value: floor[i]! }] : []));
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < FEWEST_SAMPLES || last!.requests - first!.requests < FEWEST_REQUESTS) return undefined;
  const whole = slope([first!, last!]);
  const grows = partsOf(points).map((part) => slope(part) >= LEAST_SHARE * whole);
  // load of one path only is a part in which what another one leaks does not grow
  const isSteady = grows.filter((it) => !it).length <= (grows.length >= 4 ? 1 : 0);
  const perRequest = Math.min(whole, slope([halfway(points), last!]));
  return {
    perRequest,
    rise: last!.value - first!.value,
    lasts: whole > 0 && isSteady && grows.at(-1) === true,
  };
}

/** The lowest value from each sample on: what is given back later, as by a garbage collector or a pool, is no growth. */
function floorOf(values: readonly number[]): readonly number[] {
  let least = Infinity;
  const fromTheEnd = values.toReversed().map((value) => (least = Math.min(least, value)));
  return fromTheEnd.toReversed();
}

/** The first point of the later half of the requests: a heap that gets warm grows less and less, and a leak does not. */
const halfway = (points: readonly Point[]): Point =>
  points.find(({ requests }) => requests >= (points[0]!.requests + points.at(-1)!.requests) / 2)!;

function partsOf(points: readonly Point[]): readonly (readonly [Point, Point])[] {
  const count = Math.min(MOST_PARTS, Math.floor(points.length / 2));
  const at = (i: number): Point => points[Math.round((i * (points.length - 1)) / count)]!;
  return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)] as const).filter(
    ([from, to]) => to.requests - from.requests >= FEWEST_IN_PART,
  );
}

const slope = ([from, to]: readonly [Point, Point]): number =>
  to.requests === from.requests ? 0 : (to.value - from.value) / (to.requests - from.requests);
