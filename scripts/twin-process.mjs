// `twin` as a process of a script: built from this folder, and stopped as the script is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const twin = join(root, 'dist', 'twin.js');
/** Within this time several signals count as copies of one Ctrl-C. */
const SAME_MS = 500;

/** Whether there is a `twin` to run; says what to do where there is none. */
export function isBuilt() {
  if (existsSync(twin)) return true;
  console.error('error: dist/twin.js does not exist\n  fix: Run "npm run build" first.');
  return false;
}

/**
 * Runs `twin` to its end.
 *
 * @param {readonly string[]} argv
 * @param {string} [folder] where it runs; this folder unless it is given
 * @returns {Promise<{ ended: number, isStopped: boolean }>} its exit code, and whether a signal was forwarded to it
 */
export function runTwin(argv, folder = root) {
  // Its own process group: at a terminal Ctrl-C goes to the whole group and npm forwards it too, so it would arrive two or
  // three times, and a second one means "do not wait for the tear-down".
  const child = spawn(process.execPath, [twin, ...argv], {
    cwd: folder,
    stdio: 'inherit',
    detached: true,
  });
  const signals = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ ended: code ?? 130, isStopped: signals.end() > 0 }));
  });
}

/**
 * Forwards every stop signal to a process, once.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {{ end(): number }} ends it, and returns the number of forwarded signals
 */
function forwardSignals(child) {
  let [last, count] = [0, 0];
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const isCopy = Date.now() - last < SAME_MS;
    last = Date.now();
    if (isCopy) return;
    count++;
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return {
    end: () => {
      for (const signal of signals) process.off(signal, forward);
      return count;
    },
  };
}
