import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import { isObject } from '../json';
import { isAtWork, processOf, type RehearsingProcess } from './rehearsing-process';

/**
 * Takes a rehearsal for this process: two never work on one at the same time. Claims are numbered and the last one holds, so
 * that that of a process that was killed is followed by another and never replaced: of two that try, one succeeds.
 *
 * @param folder - the rehearsal's
 * @param force - whether to take it from a process that is at work
 * @returns gives it up again
 * @throws TwinError `at-work`; `unwritable` where none can be written
 */
export function claim(folder: string, rehearsal: string, { force = false } = {}): () => void {
  for (;;) {
    const last = claimsIn(folder).at(-1);
    const holder = last && readClaim(last.file);
    if (holder && isAtWork(holder) && !force) throw atWork(rehearsal, holder);
    const file = join(folder, `${PREFIX}${(last?.number ?? 0) + 1}.json`);
    if (create(file)) return () => rmSync(file, { force: true });
  }
}

/** The process that works on a rehearsal; undefined when none does. @param folder - the rehearsal's */
export function workerOn(folder: string): RehearsingProcess | undefined {
  const holder = holderOf(folder);
  return holder && isAtWork(holder) ? holder : undefined;
}

/**
 * The process that took a rehearsal last and has not given it up: it works on it, or was killed, or is on another host, where it cannot be
 * looked for.
 *
 * @param folder - the rehearsal's
 */
export function holderOf(folder: string): RehearsingProcess | undefined {
  const last = claimsIn(folder).at(-1);
  return last && readClaim(last.file);
}

const PREFIX = 'claim-';

function claimsIn(folder: string): { readonly number: number; readonly file: string }[] {
  const numbers = readdirSync(folder).flatMap((name) => /^claim-(\d+)\.json$/.exec(name)?.[1] ?? []);
  return numbers
    .map(Number)
    .toSorted((a, b) => a - b)
    .map((number) => ({ number, file: join(folder, `${PREFIX}${number}.json`) }));
}

/** @returns undefined where it was given up meanwhile */
function readClaim(file: string): RehearsingProcess | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(holder) ? (holder as unknown as RehearsingProcess) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a claim with its content, at once: a link to a whole file. @returns whether it was not there yet */
function create(file: string): boolean {
  const whole = `${file}.${process.pid}`;
  try {
    writeFileSync(whole, JSON.stringify(processOf()), { mode: 0o600 });
    linkSync(whole, file);
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new TwinError({
      code: 'unwritable',
      message: `${file} could not be written (${code ?? message})`,
      fix: 'Make room there, or make the folder writable.',
      cause,
    });
  } finally {
    rmSync(whole, { force: true });
  }
}

const atWork = (rehearsal: string, { pid }: RehearsingProcess): TwinError =>
  new TwinError({
    code: 'at-work',
    message: `process ${pid} is at work on ${rehearsal}`,
    fix: `Wait for it, or stop it with "kill ${pid}", which tears the environment down.`,
  });
