import type { CheckReport } from '../../checks/staging';
import { sideNames, type SideNames } from '../environment';
import { Lines } from '../../report/lines';
import { namesSentence, unusedSentence, writeUnused } from './allowlist';
import { checkSentence, writeChecks } from './checks';
import type { FactorReport, Forbidden, ParityReport } from '../report';
import {
  givenSentence,
  groupsOf,
  headlineOf,
  inOrder,
  notShownSentence,
  placeOf,
  ruleCounts,
  showFactorValue,
  showValues,
  subjectOf,
  summaryOf,
  tiersOf,
} from './parts';
import { plural, printable } from '../../report/words';
import { parityRuleTitle } from '../rules';
import { diffOf, marked, type ValueDiff } from './value-diff';

/** How a report is written for a terminal or a log. */
export interface TextOptions {
  /** Whether to colour it. */
  readonly color: boolean;
  /** How many characters fit in a line. */
  readonly width: number;
  /** Whether to list every permitted difference too, and long values in whole. */
  readonly verbose: boolean;
}

/** Writes a report for people: what is forbidden, what the factors do and can hide, and how much else is permitted. */
export function renderText(report: ParityReport, options: TextOptions): string {
  const page = new Page(options, sideNames(report, report.role));
  writeVerdict(page, report);
  for (const { name, forbidden } of tiersOf(report)) {
    page.heading(name);
    groupsOf(forbidden).forEach((group) => writeGroup(page, group));
  }
  if (report.open && report.open.length > 0) {
    page.heading('Left to the deployment');
    groupsOf(inOrder(report.open)).forEach((group) => writeGroup(page, group));
  }
  if (report.allowlist) writeUnused(page, report.allowlist);
  if (report.checks) writeChecks(page, report.checks);
  writeFactors(page, report.factors);
  if (options.verbose) writePermitted(page, report);
  writeCounts(page, report);
  writeGiven(page, report);
  if (page.isShortened)
    page.line().words('Long values are shortened: --format json has them whole.', { style: 'dim' });
  return page.toString();
}

/** The report's lines. */
class Page extends Lines {
  /** Whether a value was not written whole. */
  isShortened = false;

  readonly called: SideNames;
  readonly #nameWidth: number;

  constructor(
    readonly options: TextOptions,
    { prod, staging }: SideNames,
  ) {
    super(options);
    this.called = { prod: printable(prod), staging: printable(staging) };
    this.#nameWidth = Math.max(LABEL_WIDTH, this.called.prod.length + 2, this.called.staging.length + 2);
  }

