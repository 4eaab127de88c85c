import type { Evidence, Verdict } from './evidence';

/** What comes after a rehearsal. */
export interface Next {
  readonly command: string;
  /** When it is the turn of it, as the end of a sentence. */
  readonly when: string;
}

/** The command that comes next. What an environment that still stands needs is said of its tear-down. */
export function nextOf({ verdict, from, to, target }: Evidence): Next {
  const again = `twin rehearse --to ${to} --target ${target}`;
  const next: Readonly<Record<Verdict, Next>> = {
    GO: { command: `twin gate --release ${to}`, when: 'before it is deployed' },
    'NO-GO': { command: again, when: `when ${to} is mended` },
    'BASELINE FAILED': { command: again, when: `when staging works with ${from}` },
    UNDECIDED: { command: again, when: 'when that is mended' },
  };
  return next[verdict];
}
