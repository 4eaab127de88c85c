// Changes the code in many small ways and runs the tests that reach each change: what none of them finds is a test that is missing.
// Without arguments the files of lib/ that differ from main, on main those that are not committed:
// npm run mutate:code -- lib/checks lib/cli/outcome.ts
// All of a large folder takes hours: --sample 30 changes what lies within 30 pieces of ten lines, drawn by --seed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** @param {string[]} args */
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** The files of lib/ that are new or differ from where the branch began. */
function changed() {
  const base = git('merge-base', 'HEAD', 'main');
  const names = [
    git('diff', '--name-only', '--diff-filter=d', base),
    git('ls-files', '--others', '--exclude-standard'),
  ];
  return names.flatMap((it) => it.split('\n')).filter((file) => /^lib\/.*\.m?ts$/.test(file));
}

/** @param {string} why @param {string} fix @returns {never} */
function refuse(why, fix) {
  console.error(`error: ${why}\n  fix: ${fix}`);
  process.exit(2);
}

/** Lines of a piece: long enough for whole statements. */
const PIECE = 10;

/**
 * Pieces of files, each as likely as any other.
 *
 * @param {readonly string[]} files
 * @param {number} many
 * @param {number} seed
 */
function drawn(files, many, seed) {
  const pieces = files.flatMap((file) => {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length;
    return Array.from(
      { length: Math.ceil(lines / PIECE) },
      (_, i) => `${file}:${i * PIECE + 1}-${Math.min((i + 1) * PIECE, lines)}`,
    );
  });
  let state = seed;
  const below = (/** @type {number} */ most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  return Array.from(
    { length: Math.min(many, pieces.length) },
    () => pieces.splice(below(pieces.length), 1)[0],
  );
}

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const [sample, seed] = [Number(options.sample ?? 1), Number(options.seed)];
if (!(Number.isInteger(sample) && sample > 0 && Number.isInteger(seed)))
  refuse('--sample and --seed are whole numbers', 'Give them as in --sample 30 --seed 2.');
const places = asked.length > 0 ? asked : changed();
const missing = places.find((it) => !existsSync(it));
if (missing !== undefined) refuse(`there is no "${missing}"`, 'Name files or folders.');
if (places.length === 0) refuse('nothing of lib/ differs from main', 'Name files or folders.');
const files = places.flatMap((it) =>
  statSync(it).isDirectory()
    ? readdirSync(it, { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!\.d)\.m?ts$/.test(file))
        .map((file) => path.join(it, file))
        .sort()
    : it,
);
const patterns = options.sample === undefined ? files : drawn(files, sample, seed);
const { status } = spawnSync('npx', ['stryker', 'run', '--mutate', patterns.join(',')], { stdio: 'inherit' });
process.exit(status ?? 1);
