import type { Cutover } from '../evidence/cutover';
import type { Found } from './sources';

/** A cutover from one production to another. */
export interface CutoverLine extends Pick<
  Cutover,
  'cutover' | 'target' | 'from' | 'to' | 'verdict' | 'reasons' | 'startedAt'
> {
  readonly sha256: string;
  readonly where: string;
}

/** The cutovers, the newest first. */
export const cutoversOf = ({ cutovers }: Pick<Found, 'cutovers'>): CutoverLine[] =>
  cutovers
    .map(({ cutover: { cutover, target, from, to, verdict, reasons, startedAt }, sha256, where }) => ({
      cutover,
      target,
      from,
      to,
      verdict,
      reasons,
      startedAt,
      sha256,
      where,
    }))
    .toReversed();
