import type { CostItem, CostReport, EnvironmentCost } from '../../cost/cost';
import { MONTH_HOURS } from '../../cost/prices';
import type { Evidence } from '../evidence';
import { showDuration } from '../../duration';
import { showUsd } from '../figures';
import { markup, table, type Markup, type Part } from './syntax';

/** What this rehearsal would cost on AWS, compared with a staging that is kept. */
export function cost({ cost: report }: Evidence): Part {
  const { region, pricesAsOf, hours, rehearsalUsd, stagingMonthUsd, fullSizeMonthUsd } = report;
  const most = Math.max(rehearsalUsd, stagingMonthUsd, fullSizeMonthUsd);
  const bars = [
    [`This rehearsal, ${showDuration(hours * 3_600_000)}`, rehearsalUsd, ''],
    ['This staging, kept around the clock', stagingMonthUsd, ' a month'],
    ["A staging of production's size, kept", fullSizeMonthUsd, ' a month'],
  ] as const;
  return {
    lead: `${showUsd(rehearsalUsd)} for this rehearsal.`,
    about: `An estimate from the templates, in ${region}, without usage-based charges. Prices are as of ${pricesAsOf} or later.`,
    isFolded: true,
    content: markup`<ol class="bars">${bars.map(([label, usd, unit]) => bar(label, usd, `${showUsd(usd)}${unit}`, most))}</ol>
<details><summary>Items</summary>${items(report)}</details>
${unknown(report)}`,
  };
}

/** The least width of a bar, so that it can be seen. */
const MIN_PERCENT = 0.3;

function bar(label: string, usd: number, amount: string, most: number): Markup {
  const width = Math.max(most > 0 ? (usd / most) * 100 : 0, MIN_PERCENT).toFixed(2);
  return markup`<li><span>${label}</span><svg role="img"><title>${label}: ${amount}</title><rect class="span critical" width="${width}%" height="100%" rx="2"/></svg><b>${amount}</b></li>
`;
}

function items({ prod, staging }: CostReport): Markup {
  const columns = [
    { title: 'Environment' },
    { title: 'Tier' },
    { title: 'What' },
    { title: 'Count', figures: true },
    { title: 'Each per hour', figures: true },
    { title: 'Per month', figures: true },
    { title: 'Price as of', figures: true },
  ];
  const row = (environment: string, { tier, what, count, hourUsd, asOf }: CostItem) => [
    environment,
    tier,
    what,
    count,
    showUsd(hourUsd),
    showUsd(hourUsd * count * MONTH_HOURS),
    asOf,
  ];
  const rows = [staging, prod].flatMap((it) => [
    ...it.items.map((item) => row(it.environment, item)),
    [
      it.environment,
      markup`<b>total</b>`,
      '',
      '',
      showUsd(it.hourUsd),
      markup`<b>${showUsd(it.monthUsd)}</b>`,
      '',
    ],
  ]);
  return table('What the environments cost', columns, rows);
}

function unknown({ staging, prod }: CostReport): Markup | undefined {
  const of = (environment: EnvironmentCost): Markup[] =>
    environment.unknown.map(
      ({ tier, what, count, because }) =>
        markup`<li>${environment.environment}, ${tier}: ${count} × ${what} <span class="soft">${
          because === 'no price' ? 'no known price' : 'usage-based'
        }</span></li>`,
    );
  const all = [...of(staging), ...of(prod)];
  if (all.length === 0) return undefined;
  return markup`<h3>Not counted</h3>
<ul class="plain">${all}</ul>
`;
}
