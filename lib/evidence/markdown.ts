import type { CheckResult } from '../probes/check';
import { figureLines } from '../probes/database-figures';
import { table } from '../report/markdown';
import type { Evidence, Verdict } from './evidence';
import { showDuration } from '../duration';
import { capacitySentences } from './capacity';
import { answerSentences } from './dark-launch';
import { besideBaseline, machineLines, showMeasures, showMoment, showTraffic, tookMs } from './figures';
import { lastLines } from '../report/sanitize';
import { ranSentences } from './ran';
import { recreationSentences } from './recreation';
import { schemaStatesOf } from './schema-states';
import { block, code, details, prose } from './markdown-syntax';
import {
  checkPairs,
  costOf,
  blindSpotsOf,
  coverageOf,
  failuresFirst,
  headlineOf,
  seededTiers,
  skippedTiers,
  subjectOf,
  parityOf,
  rotationSentences,
  stagingChecksOf,
  recoveryOf,
  showFactor,
  tearDownOf,
  trafficOutcome,
  verdictOf,
} from './summary';

const MARKS: Readonly<Record<Verdict, string>> = {
  GO: '✅',
  'NO-GO': '❌',
  'BASELINE FAILED': '⚠️',
  UNDECIDED: '⚠️',
};
const OUTCOMES: Readonly<Record<CheckResult['outcome'], string>> = {
  passed: '✅',
  failed: '❌',
  skipped: '➖',
};
/** How many failed outputs a comment holds: GitHub rejects comments of more than 65,536 characters. */
const MAX_OUTPUTS = 5;
const MAX_OUTPUT_LINES = 20;
const MAX_OUTPUT_CHARACTERS = 4000;
/** The limit of the whole comment: the blocks that exceed it are left out. */
const MAX_CHARACTERS = 60_000;

/** Writes evidence as a comment for a pull request. */
export function renderMarkdown(evidence: Evidence): string {
  const blocks = [
    verdictBlock(evidence),
    ranBlock(evidence),
    tearDownBlock(evidence),
    gatesBlock(evidence),
    checksBlock(evidence),
    drillsBlock(evidence),
    schemaStatesBlock(evidence),
    listBlock('Capacity', capacitySentences(evidence)),
    listBlock('Dark launch', answerSentences(evidence)),
    watchedBlock(evidence),
    ...outputBlocks(evidence),
    adviceBlock(evidence),
    dataBlock(evidence),
    skippedBlock(evidence),
    blindSpotsBlock(evidence),
    attemptsBlock(evidence),
    footer(evidence),
  ].filter((it) => it !== '');
  return `${fitting(blocks).join('\n\n')}\n`;
}

/** As many blocks, from the first, as fit into a comment. */
function fitting(blocks: readonly string[]): readonly string[] {
  let room = MAX_CHARACTERS;
  const fits = blocks.filter((it) => (room -= it.length + 2) >= 0);
  return fits.length === blocks.length
    ? fits
    : [...fits, 'The rest is in the report: it does not fit into a comment.'];
}

function verdictBlock(evidence: Evidence): string {
  const { verdict, reasons, to } = evidence;
  const headline = prose(headlineOf(evidence)).replace(prose(to), code(to));
  const title = `### ${MARKS[verdict]} ${verdictOf(evidence)}: ${headline}`;
  return [title, ...(reasons.length > 0 ? [''] : []), ...reasons.map((reason) => `- ${prose(reason)}`)].join(
    '\n',
  );
}

function ranBlock(evidence: Evidence): string {
  const sentences = ranSentences(evidence.ran).map(prose);
  const where = evidence.tiers.length === 0 ? [] : [`On ${prose(coverageOf(evidence))}`];
  return sentences.length === 0 ? '' : [`**Ran** ${sentences.join('<br>')}`, ...where].join('<br>');
}

function tearDownBlock(evidence: Evidence): string {
  const { outcome, leftovers, finish, retry, error } = evidence.tearDown;
  if (outcome === 'gone' && error === undefined) return '';
  return [
    `⚠️ **Tear-down:** ${prose(tearDownOf(evidence))}`,
    ...(leftovers.length > 0 ? ['', ...leftovers.map(({ kind, what }) => `- ${kind} ${code(what)}`)] : []),
    ...(finish === undefined ? [] : ['', `Finish with ${code(finish)}`]),
    ...(retry === undefined ? [] : ['', `Retry from the checkpoint with ${code(retry)}`]),
  ].join('\n');
}

function gatesBlock({ gates }: Evidence): string {
  if (gates.length === 0) return '';
  const rows = failuresFirst(gates, (it) => !it.passed).map(({ gate, rule, measured, passed }) => [
    OUTCOMES[passed ? 'passed' : 'failed'],
    prose(gate),
    prose(measured),
    prose(rule),
  ]);
  return `#### Gates\n\n${table(['', 'Gate', 'Measured', 'Rule'], rows)}`;
}

function checksBlock(evidence: Evidence): string {
  const pairs = checkPairs(evidence);
  if (pairs.length === 0) return '';
  const cell = (check: CheckResult | undefined): string => {
    if (!check) return 'not run';
    const figures = showMeasures(check.measures).filter((it) => !check.detail.includes(it));
    const small = figures.length === 0 ? '' : `<br><sub>${prose(figures.join(', '))}</sub>`;
    return `${OUTCOMES[check.outcome]} ${prose(check.detail)}${small}`;
  };
  const differences = pairs.map(({ baseline, candidate }) =>
    besideBaseline(baseline?.measures, candidate?.measures, '→').map(prose).join('<br>'),
  );
  const isSame = differences.every((it) => it === '');
  const rows = pairs.map(({ name, baseline, candidate }, i) => [
    prose(name),
    cell(candidate),
    cell(baseline),
    ...(isSame ? [] : [differences[i]!]),
  ]);
  const titles = [
    'Check',
    `Candidate ${prose(evidence.to)}`,
    `Baseline ${prose(evidence.from)}`,
    ...(isSame ? [] : ['Difference']),
  ];
  return `#### Checks\n\n${table(titles, rows)}`;
}

