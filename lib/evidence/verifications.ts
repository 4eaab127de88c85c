import { checkedRecord, isOfKind, type RecordKind } from './checked-record';
import { JUNIT_FILE, MARKDOWN_FILE, PAGE_FILE, VERIFICATION_FILE } from './files';
import { renderVerificationPage } from './html/verification';
import { verificationInJunit } from './junit';
import { writeRecord } from './record';
import type { Verification } from './verification';
import { verificationInMarkdown } from './verification-text';

/** Writes the record of a verification, and what is made of it. @throws TwinError `unwritable` */
export const writeVerification = (folder: string, verification: Verification): void =>
  writeRecord(folder, VERIFICATION_FILE, verification, [
    [PAGE_FILE, renderVerificationPage(verification)],
    [MARKDOWN_FILE, verificationInMarkdown(verification)],
    [JUNIT_FILE, verificationInJunit(verification)],
  ]);

const KIND: RecordKind<Verification> = {
  kind: 'verification',
  version: 1,
  file: VERIFICATION_FILE,
  rewrite: 'Verify again: twin verify writes it.',
  texts: [
    'verification',
    'target',
    'environment',
    'moment',
    'release',
    'startedAt',
    'endedAt',
    'verdict',
    'watchDigest',
  ],
  lists: ['reasons', 'spans', 'gates', 'tiers', 'checks', 'skipped', 'notes'],
};

/** Whether a value says that it is the record of a verification, and no evidence of a rehearsal. */
export const isVerification = (value: unknown): boolean => isOfKind(value, KIND);

/**
 * Checks that a value is the record of a verification of this version, and as it was sealed.
 *
 * @param file - where it was read, for the message
 * @throws TwinError `not-evidence`, `seal`
 */
export const checkedVerification = (value: unknown, file: string): Verification =>
  checkedRecord(value, file, KIND);
