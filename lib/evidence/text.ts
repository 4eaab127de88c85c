import { join } from 'node:path';
import { plural } from '../report/words';
import type { CheckResult } from '../probes/check';
import type { DrillResult, Evidence, Verdict } from './evidence';
import { showDuration } from '../duration';
import { capacitySentences } from './capacity';
import { answerSentences } from './dark-launch';
import { besideBaseline, tookMs } from './figures';
import { inOneLine, lastLines } from '../report/sanitize';
import { Lines } from '../report/lines';
import { nextOf } from './next';
import { ranSentences } from './ran';
import { recreationSentences } from './recreation';
import { LOGS_FOLDER, PAGE_FILE } from './files';
import { writeLastLines } from './verdict-text';
import { schemaStatesOf } from './schema-states';
import {
  costOf,
  blindSpotsOf,
  coverageOf,
  failuresFirst,
  headlineOf,
  seededTiers,
  skippedTiers,
  subjectOf,
  parityOf,
  stagingChecksOf,
  recoveryOf,
  rotationSentences,
  tallyOf,
  tearDownOf,
  verdictOf,
} from './summary';

/** How evidence is written to a terminal or a log. */
export interface TextOptions {
  /** Whether to use colours. */
  readonly color: boolean;
  /** How many characters fit in a line. */
  readonly width: number;
  /** The evidence's folder, for the paths of the page and the logs. @default - the evidence was not written */
  readonly folder?: string;
}

const COLORS: Readonly<Record<Verdict, 'green' | 'red' | 'yellow'>> = {
  GO: 'green',
  'NO-GO': 'red',
  'BASELINE FAILED': 'yellow',
  UNDECIDED: 'yellow',
};

/** Writes the result of a rehearsal for people, beginning with the verdict and its reasons, and ending with the verdict and what comes next. */
export function renderText(evidence: Evidence, { folder, ...options }: TextOptions): string {
  const page = new Lines(options);
  page.words(`${verdictOf(evidence)}: ${headlineOf(evidence)}`, {
    style: ['bold', COLORS[evidence.verdict]],
  });
  for (const reason of evidence.reasons) page.words(reason, { lead: '  - ' });
  writeRan(page, evidence);
  writeGates(page, evidence);
  writeChecks(page, evidence);
  writeDrills(page, evidence);
  writeSchemaStates(page, evidence);
  writeSentences(page, 'Capacity', capacitySentences(evidence));
  writeSentences(page, 'Dark launch', answerSentences(evidence));
  writeAdvice(page, evidence);
  writeData(page, evidence);
  writeSkipped(page, evidence);
  writeEnd(page, evidence, folder);
  writeLastLines(page, {
    verdict: verdictOf(evidence),
    headline: headlineOf(evidence),
    color: COLORS[evidence.verdict],
    next: nextOf(evidence),
  });
  return page.toString();
}

/** How many lines of a failed command are shown; the page has more. */
const OUTPUT_LINES = 6;
/** How much of a line a name may take before the text is moved below it. */
const NAME_ROOM = 36;
/** How much of a line may be indented, as {@link Lines} has it. */
const MAX_INDENT = 0.6;

function writeRan(page: Lines, evidence: Evidence): void {
  const [first] = ranSentences(evidence.ran);
  if (first !== undefined) page.words(first, { lead: 'Ran  ' });
  if (evidence.tiers.length > 0) page.words(coverageOf(evidence), { lead: 'On   ' });
}

function writeGates(page: Lines, { gates }: Evidence): void {
  if (gates.length === 0) return;
  const passed = gates.filter((gate) => gate.passed).length;
  page.heading('Gates', { beside: `${passed} of ${gates.length} passed` });
  const width = widthOf(gates.map(({ gate }) => gate));
  for (const { gate, rule, measured, passed: isPassed } of failuresFirst(gates, (it) => !it.passed)) {
    writeRow(page, isPassed ? 'passed' : 'failed', gate.padEnd(width), `${measured} (${rule})`);
  }
}

/** Those of the candidate, beside the baseline's; where the baseline failed, its own. */
function writeChecks(page: Lines, evidence: Evidence): void {
  const { verdict, baseline, checks, from, to } = evidence;
  const [release, results] = verdict === 'BASELINE FAILED' ? [from, baseline] : [to, checks];
  if (results.length === 0) return;
  page.heading(`Checks of ${release}`, { beside: tallyOf(results) });
  const width = widthOf(results.map(({ name }) => name));
  for (const result of failuresFirst(results, hasFailed)) {
    const before = results === checks ? baseline.find(({ name }) => name === result.name) : undefined;
    const texts = [...besideBaseline(before?.measures, result.measures), result.detail];
    writeRow(page, result.outcome, result.name.padEnd(width), texts.join('; '));
    if (result.outcome !== 'failed' || !result.output) continue;
    for (const line of lastLines(result.output, OUTPUT_LINES).split('\n')) {
      page.words(line, { lead: `          | ${/^ */.exec(line)![0]}`, leadStyle: 'dim' });
    }
  }
}

