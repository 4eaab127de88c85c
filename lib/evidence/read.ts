import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import { readJson } from '../template/read';
import type { Evidence } from './evidence';
import { faultOf } from './faults';
import { EVENTS_FILE, EVIDENCE_FILE, NOT_STARTED_FILE, REHEARSALS } from './files';
import { isSealed } from './seal';

/** Evidence and its folder. */
export interface StoredEvidence {
  readonly folder: string;
  readonly evidence: Evidence;
  /** A later rehearsal, which could not start. @default - there is none */
  readonly notStarted?: string;
}

/**
 * Reads a folder's evidence.
 *
 * @throws TwinError `not-evidence` when its evidence.json is not of this version, `seal` when it was changed, and the errors of reading a JSON file
 */
export function readEvidence(folder: string): Evidence {
  const file = join(folder, EVIDENCE_FILE);
  return checkedEvidence(readJson(file), file);
}

/**
 * Checks that a value is evidence of this version, and as it was sealed.
 *
 * @param file - where it was read, for the message
 * @throws TwinError `not-evidence`, `seal`
 */
export function checkedEvidence(evidence: unknown, file: string): Evidence {
  const fault = faultOf(evidence);
  if (fault === undefined) return checkSeal(evidence as Evidence, file);
  const tool = isObject(evidence) && typeof evidence['tool'] === 'string' ? evidence['tool'] : undefined;
  throw new TwinError({
    code: 'not-evidence',
    message: `${file} is not an evidence.json of this version: ${fault}`,
    fix:
      tool === undefined
        ? 'Rehearse again: twin rehearse writes it.'
        : `Read it with cdk-twin ${tool}, which wrote it, or rehearse again.`,
  });
}

/**
 * The evidence of the newest rehearsal that started.
 *
 * @throws TwinError `no-rehearsal` when there is none, `no-evidence` when the newest has none: the verdict of an earlier one
 * is not its verdict; and the errors of {@link readEvidence}
 */
export function lastEvidence(root: string = REHEARSALS): StoredEvidence {
  const newest = rehearsalsIn(root, EVIDENCE_FILE).at(-1);
  const started = rehearsalsIn(root, EVENTS_FILE).at(-1);
  if (started !== undefined && (newest === undefined || newest < started)) throw noEvidence(root, started);
  if (newest === undefined) throw noRehearsal(root);
  const later = rehearsalsIn(root, NOT_STARTED_FILE).at(-1) ?? '';
  return { ...namedEvidence(newest, root), ...(later > newest && { notStarted: later }) };
}

/**
 * The evidence of the rehearsal with a name.
 *
 * @throws TwinError `no-rehearsal` when there is none of that name, and the errors of {@link readEvidence}
 */
export function namedEvidence(rehearsal: string, root: string = REHEARSALS): StoredEvidence {
  const all = rehearsalsIn(root, EVIDENCE_FILE);
  if (all.length === 0) throw noRehearsal(root);
  if (!all.includes(rehearsal)) {
    throw new TwinError({
      code: 'no-rehearsal',
      message: `there is no rehearsal "${rehearsal}" with evidence in ${root}; ${didYouMean(rehearsal, all)}`,
      fix: 'Name an existing one, or leave the name out for the last one.',
    });
  }
  const folder = join(root, rehearsal);
  return { folder, evidence: readEvidence(folder) };
}

/** All evidence in a folder of rehearsals. */
export interface AllEvidence {
  /** The oldest first. */
  readonly stored: readonly StoredEvidence[];
  /** Why some of it cannot be used, such as that it is of another version, or was changed. */
  readonly unusable: readonly string[];
}

/** Reads the evidence of every rehearsal in a folder; none where there is no such folder. */
export function allEvidence(root: string): AllEvidence {
  const stored: StoredEvidence[] = [];
  const unusable: string[] = [];
  for (const name of rehearsalsIn(root, EVIDENCE_FILE)) {
    const folder = join(root, name);
    try {
      stored.push({ folder, evidence: readEvidence(folder) });
    } catch (error) {
      if (!(error instanceof TwinError)) throw error;
      unusable.push(error.message);
    }
  }
  return { stored, unusable };
}

/** The rehearsals that have a file, the oldest first: their names begin with the time. */
function rehearsalsIn(root: string, file: string): string[] {
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => name)
    .filter((name) => existsSync(join(root, name, file)))
    .sort();
}

const noRehearsal = (root: string): TwinError =>
  new TwinError({
    code: 'no-rehearsal',
    message: `there is no rehearsal in ${root}`,
    fix: 'Run twin rehearse --to <release> first.',
  });

const noEvidence = (root: string, rehearsal: string): TwinError =>
  new TwinError({
    code: 'no-evidence',
    message: `the last rehearsal in ${root}, ${rehearsal}, has no evidence: it is still running, it was interrupted, or its staging and production are not twins`,
    fix: 'Wait for it, or finish it with twin down; to see an earlier rehearsal, name it.',
  });

function checkSeal(evidence: Evidence, file: string): Evidence {
  if (isSealed(evidence)) return evidence;
  throw new TwinError({
    code: 'seal',
    message: `${file} is not as it was written: its seal is of another text`,
    fix: 'Fetch it again from where it was written, or rehearse again: evidence is written once, and never edited.',
  });
}
