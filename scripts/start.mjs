// `npm start`: the incident, caught. 1.42.0 must end NO-GO and 1.43.0 must end GO.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const twin = join(root, 'dist', 'twin.js');
const rehearsals = join(root, '.twin');
/** Within this time several signals count as copies of one Ctrl-C. */
const SAME_MS = 500;

/** The releases to rehearse, with the expected results and the comments on them. */
const REHEARSALS = [
  {
    release: '1.42.0',
    verdict: 'NO-GO',
    exitCode: 1,
    before: `Production runs 1.41.0. Release 1.42.0 "unloads the writer": it reads an order from a replica, right after it was placed.
All its tests passed, on a staging with one database node and a hundred orders. This one has production's shape and data.`,
    after: `Caught: orders that were just placed could not be read, and half of the old ones have no total.
1.43.0 is the hotfix: it reads orders from the writer again and gives every order its total.`,
  },
  {
    release: '1.43.0',
    verdict: 'GO',
    exitCode: 0,
    before: undefined,
    after: 'Passed: the same checks, the same drills and the same gates.',
  },
];

process.exitCode = await run();

async function run() {
  if (!existsSync(twin)) {
    console.error('error: dist/twin.js does not exist\n  fix: Run "npm run build" first.');
    return 2;
  }
  const reports = [];
  for (const { release, verdict, exitCode, before, after } of REHEARSALS) {
    if (before) print(before);
    const earlier = new Set(names());
    const { ended, isStopped } = await rehearse(release);
    if (isStopped) return ended || 1; // twin has reported the result
    reports.push(...names().filter((name) => !earlier.has(name)));
    if (ended !== exitCode) {
      print(
        `twin rehearse --to ${release} ended with exit code ${ended}, expected ${exitCode} (${verdict}).`,
      );
      return ended || 1;
    }
    print(after);
  }
  print(['Both reports:', ...reports.map(pathOf), 'The last one as text: npx twin report'].join('\n  '));
  return 0;
}

/**
 * Runs one rehearsal to its end.
 *
 * @param {string} release
 * @returns {Promise<{ ended: number, isStopped: boolean }>} its exit code, and whether a signal was forwarded to it
 */
function rehearse(release) {
  // Its own process group: at a terminal Ctrl-C goes to the whole group and npm forwards it too, so it would arrive two or
  // three times, and a second one means "do not wait for the tear-down".
  const child = spawn(process.execPath, [twin, 'rehearse', '--to', release], {
    cwd: root,
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

function names() {
  return existsSync(rehearsals) ? readdirSync(rehearsals).filter((name) => /^\d/.test(name)) : [];
}

/** @param {string} name */
function pathOf(name) {
  return relative(process.cwd(), join(rehearsals, name, 'report.html'));
}

/** @param {string} text */
function print(text) {
  console.log(`\n${text}\n`);
}
