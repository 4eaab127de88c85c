import type { FullSizeCost } from '../cost/cost';
import { roundUsd } from '../cost/prices';
import type { Evidence } from '../evidence/evidence';
import { equalJson } from '../json';
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
  const prices = pricesIn(own);
  const base = baseUsd(newest, prices);
  const turns = newest.parity.factors
    .filter(({ name }) => sizes.smaller.has(name))
    .map(({ name, kind }): Turn => {
      const price = prices.get(name);
      const usd = price && roundUsd(base + price.addsUsd);
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
    for (const { name, prod, staging } of parity.factors)
      if (!equalJson(prod, staging)) smaller.add(name);
      else if (isJudged) lastAt.set(name, judged);
  }
  return { judged, lastAt, smaller };
}

/** Of each factor the last estimate: while it is at production's size there is none. */
const pricesIn = (byTime: readonly Evidence[]): ReadonlyMap<string, FullSizeCost> =>
  new Map(byTime.flatMap(({ cost }) => (cost.fullSize ?? []).map((it) => [it.factor, it] as const)));

/** What a rehearsal costs at the declared scale: without what was at production's size in this one. */
function baseUsd({ cost, parity }: Evidence, prices: ReadonlyMap<string, FullSizeCost>): number {
  const full = parity.factors.filter(({ prod, staging }) => equalJson(prod, staging)).map(({ name }) => name);
  const left = new Set(full);
  let usd = cost.rehearsalUsd;
  const priced = full.flatMap((name) => prices.get(name) ?? []);
  for (const { factor, growing = [], addsUsd } of priced.toSorted((a, b) => groupOf(b) - groupOf(a))) {
    if (!left.has(factor)) continue; // it grew with another one, and was paid for with that
    usd -= addsUsd;
    for (const name of [factor, ...growing]) left.delete(name);
  }
  return Math.max(0, usd);
}

const groupOf = ({ growing = [] }: FullSizeCost): number => growing.length;
