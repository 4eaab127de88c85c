import { showDuration } from '../duration';
import type { Cell, Section } from '../report/section';
import type { ClientFigures } from '../targets/traffic';
import type { Cutover, CutoverData, CutoverStep, CutoverVerdict } from './cutover';
import { showMoment } from './figures';
import { CUTOVER_FILE, MARKDOWN_FILE } from './files';
import { nextOfCutover } from './next';
import {
  gatesSection,
  markOf,
  recordInMarkdown,
  recordText,
  writeRecord,
  type Recorded,
  type RecordOptions,
} from './record';

/** In which colour each verdict is shown. */
export const CUTOVER_COLORS: Readonly<Record<CutoverVerdict, 'green' | 'red' | 'yellow'>> = {
  MOVED: 'green',
  'MOVED BACK': 'red',
  'NOT MOVED': 'red',
  UNDECIDED: 'yellow',
  'NOT MOVED BACK': 'red',
};

/** The meaning of the verdict, in one sentence. */
function headlineOf({ verdict, from, to }: Cutover): string {
  const headlines: Readonly<Record<CutoverVerdict, string>> = {
    MOVED: `all traffic goes to ${to.environment}, with ${to.release}`,
    'MOVED BACK': `all traffic goes to ${from.environment} again, with ${from.release}`,
    'NOT MOVED': `all traffic goes to ${from.environment}, as before: no client has met ${to.environment}`,
    UNDECIDED: `${to.environment} could not be judged: all traffic goes to ${from.environment}, as before`,
    'NOT MOVED BACK': `traffic may still go to ${to.environment}`,
  };
  return headlines[verdict];
}

const recordedOf = (cutover: Cutover): Recorded => ({
  ...cutover,
  color: CUTOVER_COLORS[cutover.verdict],
  headline: headlineOf(cutover),
  facts: factsOf(cutover),
  sections: sectionsOf(cutover),
  next: nextOfCutover(cutover),
});

/** Writes a cutover for people. */
export const renderCutover = (
  cutover: Cutover,
  { file, ...options }: RecordOptions & { readonly file?: string },
): string => recordText(recordedOf(cutover), options, file === undefined ? [] : [['Record', file]]);

/** Writes the record of a cutover, and the comment made of it. @throws TwinError `unwritable` */
export const writeCutover = (folder: string, cutover: Cutover): void =>
  writeRecord(folder, CUTOVER_FILE, cutover, [[MARKDOWN_FILE, recordInMarkdown(recordedOf(cutover))]]);

function factsOf({ from, to, target, steps }: Cutover): (readonly [string, string])[] {
  const met = steps.flatMap(({ percent, clients }) => (percent > 0 && clients ? [clients.to] : []));
  const [requests, failures] = [sum(met, 'requests'), sum(met, 'failures')];
  return [
    ['From', `${from.environment} with ${from.release}, on the ${target} target`],
    ['To', `${to.environment} with ${to.release}`],
    ...(met.length === 0 ? [] : ([['Clients', clientsOf(to.environment, requests, failures)]] as const)),
  ];
}

const clientsOf = (environment: string, requests: number, failures: number): string =>
  requests === 0
    ? `none was seen: ${environment} was judged by checks alone`
    : `${failures} of the ${requests} requests that ${environment} answered failed`;

const sum = (all: readonly ClientFigures[], of: 'requests' | 'failures'): number =>
  all.reduce((total, it) => total + it[of], 0);

function sectionsOf(cutover: Cutover): Section[] {
  const last = cutover.steps.at(-1);
  const gates = [...(last?.gates ?? []), ...(last?.verification?.gates ?? [])];
  return [
    stepsSection(cutover),
    ...(cutover.data ? [dataSection(cutover, cutover.data)] : []),
    ...(last && gates.length > 0 ? [gatesSection(`Gates of ${last.name}`, gates)] : []),
  ];
}

const stepsSection = ({ steps, to }: Cutover): Section => ({
  id: 'steps',
  title: 'Steps',
  about: [`Requests, failures and p95 are those of the clients that ${to.environment} answered.`],
  columns: [
    { title: '' },
    { title: 'Step' },
    { title: 'Took', kind: 'figure' },
    { title: 'Requests', kind: 'figure' },
    { title: 'Failures', kind: 'figure' },
    { title: 'p95', kind: 'figure' },
    { title: 'Checks' },
  ],
  rows: steps.map((step) => [
    outcomeOf(step.outcome),
    step.name,
    showDuration(step.ms),
    ...(step.percent > 0 && step.clients
      ? [
          String(step.clients.to.requests),
          String(step.clients.to.failures),
          step.clients.to.p95Ms === undefined ? '' : `${step.clients.to.p95Ms} ms`,
        ]
      : ['', '', '']),
    checksOf(step),
  ]),
  empty: 'none began',
});

const dataSection = ({ verdict, from, to }: Cutover, data: readonly CutoverData[]): Section => {
  const [stays, other] = verdict === 'MOVED' ? [to, from] : [from, to];
  const missing = ({ lossMinutes, way }: CutoverData): string => {
    if (lossMinutes !== undefined)
      return `what was written to ${other.environment} in ${showDuration(lossMinutes * 60_000)} is not in ${stays.environment}`;
    return way === 'none' ? 'everything' : '';
  };
  return {
    id: 'data',
    title: 'Data',
    about: [],
    columns: [{ title: 'Tier' }, { title: 'How' }, { title: 'Missing' }],
    rows: data.map((it) => [it.tier, howOf(it), missing(it)]),
    empty: 'none',
  };
};

function howOf({ way, because = '', copyOf = '', copiedAt = '', unwritten }: CutoverData): string {
  if (way === 'team') return because;
  if (way === 'none') return `begins empty: ${because}`;
  const copy = `a copy of ${copyOf}, ${showMoment(copiedAt)}`;
  if (because === '') return copy;
  const seen = unwritten ? 'none of its rows changed while clients moved' : 'by the word of the team';
  return `${copy}; nothing is written after it, ${seen}: ${because}`;
}

/** Checks that were broken off with their step say nothing. */
const checksOf = ({ outcome, verification }: CutoverStep): string =>
  outcome !== 'passed' && verification?.verdict === 'UNDECIDED'
    ? 'broken off'
    : (verification?.verdict ?? '');

const outcomeOf = (outcome: CutoverStep['outcome']): Cell =>
  outcome === 'stopped' ? { text: 'stopped', mark: 'doubtful' } : markOf(outcome === 'passed');
