import type { Verdict } from '../evidence/evidence';
import type { Verification } from '../evidence/verification';
import { judgedAt } from './record';
import type { Found } from './sources';

/** A verification of production after a release. */
export interface VerificationLine extends Pick<
  Verification,
  'verification' | 'release' | 'environment' | 'target' | 'verdict' | 'reasons' | 'startedAt'
> {
  /** Of the last rehearsal of the release before. @default - none is on record */
  readonly rehearsed?: Verdict;
  readonly sha256: string;
  readonly where: string;
  /** Its page, where it lies beside it. */
  readonly page?: string;
}

/** The verifications after a release, the newest first. Records of before a release have no verdict of one. */
export const verificationsOf = ({ verifications, records }: Pick<Found, 'verifications' | 'records'>) =>
  verifications
    .filter(({ verification: { moment } }) => moment === 'after')
    .map(({ verification: it, sha256, where, page }): VerificationLine => {
      const { verification, release, environment, target, verdict, reasons, startedAt } = it;
      const rehearsal = records.findLast(
        ({ evidence }) => evidence.to === release && judgedAt(evidence) <= startedAt,
      );
      return {
        verification,
        release,
        environment,
        target,
        verdict,
        reasons,
        startedAt,
        ...(rehearsal && { rehearsed: rehearsal.evidence.verdict }),
        sha256,
        where,
        ...(page !== undefined && { page }),
      };
    })
    .toReversed();
