import type { Blueprint } from '../blueprint/blueprint';
import type { Resource } from '../blueprint/resources';
import { insideStack } from '../blueprint/tier-names';
import { Charges } from './charges';
import type { CostItem, CostReport, EnvironmentCost, UnknownCost } from './cost';
import { MONTH_HOURS, REGION, roundUsd } from './prices';

/** What {@link costReport} is called with. */
export interface CostReportProps {
  readonly prod: Blueprint;
  readonly staging: Blueprint;
  /** How long the staging of a rehearsal exists; above 0. */
  readonly hours: number;
}

/** Estimates what two environments cost, and compares a rehearsal on the smaller one with keeping it. */
export function costReport({ prod, staging, hours }: CostReportProps): CostReport {
  const [p, s] = [costOf(prod), costOf(staging)];
  const months = [...p.items, ...s.items].map(({ asOf }) => asOf).sort();
  return {
    region: REGION,
    pricesAsOf: months[0] ?? '',
    prod: p,
    staging: s,
    hours,
    rehearsalUsd: usdFor(s, hours),
    stagingMonthUsd: s.monthUsd,
    fullSizeMonthUsd: p.monthUsd,
  };
}

/** What an environment costs as its templates declare it: autoscaling at its lower end, no usage-based charges. */
export function costOf(blueprint: Blueprint): EnvironmentCost {
  const items: CostItem[] = [];
  const unknown: UnknownCost[] = [];
  for (const { resource, what, count, ...billed } of new Charges(blueprint).all()) {
    const tier = tierOf(resource, blueprint);
    if ('price' in billed) add(items, { tier, what, count, ...billed.price });
    else add(unknown, { tier, what, count, because: billed.because });
  }
  return {
    environment: blueprint.environment,
    items,
    hourUsd: totalOf(items, () => 1),
    monthUsd: totalOf(items, () => MONTH_HOURS),
    unknown,
  };
}

/** What an environment costs that exists for so many hours. */
export const usdFor = ({ items }: EnvironmentCost, hours: number): number =>
  totalOf(items, (item) => billedHours(item, hours));

/** Adds an entry: to the count of an equal one, or as a new one. */
function add<T extends CostItem | UnknownCost>(entries: T[], entry: T): void {
  const i = entries.findIndex(({ tier, what }) => tier === entry.tier && what === entry.what);
  if (i < 0) entries.push(entry);
  else entries[i] = { ...entry, count: entries[i]!.count + entry.count };
}

/** RDS and DocumentDB bill at least 10 minutes of an instance. */
function billedHours({ what }: CostItem, hours: number): number {
  return what.startsWith('db.') ? Math.max(hours, 1 / 6) : hours;
}

function totalOf(items: readonly CostItem[], hours: (item: CostItem) => number): number {
  return roundUsd(items.reduce((total, item) => total + item.count * item.hourUsd * hours(item), 0));
}

/** The tier that a resource belongs to, or the first part of its construct's path. */
function tierOf(resource: Resource, { tiers }: Blueprint): string {
  const path = insideStack(resource);
  const owner = tiers.find(({ name, stack, logicalId }) => {
    if (stack !== resource.stack) return false;
    return logicalId === resource.logicalId || path === name || path.startsWith(`${name}/`);
  });
  return owner?.name ?? path.split('/')[0]!;
}
