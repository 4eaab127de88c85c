import { styleText } from 'node:util';
import { plural, printable } from '../report/words';
import type { CostItem, CostReport, EnvironmentCost, UnknownCost } from './cost';
import { dollars } from './dollars';
import { renderTable } from './table';

/** How a report is written to a terminal or a log. */
export interface CostTextOptions {
  readonly color: boolean;
  /** How many characters fit in a line; at most 80 are used. */
  readonly width: number;
}

const MAX_WIDTH = 80;

/** Writes a cost report for people: first the totals, then their items, then what is not counted. */
export function renderCost(report: CostReport, { color, width }: CostTextOptions): string {
  const { prod, staging, region, pricesAsOf } = report;
  const bold = (text: string): string => (color ? styleText('bold', text, { validateStream: false }) : text);
  const fit = Math.min(width, MAX_WIDTH);
  const section = (
    title: string,
    header: readonly string[],
    rows: readonly (readonly string[])[],
  ): string[] =>
    rows.length === 0 ? [] : [bold(title), ...renderTable([header, ...rows], { width: fit }), ''];
  const lines = [
    ...renderTable(environmentRows(report), { width: fit, indent: '' }),
    '',
    ...renderTable(keepingRows(report), { width: fit, indent: '' }),
    ...savingOf(report),
    '',
    ...section('USD an hour', ['', '', 'production', '', 'staging', ''], itemRows(prod, staging)),
    ...section('No known price: not counted', HEADER, unknownRows(report, 'no price')),
    ...section('Usage-based: not counted', HEADER, unknownRows(report, 'usage-based')),
    pricesAsOf === ''
      ? 'No price is known for any of this.'
      : `Prices on demand in ${region}, as of ${pricesAsOf} or later.`,
  ];
  return `${lines.join('\n')}\n`;
}

const HEADER = ['', '', 'production', 'staging'];

function environmentRows({ prod, staging }: CostReport): string[][] {
  return [prod, staging].map((cost) => [
    printable(cost.environment),
    '',
    `${atLeast(cost)}${dollars(cost.hourUsd)} an hour`,
    `${dollars(cost.monthUsd)} a month`,
  ]);
}

/** Marks a total from which something is missing. */
const atLeast = ({ unknown }: EnvironmentCost): string =>
  unknown.some(({ because }) => because === 'no price') ? 'at least ' : '';

function keepingRows(report: CostReport): string[][] {
  const { prod, staging, hours, rehearsalUsd, stagingMonthUsd, fullSizeMonthUsd } = report;
  const [ofProd, ofStaging] = [atLeast(prod), atLeast(staging)];
  return [
    [`Staging for a rehearsal of ${plural(hours, 'hour')}`, '', `${ofStaging}${dollars(rehearsalUsd)}`, ''],
    ['Staging kept around the clock', '', `${ofStaging}${dollars(stagingMonthUsd)}`, 'a month'],
    ['A staging of full size, kept', '', `${ofProd}${dollars(fullSizeMonthUsd)}`, 'a month'],
  ];
}

function savingOf({ rehearsalUsd, fullSizeMonthUsd }: CostReport): string[] {
  const rehearsals = rehearsalUsd > 0 ? Math.floor(fullSizeMonthUsd / rehearsalUsd) : 0;
  return rehearsals < 2
    ? []
    : [`By these prices, full size for a month costs as much as ${rehearsals} rehearsals.`];
}

/** The count and the cost of each item; the most expensive tier comes first. */
function itemRows(prod: EnvironmentCost, staging: EnvironmentCost): string[][] {
  const all = [...prod.items, ...staging.items];
  const costOfTier = (tier: string): number =>
    all.reduce((sum, item) => sum + (item.tier === tier ? costOfItem(item) : 0), 0);
  const tiers = [...new Set(all.map(({ tier }) => tier))].toSorted((a, b) => costOfTier(b) - costOfTier(a));
  const rows = tiers.flatMap((tier) => {
    const kinds = new Set(all.filter((item) => item.tier === tier).map(({ what }) => what));
    return [...kinds].map((what, i) => {
      const isSame = (item: CostItem): boolean => item.tier === tier && item.what === what;
      const cells = [prod, staging].flatMap(({ items }) => itemCells(items.find(isSame)));
      return [i === 0 ? printable(tier) : '', printable(what), ...cells];
    });
  });
  return rows.length === 0
    ? []
    : [...rows, ['total', '', '', fixed(prod.hourUsd), '', fixed(staging.hourUsd)]];
}

const itemCells = (item: CostItem | undefined): string[] =>
  item === undefined ? ['-', ''] : [String(item.count), fixed(costOfItem(item))];

const costOfItem = ({ count, hourUsd }: CostItem): number => count * hourUsd;

/** The count of each: by tier where a price is missing, over all tiers where it is usage-based. */
function unknownRows({ prod, staging }: CostReport, because: UnknownCost['because']): string[][] {
  const keyOf = ({ tier, what }: UnknownCost): string =>
    JSON.stringify([because === 'usage-based' ? '' : tier, what]);
  const countsOf = ({ unknown }: EnvironmentCost): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const entry of unknown.filter((it) => it.because === because))
      counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + entry.count);
    return counts;
  };
  const [p, s] = [countsOf(prod), countsOf(staging)];
  return [...new Set([...p.keys(), ...s.keys()])].map((key) => {
    const [tier, what] = JSON.parse(key) as [string, string];
    const counts = [p, s].map((it) => String(it.get(key) ?? '-'));
    return [printable(tier), printable(what.replace(/^AWS::/, '')), ...counts];
  });
}

const fixed = (usd: number): string => usd.toFixed(3);
