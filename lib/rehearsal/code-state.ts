import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CodeState } from '../evidence/evidence';
import { git } from './git';

/**
 * What a folder's git repository holds, as git would commit it: changes that are not committed are part of it, ignored files are
 * not. The repository and its index stay as they are.
 *
 * @returns undefined where the folder is in no repository, or git is not there
 */
export async function codeStateOf(folder: string, signal: AbortSignal): Promise<CodeState | undefined> {
  const top = await git(['rev-parse', '--show-toplevel'], folder, signal).catch(() => undefined);
  signal.throwIfAborted();
  if (top === undefined) return undefined;
  const scratch = mkdtempSync(join(tmpdir(), 'twin-code-'));
  try {
    const [index, objects] = [join(scratch, 'index'), join(scratch, 'objects')];
    const pathOf = async (name: string): Promise<string> =>
      resolve(top, await git(['rev-parse', '--git-path', name], top, signal));
    const known = await pathOf('index');
    // what git knows of unchanged files is in the index: with a copy of it they are not read again
    if (existsSync(known)) {
      const { atime, mtime } = statSync(known);
      copyFileSync(known, index);
      // git reads again what was changed in the second in which the index was written: a younger index would hide that
      utimesSync(index, atime, mtime);
    }
    mkdirSync(objects);
    const aside = {
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: await pathOf('objects'),
    };
    await git(['add', '--all'], top, signal, aside);
    const digest = await git(['write-tree'], top, signal, aside);
    const commit = await git(['rev-parse', '--verify', 'HEAD'], top, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (commit === undefined) return { digest }; // nothing is committed yet
    const isCommitted = digest === (await git(['rev-parse', 'HEAD^{tree}'], top, signal));
    const time = await git(['show', '--no-patch', '--format=%cI', 'HEAD'], top, signal);
    return { digest, commit, committedAt: new Date(time).toISOString(), isCommitted };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
