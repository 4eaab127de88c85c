import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { programsOnPath } from '../../../on-path';

/** A program that can read a dump. */
export interface ArchiveReader {
  /** The path of `pg_restore`. */
  readonly program: string;
}

/** There is no `pg_restore` here. */
export const NO_RESTORE = Symbol('no pg_restore');

/**
 * The first `pg_restore` of this machine that can read a dump: an older one refuses what a newer `pg_dump` wrote. It is not
 * among the programs that come with cdk-twin.
 *
 * @param path - folders, as in the environment variable @default - the PATH of this process, and where packages put it beside that
 * @returns why none can, in the words of the last one
 */
export async function archiveReader(
  archive: string,
  path = usualPath(),
): Promise<ArchiveReader | typeof NO_RESTORE | string> {
  let reason: string | typeof NO_RESTORE = NO_RESTORE;
  for (const program of programsOnPath('pg_restore', path)) {
    const failure = await whyUnreadable(program, archive);
    if (failure === undefined) return { program };
    reason = failure;
  }
  return reason;
}

/** Homebrew keeps libpq off the PATH, and Debian all versions but one. */
const usualPath = (): string =>
  [
    process.env['PATH'] ?? '',
    '/opt/homebrew/opt/libpq/bin',
    '/usr/local/opt/libpq/bin',
    ...versionsIn('/usr/lib/postgresql'),
  ].join(delimiter);

function versionsIn(folder: string): string[] {
  try {
    const versions = readdirSync(folder).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(folder, version, 'bin'));
  } catch {
    return []; // no Debian
  }
}

function whyUnreadable(program: string, archive: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const args = ['--list', archive];
    execFile(program, args, { timeout: LIST_LIMIT_MS, maxBuffer: 2 ** 30 }, (error, _, stderr) => {
      const words = stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^pg_restore: (error: )?/, '');
      resolve(error ? words || error.message : undefined);
    });
  });
}

const LIST_LIMIT_MS = 60_000;
