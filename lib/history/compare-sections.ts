import { showDuration } from '../duration';
import { showMoment, showShare, showUsd } from '../evidence/figures';
import { showFactorValue } from '../parity/reports/parts';
import { Lines } from '../report/lines';
import { prose } from '../report/markdown';
import type { Cell, Section } from '../report/section';
import { sectionInMarkdown } from '../report/section-markdown';
import { writeSection } from '../report/section-text';
import type { Compared, Comparison, FactorSizes, Figure, Pair } from './compare';
import type { TextOptions } from './list-text';
import { shortCode } from './record';
import { showMs, tearDownCell, verdictCell } from './shown';

/** Writes a comparison for a terminal or a log. */
export function renderComparison(comparison: Comparison, options: TextOptions): string {
  const page = new Lines(options);
  page.words(headlineOf(comparison), { style: 'bold' });
  for (const section of sectionsOf(comparison)) writeSection(page, section);
  return page.toString();
}

/** Writes a comparison in Markdown. */
export const comparisonInMarkdown = (comparison: Comparison): string =>
  `${[`### ${prose(headlineOf(comparison))}`, ...sectionsOf(comparison).map(sectionInMarkdown)].join('\n\n')}\n`;

const headlineOf = ({ a, b }: Comparison): string =>
  `${a.to} ${a.verdict}, ${b.to} ${b.verdict}${a.to === b.to ? `: two rehearsals of ${a.to}` : ''}`;

function sectionsOf(comparison: Comparison): Section[] {
  const titles = titlesOf(comparison);
  return [
    both(comparison, titles),
    changed(comparison, titles),
    gates(comparison, titles),
    figures(comparison, titles),
    factors(comparison, titles),
  ];
}

/** The releases, or the rehearsals where the release is one. */
const titlesOf = ({ a, b }: Comparison): readonly [string, string] =>
  a.to === b.to ? [nameOf(a), nameOf(b)] : [a.to, b.to];

const nameOf = ({ rehearsal, attempt }: Compared): string =>
  attempt === 1 ? rehearsal : `${rehearsal}, attempt ${attempt}`;

type Titles = readonly [string, string];

function both({ a, b, tiers }: Comparison, [one, other]: Titles): Section {
  const row = (name: string, of: (it: Compared) => Cell): readonly Cell[] => [name, of(a), of(b)];
  const rows = [
    row('rehearsal', nameOf),
    row('verdict', ({ verdict }) => verdictCell(verdict)),
    row('after', ({ from }) => from),
    row('judged', ({ judgedAt }) => showMoment(judgedAt)),
    row('target', ({ target }) => target),
    row('staging', ({ staging }) => staging),
    ['tiers', coverageOf(tiers.map((it) => [it.name, it.a])), coverageOf(tiers.map((it) => [it.name, it.b]))],
    row('tear-down', ({ tearDown }) => tearDownCell(tearDown)),
    row('code', ({ code }) => (code === undefined ? 'not named' : shortCode(code))),
    row('gates', ({ gatesDigest }) => gatesDigest.slice(0, 12)),
    row('cdk-twin', ({ tool }) => tool),
  ];
  return { ...plain('both', 'Both', ['', one, other]), rows, empty: '' };
}

/** How many tiers were covered, and which were not: `7 of 8, without Catalog`. */
function coverageOf(tiers: readonly (readonly [name: string, coverage: string | undefined])[]): string {
  const there = tiers.filter(([, coverage]) => coverage !== undefined);
  const without = there.filter(([, coverage]) => coverage === 'skipped').map(([name]) => name);
  const covered = `${there.length - without.length} of ${there.length}`;
  return without.length === 0 ? covered : `${covered}, without ${without.join(', ')}`;
}

