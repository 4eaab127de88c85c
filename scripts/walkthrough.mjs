// `npm run walkthrough`: what is around a rehearsal, on this machine. A release is rehearsed, let through the gate, brought to a production
// and verified there; another one is brought although the gate is closed, found by the verification, and rolled back. Then factors are seen at
// production's size one after the other, and all of it is looked back upon.
import { parseArgs } from 'node:util';
import { isBuilt, runTwin } from './twin-process.mjs';

const { values } = parseArgs({
  options: {
    rotations: { type: 'string', default: '10' },
    'watch-minutes': { type: 'string', default: '0.5' },
    // of another app: its folder, what runs there, a sound release, and a faulty one
    folder: { type: 'string' },
    baseline: { type: 'string', default: '1.41.0' },
    sound: { type: 'string', default: '1.43.0' },
    faulty: { type: 'string', default: '1.42.0' },
  },
});
const rotations = Number(values.rotations);
const { folder, baseline, sound, faulty } = values;
const fault =
  folder === undefined ? 'which reads from a replica what it has just written' : 'which has a fault';
const watch = ['--watch-minutes', values['watch-minutes']];

/** @typedef {{ say: string, argv: readonly string[], exitCode: number }} Step */

/** @type {readonly Step[]} */
const STEPS = [
  step(`Rehearse ${sound}: GO.`, 0, 'rehearse', '--to', sound),
  step(`Rehearse ${faulty}, ${fault}: NO-GO.`, 1, 'rehearse', '--to', faulty),
  step(`May ${sound} be deployed? Exactly this was given GO.`, 0, 'gate', '--release', sound),
  step(`May ${faulty}? It was not.`, 1, 'gate', '--release', faulty),
  step(
    'Stand a production up on this machine, with what runs today.',
    0,
    'production',
    'up',
    '--release',
    baseline,
  ),
  step('Record it as it is before the release.', 0, 'verify', '--before', ...watch),
  step(`Bring ${sound}.`, 0, 'production', 'deploy', '--release', sound),
  step('Verify it: GO ON.', 0, 'verify', '--release', sound, ...watch),
  step(`Bring ${faulty} all the same.`, 0, 'production', 'deploy', '--release', faulty),
  step('Verify it: ROLL BACK.', 1, 'verify', '--release', faulty, ...watch),
  step('Roll back.', 0, 'production', 'deploy', '--release', sound),
  step('Verify what runs now: GO ON.', 0, 'verify', '--release', sound, ...watch),
  step('Take the production away.', 0, 'production', 'down'),
  ...Array.from({ length: rotations }, (_, i) =>
    step(`Rehearsal ${i + 1} of ${rotations} in rotation.`, 0, 'rehearse', '--to', sound, '--rotate'),
  ),
  step('Look back.', 0, 'history'),
  step('All of it, newest first.', 0, 'list'),
];

process.exitCode = await run();

async function run() {
  if (!Number.isInteger(rotations) || rotations < 0) {
    console.error(
      `error: --rotations is "${values.rotations}"; expected a whole number\n  fix: Write --rotations 10.`,
    );
    return 2;
  }
  if (!isBuilt()) return 2;
  let stands = false;
  for (const { say, argv, exitCode } of STEPS) {
    console.log(`\n# ${say}\n$ npx twin ${argv.join(' ')}\n`);
    if (argv[0] === 'production') stands = argv[1] !== 'down';
    const { ended, isStopped } = await runTwin(argv, folder);
    if (ended === exitCode && !isStopped) continue;
    if (!isStopped) console.error(`\nerror: it ended with exit code ${ended}, expected ${exitCode}`);
    if (stands) await runTwin(['production', 'down'], folder);
    return ended || 1;
  }
  console.log(
    '\nEverything ended as it must. The rehearsals are in .twin; twin history --html makes a page of them.',
  );
  return 0;
}

/**
 * @param {string} say
 * @param {number} exitCode
 * @param {readonly string[]} argv
 * @returns {Step}
 */
function step(say, exitCode, ...argv) {
  return { say, argv, exitCode };
}
