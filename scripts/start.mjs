// `npm start`: the incident, caught. 1.42.0 must end NO-GO and 1.43.0 must end GO.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isBuilt, runTwin } from './twin-process.mjs';

const root = join(import.meta.dirname, '..');
const rehearsals = join(root, '.twin');
/** The releases to rehearse, with the expected results and the comments on them. */
const REHEARSALS = [
  {
    release: '1.42.0',
    flags: ['--fail-fast'],
    verdict: 'NO-GO',
    exitCode: 1,
    before: `Production runs 1.41.0. Release 1.42.0 "unloads the writer": it reads an order from a replica, right after it was placed.
All its tests passed, on a staging with one database node and a hundred orders. This one has production's shape and data.`,
    after: `Caught: orders that were just placed could not be read, which decides it. With --fail-fast
nothing else was run.
1.43.0 is the hotfix: it reads orders from the writer again and gives every order its total.`,
  },
  {
    release: '1.43.0',
    flags: [],
    verdict: 'GO',
    exitCode: 0,
    before: undefined,
    after: 'Passed: by the same checks and gates, and by the drills, which the first one did not come to.',
  },
];

/** The exit code of what SIGINT ended, as shells have it. */
const INTERRUPTED = 130;

process.exitCode = await run();

async function run() {
  if (!isBuilt()) return 2;
  const reports = [];
  for (const { release, flags, verdict, exitCode, before, after } of REHEARSALS) {
    if (before) print(before);
    const earlier = new Set(names());
    const { ended, isStopped } = await runTwin(['rehearse', '--to', release, ...flags]);
    const fresh = names().filter((name) => !earlier.has(name));
    // twin has reported the result
    if (isStopped || fresh.some(isInterrupted)) return INTERRUPTED;
    if (!fresh.every(hasEvidence)) return ended || 1;
    reports.push(...fresh);
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

function names() {
  return existsSync(rehearsals) ? readdirSync(rehearsals).filter((name) => /^\d/.test(name)) : [];
}

/** @param {string} name */
function evidenceOf(name) {
  return join(rehearsals, name, 'evidence.json');
}

/** @param {string} name */
function hasEvidence(name) {
  return existsSync(evidenceOf(name));
}

/**
 * Whether a rehearsal was stopped before its gates judged anything.
 *
 * @param {string} name
 */
function isInterrupted(name) {
  if (!hasEvidence(name)) return false;
  const { verdict, gates } = JSON.parse(readFileSync(evidenceOf(name), 'utf8'));
  return verdict === 'NO-GO' && gates.length === 0;
}

/** @param {string} name */
function pathOf(name) {
  return relative(process.cwd(), join(rehearsals, name, 'report.html'));
}

/** @param {string} text */
function print(text) {
  console.log(`\n${text}\n`);
}