function writeDrills(page: Lines, { drills }: Evidence): void {
  if (drills.length === 0) return;
  page.heading('Drills', { beside: tallyOf(drills) });
  const width = widthOf(drills.map(({ name }) => name));
  for (const drill of failuresFirst(drills, hasFailed)) {
    const recovery = recoveryOf(drill);
    const texts = drill.detail.includes(recovery) ? [drill.detail] : [recovery, drill.detail];
    writeRow(page, drill.outcome, drill.name.padEnd(width), texts.filter((it) => it !== '').join('; '));
  }
}

function writeSentences(page: Lines, title: string, sentences: readonly string[]): void {
  if (sentences.length === 0) return;
  page.heading(title);
  for (const sentence of sentences) page.words(sentence, { lead: '  - ' });
}

const hasFailed = ({ outcome }: CheckResult | DrillResult): boolean => outcome === 'failed';

const widthOf = (names: readonly string[]): number =>
  Math.max(...names.map((name) => name.length).filter((length) => length <= NAME_ROOM), 0);

function writeRow(page: Lines, outcome: CheckResult['outcome'], name: string, text: string): void {
  const [mark, leadStyle] = MARKS[outcome];
  // failures are shown in full, the rest is in the page
  const isBrief = outcome === 'passed';
  const [first = '', ...others] = text.split('\n');
  const lead = `  ${mark}  ${inOneLine(name).padEnd(name.length)}  `;
  page.words(first, { lead, leadStyle, isBrief });
  const indent = ' '.repeat(lead.length > page.width * MAX_INDENT ? 4 : lead.length);
  for (const line of others) page.words(line, { lead: indent, isBrief });
}

const MARKS = {
  passed: ['ok    ', 'green'],
  failed: ['FAILED', 'red'],
  skipped: ['-     ', 'yellow'],
} as const;

/** Each release on each state of the schema. */
function writeSchemaStates(page: Lines, evidence: Evidence): void {
  const found = schemaStatesOf(evidence);
  if (!found) return;
  page.heading('Releases and schemas');
  const width = widthOf(found.states);
  for (const { release, met } of found.rows) {
    page.line(`  ${release}`);
    for (const [i, it] of met.entries())
      writeRow(page, it.outcome, found.states[i]!.padEnd(width), it.detail);
  }
}

function writeAdvice(page: Lines, { advice = [] }: Evidence): void {
  if (advice.length === 0) return;
  page.heading('Advice', { beside: 'decides nothing' });
  for (const sentence of advice) page.words(sentence, { lead: '  - ' });
}

function writeData(page: Lines, evidence: Evidence): void {
  const seeded = seededTiers(evidence);
  if (seeded.length === 0) return;
  page.heading('Data');
  const width = widthOf(seeded.map(({ tier }) => tier));
  for (const { tier, data } of seeded) page.words(data, { lead: `  ${tier.padEnd(width)}  ` });
}

function writeSkipped(page: Lines, evidence: Evidence): void {
  const skipped = skippedTiers(evidence);
  if (skipped.length === 0) return;
  page.heading('Skipped');
  const width = widthOf(skipped.map(({ tier }) => tier));
  for (const { tier, because } of skipped) writeRow(page, 'skipped', tier.padEnd(width), because);
}

function writeEnd(page: Lines, evidence: Evidence, folder: string | undefined): void {
  const { tearDown, parity, files, verdict } = evidence;
  const blindSpots = blindSpotsOf(parity).length;
  const isGone = tearDown.outcome === 'gone' && tearDown.error === undefined;
  page.words('');
  page.words(parityOf(evidence), { lead: 'Parity     ' });
  for (const sentence of stagingChecksOf(evidence)) page.words(sentence, { lead: '           ' });
  if (blindSpots > 0) {
    page.words(`${plural(blindSpots, 'blind spot')}: see the report`, {
      lead: '           ',
      style: 'dim',
    });
  }
  const turns = rotationSentences(evidence);
  if (turns.length > 0) page.words(`${turns.join('; ')}.`, { lead: 'Rotation   ' });
  page.words(subjectOf(evidence), { lead: 'About      ' });
  recreationSentences(evidence).forEach((sentence, i) =>
    page.words(sentence, { lead: i === 0 ? 'Recreated  ' : '           ' }),
  );
  page.words(`${costOf(evidence).join('; ')}.`, { lead: 'Cost       ' });
  page.words(tearDownOf(evidence), { lead: 'Tear-down  ', ...(!isGone && { style: 'yellow' }) });
  for (const place of tearDown.looked ?? []) page.words(place, { lead: '  looked   ', style: 'dim' });
  for (const { kind, what } of tearDown.leftovers) page.words(`${kind} ${what}`, { lead: '           - ' });
  if (tearDown.finish !== undefined) page.words(tearDown.finish, { lead: '  finish   ', style: 'bold' });
  if (tearDown.retry !== undefined) page.words(tearDown.retry, { lead: '  retry    ', style: 'bold' });
  page.words(showDuration(tookMs(evidence)), { lead: 'Took       ' });
  if (folder === undefined) return;
  const hasLogs = files.some((file) => file.startsWith(`${LOGS_FOLDER}/`));
  if (hasLogs && verdict !== 'GO') page.words(join(folder, LOGS_FOLDER), { lead: 'Logs       ' });
  page.words(join(folder, PAGE_FILE), { lead: 'Report     ' });
}
