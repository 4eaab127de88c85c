import { TwinError } from '../../../error';
import { crashLine } from '../process/crash-line';
import type { Machine } from '../process/machine';
import type { OwnFiles } from '../process/own-files';

/** A command that runs once. */
export interface OnceProps {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Files that it finds in place of those of this machine. @default - none */
  readonly files?: OwnFiles;
  readonly timeoutSeconds: number;
}

/**
 * Runs the migration of a release.
 *
 * @throws TwinError `migration` when it fails or takes too long
 */
export async function runOnce(
  machine: Machine,
  { command, env, cwd, files, timeoutSeconds }: OnceProps,
  signal: AbortSignal,
): Promise<void> {
  const program = machine.start({
    name: 'migration',
    command: '/bin/sh',
    args: ['-c', command],
    env,
    cwd,
    files,
  });
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => {};
  const stopped = new Promise<'late' | 'aborted'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutSeconds * 1000);
    stop = () => resolve('aborted');
    signal.addEventListener('abort', stop);
  });
  const result = await Promise.race([program.ended, stopped]);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  if (result === 0) return;
  await program.kill();
  signal.throwIfAborted();
  throw new TwinError({
    code: 'migration',
    message:
      result === 'late'
        ? `the migration "${command}" took longer than ${timeoutSeconds} s`
        : `the migration "${command}" ended with ${result}: ${crashLine(program.tail())}`,
    fix: 'See logs/migration.log.',
  });
}
