import { plural } from '../report/words';
import { Lines } from '../report/lines';
import type { Examination, Obstacle } from '../rehearsal/examine';
import type { Installed } from './installed';

/** What can be rehearsed, and what is missing. */
export interface Diagnosis {
  readonly installed: readonly Installed[];
  /** What stands in the way of everything. */
  readonly obstacles: readonly Obstacle[];
  /** The tiers that may be skipped. */
  readonly allowSkipped: readonly string[];
  /** One for each staging. */
  readonly examinations: readonly Examination[];
}

/** Whether every staging can be rehearsed as its gates ask. */
export const canRehearse = ({ installed, obstacles, examinations, allowSkipped }: Diagnosis): boolean =>
  installed.every(({ isEnough }) => isEnough) &&
  obstacles.length === 0 &&
  examinations.every(
    (it) =>
      it.obstacles.length === 0 &&
      it.tiers.every((tier) => !tier.skipped || allowSkipped.includes(tier.tier)),
  );

/** Writes a diagnosis for people, beginning with what it comes to. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  options: { readonly color: boolean; readonly width: number },
): string {
  const page = new Lines(options);
  const isReady = canRehearse(diagnosis);
  page.words(isReady ? readyFor(diagnosis.examinations) : 'Something is missing', {
    style: ['bold', isReady ? 'green' : 'red'],
  });
  page.heading('Installed');
  const width = Math.max(...diagnosis.installed.map(({ name }) => name.length));
  for (const it of diagnosis.installed) {
    row(page, it.isEnough ? 'ok' : 'missing', it.name.padEnd(width), wordsOf(it));
  }
  if (diagnosis.obstacles.length > 0) page.heading('The app');
  for (const obstacle of diagnosis.obstacles) writeObstacle(page, obstacle);
  for (const it of diagnosis.examinations) writeExamination(page, it, diagnosis.allowSkipped);
  return page.toString();
}

const readyFor = (examinations: readonly Examination[]): string =>
  examinations
    .map((it) => `${it.environment} can be rehearsed on the ${it.target} target: ${tally(it)}`)
    .join('; ');

function tally({ tiers }: Examination): string {
  const covered = tiers.filter(({ skipped }) => !skipped).length;
  return `${covered} of ${plural(tiers.length, 'tier')}`;
}

function wordsOf({ version, needed, elsewhere, isEnough }: Installed): string {
  if (elsewhere !== undefined) return `not in the app; ${elsewhere}`;
  if (version === undefined)
    return `not installed${needed === undefined ? '' : `; needed: ${needed} or newer`}`;
  return isEnough ? version : `${version}; needed: ${needed} or newer`;
}

function writeExamination(page: Lines, examination: Examination, allowSkipped: readonly string[]): void {
  const { environment, target, tiers, obstacles, warnings } = examination;
  page.heading(`${environment} on the ${target} target`, {
    beside: tiers.length === 0 ? '' : tally(examination),
  });
  const width = Math.max(0, ...tiers.map(({ tier }) => tier.length));
  for (const tier of tiers) {
    const name = tier.tier.padEnd(width);
    if (!tier.skipped)
      row(
        page,
        'ok',
        name,
        tier.standIn === undefined ? tier.kind : `${tier.kind}, stand-in: ${tier.standIn}`,
      );
    else row(page, allowSkipped.includes(tier.tier) ? 'skipped' : 'missing', name, tier.because);
  }
  for (const warning of warnings) page.words(warning, { lead: '  - ', style: 'dim' });
  for (const obstacle of obstacles) writeObstacle(page, obstacle);
}

function writeObstacle(page: Lines, { message, fix }: Obstacle): void {
  const [first = '', ...others] = message.split('\n');
  row(page, 'missing', '', first);
  for (const line of others) page.words(line.trim(), { lead: '             ' });
  page.words(fix, { lead: '      fix:   ' });
}

function row(page: Lines, state: keyof typeof MARKS, name: string, text: string): void {
  const [mark, leadStyle] = MARKS[state];
  page.words(text, { lead: `  ${mark}  ${name === '' ? '' : `${name}  `}`, leadStyle });
}

const MARKS = {
  ok: ['ok     ', 'green'],
  skipped: ['-      ', 'yellow'],
  missing: ['MISSING', 'red'],
} as const;
