import type { Verdict } from '../evidence/evidence';
import { showMoment, showUsd } from '../evidence/figures';
import { Lines, type Style } from '../report/lines';
import { plural } from '../report/words';
import type { Listed, RehearsalList } from './list';

/** How a list is written to a terminal or a log. */
export interface TextOptions {
  readonly color: boolean;
  readonly width: number;
}

const COLORS: Partial<Record<Listed['state'], Style>> & Record<Verdict, Style> = {
  GO: 'green',
  'NO-GO': 'red',
  'BASELINE FAILED': 'yellow',
  UNDECIDED: 'yellow',
  running: 'cyan',
  interrupted: 'red',
};

/** Writes the rehearsals, two lines each. @param places - where they were looked for */
export function renderList(
  { rehearsals, unread }: RehearsalList,
  places: readonly string[],
  options: TextOptions,
): string {
  const page = new Lines(options);
  if (rehearsals.length === 0 && unread.length === 0)
    return page.words(`there is no rehearsal in ${places.join(', ')}`).toString();
  const width = Math.max(0, ...rehearsals.map(({ state }) => state.length));
  for (const it of rehearsals) {
    const lead = `${it.state.padEnd(width)}  `;
    page.words(factsOf(it).join('  '), { lead, leadStyle: COLORS[it.state] ?? 'yellow' });
    page.words(moreOf(it).join(', '), { lead: ' '.repeat(lead.length), style: 'dim' });
  }
  if (rehearsals.some(({ usd }) => usd !== undefined))
    page
      .line()
      .words('Minutes are the sum of the steps. Prices are estimates for staging on AWS, wherever it ran.', {
        style: 'dim',
      });
  if (unread.length > 0) {
    page.heading('Not read', { beside: plural(unread.length, 'file') });
    for (const { where, why } of unread) page.words(`${where}: ${why}`, { lead: '  ' });
  }
  return page.toString();
}

function factsOf({ from, to, startedAt, minutes, usd }: Listed): string[] {
  return [
    ...(from === undefined || to === undefined ? [] : [`${from} -> ${to}`]),
    ...(startedAt === undefined ? [] : [showMoment(startedAt)]),
    ...(minutes === undefined ? [] : [`${minutes.toFixed(1)} min`]),
    ...(usd === undefined ? [] : [showUsd(usd)]),
  ];
}

const TEAR_DOWNS = {
  gone: 'no leftovers',
  kept: 'the environment is kept',
  left: 'there may be leftovers',
} as const;

function moreOf({ rehearsal, detail, tearDown, attempts }: Listed): string[] {
  const before = attempts.map(({ to, verdict }) => `${verdict} for ${to}`);
  return [
    rehearsal,
    ...(detail === undefined ? [] : [detail]),
    ...(tearDown === undefined ? [] : [TEAR_DOWNS[tearDown]]),
    ...(before.length === 0 ? [] : [`before it ${before.join(', ')}`]),
  ];
}