/** What is not alike in both, in a line each: outcomes, rules, coverage and sizes. */
function changed(
  { a, b, gates: all, outcomes, tiers, factors: sizes }: Comparison,
  [one, other]: Titles,
): Section {
  const facts: Pair<string>[] = [
    { name: 'verdict', a: a.verdict, b: b.verdict },
    { name: 'release in production', a: a.from, b: b.from },
    { name: 'target', a: a.target, b: b.target },
    { name: 'staging', a: a.staging, b: b.staging },
    { name: 'tear-down', a: a.tearDown, b: b.tearDown },
    { name: 'cdk-twin', a: a.tool, b: b.tool },
    ...all.map((it) => mapped(it, `gate ${it.name}`, ({ passed }) => (passed ? 'passed' : 'failed'))),
    ...all
      .filter((it) => it.a && it.b && ruleOf(it.a, a) !== ruleOf(it.b, b))
      .map((it) => mapped(it, `rule of ${it.name}`, ({ rule }) => rule)),
    ...outcomes.map((it) => mapped(it, it.name, (outcome) => outcome)),
    ...tiers.map((it) => mapped(it, `tier ${it.name}`, (coverage) => coverage)),
    ...sizes.map((it) => mapped(it, `factor ${it.name}`, showSizes)),
  ];
  const rows = facts
    .filter((it) => it.a !== it.b)
    .map((it) => [it.name, it.a ?? 'not there', it.b ?? 'not there']);
  return {
    ...plain('changed', 'What changed', ['', one, other]),
    beside: rows.length === 0 ? 'nothing' : String(rows.length),
    rows,
    empty: 'Verdicts, gates, checks, drills, tiers and sizes are alike.',
  };
}

/** A rule without the names of the releases, which are others each time. */
const ruleOf = ({ rule }: { readonly rule: string }, { from, to }: Compared): string =>
  rule.replaceAll(to, 'the candidate').replaceAll(from, 'the baseline');

const mapped = <T>({ a, b }: Pair<T>, name: string, show: (value: T) => string): Pair<string> => ({
  name,
  ...(a !== undefined && { a: show(a) }),
  ...(b !== undefined && { b: show(b) }),
});

function gates({ gates: all }: Comparison, [one, other]: Titles): Section {
  const cell = (gate: (typeof all)[number]['a']): Cell =>
    gate === undefined
      ? 'not judged'
      : {
          text: `${gate.passed ? 'passed' : 'FAILED'}: ${gate.measured}`,
          mark: gate.passed ? 'good' : 'bad',
        };
  const rows = all.map(({ name, a, b }) => [name, cell(a), cell(b)]);
  return { ...plain('gates', 'Gates', ['', one, other]), rows, empty: 'Neither was judged.' };
}

function figures({ figures: all }: Comparison, [one, other]: Titles): Section {
  const shown = (figure: Figure, value: number | undefined): string =>
    value === undefined ? 'not measured' : show(figure, value);
  return {
    id: 'figures',
    title: 'Figures',
    about: [
      'The best p95 and the worst error rate of the rounds of load, as the gates judge them; time is the sum of the steps.',
    ],
    columns: [
      { title: 'Figure', kind: 'prose' },
      { title: one, kind: 'figure' },
      { title: other, kind: 'figure' },
      { title: 'Change', kind: 'figure' },
    ],
    rows: all.map((it) => [it.name, shown(it, it.a), shown(it, it.b), changeOf(it)]),
    empty: 'Nothing was measured.',
  };
}

const show = ({ unit, name }: Figure, value: number): string =>
  ({
    ms: () => (name === 'time' ? showDuration(value) : showMs(value)),
    share: () => showShare(value),
    usd: () => showUsd(value),
    count: () => value.toLocaleString('en-US'),
  })[unit]();

function changeOf({ a, b }: Figure): string {
  if (a === undefined || b === undefined || a === b || a === 0) return '';
  const percent = Math.round((b / a - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

/** All of them: which are alike is as much of a blind spot. */
function factors({ factors: all }: Comparison, [one, other]: Titles): Section {
  const cell = (sizes: FactorSizes | undefined): string =>
    sizes === undefined ? 'not there' : showSizes(sizes);
  return {
    id: 'factors',
    title: 'Scale factors and blind spots',
    about: [],
    columns: [
      { title: 'Factor' },
      { title: 'Production -> staging', kind: 'prose' },
      { title: 'Can hide', kind: 'prose' },
    ],
    rows: all.map(({ name, a, b }) => [
      name,
      cell(a) === cell(b) ? cell(a) : `${one}: ${cell(a)}; ${other}: ${cell(b)}`,
      b?.blindSpot ?? a?.blindSpot ?? '',
    ]),
    empty: 'Neither has a scale factor.',
  };
}

const showSizes = ({ prod, staging }: FactorSizes): string =>
  `${showFactorValue(prod)} -> ${showFactorValue(staging)}`;

const plain = (id: string, title: string, columns: readonly string[]): Omit<Section, 'rows' | 'empty'> => ({
  id,
  title,
  about: [],
  columns: columns.map((column) => (column === '' ? { title: column } : { title: column, kind: 'prose' })),
});
