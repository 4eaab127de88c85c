import { constants, type Stats } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TwinError } from '../../../error';
import { hasProc } from '../process/proc';
import { signalGroup } from '../process/process-group';
import { makeOwn, own, replacing } from '../sql/own-files';

/** What belongs to one server, and is no data: its identity, its process, what it has received and not applied. */
const NOT_DATA =
  /^(auto\.cnf|twin\.pid|master\.info|multi-master\.info|relay-log\.info|relay[.-].*)$|\.pid$|\.sock(\.lock)?$/;

/** Copies the data directory of a server that is stopped, and replaces the target; the target is always complete. */
export async function copyData(from: string, to: string, signal: AbortSignal): Promise<void> {
  await replacing(to, async (part) => {
    await makeOwn(part);
    for (const file of await filesOf(from)) await copyOne(from, part, file, signal);
  });
}

/**
 * Copies the data of a running server as a snapshot of its volume would: a server that starts on them recovers, and has
 * everything that was committed before. Nearly all is copied while it runs; then the server stands still while what has
 * changed since is copied again.
 *
 * @param group - the process group of the server
 */
export async function backUp(group: number, from: string, to: string, signal: AbortSignal): Promise<void> {
  await replacing(to, async (part) => {
    await makeOwn(part);
    const begin = Date.now();
    const copied = new Map<string, Stats>();
    for (const file of await filesOf(from)) {
      const before = await statOf(join(from, file));
      if (before && (await copyOne(from, part, file, signal))) copied.set(file, before);
    }
    await standingStill(group, async () => {
      const there = await filesOf(from);
      for (const file of there) {
        const now = await statOf(join(from, file));
        if (now && (now.isDirectory() ? !copied.has(file) : hasChanged(file, copied.get(file), now, begin)))
          await copyOne(from, part, file, signal);
      }
      const gone = [...copied.keys()].filter((file) => !there.includes(file));
      await Promise.all(gone.map((file) => rm(join(part, file), { recursive: true, force: true })));
    });
  });
}

/** Times of files are kept in steps: one that was written to shortly before the copy began may have been written to after it. */
const STEP_MS = 1000;

/** The log of InnoDB: MariaDB maps it into its memory where it can, as on tmpfs, and then its time stays what it was. */
const MAPPED = /^(ib_logfile|#innodb_redo\/)/;

const hasChanged = (file: string, before: Stats | undefined, now: Stats, begin: number): boolean =>
  MAPPED.test(file) || before === undefined || before.size !== now.size || now.mtimeMs >= begin - STEP_MS;

/** Works while no thread of a process group runs. */
async function standingStill(group: number, work: () => Promise<void>): Promise<void> {
  signalGroup(group, 'SIGSTOP');
  try {
    await untilStopped(group);
    await work();
  } finally {
    signalGroup(group, 'SIGCONT');
  }
}

const STOP_LIMIT_MS = 10_000;

async function untilStopped(group: number): Promise<void> {
  if (!hasProc()) return sleep(50); // macOS: a signal that is sent is delivered before the next system call
  const giveUp = Date.now() + STOP_LIMIT_MS;
  while (!(await areStopped(group))) {
    if (Date.now() > giveUp) throw notStopped();
    await sleep(2);
  }
}

/** Whether all threads of the first process of a group are stopped: each has ended its system call. */
async function areStopped(pid: number): Promise<boolean> {
  const tasks = join('/proc', String(pid), 'task');
  const ids = await readdir(tasks).catch(() => []);
  const states = await Promise.all(
    ids.map(async (id) => {
      const line = await readFile(join(tasks, id, 'stat'), 'utf8').catch(() => '');
      return line.slice(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
    }),
  );
  return states.every((state) => ['T', 't', 'Z', 'X', ''].includes(state));
}

function notStopped(): TwinError {
  return new TwinError({
    code: 'backup',
    message: `the server could not be stopped for its copy within ${STOP_LIMIT_MS / 1000} s`,
    fix: 'Try again when the disk is less busy.',
    isMachineFault: true,
  });
}

/** All files below a folder, relative to it, and its folders, which end with a slash: a schema without tables is one. */
async function filesOf(folder: string, root = folder): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && folder !== root) return []; // a schema that is dropped meanwhile
    throw error;
  });
  const nested = await Promise.all(
    entries
      .filter(({ name }) => folder !== root || !NOT_DATA.test(name))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return [`${relative(root, path)}/`, ...(await filesOf(path, root))];
        return entry.isFile() ? [relative(root, path)] : [];
      }),
  );
  return nested.flat();
}

/** @returns whether the file was there */
async function copyOne(from: string, to: string, file: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const target = join(to, file);
  if (file.endsWith('/')) return makeOwn(target).then(() => true);
  try {
    await copyFile(join(from, file), target, constants.COPYFILE_FICLONE);
  } catch (error) {
    // dropped during the copy: what it was is in no table that is left
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  await own(target);
  return true;
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
