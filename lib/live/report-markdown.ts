import { sideNames } from '../parity/environment';
import { code, details, prose, table } from '../report/markdown';
import { plural } from '../report/words';
import type { Drift, LiveDifference, LiveReport } from './report';
import { driftSentence, groupsOf, placeOf, shownStates, showRunning, subjectOf } from './report-text';

/** Writes a report as a comment for a pull request. */
export function renderLiveMarkdown(report: LiveReport): string {
  const { prod, staging } = sideNames(report, report.role);
  const blocks = [
    verdictOf(report),
    driftTable(report.drifts),
    differenceTable(report.differences, [prod, staging]),
    statesOf(report, [prod, staging]),
    ...report.notes.map(prose),
    unseenOf(report),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function verdictOf(report: LiveReport): string {
  const { verdict, prod, staging, differences, compared } = report;
  const [mark, is] =
    verdict === 'twins' ? ['✅', 'runs as a twin of'] : ['❌', 'does **not** run as a twin of'];
  const counts = `${plural(differences.length, 'difference')} in ${plural(compared, 'compared value')}.`;
  return [
    `### ${mark} ${code(staging)} ${is} ${code(prod)}`,
    '',
    counts,
    `${prose(driftSentence(report))}.`,
  ].join('\n');
}

function driftTable(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return '';
  const rows = groupsOf(drifts)
    .flat()
    .map((it) => [
      code(it.environment),
      whereOf(it),
      code(showRunning(it.deployed)),
      code(showRunning(it.running)),
      reasonOf(it),
    ]);
  return `#### Drift\n\n${table(['In', 'Where', 'Deployed', 'Running', 'Why'], rows)}`;
}

function differenceTable(differences: readonly LiveDifference[], sides: readonly string[]): string {
  if (differences.length === 0) return '';
  const rows = groupsOf(differences)
    .flat()
    .map((it) => [whereOf(it), code(showRunning(it.prod)), code(showRunning(it.staging)), reasonOf(it)]);
  return `#### Differences\n\n${table(['Where', ...sides.map(prose), 'Why'], rows)}`;
}

const whereOf = (it: Drift | LiveDifference): string =>
  [prose(subjectOf(it)), ...(placeOf(it) === '' ? [] : [code(placeOf(it))])].join('<br>');

const reasonOf = ({ why, fix }: { readonly why: string; readonly fix: string }): string =>
  `${prose(why)}<br>**Fix:** ${prose(fix)}`;

function statesOf({ states }: LiveReport, sides: readonly string[]): string {
  const rows = shownStates(states, false).map((it) => [
    prose(subjectOf(it)),
    prose(it.state),
    prose(String(it.prod ?? 'not there')),
    prose(String(it.staging ?? 'not there')),
  ]);
  return rows.length === 0 ? '' : details('How both run', table(['What', '', ...sides.map(prose)], rows));
}

function unseenOf({ notLookedAt: { types, refused } }: LiveReport): string {
  const rows = [
    ...refused.map((it) => [prose(it), '']),
    ...Object.entries(types).map(([type, count]) => [code(type), String(count)]),
  ];
  return rows.length === 0 ? '' : details('Not looked at', table(['What', 'Resources'], rows));
}