function drillsBlock({ drills }: Evidence): string {
  if (drills.length === 0) return '';
  const rows = failuresFirst(drills, ({ outcome }) => outcome === 'failed').map((drill) => [
    OUTCOMES[drill.outcome],
    prose(drill.name),
    recoveryOf(drill),
    drill.detail.split('\n').map(prose).join('<br>'),
  ]);
  return `#### Drills\n\n${table(['', 'Drill', 'Recovery', 'Observed'], rows)}`;
}

function schemaStatesBlock(evidence: Evidence): string {
  const found = schemaStatesOf(evidence);
  if (!found) return '';
  const rows = found.rows.map(({ release, met }) => [
    prose(release),
    ...met.map(({ outcome, detail }) => `${OUTCOMES[outcome]} ${prose(detail)}`),
  ]);
  return details('Releases and schemas', table(['Release', ...found.states.map(prose)], rows));
}

function listBlock(title: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  return `#### ${title}\n\n${sentences.map((sentence) => `- ${prose(sentence)}`).join('\n')}`;
}

function watchedBlock(evidence: Evidence): string {
  const { watched } = evidence;
  if (watched.length === 0) return '';
  const rows = watched.map((it) => [
    OUTCOMES[trafficOutcome(evidence, it)],
    prose(it.during),
    prose(it.release),
    it.traffic.p95Ms === undefined ? '' : `${it.traffic.p95Ms} ms`,
    [showTraffic(it.traffic), ...it.databases.flatMap(figureLines), ...machineLines(it)]
      .map(prose)
      .join('<br>'),
  ]);
  const failures = watched.reduce((sum, it) => sum + it.traffic.failures, 0);
  const title = `In the background: ${failures} requests failed`;
  return details(title, table(['', 'During', 'Release', 'p95', 'Seen'], rows));
}

function outputBlocks({ baseline, checks }: Evidence): string[] {
  const failed = [...checks, ...baseline].filter(({ outcome, output }) => outcome === 'failed' && output);
  return failed.slice(0, MAX_OUTPUTS).map(({ name, output }) => {
    const end = lastLines(output!, MAX_OUTPUT_LINES).slice(-MAX_OUTPUT_CHARACTERS);
    return details(`Output of ${name}`, block(end));
  });
}

function adviceBlock({ advice = [] }: Evidence): string {
  if (advice.length === 0) return '';
  return `#### Advice\n\n${advice.map((sentence) => `- ${prose(sentence)}`).join('\n')}`;
}

function dataBlock(evidence: Evidence): string {
  const seeded = seededTiers(evidence);
  if (seeded.length === 0) return '';
  return `#### Data\n\n${seeded.map(({ tier, data }) => `- **${prose(tier)}**: ${prose(data)}`).join('\n')}`;
}

function skippedBlock(evidence: Evidence): string {
  const skipped = skippedTiers(evidence);
  if (skipped.length === 0) return '';
  const list = skipped.map(({ tier, kind, because }) => `- **${prose(tier)}** (${kind}): ${prose(because)}`);
  return `#### Skipped\n\n${list.join('\n')}`;
}

function blindSpotsBlock({ parity }: Evidence): string {
  const blindSpots = blindSpotsOf(parity);
  if (blindSpots.length === 0) return '';
  const list = blindSpots.map(
    ({ blindSpot, factors }) =>
      `- ${prose(blindSpot)} (${factors.map((it) => code(showFactor(it))).join(', ')})`,
  );
  return details('Blind spots: what a smaller staging can still hide', list.join('\n'));
}

function attemptsBlock({ attempts }: Evidence): string {
  if (attempts.length === 0) return '';
  const list = attempts.map(
    ({ to, verdict, reasons, endedAt, folder }) =>
      `- ${verdict} for ${code(to)}, ${showMoment(endedAt)}${folder === undefined ? '' : `, in ${code(folder)}`}${reasons.length > 0 ? `: ${prose(reasons.join('; '))}` : ''}`,
  );
  return details('Earlier attempts on the same environment', list.join('\n'));
}

function footer(evidence: Evidence): string {
  const { rehearsal, target, tool, gatesDigest } = evidence;
  const isGone = evidence.tearDown.outcome === 'gone' && evidence.tearDown.error === undefined;
  const sentences = [
    prose(parityOf(evidence)),
    ...stagingChecksOf(evidence).map(prose),
    ...costOf(evidence).map(prose),
    ...rotationSentences(evidence).map(prose),
    ...(isGone ? [`tear-down: ${prose(tearDownOf(evidence))}`] : []),
    `took ${showDuration(tookMs(evidence))} on the ${prose(target)} target`,
    prose(subjectOf(evidence)),
    ...recreationSentences(evidence).map(prose),
    `rehearsal ${code(rehearsal)}, cdk-twin ${prose(tool)}, gates ${code(gatesDigest.slice(0, 12))}`,
  ];
  return `<sub>${sentences.join(' · ')}</sub>`;
}
