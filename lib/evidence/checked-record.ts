import { TwinError } from '../error';
import { isObject } from '../json';
import type { Cutover } from './cutover';
import { isSealed } from './seal';
import type { Verification } from './verification';

/** A record of something that was judged in production. */
type ProductionRecord = Verification | Cutover;

/** What a record of one kind holds. */
export interface RecordKind<T extends ProductionRecord> {
  readonly kind: T['kind'];
  readonly version: T['version'];
  /** What its file is called. */
  readonly file: string;
  /** What to do about one of another version. */
  readonly rewrite: string;
  readonly texts: readonly (keyof T & string)[];
  readonly lists: readonly (keyof T & string)[];
}

/** Whether a value says that it is a record of a kind, and no evidence of a rehearsal. */
export const isOfKind = (value: unknown, { kind }: Pick<RecordKind<ProductionRecord>, 'kind'>): boolean =>
  isObject(value) && value['kind'] === kind;

/**
 * Checks that a value is a record of this version, and as it was sealed.
 *
 * @param at - where it was read, for the message
 * @throws TwinError `not-evidence`, `seal`
 */
export function checkedRecord<T extends ProductionRecord>(
  value: unknown,
  at: string,
  kind: RecordKind<T>,
): T {
  const fault = faultOf(value, kind);
  if (fault !== undefined)
    throw new TwinError({
      code: 'not-evidence',
      message: `${at} is not a ${kind.file} of this version: ${fault}`,
      fix: kind.rewrite,
    });
  const record = value as T;
  if (isSealed(record)) return record;
  throw new TwinError({
    code: 'seal',
    message: `${at} is not as it was written: its seal is of another text`,
    fix: 'Fetch it again from where it was written: a record is written once, and never edited.',
  });
}

function faultOf<T extends ProductionRecord>(value: unknown, kind: RecordKind<T>): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  if (!isOfKind(value, kind))
    return `its kind is ${JSON.stringify(value['kind']) ?? 'missing'}, not "${kind.kind}"`;
  if (value['version'] !== kind.version)
    return `its version is ${JSON.stringify(value['version']) ?? 'missing'}, not ${kind.version}`;
  const text = kind.texts.find((key) => typeof value[key] !== 'string');
  if (text !== undefined) return `"${text}" is not a text`;
  const list = kind.lists.find((key) => !Array.isArray(value[key]));
  return list === undefined ? undefined : `"${list}" is not a list`;
}
