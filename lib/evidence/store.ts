import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import { makeFolder } from '../make-folder';
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
} from './files';
import { renderHtml } from './html/page';
import { renderJunit } from './junit';
import { renderMarkdown } from './markdown';
import { writeFiles } from './write-files';

/**
 * Writes evidence.json and the reports made of it into a folder. No file appears half written under its name, and
 * evidence.json comes last: where it exists, the others do.
 *
 * @throws TwinError `unwritable`
 */
export function writeEvidence(folder: string, evidence: Evidence): void {
  writeFiles(
    folder,
    [
      [PAGE_FILE, renderHtml(evidence)],
      [MARKDOWN_FILE, renderMarkdown(evidence)],
      [JUNIT_FILE, renderJunit(evidence)],
      [EVIDENCE_FILE, `${JSON.stringify(evidence, null, 2)}\n`],
    ],
    (cause) => unwritable(folder, cause),
  );
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
    makeFolder(to('.'));
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

const unwritable = (folder: string, cause: NodeJS.ErrnoException): TwinError =>
  new TwinError({
    code: 'unwritable',
    message: `the evidence could not be written to ${folder} (${cause.code ?? cause.message})`,
    fix: 'Free some space there, or make the folder writable.',
    cause,
  });
