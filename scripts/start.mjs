// `npm start`: the incident, caught. 1.42.0 must end NO-GO and 1.43.0 must end GO.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const twin = join(root, 'dist', 'twin.js');
const rehearsals = join(root, '.twin');
/** How long the copies of one Ctrl-C take to arrive. */
const SAME_MS = 500;

/** What is rehearsed, what it must end with, and what one sees. */
const STORY = [
  {
    release: '1.42.0',
    verdict: 'NO-GO',
    exitCode: 1,
    before: `Production runs 1.41.0. Release 1.42.0 "unloads the writer": it reads an order from a replica, right after it was placed.
All its tests passed, on a staging with one database node and a hundred orders. This one has production's shape and data.`,
    after: `Caught: orders that were just placed were not there, and half of the old ones have no total.
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

process.exitCode = await play();

async function play() {
  if (!existsSync(twin)) {
    console.error('error: dist/twin.js is not there\n  fix: Run "npm run build" first.');
    return 2;
  }
  const reports = [];
  for (const { release, verdict, exitCode, before, after } of STORY) {
    if (before) tell(before);
    const earlier = new Set(names());
    const { ended, isStopped } = await rehearse(release);
    if (isStopped) return ended || 1; // twin has said what became of it
    reports.push(...names().filter((name) => !earlier.has(name)));
    if (ended !== exitCode) {
      tell(`twin rehearse --to ${release} ended with ${ended}; expected was ${exitCode}, ${verdict}.`);
      return ended || 1;
    }
    tell(after);
  }
  tell(['Both reports:', ...reports.map(pathOf), 'The last one as text: npx twin report'].join('\n  '));
  return 0;
}

/**
 * Runs one rehearsal to its end.
 *
 * @param {string} release
 * @returns {Promise<{ ended: number, isStopped: boolean }>} its exit code, and whether a signal was handed on to it
 */
function rehearse(release) {
  // A process group of its own: at a terminal Ctrl-C goes to the whole group and npm hands it on too, so it would arrive two
  // or three times, and a second one means "do not wait for the tear-down".
  const child = spawn(process.execPath, [twin, 'rehearse', '--to', release], {
    cwd: root,
    stdio: 'inherit',
    detached: true,
  });
  const signals = passOn(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ ended: code ?? 130, isStopped: signals.end() > 0 }));
  });
}

/**
 * Hands every signal to stop on to a process, once.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {{ end(): number }} what ends it, and tells how many were handed on
 */
function passOn(child) {
  let [last, count] = [0, 0];
  /** @param {NodeJS.Signals} signal */
  const hand = (signal) => {
    const isCopy = Date.now() - last < SAME_MS;
    last = Date.now();
    if (isCopy) return;
    count++;
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, hand);
  return {
    end: () => {
      for (const signal of signals) process.off(signal, hand);
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
function tell(text) {
  console.log(`\n${text}\n`);
}
