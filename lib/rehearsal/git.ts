import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Asks git; a hook that runs this process must not lead it to another repository. @returns what it answers, trimmed */
export async function git(
  words: readonly string[],
  cwd: string,
  signal: AbortSignal,
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { GIT_DIR: _d, GIT_WORK_TREE: _w, GIT_INDEX_FILE: _i, GIT_PREFIX: _p, ...env } = process.env;
  const { stdout } = await promisify(execFile)('git', words, {
    cwd,
    env: { ...env, LC_ALL: 'C', ...variables },
    signal,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}
