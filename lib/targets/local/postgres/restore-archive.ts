import { availableParallelism } from 'node:os';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import type { Machine, Program } from '../process/machine';
import { unlessAborted } from './abort';
import { archiveReader } from './archive-reader';
import { endedEarly, isFull } from './failures';
import type { PostgresNode } from './node';
import { seedFix } from './script';
import type { ArchiveFormat } from './seed-source';
import { LOG_EVERY_MS } from './seed-text';

/** A dump, and whose database it is restored into. */
export interface RestoreProps {
  readonly path: string;
  readonly format: ArchiveFormat;
  readonly machine: Machine;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/**
 * Restores a dump with `pg_restore`, as the master user.
 *
 * @throws TwinError `seed`
 */
export async function restoreArchive(node: PostgresNode, props: RestoreProps, watch: Watch): Promise<void> {
  const { path, format, machine, username, password, database } = props;
  const reader = await archiveReader(path);
  if (typeof reader !== 'object') throw notRestored(path, 'no pg_restore on this machine can read it');
  // Of an archive that is one stream of files, pg_restore reads one table at a time.
  const jobs = format === 'tar' ? [] : [`--jobs=${Math.min(availableParallelism(), MOST_JOBS)}`];
  watch.log(`${node.name}: restoring ${path} with ${reader.program}`);
  const name = `${node.name}-restore`;
  const program = machine.start({
    name,
    command: reader.program,
    args: [...OPTIONS, `--dbname=dbname='${database.replaceAll(/['\\]/g, String.raw`\$&`)}'`, ...jobs, path],
    cwd: '/',
    env: {
      PGHOST: node.sockets,
      PGPORT: String(node.port),
      PGUSER: username,
      PGPASSWORD: password,
      PGSSLMODE: 'disable', // a Unix socket
      LC_ALL: 'C',
    },
  });
  const timer = setInterval(() => watch.log(`${node.name}: ${lastLine(program)}`), LOG_EVERY_MS);
  try {
    const code = await unlessAborted(watch.signal, () => program.kill(), program.ended);
    if (code === 0) return;
    if (isFull(program)) throw endedEarly(node.name, program, path);
    throw notRestored(path, causeOf(program), name);
  } finally {
    clearInterval(timer);
  }
}

const OPTIONS = ['--no-owner', '--no-privileges', '--exit-on-error', '--verbose', '--no-password'];
const MOST_JOBS = 4;

const linesOf = (program: Program): readonly string[] => program.tail().trim().split('\n');

const lastLine = (program: Program): string => withoutName(linesOf(program).at(-1) ?? '');

const withoutName = (line: string): string => line.replace(/^pg_restore: (?:error: )?/, '');

/** The first error and what it was about. */
function causeOf(program: Program): string {
  const lines = linesOf(program);
  const error = lines.find((line) => line.startsWith('pg_restore: error:')) ?? lines.at(-1) ?? '';
  return withoutName(error).replace(/^could not execute query: ERROR: {2}/, '');
}

const notRestored = (path: string, reason: string, log?: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${path} cannot be restored: ${reason}`,
    fix: log === undefined ? 'Install a newer pg_restore.' : `${seedFix(reason)} logs/${log}.log has more.`,
  });
