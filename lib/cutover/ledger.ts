import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import { isObject } from '../json';
import type { Rehearsals } from '../rehearsal/rehearsals';

/** The file in the folder of a cutover that says what its traffic goes back to. */
export const HELD_FILE = 'held.json';

/** Traffic that a cutover holds, or has left where it was when its process was killed. */
export interface HeldEntry {
  readonly version: 1;
  /** Such as `20261121-041200-cutover-1.43.0`. */
  readonly cutover: string;
  readonly target: string;
  /** The names of the productions. */
  readonly from: string;
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** What it goes back to: as the target has learned it. */
  readonly before: Readonly<Record<string, string>>;
  /** Whether nothing is left to put back. */
  readonly isOver: boolean;
}

/** Writes an entry, whole or not at all. @throws TwinError `unwritable` */
export function writeHeld(rehearsals: Rehearsals, entry: HeldEntry): void {
  const file = join(rehearsals.folderOf(entry.cutover), HELD_FILE);
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify(entry, undefined, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new TwinError({
      code: 'unwritable',
      message: `${file} could not be written (${code ?? message})`,
      fix: 'Make room there, or make the folder writable: nothing is moved that could not be moved back.',
      cause,
    });
  }
}

/** What writes down what traffic goes back to. */
export const holding =
  (rehearsals: Rehearsals, entry: Omit<HeldEntry, 'version' | 'before' | 'isOver'>) =>
  (before: HeldEntry['before']): void =>
    writeHeld(rehearsals, { version: 1, ...entry, before, isOver: false });

/** Notes that nothing is left to put back, where anything was held. @throws TwinError `unwritable` */
export function endHeld(rehearsals: Rehearsals, cutover: string): void {
  const entry = heldBy(rehearsals, cutover);
  if (entry && !entry.isOver) writeHeld(rehearsals, { ...entry, isOver: true });
}

/** The cutovers of a target whose traffic was not put back, the oldest first. @throws TwinError `held` */
export const unfinishedCutovers = (rehearsals: Rehearsals, target: string): HeldEntry[] =>
  rehearsals
    .having(HELD_FILE)
    .flatMap((name) => heldBy(rehearsals, name) ?? [])
    .filter((it) => it.target === target && !it.isOver);

function heldBy(rehearsals: Rehearsals, cutover: string): HeldEntry | undefined {
  const file = join(rehearsals.folderOf(cutover), HELD_FILE);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const entry = parsed(text);
  if (isObject(entry) && entry['version'] === 1 && isObject(entry['before']))
    return entry as unknown as HeldEntry;
  throw new TwinError({
    code: 'held',
    message: `${file} is not what this version of twin wrote, so that nothing says what traffic goes back to`,
    fix: 'Set the weights by hand, and remove the file.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says which file it is
  }
}
