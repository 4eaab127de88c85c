import { TwinError } from '../error';
import { isObject } from '../json';
import { JUNIT_FILE, MARKDOWN_FILE, PAGE_FILE, VERIFICATION_FILE } from './files';
import { renderVerificationPage } from './html/verification';
import { verificationInJunit } from './junit';
import { writeRecord } from './record';
import { isSealed } from './seal';
import type { Verification } from './verification';
import { verificationInMarkdown } from './verification-text';

/** Writes the record of a verification, and what is made of it. @throws TwinError `unwritable` */
export const writeVerification = (folder: string, verification: Verification): void =>
  writeRecord(folder, VERIFICATION_FILE, verification, [
    [PAGE_FILE, renderVerificationPage(verification)],
    [MARKDOWN_FILE, verificationInMarkdown(verification)],
    [JUNIT_FILE, verificationInJunit(verification)],
  ]);

/** Whether a value says that it is the record of a verification, and no evidence of a rehearsal. */
export const isVerification = (value: unknown): boolean => isObject(value) && value['kind'] === KIND;

const KIND: Verification['kind'] = 'verification';
const VERSION: Verification['version'] = 1;

/**
 * Checks that a value is the record of a verification of this version, and as it was sealed.
 *
 * @param file - where it was read, for the message
 * @throws TwinError `not-evidence`, `seal`
 */
export function checkedVerification(value: unknown, file: string): Verification {
  const fault = faultOf(value);
  if (fault !== undefined)
    throw new TwinError({
      code: 'not-evidence',
      message: `${file} is not a verification.json of this version: ${fault}`,
      fix: 'Verify again: twin verify writes it.',
    });
  const verification = value as Verification;
  if (isSealed(verification)) return verification;
  throw new TwinError({
    code: 'seal',
    message: `${file} is not as it was written: its seal is of another text`,
    fix: 'Fetch it again from where it was written: a record is written once, and never edited.',
  });
}

const TEXTS = ['verification', 'target', 'environment', 'moment', 'release', 'startedAt', 'endedAt', 'verdict', 'watchDigest'] as const satisfies readonly (keyof Verification)[]; // prettier-ignore
const LISTS = ['reasons', 'spans', 'gates', 'tiers', 'checks', 'skipped', 'notes'] as const satisfies readonly (keyof Verification)[]; // prettier-ignore

function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  if (value['kind'] !== KIND)
    return `its kind is ${JSON.stringify(value['kind']) ?? 'missing'}, not "${KIND}"`;
  if (value['version'] !== VERSION)
    return `its version is ${JSON.stringify(value['version']) ?? 'missing'}, not ${VERSION}`;
  const text = TEXTS.find((key) => typeof value[key] !== 'string');
  if (text !== undefined) return `"${text}" is not a text`;
  const list = LISTS.find((key) => !Array.isArray(value[key]));
  return list === undefined ? undefined : `"${list}" is not a list`;
}
