import type { CutoverVerdict } from '../evidence/cutover';
import type { MarkedCell, Section } from '../report/section';
import { plural } from '../report/words';
import { DEFINITIONS } from './definitions';
import type { History } from './history';
import { showDay } from './shown';

/** How the traffic of clients was moved between productions. */
export function cutoverSection({ cutovers: all }: History): Section {
  const moved = all.filter(({ verdict }) => verdict === 'MOVED').length;
  return {
    id: 'cutovers',
    title: 'Cutovers',
    beside: `${moved} of ${plural(all.length, 'cutover')} moved all traffic`,
    about: DEFINITIONS.cutovers,
    columns: [
      { title: 'To' },
      { title: 'Release' },
      { title: 'Verdict' },
      { title: 'From' },
      { title: 'Moved' },
      { title: 'Why', kind: 'prose' },
    ],
    rows: all.map(({ to, verdict, from, startedAt, target, reasons }) => [
      `${to.environment}, ${target}`,
      to.release,
      { text: verdict, mark: MARKS[verdict] },
      `${from.environment}, ${from.release}`,
      showDay(startedAt),
      reasons[0] ?? '',
    ]),
    empty: '',
  };
}

const MARKS: Readonly<Record<CutoverVerdict, MarkedCell['mark']>> = {
  MOVED: 'good',
  'MOVED BACK': 'bad',
  'NOT MOVED': 'bad',
  UNDECIDED: 'doubtful',
  'NOT MOVED BACK': 'bad',
};
