import type { Evidence, Verdict } from '../evidence';
import { showDuration } from '../../duration';
import { showClock, showUsd, tookMs } from '../figures';
import { checks } from './checks';
import { cost } from './cost';
import { environments } from './environments';
import { blindSpots, parity, stagingChecks } from './proof';
import { attempts, files, tearDown, tearDownWarning } from './remains';
import { advice, capacity, darkLaunch, drills, gates, schemaStates, tiers } from './results';
import { writeDocument } from './document';
import type { Markup, Part } from './syntax';
import { nextOf } from '../next';
import { ranSentences } from '../ran';
import { timeline } from './timeline';
import { factsList, verdictBox, type Tone } from './verdict';
import { watched } from './watched';
import { coverageOf, headlineOf, limitOf, tallyOf } from '../summary';

/** Writes the page of a rehearsal. */
export function renderHtml(evidence: Evidence): string {
  const { verdict: word, to, rehearsal, endedAt, tool, target } = evidence;
  return writeDocument({
    title: `${word}: ${to}, rehearsal ${rehearsal}`,
    kind: 'Rehearsal',
    name: rehearsal,
    endedAt,
    tool,
    target,
    first: [verdict(evidence), tearDownWarning(evidence), facts(evidence)],
    parts: PARTS.flatMap(([id, title, partOf]) => {
      const part = partOf(evidence);
      return part ? [{ id, title, part }] : [];
    }),
  });
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

const TONES: Readonly<Record<Verdict, Tone>> = {
  GO: 'go',
  'NO-GO': 'no-go',
  'BASELINE FAILED': 'baseline-failed',
  UNDECIDED: 'undecided',
};

function verdict(evidence: Evidence): Markup {
  const { verdict: word, reasons } = evidence;
  const { from, to } = evidence.ran;
  const [ran] = ranSentences(evidence.ran);
  const [before] = to && from ? ranSentences({ from }) : [];
  const limit = limitOf(evidence);
  return verdictBox({
    tone: TONES[word],
    word,
    headline: `${limit}${limit === '' ? '' : ': '}${headlineOf(evidence)}`,
    reasons,
    about: [
      ...(ran === undefined ? [] : ([['Ran', `${ran}.`]] as const)),
      ...(before === undefined ? [] : ([['After', `${before}.`]] as const)),
      ...(evidence.tiers.length === 0 ? [] : ([['On', `${coverageOf(evidence)}.`]] as const)),
    ],
    next: nextOf(evidence),
  });
}

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
  return factsList([
    ['Release', `${from} → ${to}`, before.length > 0 ? `attempt ${before.length + 1}` : ''],
    ['Took', showDuration(tookMs(evidence)), `from ${showClock(startedAt)}`],
    ['Checks', ran.length > 0 ? tallyOf(ran) : `baseline: ${tallyOf(baseline)}`, ''],
    ['Drills', broke.length > 0 ? tallyOf(broke) : 'none', ''],
    ['Cost on AWS', showUsd(report.rehearsalUsd), `kept: ${showUsd(report.stagingMonthUsd)} a month`],
  ]);
}
