import { showDuration } from '../duration';
import { TwinError } from '../error';
import { Lines } from '../report/lines';
import { prose } from '../report/markdown';
import type { Cell, Section } from '../report/section';
import { sectionInMarkdown } from '../report/section-markdown';
import { writeSection } from '../report/section-text';
import type { ClientFigures } from '../targets/traffic';
import type { Cutover, CutoverStep, CutoverVerdict } from './cutover';
import { tookMs } from './figures';
import { CUTOVER_FILE, MARKDOWN_FILE } from './files';
import { writeFiles } from './write-files';

const COLORS: Readonly<Record<CutoverVerdict, 'green' | 'red' | 'yellow'>> = {
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

/** Writes a cutover for people, beginning with the verdict and its reasons. @param next - what to do now, in sentences */
export function renderCutover(
  cutover: Cutover,
  next: readonly string[],
  { file, ...options }: { readonly color: boolean; readonly width: number; readonly file?: string },
): string {
  const { verdict, reasons } = cutover;
  const page = new Lines(options);
  page.words(`${verdict}: ${headlineOf(cutover)}`, { style: ['bold', COLORS[verdict]] });
  for (const reason of reasons) page.words(reason, { lead: '  - ' });
  for (const [lead, text] of factsOf(cutover)) page.words(text, { lead: lead.padEnd(10) });
  for (const section of sectionsOf(cutover)) writeSection(page, section);
  page.words('');
  page.words(showDuration(tookMs(cutover)), { lead: 'Took      ' });
  if (file !== undefined) page.words(file, { lead: 'Record    ' });
  for (const it of next) page.words(it, { lead: 'Next      ' });
  return page.toString();
}

/** Writes it in Markdown. */
function cutoverInMarkdown(cutover: Cutover): string {
  const { verdict, reasons } = cutover;
  const blocks = [
    `### ${prose(`${verdict}: ${headlineOf(cutover)}`)}`,
    ...(reasons.length === 0 ? [] : [reasons.map((it) => `- ${prose(it)}`).join('\n')]),
    factsOf(cutover)
      .map(([lead, text]) => `- **${lead}**: ${prose(text)}`)
      .join('\n'),
    ...sectionsOf(cutover).map(sectionInMarkdown),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/**
 * Writes the record of a cutover, and the comment made of it. The record comes last: where it exists, the other does.
 *
 * @throws TwinError `unwritable`
 */
export function writeCutover(folder: string, cutover: Cutover): void {
  writeFiles(
    folder,
    [
      [MARKDOWN_FILE, cutoverInMarkdown(cutover)],
      [CUTOVER_FILE, `${JSON.stringify(cutover, null, 2)}\n`],
    ],
    (cause) =>
      new TwinError({
        code: 'unwritable',
        message: `the record could not be written to ${folder} (${cause.code ?? String(cause)})`,
        fix: 'Free some space there, or make the folder writable.',
        cause,
        isMachineFault: true,
      }),
  );
}

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
  return [stepsSection(cutover), ...(last && gates.length > 0 ? [gatesSection(last.name, gates)] : [])];
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
    markOf(step.outcome),
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

/** Checks that were broken off with their step say nothing. */
const checksOf = ({ outcome, verification }: CutoverStep): string =>
  outcome !== 'passed' && verification?.verdict === 'UNDECIDED'
    ? 'broken off'
    : (verification?.verdict ?? '');

const gatesSection = (step: string, gates: CutoverStep['gates']): Section => ({
  id: 'gates',
  title: `Gates of ${step}`,
  beside: `${gates.filter(({ passed }) => passed).length} of ${gates.length} passed`,
  about: [],
  columns: [
    { title: '' },
    { title: 'Gate' },
    { title: 'Measured', kind: 'prose' },
    { title: 'Allowed', kind: 'prose' },
  ],
  rows: gates.map(({ gate, rule, measured, passed }) => [
    markOf(passed ? 'passed' : 'failed'),
    gate,
    measured,
    rule,
  ]),
  empty: '',
});

function markOf(outcome: CutoverStep['outcome']): Cell {
  if (outcome === 'passed') return { text: 'ok', mark: 'good' };
  return outcome === 'failed' ? { text: 'FAILED', mark: 'bad' } : { text: 'stopped', mark: 'doubtful' };
}
