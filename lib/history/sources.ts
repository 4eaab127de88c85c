import { statSync } from 'node:fs';
import { TwinError } from '../error';
import { checkedEvidence, type AllEvidence, type StoredEvidence } from '../evidence/read';
import { isCutover } from '../evidence/cutovers';
import { parseJson } from '../json';
import type { Verification } from '../evidence/verification';
import { checkedVerification, isVerification } from '../evidence/verifications';
import { readArchive } from './archive';
import { isBucket, readBucket } from './bucket';
import { readFolder } from './folder';
import {
  judgedAt,
  recordOf,
  type CutoverRecord,
  type EvidenceFile,
  type RehearsalRecord,
  type Unread,
  type VerificationRecord,
} from './record';
import type { Unfinished } from './unfinished';

/** What lies in a place where evidence is kept. */
export interface Place {
  readonly files: readonly EvidenceFile[];
  /** Rehearsals without evidence. @default - only folders that rehearsals made have some */
  readonly unfinished?: readonly Unfinished[];
  /** What could not be opened. @default - nothing */
  readonly unread?: readonly Unread[];
}

/** All that was found of rehearsals. */
export interface Found {
  /** The places that were read. */
  readonly places: readonly string[];
  /** The oldest first. */
  readonly records: readonly RehearsalRecord[];
  /** The oldest first. */
  readonly verifications: readonly VerificationRecord[];
  /** The oldest first. */
  readonly cutovers: readonly CutoverRecord[];
  readonly unfinished: readonly Unfinished[];
  readonly unread: readonly Unread[];
}

/**
 * Reads evidence from folders, zip files and buckets. What lies in several of them counts once.
 *
 * @param places - as they were given
 * @param isAsked - whether a person named them: one that is not there is an error then
 * @throws TwinError `missing-place`, `s3`
 */
export async function readPlaces(places: readonly string[], isAsked: boolean): Promise<Found> {
  const records: RehearsalRecord[] = [];
  const verifications = new Map<string, VerificationRecord>();
  const cutovers = new Map<string, CutoverRecord>();
  const unfinished: Unfinished[] = [];
  const unread: Unread[] = [];
  for (const place of places) {
    const read = await readPlace(place, isAsked);
    unfinished.push(...(read.unfinished ?? []));
    unread.push(...(read.unread ?? []));
    for (const file of read.files) {
      const record = recordOf(file);
      if ('why' in record) unread.push(record);
      else if ('verification' in record) {
        const key = keyOf(record.verification.verification, record.verification);
        // of two copies, the one with a page
        if (verifications.get(key)?.page === undefined) verifications.set(key, record);
      } else if ('cutover' in record) cutovers.set(keyOf(record.cutover.cutover, record.cutover), record);
      else records.push(record);
    }
  }
  return {
    places,
    records: once(records).toSorted(byTime),
    verifications: [...verifications.values()].toSorted((a, b) => byStart(a.verification, b.verification)),
    cutovers: [...cutovers.values()].toSorted((a, b) => byStart(a.cutover, b.cutover)),
    unfinished: onceEach(unfinished),
    unread,
  };
}

/**
 * Reads the evidence in folders, zip files and buckets whole, as one who decides by it needs it.
 *
 * @param places - as they were given
 * @param isAsked - whether a person named them: one that is not there is an error then
 * @throws TwinError `missing-place`, `s3`
 */
export async function evidenceIn(
  places: readonly string[],
  isAsked: boolean,
): Promise<AllEvidence & { readonly verifications: readonly Verification[] }> {
  const verifications: Verification[] = [];
  const stored: StoredEvidence[] = [];
  const unusable: string[] = [];
  for (const place of places) {
    const { files, unread = [] } = await readPlace(place, isAsked);
    unusable.push(...unread.map(({ where, why }) => `${where}: ${why}`));
    for (const { where, bytes } of files) {
      try {
        const value = parseJson(new TextDecoder().decode(bytes));
        if (isVerification(value)) verifications.push(checkedVerification(value, where));
        else if (!isCutover(value)) stored.push({ folder: where, evidence: checkedEvidence(value, where) });
      } catch (error) {
        if (!(error instanceof TwinError)) throw error;
        unusable.push(error.message);
      }
    }
  }
  return { stored, verifications: verifications.toSorted(byStart), unusable };
}

type Started = Pick<Verification, 'startedAt'>;

const byStart = (a: Started, b: Started): number => (a.startedAt < b.startedAt ? -1 : 1);

/** A record is written once: two copies are the same. */
const keyOf = (name: string, { startedAt }: Started): string => JSON.stringify([name, startedAt]);

async function readPlace(place: string, isAsked: boolean): Promise<Place> {
  if (isBucket(place)) return readBucket(place);
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isDirectory()) return readFolder(place);
  if (found?.isFile() && place.toLowerCase().endsWith('.zip')) return readArchive(place);
  if (!found && !isAsked) return { files: [] };
  throw new TwinError({
    code: 'missing-place',
    message: found ? `${place} is neither a folder nor a zip file` : `there is no ${place}`,
    fix: 'Name a folder with evidence, a zip file of one, or s3://bucket/prefix.',
  });
}

/** Evidence is written again when an environment is torn down later: of two copies the later one counts. */
function once(records: readonly RehearsalRecord[]): RehearsalRecord[] {
  const byKey = new Map<string, RehearsalRecord>();
  for (const record of records) {
    const { rehearsal, startedAt, endedAt } = record.evidence;
    const key = JSON.stringify([rehearsal, startedAt, record.attempt]);
    const other = byKey.get(key);
    if (!other || other.evidence.endedAt < endedAt) byKey.set(key, record);
  }
  return [...byKey.values()];
}

const onceEach = (unfinished: readonly Unfinished[]): Unfinished[] => [
  ...new Map(unfinished.map((it) => [it.where, it])).values(),
];

const byTime = (a: RehearsalRecord, b: RehearsalRecord): number => {
  const [one, other] = [a, b].map((it) => `${judgedAt(it.evidence)} ${it.evidence.rehearsal}`);
  return one! < other! ? -1 : one! > other! ? 1 : a.attempt - b.attempt;
};
