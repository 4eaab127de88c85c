import { relative, sep } from 'node:path';
import { showDuration } from '../duration';
import type { Verdict } from '../evidence/evidence';
import { showMoment, showUsd } from '../evidence/figures';
import { documentHead } from '../evidence/html/document-head';
import { cellOf, tableOf } from '../evidence/html/section-table';
import { STYLE } from '../evidence/html/style';
import { markup, outcome, section, table, type Content, type Markup } from '../evidence/html/syntax';
import { textOf, type Section } from '../report/section';
import { plural } from '../report/words';
import { chart, legend } from './charts';
import { DEFINITIONS } from './definitions';
import type { History, RecordLine } from './history';
import { HISTORY_STYLE } from './page-style';
import { countOf, headlineOf, recordSection, sectionsOf, verdictsIn } from './sections';
import type { Series } from './series';
import { showAge } from './shown';

/** What a page is written with. */
export interface PageProps {
  /** Where it is to lie, absolute: links to reports are relative to it. */
  readonly folder: string;
  /** The version of cdk-twin. */
  readonly tool: string;
}

/** Writes the page of a history: one file that loads nothing and runs no script. */
export function renderPage(history: History, { folder, tool }: PageProps): string {
  const charts: Readonly<Record<string, readonly Series[]>> = {
    p95: history.p95,
    recoveries: history.recoveries,
    recreations: history.recreations,
  };
  const sections = sectionsOf(history);
  const record = recordSection(history);
  const links = history.record.map((line) => linkOf(line, folder));
  const linked: Readonly<Record<string, readonly (string | undefined)[]>> = {
    verifications: history.verifications.map((line) => linkOf(line, folder)),
  };
  return markup`${documentHead(`Rehearsals: ${headlineOf(history)}`, STYLE + HISTORY_STYLE)}<body>
<header>
<p class="rehearsal"><span>Rehearsals, looking back</span><time datetime="${history.lastAt}">up to ${showMoment(history.lastAt)}</time></p>
<h1>${countOf(history)}</h1>
<p class="lead">${verdictsIn(history)}</p>
${facts(history)}${strip(history, links)}<nav aria-label="Contents">${[...sections, record].map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main>
${sections.map((it) => sectionOf(it, charts[it.id] ?? [], linked[it.id]))}${recordOf(record, links)}</main>
<footer>
<p>${DEFINITIONS.rehearsals}</p>
<p>Written by cdk-twin ${tool} from ${history.places.join(', ')}. Every figure is from evidence alone.</p>
</footer>
</body>
</html>
`.text;
}

function facts({ figures, targets, tiers, factors, flaky, record }: History): Markup {
  const last = record[0]!;
  const never = (all: readonly { readonly lastAt?: string }[]): string =>
    String(all.filter(({ lastAt }) => lastAt === undefined).length);
  const { releases, withGo, atOnce, medianLeadMs, medianBetweenMs } = figures;
  const busiest = targets.toSorted((a, b) => b.rehearsals - a.rehearsals)[0]!;
  const rows: readonly (readonly [string, Content, string])[] = [
    ['Last verdict', outcome(MARKS[last.verdict], last.verdict), `${last.from} → ${last.to}`],
    ['Releases with GO', `${withGo} of ${releases}`, `${atOnce} at the first rehearsal`],
    [
      'Median lead time',
      medianLeadMs === undefined ? 'none' : showAge(medianLeadMs),
      'first rehearsal to first GO',
    ],
    ['Between first GOs', medianBetweenMs === undefined ? 'none' : showAge(medianBetweenMs), 'median'],
    ['Median time', showDuration(busiest.medianMs), `on the target ${busiest.target}`],
    ['Median estimate', showUsd(busiest.medianUsd), 'a rehearsal, on AWS'],
    [
      'Flaky',
      String(flaky.flaky.length),
      flaky.unnamed === 0 ? 'checks and drills' : 'where the code is named',
    ],
    ['Never covered', never(tiers), `of ${plural(tiers.length, 'tier')}`],
    ['Never full size', never(factors), `of ${plural(factors.length, 'factor')}`],
  ];
  return markup`<dl class="facts">${rows.map(
    ([term, value, more]) => markup`<div><dt>${term}</dt><dd>${value}<small>${more}</small></dd></div>`,
  )}</dl>
`;
}

const MARKS = {
  GO: 'passed',
  'NO-GO': 'failed',
  'BASELINE FAILED': 'skipped',
  UNDECIDED: 'skipped',
} as const;

const CLASSES: Readonly<Record<Verdict, readonly [name: string, sign: string]>> = {
  GO: ['go', '✓'],
  'NO-GO': ['no-go', '✕'],
  'BASELINE FAILED': ['baseline-failed', '!'],
  UNDECIDED: ['undecided', '?'],
};

/** How many fit a wall. */
const MAX_STRIP = 60;

/** The last verdicts, the newest last: what is seen from across the room. */
function strip({ record }: History, links: readonly (string | undefined)[]): Markup {
  const lines = record.slice(0, MAX_STRIP).map((line, i) => {
    const [name, sign] = CLASSES[line.verdict];
    const title = `${line.verdict}: ${line.to}, ${showMoment(line.judgedAt)}`;
    const mark = markup`<span aria-hidden="true">${sign}</span><span class="unseen">${title}</span>`;
    const link = links[i];
    return link === undefined
      ? markup`<li class="${name}"><span title="${title}">${mark}</span></li>`
      : markup`<li class="${name}"><a href="${link}" title="${title}">${mark}</a></li>`;
  });
  return markup`<ol class="strip" aria-label="The last verdicts">${lines.toReversed()}</ol>
`;
}

/** Where the report of a rehearsal or a verification lies from the page; undefined where there is none beside it. */
function linkOf({ page }: Pick<RecordLine, 'page'>, folder: string): string | undefined {
  return page === undefined ? undefined : relative(folder, page).split(sep).map(encodeURIComponent).join('/');
}

function sectionOf(
  it: Section,
  series: readonly Series[],
  links: readonly (string | undefined)[] | undefined,
): Markup {
  const { id, title, beside, about, notes = [] } = it;
  const drawn = series.filter(({ points }) => points.length > 1);
  const hasBaseline = drawn.some(({ points }) => points.some(({ baselineMs }) => baselineMs !== undefined));
  return section(id, title, {
    lead: [...(beside === undefined ? [] : [`${capital(beside)}.`]), ...about].join(' '),
    content: [
      drawn.length === 0 ? undefined : [legend(hasBaseline), drawn.map(chart)],
      tableOf(it, links),
      notes.map((note) => markup`<p class="note">${note}</p>\n`),
    ],
  });
}

/** The same table with links to the reports; a digest of a file, which is long, stands below its name. */
function recordOf(it: Section, links: readonly (string | undefined)[]): Markup {
  const rows = it.rows.map((row, i) => {
    const [name, ...others] = row.slice(0, -1).map((cell, column) => {
      const link = links[i];
      return column === 0 && link !== undefined
        ? markup`<a href="${link}">${textOf(cell)}</a>`
        : cellOf(cell);
    });
    return [markup`${name}<small class="digest">${textOf(row.at(-1)!)}</small>`, ...others];
  });
  const columns = it.columns.slice(0, -1).map(({ title }) => ({ title }));
  return section(it.id, it.title, { lead: it.about.join(' '), content: table(it.title, columns, rows) });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
