import { showDuration } from '../duration';
import type { Verdict } from '../evidence/evidence';
import { showMoment, showUsd } from '../evidence/figures';
import type { Section } from '../report/section';
import { plural } from '../report/words';
import { factors, tiers } from './coverage-sections';
import { cutoverSection } from './cutover-section';
import { DEFINITIONS } from './definitions';
import type { History } from './history';
import { shortCode } from './record';
import type { Series } from './series';
import { showAge, showDay, showMs, tearDownCell, verdictCell } from './shown';
import { median } from './statistics';
import { verificationSection } from './verification-section';

/** The history in one sentence. */
export const headlineOf = (history: History): string => `${countOf(history)}, ${verdictsIn(history)}`;

/** How much it is about: `12 rehearsals of 8 releases`. */
export const countOf = ({ rehearsals, figures }: History): string =>
  `${plural(rehearsals, 'rehearsal')} of ${plural(figures.releases, 'release')}`;

/** When they were, and how they ended: `2026-09-01 to 2026-11-21: 6 GO, 4 NO-GO`. */
export function verdictsIn({ firstAt, lastAt, verdicts }: History): string {
  const counts = Object.entries(verdicts).flatMap(([verdict, count]) =>
    count === 0 ? [] : [`${count} ${verdict}`],
  );
  const days = [...new Set([showDay(firstAt), showDay(lastAt)])].join(' to ');
  return `${days}: ${counts.join(', ')}`;
}

/** All parts of a history but its record, in their order. */
export const sectionsOf = (history: History): Section[] => [
  releases(history),
  months(history),
  stops(history),
  series('p95', 'Response time (p95)', history.p95, 'No rehearsal measured a response time.'),
  series('recoveries', 'Recoveries', history.recoveries, 'No drill measured a recovery.'),
  series('recreations', 'Recreation', history.recreations, 'No rehearsal stood an environment up.'),
  flaky(history),
  tiers(history),
  factors(history),
  steps(history),
  gates(history),
  ...(history.verifications.length === 0 ? [] : [verificationSection(history)]),
  ...(history.cutovers.length === 0 ? [] : [cutoverSection(history)]),
  ...(history.unread.length === 0 ? [] : [unread(history)]),
];

function releases({ releases: all, figures }: History): Section {
  const { withGo, atOnce, medianLeadMs, medianBetweenMs } = figures;
  const notes = [
    ...(medianLeadMs === undefined ? [] : [`median lead time ${showAge(medianLeadMs)}`]),
    ...(medianBetweenMs === undefined
      ? []
      : [`median time from one first GO to the next ${showAge(medianBetweenMs)}`]),
    `GO at the first rehearsal: ${atOnce} of ${plural(all.length, 'release')}`,
  ];
  return {
    id: 'releases',
    title: 'Releases',
    beside: `${withGo} of ${all.length} had GO`,
    about: DEFINITIONS.releases,
    columns: [
      { title: 'Release' },
      { title: 'Last verdict' },
      { title: 'Rehearsals', kind: 'figure' },
      { title: 'First rehearsed' },
      { title: 'First GO' },
      { title: 'Lead time', kind: 'figure' },
    ],
    rows: all
      .toReversed()
      .map((it) => [
        it.release,
        verdictCell(it.verdict),
        String(it.rehearsals),
        showDay(it.firstStartedAt),
        showDay(it.goAt),
        it.leadMs === undefined ? '' : showAge(it.leadMs),
      ]),
    empty: 'No release was rehearsed.',
    notes: [`${capital(notes.join('; '))}.`],
  };
}

function months({ months: all, targets }: History): Section {
  const of = (verdicts: Readonly<Record<Verdict, number>>, ...which: readonly Verdict[]): string =>
    String(which.reduce((sum, it) => sum + verdicts[it], 0));
  return {
    id: 'months',
    title: 'How often, how long, at what cost',
    about: DEFINITIONS.months,
    columns: [
      { title: 'Month' },
      { title: 'Rehearsals', kind: 'figure' },
      { title: 'Releases', kind: 'figure' },
      { title: 'GO', kind: 'figure' },
      { title: 'NO-GO', kind: 'figure' },
      { title: 'Other', kind: 'figure' },
      { title: 'Median time', kind: 'figure' },
      { title: 'Estimate', kind: 'figure' },
    ],
    rows: all
      .toReversed()
      .map(({ month, rehearsals, releases: count, verdicts, medianMs, usd }) => [
        month,
        String(rehearsals),
        String(count),
        of(verdicts, 'GO'),
        of(verdicts, 'NO-GO'),
        of(verdicts, 'BASELINE FAILED', 'UNDECIDED'),
        showDuration(medianMs),
        showUsd(usd),
      ]),
    empty: 'There is no rehearsal.',
    notes: targets.map(
      ({ target, rehearsals, medianMs, longestMs, medianUsd, totalUsd }) =>
        `On the target ${target}: ${plural(rehearsals, 'rehearsal')}, median ${showDuration(medianMs)}, longest ${showDuration(longestMs)}; ` +
        `median cost ${showUsd(medianUsd)}, in all ${showUsd(totalUsd)}.`,
    ),
  };
}

