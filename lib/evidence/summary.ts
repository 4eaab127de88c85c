import { plural, showFactorValue } from '../parity/report-parts';
import type { FactorReport, ParityReport } from '../parity/report';
import type { CheckResult } from '../probes/check';
import type { MissingTier } from '../targets/target';
import type { Evidence, Verdict } from './evidence';
import { showDuration, showUsd } from './figures';

/** What the verdict means, in one sentence. */
export function headlineOf({ verdict, from, to }: Evidence): string {
  const headlines: Readonly<Record<Verdict, string>> = {
    GO: `${to} may follow ${from} into production`,
    'NO-GO': `${to} must not follow ${from} into production`,
    'BASELINE BROKEN': `staging did not work with ${from}, so nothing is said about ${to}`,
  };
  return headlines[verdict];
}

/** What became of the environment, in one sentence. */
export function tearDownOf({ tearDown: { outcome, residue, error } }: Evidence): string {
  const because = error === undefined ? '' : `: ${error}`;
  if (outcome === 'gone') return `nothing is left${because}`;
  if (outcome === 'kept') return `the environment is kept, as asked${because}`;
  if (residue.length === 0) return `something may be left behind${because}`;
  return `${residue.length === 1 ? '1 thing is' : `${residue.length} things are`} left behind${because}`;
}

/** The tiers that could not be stood up. */
export const missingTiers = ({ tiers }: Evidence): readonly MissingTier[] =>
  tiers.filter((tier) => !tier.rehearsed);

/** A check on the release that production runs, beside the same check on the candidate. */
export interface CheckPair {
  readonly name: string;
  readonly kind: CheckResult['kind'];
  readonly baseline: CheckResult | undefined;
  readonly candidate: CheckResult | undefined;
}

/** The checks in the order of the plan, each with both results. */
export function checkPairs({ baseline, checks }: Evidence): CheckPair[] {
  const named = (results: readonly CheckResult[]) => new Map(results.map((result) => [result.name, result]));
  const [before, after] = [named(baseline), named(checks)];
  return [...new Map([...after, ...before])].map(([name, { kind }]) => {
    return { name, kind, baseline: before.get(name), candidate: after.get(name) };
  });
}

/** A class of failure that staging can still hide, and the factors because of which it can. */
export interface Distortion {
  readonly hides: string;
  readonly factors: readonly FactorReport[];
}

/** What staging cannot show because it is smaller. */
export function distortionsOf({ factors }: ParityReport): Distortion[] {
  const byHides = new Map<string, FactorReport[]>();
  for (const factor of factors) {
    if (factor.hides === undefined) continue;
    byHides.set(factor.hides, [...(byHides.get(factor.hides) ?? []), factor]);
  }
  return [...byHides].map(([hides, of]) => ({ hides, factors: of }));
}

/** A factor with both values: `ordersReaders 3 -> 2`. */
export const showFactor = ({ name, prod, staging }: FactorReport, arrow = '->'): string =>
  `${name} ${showFactorValue(prod)} ${arrow} ${showFactorValue(staging)}`;

/** Whether staging was proved to be a twin, in one sentence. */
export function parityOf({ parity: { verdict, prod, staging, forbidden, permitted } }: Evidence): string {
  if (verdict === 'twins') {
    return `${staging} is a twin of ${prod}, with ${plural(permitted.length, 'permitted difference')}`;
  }
  return `${staging} is not a twin of ${prod}: ${plural(forbidden.length, 'forbidden difference')}`;
}

/** What it would have cost on AWS, in sentences. */
export function costOf({ cost }: Evidence): string[] {
  const { hours, region, rehearsalUsd, stagingMonthUsd, fullSizeMonthUsd } = cost;
  const unpriced = [...cost.staging.unknown, ...cost.prod.unknown]
    .filter(({ because }) => because === 'no price')
    .map(({ what }) => what);
  return [
    `this rehearsal ${showUsd(rehearsalUsd)} on AWS (${showDuration(hours * 3_600_000)} in ${region})`,
    `staging kept around the clock ${showUsd(stagingMonthUsd)} a month, at production's size ${showUsd(fullSizeMonthUsd)}`,
    ...(unpriced.length === 0 ? [] : [`not counted, price unknown: ${[...new Set(unpriced)].join(', ')}`]),
  ];
}

/** How a drill ended: how long requests failed, where that was measured. */
export const recoveryOf = ({ recoveryMs }: { readonly recoveryMs?: number }): string =>
  recoveryMs === undefined
    ? ''
    : recoveryMs === 0
      ? 'no request failed'
      : `recovered in ${showDuration(recoveryMs)}`;

/** How many of several passed: `4 of 5 passed`, `4 of 5 passed, 1 not rehearsed`. */
export function tallyOf(results: readonly { readonly outcome: CheckResult['outcome'] }[]): string {
  const of = (outcome: CheckResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const missing = of('not rehearsed');
  return `${of('passed')} of ${results.length} passed${missing === 0 ? '' : `, ${missing} not rehearsed`}`;
}
