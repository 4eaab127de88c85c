import { costOf, usdFor } from './cost-report';
import type { CostItem, EnvironmentCost, UnknownCost } from './cost';
import type { PricedEnvironment } from './priced-environments';
import { MONTH_HOURS, REGION, roundUsd } from './prices';

/** What a change of the app does to the cost of its environments. */
export interface CostChange {
  /** The region of the prices. */
  readonly region: string;
  /** The month of the oldest price used, `yyyy-mm`; empty when none is. */
  readonly pricesAsOf: string;
  /** How long the staging of a rehearsal exists. */
  readonly hours: number;
  readonly environments: readonly EnvironmentChange[];
}

/** The cost of an environment before a change and after it. */
export interface EnvironmentChange {
  readonly environment: string;
  readonly isStaging: boolean;
  /** @default - the change adds it */
  readonly before?: EnvironmentUsd;
  /** @default - the change removes it */
  readonly after?: EnvironmentUsd;
  /** A month after the change less one before it. */
  readonly monthUsd: number;
  /** The same of the hours of a rehearsal. */
  readonly hoursUsd: number;
  /** What is not as before. */
  readonly items: readonly ItemChange[];
}

/** What an environment costs. */
export interface EnvironmentUsd {
  readonly monthUsd: number;
  /** For the hours of a rehearsal. */
  readonly hoursUsd: number;
  /** Whether a price is missing, so that it costs more. */
  readonly isAtLeast: boolean;
}

/** Several units alike that were more or fewer before, or had another price. */
export interface ItemChange {
  readonly tier: string;
  readonly what: string;
  readonly before: number;
  readonly after: number;
  /** A month after the change less one before it. @default - there is no price: see `because` */
  readonly monthUsd?: number;
  /** Why there is no price. @default - there is one */
  readonly because?: UnknownCost['because'];
}

/** Compares the cost of all environments of two assemblies. */
export function costChange(
  before: readonly PricedEnvironment[],
  after: readonly PricedEnvironment[],
  hours: number,
): CostChange {
  const names = [...new Set([...after, ...before].map(({ environment }) => environment))];
  const sides = names.map((name) => {
    const of = (all: readonly PricedEnvironment[]) => all.find(({ environment }) => environment === name);
    const [old, young] = [of(before), of(after)];
    const { isStaging } = (young ?? old)!;
    return { name, isStaging, old: old && costOf(old.blueprint), young: young && costOf(young.blueprint) };
  });
  const months = sides.flatMap(({ old, young }) =>
    [...(old?.items ?? []), ...(young?.items ?? [])].map(({ asOf }) => asOf),
  );
  return {
    region: REGION,
    pricesAsOf: months.toSorted()[0] ?? '',
    hours,
    environments: sides.map(({ name, isStaging, old, young }): EnvironmentChange => {
      const [b, a] = [usdOf(old, hours), usdOf(young, hours)];
      return {
        environment: name,
        isStaging,
        ...(b && { before: b }),
        ...(a && { after: a }),
        monthUsd: roundUsd((a?.monthUsd ?? 0) - (b?.monthUsd ?? 0)),
        hoursUsd: roundUsd((a?.hoursUsd ?? 0) - (b?.hoursUsd ?? 0)),
        items: itemChanges(old, young),
      };
    }),
  };
}

function usdOf(cost: EnvironmentCost | undefined, hours: number): EnvironmentUsd | undefined {
  return (
    cost && {
      monthUsd: cost.monthUsd,
      hoursUsd: usdFor(cost, hours),
      isAtLeast: cost.unknown.some(({ because }) => because === 'no price'),
    }
  );
}

function itemChanges(before: EnvironmentCost | undefined, after: EnvironmentCost | undefined): ItemChange[] {
  const [old, young] = [entriesOf(before), entriesOf(after)];
  return [...new Set([...young.keys(), ...old.keys()])].flatMap((key): ItemChange[] => {
    const [b, a] = [old.get(key), young.get(key)];
    const { tier, what, because } = (a ?? b)!;
    const monthUsd = roundUsd(monthOf(a) - monthOf(b));
    if ((b?.count ?? 0) === (a?.count ?? 0) && monthUsd === 0) return [];
    const counts = { tier, what, before: b?.count ?? 0, after: a?.count ?? 0 };
    return [because === undefined ? { ...counts, monthUsd } : { ...counts, because }];
  });
}

type Entry = Pick<CostItem, 'tier' | 'what' | 'count'> & Partial<CostItem> & Partial<UnknownCost>;

const entriesOf = (cost: EnvironmentCost | undefined): ReadonlyMap<string, Entry> =>
  new Map(
    (cost ? [...cost.items, ...cost.unknown] : []).map((it: Entry) => [
      JSON.stringify([it.tier, it.what, it.because]),
      it,
    ]),
  );

const monthOf = (entry: Entry | undefined): number =>
  (entry?.count ?? 0) * (entry?.hourUsd ?? 0) * MONTH_HOURS;
