import type { Evidence, Verdict } from '../evidence';
import { showDuration } from '../../duration';
import { showMoment, showUsd, tookMs } from '../figures';
import { cost } from './cost';
import { environments } from './environments';
import { blindSpots, parity, stagingChecks } from './proof';
import { attempts, files, tearDown, tearDownWarning } from './remains';
import { advice, capacity, checks, darkLaunch, drills, gates, schemaStates, tiers } from './results';
import { documentHead } from './document-head';
import { STYLE } from './style';
import { markup, section, type Markup, type Part } from './syntax';
import { nextOf } from '../next';
import { ranSentences } from '../ran';
import { timeline } from './timeline';
import { watched } from './watched';
import { coverageOf, headlineOf, limitOf, tallyOf } from '../summary';

/** Writes the page: one file that loads nothing and runs no script. */
export function renderHtml(evidence: Evidence): string {
  const parts = openFirst(
    PARTS.flatMap(([id, title, partOf]) => {
      const part = partOf(evidence);
      return part ? [{ id, title, part }] : [];
    }),
  );
  return markup`${documentHead(`${evidence.verdict}: ${evidence.to}, rehearsal ${evidence.rehearsal}`, STYLE)}<body>
<header>
<p class="rehearsal"><span>Rehearsal <code>${evidence.rehearsal}</code></span><time datetime="${evidence.endedAt}">${showMoment(evidence.endedAt)}</time></p>
${verdict(evidence)}${tearDownWarning(evidence)}${facts(evidence)}<nav aria-label="Contents">${parts.map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main>
${parts.map(({ id, title, part }) => section(id, title, part))}</main>
<footer>
<p>Written by cdk-twin ${evidence.tool} on ${showMoment(evidence.endedAt)}, target ${evidence.target}.</p>
</footer>
</body>
</html>
`.text;
}

/**
 * The parts of the page in their order; empty ones are left out. Open are what failed and what is looked at first: when all is
 * well a reader has seen it all after three screens.
 */
const PARTS: readonly (readonly [
  id: string,
  title: string,
  partOf: (evidence: Evidence) => Part | undefined,
])[] = [
  ['timeline', 'Timeline', timeline],
  ['gates', 'Gates', gates],
  ['checks', 'Checks', checks],
  ['drills', 'Drills', drills],
  ['schemas', 'Releases and schemas', schemaStates],
  ['capacity', 'Capacity', capacity],
  ['dark-launch', 'Dark launch', darkLaunch],
  ['environments', 'Environments, to scale', environments],
  ['advice', 'Advice', advice],
  ['attempts', 'Earlier attempts', attempts],
  ['background', 'In the background', watched],
  ['coverage', 'Coverage', tiers],
  ['parity', 'Parity', parity],
  ['staging-checks', 'Isolation and tear-down', stagingChecks],
  ['blind-spots', 'Blind spots', blindSpots],
  ['cost', 'Cost on AWS', cost],
  ['tear-down', 'Tear-down', tearDown],
  ['files', 'Files', files],
];

/** What a reader sees precedes what a reader opens. */
const openFirst = <T extends { readonly part: Part }>(parts: readonly T[]): readonly T[] => [
  ...parts.filter(({ part }) => part.isFolded !== true),
  ...parts.filter(({ part }) => part.isFolded === true),
];

const NAMES: Readonly<Record<Verdict, string>> = {
  GO: 'go',
  'NO-GO': 'no-go',
  'BASELINE FAILED': 'baseline-failed',
  UNDECIDED: 'undecided',
};

/** The sign of each verdict, in a square of 24: a tick, a cross, an exclamation mark. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  GO: 'M4 13l5.5 5.5L20 6',
  'NO-GO': 'M5 5l14 14M19 5L5 19',
  'BASELINE FAILED': 'M12 3v11M12 18.5v2.5',
  UNDECIDED: 'M12 3v11M12 18.5v2.5',
};

function verdict(evidence: Evidence): Markup {
  const { verdict: word, reasons } = evidence;
  const [ran, before] = ranSentences(evidence.ran);
  const limit = limitOf(evidence);
  const headline = `${limit}${limit === '' ? '' : ': '}${headlineOf(evidence)}`;
  const about = [
    ...(ran === undefined
      ? []
      : [markup`<p><b>Ran</b> ${ran}${before === undefined ? undefined : `, ${before}`}.</p>\n`]),
    ...(evidence.tiers.length === 0 ? [] : [markup`<p><b>On</b> ${coverageOf(evidence)}.</p>\n`]),
  ];
  const { command, when } = nextOf(evidence);
  about.push(markup`<p><b>Next</b> <code>${command}</code>, ${when}.</p>\n`);
  const list = reasons.map((reason) => markup`<li>${reason}</li>`);
  return markup`<div class="verdict ${NAMES[word]}">
<h1><span class="word"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[word]}" fill="none" stroke="currentColor" stroke-width="4"/></svg>${word}</span> <span class="headline">${capital(headline)}.</span></h1>
${reasons.length > 0 ? markup`<ol>${list}</ol>\n` : undefined}${about.length > 0 ? markup`<div class="ran">${about}</div>\n` : undefined}</div>
`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What the moment above them has. */
const DATE = '2026-11-21 ';

function facts(evidence: Evidence): Markup {
  const {
    from,
    to,
    startedAt,
    checks: ran,
    baseline,
    drills: broke,
    cost: report,
    attempts: before,
  } = evidence;
  const rows: readonly (readonly [string, string, string])[] = [
    ['Release', `${from} → ${to}`, before.length > 0 ? `attempt ${before.length + 1}` : ''],
    ['Took', showDuration(tookMs(evidence)), `from ${showMoment(startedAt).slice(DATE.length)}`],
    ['Checks', ran.length > 0 ? tallyOf(ran) : `baseline: ${tallyOf(baseline)}`, ''],
    ['Drills', broke.length > 0 ? tallyOf(broke) : 'none', ''],
    ['Cost on AWS', showUsd(report.rehearsalUsd), `kept: ${showUsd(report.stagingMonthUsd)} a month`],
  ];
  return markup`<dl class="facts">${rows.map(
    ([term, value, more]) =>
      markup`<div><dt>${term}</dt><dd>${value}${more === '' ? undefined : markup`<small>${more}</small>`}</dd></div>`,
  )}</dl>
`;
}