  /** How many characters of a value fit in a line. */
  get valueRoom(): number {
    return Math.max(this.width - 6 - this.#nameWidth, LEAST_VALUE);
  }

  /** What both sides have at a forbidden place: what differs between long values, line by line. */
  values(entry: Forbidden): void {
    const { verbose } = this.options;
    const diff = diffOf(
      entry,
      verbose ? WHOLE : { width: this.width - DIFF_LEAD.length - 2, context: 2, most: MOST_LINES },
    );
    const values = diff ?? showValues(entry, verbose ? Infinity : this.valueRoom);
    this.isShortened ||= values.isShortened;
    if (diff) this.diff(diff);
    else if ('prod' in values)
      this.sides(this.paint('green', values.prod), this.paint('red', values.staging));
  }

  private diff({ lines, differing, of }: ValueDiff): void {
    const { prod, staging } = this.called;
    this.line(
      `      ${differing} of ${plural(of, 'line')} ${differing === 1 ? 'differs' : 'differ'}: - ${prod}, + ${staging}`,
    );
    for (const it of lines) {
      const [mark, text] = marked(it);
      const style = it.is === 'prod' ? 'red' : it.is === 'staging' ? 'green' : 'dim';
      this.line(this.paint(style, `${DIFF_LEAD}${mark} ${text}`.trimEnd()));
    }
  }

  /** What both sides have at a place. */
  sides(prod: string, staging: string): void {
    this.line(`      ${this.called.prod.padEnd(this.#nameWidth)}${prod}`);
    this.line(`      ${this.called.staging.padEnd(this.#nameWidth)}${staging}`);
  }
}

function writeVerdict(page: Page, report: ParityReport): void {
  const { verdict, renamed = [], checks, allowlist, notShown, notes = [] } = report;
  const color = ({ twins: 'green', 'not-twins': 'red', undecided: 'yellow' } as const)[verdict];
  page.words(headlineOf(report), { style: ['bold', color] });
  for (const sentence of summaryOf(report)) page.words(sentence);
  const unused = allowlist && unusedSentence(allowlist, notShown?.unused);
  if (unused !== undefined) page.words(unused, { style: ['bold', 'red'] });
  if (checks) {
    writeResult(page, checks.isolation, notShown?.isolation);
    writeResult(page, checks.tearDown, notShown?.tearDown);
  }
  const left = notShownSentence(report);
  if (left !== undefined) page.words(`${left}.`, { style: 'yellow' });
  for (const note of notes) page.words(`note: ${note}`, { style: 'yellow' });
  if (!page.options.verbose) return;
  for (const pair of renamed) page.words(`${pair.prod} is ${pair.staging}`, { lead: '  ' });
}

/** A check that failed is as loud as a verdict. */
function writeResult(page: Page, report: CheckReport, notShown = 0): void {
  page.words(checkSentence(report, notShown), report.result === 'failed' ? { style: ['bold', 'red'] } : {});
}

function writeGroup(page: Page, group: readonly Forbidden[]): void {
  const [first] = group;
  if (!first) return;
  page.words(`${subjectOf(first)} (${first.type})`, { lead: '  ' });
  page.words(`${first.id} ${parityRuleTitle(first.rule)}`, { lead: '    ', style: 'dim' });
  for (const entry of group) {
    // what is copied is never cut in two
    page.line(`    ${page.paint('bold', placeOf(entry))}`);
    // what is left to the deployment has no values yet
    if (entry.prod !== undefined || entry.staging !== undefined) page.values(entry);
  }
  page.words(first.why, { lead: label('why') });
  page.words(first.fix, { lead: label('fix') });
  if (first.source !== undefined) page.line(`${label('source')}${printable(first.source)}`);
}

const DIFF_LEAD = '        ';
/** How many lines of a diff are shown. */
const MOST_LINES = 40;
const WHOLE = { width: Infinity, context: Infinity, most: Infinity };
const LABEL_WIDTH = 12;
/** What is left for a value beside a very long name. */
const LEAST_VALUE = 20;
const label = (name: string): string => `      ${name.padEnd(LABEL_WIDTH)}`;

function writeFactors(page: Page, factors: readonly FactorReport[]): void {
  const [scaled, same] = [factors.filter(isScaled), factors.filter((factor) => !isScaled(factor))];
  const shown = page.options.verbose ? [...scaled, ...same] : scaled;
  if (factors.length === 0) return;
  page.heading('Scale factors');
  if (shown.length > 0) writeFactorTable(page, shown);
  if (same.length > 0 && !page.options.verbose) {
    const names = same.map(({ name }) => name).join(', ');
    page.words(`the same in both: ${names}`, { lead: '  ', style: 'dim' });
  }
}

const isScaled = ({ prod, staging }: FactorReport): boolean =>
  JSON.stringify(prod) !== JSON.stringify(staging);

function writeFactorTable(page: Page, factors: readonly FactorReport[]): void {
  const rows = factors.map(({ name, kind, places }) => [printable(name), kind, String(places)]);
  const header = ['factor', 'kind', 'places'];
  // a name that is a whole place has a line of its own: beside it nothing would fit
  const isLong = ([name = '']: readonly string[]): boolean => name.length > page.width / 2;
  const beside = rows.map((row) => (isLong(row) ? ['', ...row.slice(1)] : row));
  const widths = header.map((title, i) => Math.max(title.length, ...beside.map((row) => row[i]!.length)));
  const lead = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => (i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')}  `;
  page.line(page.paint('dim', `${lead(header)}${page.called.prod} -> ${page.called.staging}`));
  factors.forEach(({ prod, staging, reason, blindSpot }, i) => {
    if (isLong(rows[i]!)) page.line(`  ${rows[i]![0]!}`);
    const before = lead(beside[i]!);
    const [from, to] = [showFactorValue(prod), showFactorValue(staging)];
    if (`${before}${from} -> ${to}`.length <= page.width) page.line(`${before}${from} -> ${to}`);
    else page.line(`${before}${from} ->`).line(`${' '.repeat(before.length)}${to}`);
    page.words(reason, { lead: '    because     ', style: 'dim' });
    if (blindSpot !== undefined) page.words(blindSpot, { lead: '    can hide    ', style: 'yellow' });
  });
}

function writePermitted(page: Page, { permitted }: ParityReport): void {
  if (permitted.length === 0) return;
  page.heading('Permitted differences');
  for (const entry of inOrder(permitted)) {
    const { prod, staging } = showValues(entry, Infinity);
    page.words(`${subjectOf(entry)} (${entry.type})`, { lead: '  ' });
    page.line(`    ${placeOf(entry)}`);
    page.sides(prod, staging);
    page.words(`${entry.by}, ${entry.factor}`, { lead: label('by') });
  }
}

function writeCounts(page: Page, report: ParityReport): void {
  const names = report.allowlist?.names;
  const counts = ruleCounts(report).filter(({ by }) => by !== 'scale' && !(names && by === 'naming'));
  if (counts.length === 0 && !names) return;
  page.heading('Also permitted');
  if (names) page.words(namesSentence(names), { lead: `  ${'naming'.padEnd(10)}` });
  for (const by of ['lifecycle', 'naming', 'declared'] as const) {
    const rules = counts.filter((count) => count.by === by).map(({ rule, count }) => `${rule} ${count}`);
    if (rules.length > 0) page.words(rules.join(', '), { lead: `  ${by.padEnd(10)}` });
  }
}

function writeGiven(page: Page, { given = [] }: ParityReport): void {
  if (given.length === 0) return;
  page.heading('Given at deployment, and taken to be the same for both');
  for (const parameter of given) page.words(givenSentence(parameter), { lead: '  ' });
}
