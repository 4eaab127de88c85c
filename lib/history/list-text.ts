import type { Verdict } from '../evidence/evidence';
import { showMoment, showUsd } from '../evidence/figures';
import { Lines, type Style } from '../report/lines';
import { plural } from '../report/words';
import { VERIFICATION_COLORS } from '../evidence/verification-text';
import { CUTOVER_COLORS } from '../evidence/cutover-text';
import {
  startKey,
  type Listed,
  type ListedCutover,
  type ListedVerification,
  type RehearsalList,
} from './list';

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
  stands: 'cyan',
  interrupted: 'red',
};

/** Writes rehearsals, verifications, cutovers and productions, two lines each, the newest first. @param places - where they were looked for */
export function renderList(
  { rehearsals, verifications, cutovers, unread }: RehearsalList,
  places: readonly string[],
  options: TextOptions,
): string {
  const page = new Lines(options);
  const rows = [
    ...rehearsals.map(rowOf),
    ...verifications.map(verificationRow),
    ...cutovers.map(cutoverRow),
  ].toSorted((a, b) => (a.key < b.key ? 1 : -1));
  if (rows.length === 0 && unread.length === 0)
    return page.words(`there is no rehearsal in ${places.join(', ')}`).toString();
  const width = Math.max(0, ...rows.map(({ state }) => state.length));
  for (const { state, style, facts, more } of rows) {
    const lead = `${state.padEnd(width)}  `;
    page.words(facts.join('  '), { lead, leadStyle: style });
    page.words(more.join(', '), { lead: ' '.repeat(lead.length), style: 'dim' });
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

interface Row {
  readonly key: string;
  readonly state: string;
  readonly style: Style;
  readonly facts: readonly string[];
  readonly more: readonly string[];
}

const rowOf = (it: Listed): Row => ({
  key: startKey(it.rehearsal, it.startedAt),
  state: it.state,
  style: COLORS[it.state] ?? 'yellow',
  facts: factsOf(it),
  more: moreOf(it),
});

const verificationRow = (it: ListedVerification): Row => ({
  key: startKey(it.verification, it.startedAt),
  state: it.verdict,
  style: VERIFICATION_COLORS[it.verdict],
  facts: [`${it.release} in ${it.environment}`, showMoment(it.startedAt), `${it.minutes.toFixed(1)} min`],
  more: [
    it.verification,
    it.moment === 'before' ? 'before a release' : 'a verification',
    ...(it.from === undefined ? [] : [`compared with ${it.from}`]),
    `on ${it.target}`,
  ],
});

const cutoverRow = (it: ListedCutover): Row => ({
  key: startKey(it.cutover, it.startedAt),
  state: it.verdict,
  style: CUTOVER_COLORS[it.verdict],
  facts: [
    `${it.from.environment} -> ${it.to.environment}`,
    showMoment(it.startedAt),
    `${it.minutes.toFixed(1)} min`,
  ],
  more: [
    it.cutover,
    'a cutover',
    `${it.from.release} -> ${it.to.release}`,
    ...(it.percent === undefined ? [] : [`${it.percent} % of clients there at its end`]),
    `on ${it.target}`,
  ],
});

function factsOf({ kind, from, to, staging, group, startedAt, minutes, usd }: Listed): string[] {
  return [
    ...(from === undefined || to === undefined ? [] : [kind === 'production' ? to : `${from} -> ${to}`]),
    ...(group === undefined || staging === undefined ? [] : [`in ${staging}`]),
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

function moreOf({ rehearsal, detail, tearDown, snapshots = {}, attempts }: Listed): string[] {
  const before = attempts.map(({ to, verdict }) => `${verdict} for ${to}`);
  return [
    rehearsal,
    ...(detail === undefined ? [] : [detail]),
    ...(tearDown === undefined ? [] : [TEAR_DOWNS[tearDown]]),
    ...Object.entries(snapshots).map(([tier, where]) => `final snapshot of ${tier} in ${where}`),
    ...(before.length === 0 ? [] : [`before it ${before.join(', ')}`]),
  ];
}
