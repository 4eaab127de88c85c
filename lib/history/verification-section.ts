import type { VerificationVerdict } from '../evidence/verification';
import type { MarkedCell, Section } from '../report/section';
import { plural } from '../report/words';
import { DEFINITIONS } from './definitions';
import type { History } from './history';
import { showDay, verdictCell } from './shown';

/** What became of releases in production. */
export function verificationSection({ verifications: all }: History): Section {
  const verified = new Set(all.map(({ release }) => release));
  const missed = new Set(
    all.filter((it) => it.verdict === 'ROLL BACK' && it.rehearsed === 'GO').map(({ release }) => release),
  );
  return {
    id: 'verifications',
    title: 'Verifications in production',
    beside: `ROLL BACK after GO: ${missed.size} of ${plural(verified.size, 'release')}`,
    about: DEFINITIONS.verifications,
    columns: [
      { title: 'Release' },
      { title: 'Verdict' },
      { title: 'Rehearsed' },
      { title: 'Verified' },
      { title: 'In' },
      { title: 'Why', kind: 'prose' },
    ],
    rows: all.map((it) => [
      it.release,
      { text: it.verdict, mark: MARKS[it.verdict] },
      it.rehearsed === undefined ? 'never' : verdictCell(it.rehearsed),
      showDay(it.startedAt),
      `${it.environment}, ${it.target}`,
      it.reasons[0] ?? '',
    ]),
    empty: '',
  };
}

const MARKS: Readonly<Record<VerificationVerdict, MarkedCell['mark']>> = {
  RECORDED: 'good',
  'BASELINE FAILED': 'doubtful',
  'GO ON': 'good',
  'ROLL BACK': 'bad',
  UNDECIDED: 'doubtful',
};
