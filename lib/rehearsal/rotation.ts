import type { FullSizeCost } from '../cost/cost';
import { roundUsd } from '../cost/prices';
import type { Evidence } from '../evidence/evidence';
import { equalJson, type Json } from '../json';
import type { FactorReport } from '../parity/report';
import { blindSpotWeight, type BlindSpotWeight } from '../scale/blind-spots';

/** A factor that a rotation puts at production's size, and what its turn hangs on. */
export interface Turn {
  readonly factor: string;
  /** Those that have to grow with it. */
  readonly growing: readonly string[];
  /** How much can be hidden by what is smaller. */
  readonly weight: BlindSpotWeight;
  /** How many rehearsals there were since it was at production's size; where it never was, one more than there were in all. */
  readonly unseen: number;
  readonly isNew: boolean;
  /** The estimate of a rehearsal with it on AWS. @default - no evidence has one */
  readonly usd?: number;
  /** What of it has no known price. */
  readonly unpriced: readonly string[];
}

/**
 * The factors in the order of their turns. What counts is how much can be hidden by what is smaller, times the rehearsals that did not
 * see it, for each dollar: what is cheap comes first, and what is dear comes once it was not seen for so much longer.
 *
 * @param staging - whose factors they are. @default - the staging of the newest rehearsal
 * @returns none where nothing is on record, or no factor differs
 */
export function inRotation(rehearsals: readonly Evidence[], staging?: string): readonly Turn[] {
  const byTime = rehearsals.toSorted((a, b) => Date.parse(a.endedAt) - Date.parse(b.endedAt));
  const whose = staging ?? byTime.at(-1)?.parity.staging;
  const own = byTime.filter(({ parity }) => parity.staging === whose);
  const newest = own.at(-1);
  if (!newest) return [];
  const sizes = sizesOf(own);
  const { baseUsd, adds } = pricesIn(own);
  const turns = newest.parity.factors
    .filter(({ name }) => sizes.smaller.has(name))
    .map(({ name, kind }): Turn => {
      const price = adds.get(name);
      const usd = price && roundUsd(baseUsd + price.addsUsd);
      return {
        factor: name,
        growing: price?.growing ?? [],
        weight: blindSpotWeight(kind),
        unseen: sizes.judged - (sizes.lastAt.get(name) ?? -1),
        isNew: !sizes.lastAt.has(name),
        ...(usd !== undefined && { usd }),
        unpriced: price?.unpriced ?? [],
      };
    });
  const dearest = Math.max(0, ...turns.map(({ usd = 0 }) => usd));
  return turns.toSorted((a, b) => urgencyOf(b, dearest) - urgencyOf(a, dearest));
}

/** A factor without an estimate is taken to be as dear as any; where nothing costs anything, money decides nothing. */
const urgencyOf = ({ weight, unseen, usd }: Turn, dearest: number): number =>
  (weight * unseen) / Math.max(usd ?? dearest, LEAST_USD);

/** What a rehearsal costs at least, as far as turns go: below a cent, a price is no reason any more. */
const LEAST_USD = 0.01;

/** When factors were at which size. */
interface Sizes {
  /** How many rehearsals were judged. */
  readonly judged: number;
  /** The last of them, by its number from 1 on, that had a factor at production's size. */
  readonly lastAt: ReadonlyMap<string, number>;
  /** Those that ever differed. */
  readonly smaller: ReadonlySet<string>;
}

function sizesOf(byTime: readonly Evidence[]): Sizes {
  const lastAt = new Map<string, number>();
  const smaller = new Set<string>();
  let judged = 0;
  for (const { parity, verdict } of byTime) {
    const isJudged = verdict === 'GO' || verdict === 'NO-GO';
    if (isJudged) judged++;
    for (const it of parity.factors)
      if (isSmaller(it)) smaller.add(it.name);
      else if (isJudged) lastAt.set(it.name, judged);
  }
  return { judged, lastAt, smaller };
}

/** What rehearsals cost, by what is on record. */
interface Prices {
  /** At the declared scale. */
  readonly baseUsd: number;
  readonly adds: ReadonlyMap<string, FullSizeCost>;
}

/**
 * From the newest rehearsal with the fewest factors at production's size, because each makes the others dearer. Factors have to be as they
 * are declared now: what was made smaller since is not as dear any more.
 */
function pricesIn(byTime: readonly Evidence[]): Prices {
  const declared = new Map(byTime.flatMap(({ parity }) => parity.factors.filter(isSmaller).map((it) => [it.name, it] as const))); // prettier-ignore
  const isAsNow = ({ parity }: Evidence): boolean =>
    parity.factors.filter(isSmaller).every((it) => equalJson(sizesIn(it), sizesIn(declared.get(it.name)!)));
  const fullIn = ({ parity }: Evidence): number =>
    parity.factors.filter((it) => !isSmaller(it) && declared.has(it.name)).length;
  const asNow = byTime.filter(isAsNow);
  const reference = asNow.reduce((best, it) => (fullIn(it) <= fullIn(best) ? it : best));
  const estimates = [...asNow, reference].flatMap(({ cost }) => cost.fullSize ?? []);
  return {
    baseUsd: reference.cost.rehearsalUsd,
    adds: new Map(estimates.map((it) => [it.factor, it])),
  };
}

const isSmaller = ({ prod, staging }: FactorReport): boolean => !equalJson(prod, staging);

const sizesIn = ({ prod, staging }: FactorReport): Json => [prod, staging];
