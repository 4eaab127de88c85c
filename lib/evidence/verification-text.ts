import { dirname, join } from 'node:path';
import { showDuration } from '../duration';
import type { Section } from '../report/section';
import { plural } from '../report/words';
import { showMoment, showTraffic } from './figures';
import { PAGE_FILE } from './files';
import { nextOfVerification } from './next';
import { ranSentences } from './ran';
import {
  gatesSection,
  markOf,
  recordInMarkdown,
  recordText,
  type Recorded,
  type RecordOptions,
} from './record';
import type { SeenDrift, Verification, VerificationVerdict } from './verification';
import { clientTimesOf, comparisonOf, type ComparedTime } from './verification-times';

/** How each verdict is coloured. */
export const VERIFICATION_COLORS: Readonly<Record<VerificationVerdict, 'green' | 'red' | 'yellow'>> = {
  RECORDED: 'green',
  'BASELINE FAILED': 'yellow',
  'GO ON': 'green',
  'ROLL BACK': 'red',
  UNDECIDED: 'yellow',
};

/** The meaning of the verdict, in one sentence. */
export function headlineOf(verification: Verification): string {
  const { verdict, environment, release, baseline } = verification;
  const headlines: Readonly<Record<VerificationVerdict, string>> = {
    RECORDED: `${environment} with ${release} is what a release is compared with`,
    'BASELINE FAILED': `${environment} does not work with ${release}, before anything is released`,
    'GO ON': `${environment} works with ${release}`,
    'ROLL BACK': isOther(verification)
      ? `${environment} does not run ${release}`
      : `${release} must not stay in ${environment}${
          baseline && baseline.release !== release ? `: go back to ${baseline.release}` : ''
        }`,
    UNDECIDED: `${environment} with ${release} could not be judged`,
  };
  return headlines[verdict];
}

/** Whether another release runs. */
const isOther = ({ ran: { services } }: Verification): boolean =>
  services.some(({ problem }) => problem !== undefined);

function recordedOf(verification: Verification): Recorded {
  const next = nextOfVerification(verification);
  return {
    ...verification,
    color: VERIFICATION_COLORS[verification.verdict],
    headline: headlineOf(verification),
    facts: factsOf(verification),
    sections: sectionsOf(verification),
    ...(next && { next }),
  };
}

/** Writes a verification for people, beginning with the verdict and its reasons. */
export const renderVerification = (
  verification: Verification,
  { file, ...options }: RecordOptions & { readonly file?: string },
): string =>
  recordText(
    recordedOf(verification),
    options,
    file === undefined
      ? []
      : [
          ['Record', file],
          ['Report', join(dirname(file), PAGE_FILE)],
        ],
  );

/** Writes it in Markdown, such as for the summary of a pipeline. */
export const verificationInMarkdown = (verification: Verification): string =>
  recordInMarkdown(recordedOf(verification));

/** What it is about, by words such as `Ran`. */
export function factsOf(verification: Verification): (readonly [string, string])[] {
  const { ran, target, watched, baseline, forecast, notes } = verification;
  const problems = ran.services.flatMap(({ problem }) => problem ?? []);
  const sentence = problems.length > 0 ? problems.join('; ') : ranSentences({ to: ran })[0];
  return [
    ['Ran', `${sentence ?? ran.release}, on the ${target} target`],
    ...(watched
      ? ([['Watched', `${showDuration(watched.ms)}: ${showTraffic(watched.traffic)}`]] as const)
      : []),
    ...(baseline
      ? ([['Before', `${baseline.release}, recorded ${showMoment(baseline.startedAt)}`]] as const)
      : []),
    ...(forecast
      ? ([['Rehearsed', `${forecast.rehearsal} on ${forecast.target}: ${forecast.verdict}`]] as const)
      : []),
    ...notes.map((note) => ['Note', note] as const),
  ];
}