function stops({ stops: all, rehearsals, verdicts }: History): Section {
  return {
    id: 'stops',
    title: 'What stopped them',
    beside: `${rehearsals - verdicts.GO} of ${plural(rehearsals, 'rehearsal')} had no GO`,
    about: DEFINITIONS.stops,
    columns: [
      { title: 'What', kind: 'prose' },
      { title: 'Kind' },
      { title: 'Rehearsals', kind: 'figure' },
      { title: 'Last' },
      { title: 'Releases', kind: 'prose' },
    ],
    rows: all.map(({ kind, name, rehearsals: count, releases: of, lastAt }) => [
      name,
      kind,
      String(count),
      showDay(lastAt),
      of.join(', '),
    ]),
    empty: 'Nothing: every rehearsal had GO.',
  };
}

function series(
  id: 'p95' | 'recoveries' | 'recreations',
  title: string,
  all: readonly Series[],
  empty: string,
): Section {
  const last = (values: readonly number[]): string => (values.length === 0 ? '' : showMs(values.at(-1)!));
  return {
    id,
    title,
    about: DEFINITIONS[id],
    columns: [
      { title: 'Of', kind: 'prose' },
      { title: 'Target' },
      { title: 'Rehearsals', kind: 'figure' },
      { title: 'First', kind: 'figure' },
      { title: 'Median', kind: 'figure' },
      { title: 'Worst', kind: 'figure' },
      { title: 'Last', kind: 'figure' },
      { title: 'Baseline', kind: 'figure' },
    ],
    rows: all.map(({ target, name, points }) => {
      const figures = points.map(({ ms }) => ms);
      const { baselineMs } = points.at(-1)!;
      return [
        name,
        target,
        String(points.length),
        showMs(figures[0]!),
        showMs(median(figures)!),
        showMs(Math.max(...figures)),
        last(figures),
        last(baselineMs === undefined ? [] : [baselineMs]),
      ];
    }),
    empty,
  };
}

function flaky({ flaky: { flaky: all, unnamed, runs } }: History): Section {
  return {
    id: 'flaky',
    title: 'Flaky checks and drills',
    about: DEFINITIONS.flaky,
    columns: [
      { title: 'Check', kind: 'prose' },
      { title: 'Passed', kind: 'figure' },
      { title: 'Failed', kind: 'figure' },
      { title: 'Release' },
      { title: 'Code' },
      { title: 'Target' },
    ],
    rows: all.map(({ kind, name, target, release, code, passed, failed }) => [
      kind === 'drill' ? `drill ${name}` : name,
      String(passed),
      String(failed),
      release,
      shortCode(code),
      target,
    ]),
    empty: unnamed === runs ? 'Not known.' : 'None was seen.',
    notes:
      unnamed === 0
        ? []
        : [
            `In ${unnamed} of ${plural(runs, 'run')} of a release evidence names neither a commit nor images by digest, so that they could not be judged: "releases" in the config makes it name the commit.`,
          ],
  };
}

const steps = ({ targets }: History): Section => ({
  id: 'steps',
  title: 'Steps',
  about: DEFINITIONS.steps,
  columns: [
    { title: 'Target' },
    { title: 'Step' },
    { title: 'Rehearsals', kind: 'figure' },
    { title: 'Median', kind: 'figure' },
    { title: 'Longest', kind: 'figure' },
  ],
  rows: targets.flatMap(({ target, steps: all }) =>
    all.map(({ step, rehearsals, medianMs, longestMs }) => [
      target,
      step,
      String(rehearsals),
      showDuration(medianMs),
      showDuration(longestMs),
    ]),
  ),
  empty: 'No step was timed.',
});

const gates = ({ gates: all }: History): Section => ({
  id: 'gates',
  title: 'Gates',
  beside: all.length === 1 ? 'never changed' : `changed ${plural(all.length - 1, 'time')}`,
  about: DEFINITIONS.gates,
  columns: [
    { title: 'SHA-256' },
    { title: 'First' },
    { title: 'Last' },
    { title: 'Rehearsals', kind: 'figure' },
  ],
  rows: all
    .toReversed()
    .map((it) => [
      it.gatesDigest.slice(0, SHOWN_DIGEST),
      showDay(it.firstAt),
      showDay(it.lastAt),
      String(it.rehearsals),
    ]),
  empty: 'No rehearsal was judged.',
});

const SHOWN_DIGEST = 12;

const unread = ({ unread: all }: History): Section => ({
  id: 'unread',
  title: 'Not read',
  beside: `${plural(all.length, 'file')} in no figure`,
  about: [],
  columns: [{ title: 'Where' }, { title: 'Why', kind: 'prose' }],
  rows: all.map(({ where, why }) => [where, why]),
  empty: '',
});

/** Every rehearsal, for an auditor: more than a terminal has room for. */
export const recordSection = ({ record }: History): Section => ({
  id: 'record',
  title: 'Record',
  about: DEFINITIONS.record,
  columns: ['Rehearsal', 'Verdict', 'Releases', 'Judged', 'Tear-down', 'Code', 'Gates', 'SHA-256'].map(
    (title) => ({
      title,
    }),
  ),
  rows: record.map((it) => [
    it.attempt === 1 ? it.rehearsal : `${it.rehearsal}, attempt ${it.attempt}`,
    verdictCell(it.verdict),
    `${it.from} -> ${it.to}`,
    showMoment(it.judgedAt),
    tearDownCell(it.tearDown),
    it.code === undefined ? 'not named' : shortCode(it.code),
    it.gatesDigest.slice(0, SHOWN_DIGEST),
    it.sha256,
  ]),
  empty: '',
});

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
