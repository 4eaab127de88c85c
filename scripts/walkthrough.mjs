// `npm run walkthrough`: what is around a rehearsal, on this machine. A release is rehearsed, let through the gate, brought to a production
// and verified there; another one is brought although the gate is closed, found by the verification, and rolled back. Then factors are seen at
// production's size one after the other, and all of it is looked back upon.
import { parseArgs } from 'node:util';
import { isBuilt, runTwin } from './twin-process.mjs';

const { values } = parseArgs({
  options: {
    rotations: { type: 'string', default: '10' },
    'watch-minutes': { type: 'string', default: '0.5' },
  },
});
const rotations = Number(values.rotations);
const watch = ['--watch-minutes', values['watch-minutes']];

/** @typedef {{ say: string, argv: readonly string[], exitCode: number }} Step */

/** @type {readonly Step[]} */
const STEPS = [
  step('Rehearse the hotfix, 1.43.0: GO.', 0, 'rehearse', '--to', '1.43.0'),
  step(
    'Rehearse 1.42.0, which reads from a replica what it has just written: NO-GO.',
    1,
    'rehearse',
    '--to',
    '1.42.0',
  ),
  step('May 1.43.0 be deployed? Exactly this was given GO.', 0, 'gate', '--release', '1.43.0'),
  step('May 1.42.0? It was not.', 1, 'gate', '--release', '1.42.0'),
  step(
    'Stand a production up on this machine, with what runs today.',
    0,
    'production',
    'up',
    '--release',
    '1.41.0',
  ),
  step('Record it as it is before the release.', 0, 'verify', '--before', ...watch),
  step('Bring 1.43.0.', 0, 'production', 'deploy', '--release', '1.43.0'),
  step('Verify it: GO ON.', 0, 'verify', '--release', '1.43.0', ...watch),
  step('Bring 1.42.0 all the same.', 0, 'production', 'deploy', '--release', '1.42.0'),
  step('Verify it: ROLL BACK.', 1, 'verify', '--release', '1.42.0', ...watch),
  step('Roll back.', 0, 'production', 'deploy', '--release', '1.43.0'),
  step('Verify what runs now: GO ON.', 0, 'verify', '--release', '1.43.0', ...watch),
  step('Take the production away.', 0, 'production', 'down'),
  ...Array.from({ length: rotations }, (_, i) =>
    step(`Rehearsal ${i + 1} of ${rotations} in rotation.`, 0, 'rehearse', '--to', '1.43.0', '--rotate'),
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
    const { ended, isStopped } = await runTwin(argv);
    if (ended === exitCode && !isStopped) continue;
    if (!isStopped) console.error(`\nerror: it ended with exit code ${ended}, expected ${exitCode}`);
    if (stands) await runTwin(['production', 'down']);
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