function sectionsOf(verification: Verification): Section[] {
  const { gates, checks, skipped } = verification;
  const times = verification.watched ? comparisonOf(verification) : [];
  return [
    ...(gates.length === 0 ? [] : [gatesSection('Gates', gates)]),
    ...(times.length === 0 ? [] : [timesSection(times)]),
    ...seenSections(verification),
    ...(checks.length === 0 ? [] : [checksSection(verification)]),
    ...(skipped.length === 0 ? [] : [skippedSection(skipped)]),
  ];
}

/** Before beside after beside what the rehearsal forecast. */
export const timesSection = (times: readonly ComparedTime[]): Section => ({
  id: 'times',
  title: 'Response times (p95)',
  about: [],
  columns: [
    { title: 'Of', kind: 'prose' },
    { title: 'Before', kind: 'figure' },
    { title: 'Now', kind: 'figure' },
    { title: 'Ratio', kind: 'figure' },
    { title: 'Rehearsed', kind: 'figure' },
  ],
  rows: times.map(({ name, before, now, forecast }) => [
    name,
    before === undefined ? '' : `${inFigures(before)} ms`,
    now === undefined ? '' : `${inFigures(now)} ms`,
    before === undefined || now === undefined ? '' : inFigures(now / before),
    forecast === undefined ? '' : inFigures(forecast),
  ]),
  empty: '',
});

/** What clients saw, and what drifted, where it was looked at. */
export const seenSections = (verification: Verification): Section[] => [
  ...(verification.clients?.length ? [clientsSection(verification)] : []),
  ...(verification.drifts?.length ? [driftsSection(verification.drifts)] : []),
];

const clientsSection = (verification: Verification): Section => ({
  id: 'clients',
  title: 'Clients, as CloudWatch has them',
  about: ['Requests of checks are among theirs.'],
  columns: [
    { title: 'Of', kind: 'prose' },
    { title: 'Requests', kind: 'figure' },
    { title: 'Failures', kind: 'figure' },
    { title: 'p95 before', kind: 'figure' },
    { title: 'p95 now', kind: 'figure' },
  ],
  rows: (verification.clients ?? []).map(({ tier, requests, failures }) => {
    const { before, now } = clientTimesOf(verification).find(({ name }) => name === tier) ?? {};
    const inMs = (it: number | undefined): string => (it === undefined ? '' : `${inFigures(it)} ms`);
    return [tier, String(requests), String(failures), inMs(before), inMs(now)];
  }),
  empty: '',
});

const driftsSection = (drifts: readonly SeenDrift[]): Section => ({
  id: 'drift',
  title: 'Drift',
  about: ['What runs is not what was deployed: twin live has what to do.'],
  columns: [
    { title: 'What', kind: 'prose' },
    { title: 'Deployed' },
    { title: 'Runs' },
    { title: 'Why', kind: 'prose' },
  ],
  rows: drifts.map(({ what, deployed, running, why }) => [what, deployed, running, why]),
  empty: '',
});

const inFigures = (value: number): string => String(Number(value.toFixed(2)));

const checksSection = ({ checks, release }: Verification): Section => ({
  id: 'checks',
  title: `Checks of ${release}`,
  beside: `${checks.filter(({ outcome }) => outcome === 'passed').length} of ${checks.length} passed`,
  about: [],
  columns: [{ title: '' }, { title: 'Check', kind: 'prose' }, { title: 'Result', kind: 'prose' }],
  rows: checks.map(({ name, outcome, detail }) => [
    outcome === 'skipped' ? { text: '-', mark: 'doubtful' } : markOf(outcome === 'passed'),
    name,
    detail,
  ]),
  empty: '',
});

const skippedSection = (skipped: readonly string[]): Section => ({
  id: 'skipped',
  title: 'Skipped',
  beside: `${plural(skipped.length, 'check')} not declared safe in production`,
  about: [],
  columns: [{ title: 'Check', kind: 'prose' }],
  rows: skipped.map((name) => [name]),
  empty: '',
});
