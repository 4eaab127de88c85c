import { checkedRecord, isOfKind, type RecordKind } from './checked-record';
import type { Cutover } from './cutover';
import { CUTOVER_FILE } from './files';

const KIND: RecordKind<Cutover> = {
  kind: 'cutover',
  version: 1,
  file: CUTOVER_FILE,
  rewrite: 'It cannot be made again: read it with the cdk-twin that wrote it.',
  texts: ['cutover', 'target', 'startedAt', 'endedAt', 'verdict', 'gatesDigest'],
  lists: ['reasons', 'steps', 'spans'],
};

/** Whether a value says that it is the record of a cutover. */
export const isCutover = (value: unknown): boolean => isOfKind(value, KIND);

/**
 * Checks that a value is the record of a cutover of this version, and as it was sealed.
 *
 * @param file - where it was read, for the message
 * @throws TwinError `not-evidence`, `seal`
 */
export const checkedCutover = (value: unknown, file: string): Cutover => checkedRecord(value, file, KIND);
