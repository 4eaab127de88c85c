import { Lines } from '../report/lines';
import { prose } from '../report/markdown';
import type { Section } from '../report/section';
import { sectionInMarkdown } from '../report/section-markdown';
import { writeSection } from '../report/section-text';
import { inWords, plural } from '../report/words';
import type { CostChange, EnvironmentChange, EnvironmentUsd, ItemChange } from './cost-change';
import { dollars } from './dollars';
import type { CostTextOptions } from './report-text';

/** Writes what a change costs for people. */
export function renderCostChange(change: CostChange, options: CostTextOptions): string {
  const page = new Lines(options);
  page.words(headlineOf(change), { style: 'bold' });
  for (const section of sectionsOf(change)) writeSection(page, section);
  page.line();
  for (const note of notesOf(change)) page.words(note);
  return page.toString();
}

/** Writes it in Markdown, as a comment for a pull request. */
export function costChangeInMarkdown(change: CostChange): string {
  const blocks = [
    `### ${prose(headlineOf(change))}`,
    ...sectionsOf(change).map(sectionInMarkdown),
    `<sub>${notesOf(change).map(prose).join(' ')}</sub>`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** What it comes to: production by the month, a staging by the rehearsal. */
function headlineOf({ environments, hours }: CostChange): string {
  const changed = environments.filter(({ items }) => items.length > 0);
  if (changed.length === 0) return 'Cost: as before';
  const said = changed.map(({ environment, isStaging, monthUsd, hoursUsd, items }) => {
    if (items.every(({ because }) => because !== undefined)) return `${environment} not counted`;
    return isStaging
      ? `${environment} ${signed(hoursUsd)} for ${plural(hours, 'hour')}`
      : `${environment} ${signed(monthUsd)} a month`;
  });
  return `Cost: ${said.join(', ')}`;
}

const sectionsOf = (change: CostChange): Section[] => [
  totals(change),
  ...change.environments.filter(({ items }) => items.length > 0).map(itemsSection),
];

const totals = ({ environments, hours }: CostChange): Section => ({
  id: 'environments',
  title: 'Environments',
  about: [],
  columns: [
    { title: 'Environment' },
    { title: 'For' },
    { title: 'Before', kind: 'figure' },
    { title: 'After', kind: 'figure' },
    { title: 'Difference', kind: 'figure' },
  ],
  rows: environments.flatMap((it) => [
    rowOf(it, 'a month', ({ monthUsd }) => monthUsd, it.monthUsd),
    ...(it.isStaging ? [rowOf(it, plural(hours, 'hour'), ({ hoursUsd }) => hoursUsd, it.hoursUsd)] : []),
  ]),
  empty: '',
});

function rowOf(
  { environment, before, after }: EnvironmentChange,
  span: string,
  usd: (side: EnvironmentUsd) => number,
  difference: number,
): string[] {
  const cell = (side: EnvironmentUsd | undefined): string =>
    side === undefined ? 'not there' : `${side.isAtLeast ? 'at least ' : ''}${dollars(usd(side))}`;
  return [environment, span, cell(before), cell(after), signed(difference)];
}

const itemsSection = ({ environment, items }: EnvironmentChange): Section => ({
  id: 'items',
  title: environment,
  beside: plural(items.length, 'change'),
  about: [],
  columns: [
    { title: 'Tier' },
    { title: 'What', kind: 'prose' },
    { title: 'Before', kind: 'figure' },
    { title: 'After', kind: 'figure' },
    { title: 'A month', kind: 'figure' },
  ],
  rows: items.map(({ tier, what, before, after, ...price }) => [
    tier,
    what.replace(/^AWS::/, ''),
    String(before),
    String(after),
    price.monthUsd === undefined ? price.because! : signed(price.monthUsd),
  ]),
  empty: '',
});

/** What no figure shows. */
function notesOf({ environments, region, pricesAsOf }: CostChange): string[] {
  const without = (because: ItemChange['because']): string[] =>
    environments
      .filter(({ items }) => items.some((it) => it.because === because))
      .map((it) => it.environment);
  const [unpriced, byUsage] = [without('no price'), without('usage-based')];
  return [
    ...(unpriced.length > 0
      ? [`Some of what changes in ${inWords(unpriced)} has no known price: the difference is without it.`]
      : []),
    ...(byUsage.length > 0
      ? [`Usage-based charges change in ${inWords(byUsage)}, and are not counted.`]
      : []),
    pricesAsOf === ''
      ? 'No price is known for any of this.'
      : `Prices on demand in ${region}, as of ${pricesAsOf} or later.`,
  ];
}

/** An amount with its sign. */
const signed = (usd: number): string =>
  Math.abs(usd) < 0.005 ? '$0.00' : `${usd > 0 ? '+' : '-'}${dollars(Math.abs(usd))}`;
