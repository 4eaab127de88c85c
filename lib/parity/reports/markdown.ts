import { sideNames } from '../environment';
import { block, code, details, prose, row, table } from '../../report/markdown';
import { allowlistMarkdown } from './allowlist';
import { checksMarkdown } from './checks';
import type { FactorReport, Forbidden, ParityReport } from '../report';
import {
  givenSentence,
  notShownSentence,
  partOfAll,
  placeOf,
  ruleCounts,
  showFactorValue,
  showValues,
  subjectOf,
  summaryOf,
  tiersOf,
  whatDecides,
} from './parts';
import { plural } from '../../report/words';
import { diffOf, marked } from './value-diff';

/** GitHub refuses comments of more than 65,536 characters; this leaves room for the tables of factors and rules. */
const MAX_FORBIDDEN_CHARACTERS = 40_000;
/** How many characters of a value are shown. */
const VALUE_ROOM = 80;
/** How much of a diff is shown. */
const DIFF_ROOM = { width: VALUE_ROOM, context: 2, most: 40 };

/** Writes a report as a comment for a pull request. */
export function renderMarkdown(report: ParityReport): string {
  const blocks = [
    verdictOf(report),
    ...forbiddenTables(report),
    openTable(report),
    ...(report.allowlist ? allowlistMarkdown(report.allowlist, report.notShown) : []),
    ...(report.checks ? checksMarkdown(report.checks, report.notShown) : []),
    factorTable(report),
    permittedCounts(report),
    givenList(report),
  ];
  return `${blocks.filter((it) => it !== '').join('\n\n')}\n`;
}

function verdictOf(report: ParityReport): string {
  const part = prose(partOfAll(report));
  const headline = {
    twins: `### ✅ ${code(report.staging)} is a twin of ${code(report.prod)}${part}`,
    'not-twins': `### ❌ ${code(report.staging)} is **not** a twin of ${code(report.prod)}${part}`,
    undecided: `### ❔ ${prose(whatDecides(report))} whether ${code(report.staging)} is a twin of ${code(report.prod)}${part}`,
  }[report.verdict];
  const notShown = notShownSentence(report);
  const sentences = [
    ...summaryOf(report),
    ...(notShown === undefined ? [] : [notShown]),
    ...(report.notes ?? []).map((note) => `Note: ${note}`),
  ];
  return [headline, '', ...sentences.map((sentence) => `${prose(sentence)}.`)].join('\n');
}

/** What is left to the deployment, though it decides what exists. */
function openTable({ open = [] }: ParityReport): string {
  if (open.length === 0) return '';
  const rows = open.map((entry) => [
    `${prose(subjectOf(entry))}<br>${code(placeOf(entry))}`,
    `${code(entry.id)} ${prose(entry.why)}<br>**Fix:** ${prose(entry.fix)}`,
  ]);
  return `#### Left to the deployment\n\n${table(['Where', 'Why'], rows)}`;
}

function givenList({ given = [] }: ParityReport): string {
  if (given.length === 0) return '';
  const items = given.map((parameter) => `- ${prose(givenSentence(parameter))}`);
  return `#### Given at deployment, and taken to be the same for both\n\n${items.join('\n')}`;
}

/** One table for each tier, as many rows as a comment has room for. */
function forbiddenTables(report: ParityReport): string[] {
  let room = MAX_FORBIDDEN_CHARACTERS;
  let left = 0;
  const tables = tiersOf(report).flatMap(({ name, forbidden }) => {
    const shown = forbidden
      .map((entry) => forbiddenRow(entry, columnsOf(report)))
      .filter(({ cells, diff = '' }) => {
        room -= row(cells).length + diff.length;
        if (room < 0) left++;
        return room >= 0;
      });
    if (shown.length === 0) return [];
    const rows = shown.map(({ cells }) => cells);
    return [
      `#### ${prose(name)}\n\n${table(['Where', ...columnsOf(report), 'Why'], rows)}`,
      ...shown.flatMap(({ diff }) => diff ?? []),
    ];
  });
  return left === 0
    ? tables
    : [...tables, `And ${plural(left, 'more difference')}: \`twin parity\` lists them all.`];
}

/** The titles of the two columns of values. */
function columnsOf(report: ParityReport): [prod: string, staging: string] {
  if (report.role !== 'production') return ['Production', 'Staging'];
  const { prod, staging } = sideNames(report, report.role);
  return [code(prod), code(staging)];
}

/** A row, and below the table what differs between long values, line by line. */
interface ForbiddenRow {
  readonly cells: readonly string[];
  readonly diff?: string;
}

function forbiddenRow(entry: Forbidden, [before, after]: readonly [string, string]): ForbiddenRow {
  const where = [
    prose(subjectOf(entry)),
    code(placeOf(entry)),
    ...(entry.source === undefined ? [] : [code(entry.source)]),
  ].join('<br>');
  const why = `${code(entry.id)} ${prose(entry.why)}<br>**Fix:** ${prose(entry.fix)}`;
  const diff = diffOf(entry, DIFF_ROOM);
  if (diff) {
    const lines = diff.lines.map((it) => marked(it).join(' ').trimEnd());
    const says = `${diff.differing} of ${plural(diff.of, 'line')}`;
    return {
      cells: [where, `${says}, below`, '', why],
      diff: `${code(placeOf(entry))}, ${says}: \`-\` ${before}, \`+\` ${after}\n\n${block('diff', lines)}`,
    };
  }
  const { prod, staging } = showValues(entry, VALUE_ROOM);
  return {
    cells: [
      where,
      entry.prod === undefined ? '_not there_' : code(prod),
      entry.staging === undefined ? '_not there_' : code(staging),
      why,
    ],
  };
}

/** Nothing is rehearsed on a second production: what a smaller one could hide is no question there. */
function factorTable(report: ParityReport): string {
  const { factors, role } = report;
  if (factors.length === 0) return '';
  const isRehearsed = role !== 'production';
  const titles = [
    'Factor',
    ...columnsOf(report),
    'Kind',
    'Places',
    'Why it may differ',
    ...(isRehearsed ? ['What it can still hide'] : []),
  ];
  const rows = factors.map((factor) => factorRow(factor, isRehearsed));
  return `#### Scale factors\n\n${table(titles, rows)}`;
}

function factorRow(
  { name, prod, staging, kind, places, reason, blindSpot }: FactorReport,
  isRehearsed: boolean,
): string[] {
  const hidden = blindSpot === undefined ? 'nothing: the same in both' : prose(blindSpot);
  return [
    code(name),
    code(showFactorValue(prod)),
    code(showFactorValue(staging)),
    kind,
    String(places),
    prose(reason),
    ...(isRehearsed ? [hidden] : []),
  ];
}

function permittedCounts(report: ParityReport): string {
  const counts = ruleCounts(report);
  if (counts.length === 0) return '';
  const rows = counts.map(({ by, rule, count }) => [by, prose(rule), String(count)]);
  const summary = plural(report.permitted.length, 'permitted difference');
  return details(summary, table(['By', 'Rule', 'Differences'], rows));
}
