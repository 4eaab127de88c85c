import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import { readJson } from '../template/read';
import type { Evidence } from './evidence';
import {
  ATTEMPTS_FOLDER,
  EVENTS_FILE,
  EVIDENCE_FILE,
  JUNIT_FILE,
  LOGS_FOLDER,
  MARKDOWN_FILE,
  NOT_STARTED_FILE,
  PAGE_FILE,
  REHEARSALS,
} from './files';
import { renderHtml } from './html/page';
import { renderJunit } from './junit';
import { renderMarkdown } from './markdown';
import { faultOf } from './faults';

/** Evidence and its folder. */
export interface StoredEvidence {
  readonly folder: string;
  readonly evidence: Evidence;
  /** A later rehearsal, which could not start. @default - there is none */
  readonly notStarted?: string;
}

/**
 * Writes evidence.json and the reports made of it into a folder. No file appears half written under its name, and
 * evidence.json comes last: where it exists, the others do.
 *
 * @throws TwinError `unwritable`
 */
export function writeEvidence(folder: string, evidence: Evidence): void {
  const files = [
    [PAGE_FILE, renderHtml(evidence)],
    [MARKDOWN_FILE, renderMarkdown(evidence)],
    [JUNIT_FILE, renderJunit(evidence)],
    [EVIDENCE_FILE, `${JSON.stringify(evidence, null, 2)}\n`],
  ] as const;
  const temporary = (name: string): string => join(folder, `.${name}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    // all are written before the first is renamed: on a full disk none appears
    for (const [name, text] of files) writeFileSync(temporary(name), text);
    for (const [name] of files) renameSync(temporary(name), join(folder, name));
  } catch (cause) {
    for (const [name] of files) rmSync(temporary(name), { force: true });
    throw unwritable(folder, cause as NodeJS.ErrnoException);
  }
}

/**
 * The folder that the evidence of an attempt is moved to before the next, relative to its own; undefined where it has none.
 *
 * @param attempt - its number, from 1 on
 */
export const attemptFolder = (folder: string, attempt: number): string | undefined =>
  existsSync(join(folder, EVIDENCE_FILE)) ? `${ATTEMPTS_FOLDER}/${attempt}` : undefined;

/**
 * Moves what {@link writeEvidence} wrote for an attempt into a folder of its own, with a copy of its logs: in its place it would be taken
 * for the evidence of the next one.
 *
 * @param into - see {@link attemptFolder}
 * @throws TwinError `unwritable`
 */
export function moveEvidence(folder: string, into: string): void {
  const [from, to] = [(name: string) => join(folder, name), (name: string) => join(folder, into, name)];
  try {
    mkdirSync(to('.'), { recursive: true });
    if (existsSync(from(LOGS_FOLDER))) cpSync(from(LOGS_FOLDER), to(LOGS_FOLDER), { recursive: true });
    // evidence.json goes first and arrives last: where it exists, the others do
    const onItsWay = to(`.${EVIDENCE_FILE}`);
    renameSync(from(EVIDENCE_FILE), onItsWay);
    for (const name of [PAGE_FILE, MARKDOWN_FILE, JUNIT_FILE]) renameSync(from(name), to(name));
    renameSync(onItsWay, to(EVIDENCE_FILE));
  } catch (cause) {
    throw unwritable(folder, cause as NodeJS.ErrnoException);
  }
}

/** Notes that a rehearsal could not start, so that the last report stays that of the one before. */
export function noteNotStarted(folder: string): void {
  try {
    renameSync(join(folder, EVENTS_FILE), join(folder, NOT_STARTED_FILE));
  } catch {
    // why it could not start is what there is to say, such as that nothing can be written there
  }
}

/**
 * Reads a folder's evidence.
 *
 * @throws TwinError `not-evidence` when its evidence.json is not of this version, and the errors of reading a JSON file
 */
export function readEvidence(folder: string): Evidence {
  const file = join(folder, EVIDENCE_FILE);
  const evidence = readJson(file);
  const fault = faultOf(evidence);
  if (fault === undefined) return evidence as Evidence;
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

const unwritable = (folder: string, cause: NodeJS.ErrnoException): TwinError =>
  new TwinError({
    code: 'unwritable',
    message: `the evidence could not be written to ${folder} (${cause.code ?? cause.message})`,
    fix: 'Free some space there, or make the folder writable.',
    cause,
  });
