import { titleOf, type LocatedFinding } from '../../checks/staging';
import type { Warning } from '../manifest';
import { titleOfEntry, unusedSentence } from './allowlist';
import { checkSentence } from './checks';
import type { Forbidden, ParityReport } from '../report';
import {
  groupsOf,
  headlineOf,
  inOrder,
  notComparedSentence,
  notShownSentence,
  placeOf,
  showValues,
  subjectOf,
  summaryOf,
  tiersOf,
} from './parts';
import { annotation, withoutCommands } from '../../report/workflow-command';
import { printable } from '../../report/words';
import { parityRuleTitle, rulePageUrl } from '../rules';
import type { UnusedEntry } from '../unused-entries';
import { diffOf, marked } from './value-diff';

/** What the reports do not say of themselves. */
export interface GithubOptions {
  /** The version of cdk-twin. */
  readonly version: string;
  /** The file that a finding is shown in when its source is not known. @default - it is shown with the run */
  readonly artifact?: string;
  /** The allowlist, in which entries are shown that permit nothing. @default - there is none */
  readonly allowlist?: string;
  /** Productions that were compared with nothing. @default - there is none */
  readonly alone?: readonly string[];
  /** What should be looked at, and is no finding. @default - nothing */
  readonly warnings?: readonly Warning[];
}

/**
 * GitHub shows this many annotations of errors of a step; the rest is in its log alone.
 * https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
 */
const MOST_SHOWN = 10;
/** How many characters of a value a line of a message holds. */
const VALUE_ROOM = 100;
const DIFF_ROOM = { width: VALUE_ROOM, context: 1, most: 20 };

/** Writes reports as workflow commands of GitHub Actions, one error for each finding, below a summary. */
export function renderGithub(reports: readonly ParityReport[], options: GithubOptions): string {
  const errors = reports.flatMap((report) => errorsOf(report, options));
  const unseen = errors.length - MOST_SHOWN;
  const lines = [
    ...reports.flatMap(summary),
    ...(unseen > 0
      ? [`GitHub shows ${MOST_SHOWN} annotations of a step: ${unseen} more below, in this log alone.`]
      : []),
    ...errors,
    ...(options.warnings ?? []).map(({ text, fix }) =>
      annotation({ level: 'warning', title: 'cdk-twin', lines: [`${text}.`, `Fix: ${fix}`] }),
    ),
    ...(options.alone ?? []).map((name) =>
      annotation({ level: 'notice', title: 'cdk-twin', lines: [notComparedSentence(name)] }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The verdict in plain lines, without a command in any. */
function summary(report: ParityReport): string[] {
  const { checks, notShown, allowlist, notes = [] } = report;
  const unused = allowlist && unusedSentence(allowlist, notShown?.unused);
  const left = notShownSentence(report);
  return [
    headlineOf(report),
    ...summaryOf(report),
    ...(unused === undefined ? [] : [unused]),
    ...(checks
      ? [
          checkSentence(checks.isolation, notShown?.isolation),
          checkSentence(checks.tearDown, notShown?.tearDown),
        ]
      : []),
    ...notes.map((note) => `note: ${note}`),
    ...(left === undefined ? [] : [`${left}.`]),
  ].map((line) => withoutCommands(printable(line)));
}

function errorsOf(report: ParityReport, options: GithubOptions): string[] {
  const { checks } = report;
  const findings = checks ? [...checks.isolation.findings, ...checks.tearDown.findings] : [];
  return [
    ...tiersOf(report).flatMap(({ forbidden }) =>
      groupsOf(forbidden).map((it) => difference(report, it, options)),
    ),
    ...groupsOf(inOrder(report.open ?? [])).map((it) => difference(report, it, options)),
    ...(report.allowlist?.unused ?? []).map((it) => unusedEntry(it, options)),
    ...findings.map((it) => finding(it, options)),
  ];
}

function difference(
  { prod, staging }: ParityReport,
  group: readonly Forbidden[],
  options: GithubOptions,
): string {
  const [first] = group as [Forbidden];
  const places = group.flatMap((entry) => {
    // what is left to the deployment has no values yet
    if (entry.prod === undefined && entry.staging === undefined) return [placeOf(entry)];
    const diff = diffOf(entry, DIFF_ROOM);
    if (diff) return [placeOf(entry), ...diff.lines.map((it) => marked(it).join(' ').trimEnd())];
    const values = showValues(entry, VALUE_ROOM);
    return [placeOf(entry), `  ${prod}: ${values.prod}`, `  ${staging}: ${values.staging}`];
  });
  return command(first, `${first.id} ${parityRuleTitle(first.rule)}`, options, [
    `${subjectOf(first)} (${first.type})`,
    ...places,
    `Why: ${first.why}.`,
    `Fix: ${first.fix}`,
    rulePageUrl(first.id, options.version),
  ]);
}

const finding = (it: LocatedFinding, options: GithubOptions): string =>
  command(it, `${it.id} ${titleOf(it)}`, options, [
    `${subjectOf(it)} (${it.type})`,
    placeOf(it),
    `Why: ${it.message}.`,
    `Fix: ${it.fix}`,
    rulePageUrl(it.id, options.version),
  ]);

/** It stands in the allowlist, not in a template. */
const unusedEntry = (it: UnusedEntry, { allowlist, ...options }: GithubOptions): string =>
  command(
    {},
    `${it.id} ${parityRuleTitle('unused-entry')}`,
    { ...options, ...(allowlist !== undefined && { artifact: allowlist }) },
    [
      titleOfEntry(it),
      `Why: ${it.why}${it.nearest === undefined ? '' : `; did you mean "${it.nearest}"?`}`,
      `Fix: ${it.fix}`,
      rulePageUrl(it.id, options.version),
    ],
  );

function command(
  { source, template }: Pick<Forbidden, 'source' | 'template'>,
  title: string,
  { artifact }: GithubOptions,
  lines: readonly string[],
): string {
  const [, made, line, col] = /^(.+?):(\d+)(?::(\d+))?$/.exec(source ?? '') ?? [];
  const file = made ?? artifact ?? template;
  return annotation({
    level: 'error',
    title,
    lines,
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(col !== undefined && { col }),
  });
}
