import type { Cutover, CutoverSide, CutoverVerdict } from './cutover';
import type { Evidence, Verdict } from './evidence';
import { isInterrupted } from './summary';
import type { Verification, VerificationVerdict } from './verification';

/** What comes after a rehearsal. */
export interface Next {
  readonly command: string;
  /** When it is the turn of it, as the end of a sentence. */
  readonly when: string;
}

/** The command that comes next: leftovers cost money, and are removed before anything else is done. */
export function nextOf(evidence: Evidence): Next {
  const { verdict, from, to, target, tearDown, group } = evidence;
  if (tearDown.outcome === 'left' && tearDown.finish !== undefined)
    return { command: tearDown.finish, when: 'to remove the leftovers' };
  const again = `twin rehearse --to ${to} --target ${target}`;
  if (isInterrupted(evidence)) return { command: again, when: 'to run all of it' };
  // the gate asks for a GO in each of a group
  const isPart = group !== undefined && group.stagings.length * group.beside.length > 1;
  const next: Readonly<Record<Verdict, Next>> = {
    GO: {
      command: `twin gate --release ${to}`,
      when: isPart ? 'when all rehearsals of it have given GO' : 'before it is deployed',
    },
    'NO-GO': { command: again, when: `when ${to} is mended` },
    'BASELINE FAILED': { command: again, when: `when staging works with ${from}` },
    UNDECIDED: { command: again, when: 'when that is mended' },
  };
  return next[verdict];
}

/** The command that comes after a verification; undefined where there is nothing left to do. */
export function nextOfVerification(verification: Verification): Next | undefined {
  const { verdict, release, ran, baseline, target } = verification;
  const verify = (of: string): string => `twin verify --release ${of} --target ${target}`;
  // where another release runs, the one that was to run is still to be deployed
  const isOther = ran.services.some(({ problem }) => problem !== undefined);
  const back = isOther ? release : (baseline?.release ?? release);
  const recorded: Next = { command: verify('<release>'), when: 'when the release is deployed' };
  const next: Readonly<Record<VerificationVerdict, Next | undefined>> = {
    RECORDED: recorded,
    'BASELINE FAILED': recorded,
    'GO ON': undefined,
    'ROLL BACK': { command: verify(back), when: `when ${back} is deployed${isOther ? '' : ' again'}` },
    UNDECIDED: { command: verify(release), when: 'when that is mended' },
  };
  return next[verdict];
}

/** The command that comes after a cutover. */
export function nextOfCutover({ verdict, from, to, target, stays }: Cutover): Next {
  const command = (one: CutoverSide, other: CutoverSide): string =>
    [
      `npx twin cutover --to ${one.environment}`,
      // what does not stand here says nothing of its release
      ...(stays ? [`--target ${target} --release ${one.release} --from-release ${other.release}`] : []),
    ].join(' ');
  const back = command(from, to);
  const again = command(to, from);
  const putBack = stays ? `npx twin cutover --back --target ${target}` : back;
  const mended: Next = { command: again, when: `when ${to.environment} is mended: it still stands` };
  const next: Readonly<Record<CutoverVerdict, Next>> = {
    MOVED: { command: back, when: `to move the traffic back: ${from.environment} still stands` },
    'MOVED BACK': mended,
    'NOT MOVED': mended,
    UNDECIDED: { command: again, when: 'when that is mended' },
    'NOT MOVED BACK': { command: putBack, when: 'to bring the traffic back' },
  };
  return next[verdict];
}
