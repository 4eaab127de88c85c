// Tries the packed package with releases of aws-cdk-lib at the ends of the range in package.json:
// node scripts/cdk-range.mjs [below] [lowest] [newest]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const [range, constructs] = [peerDependencies['aws-cdk-lib'], peerDependencies.constructs];

/** @param {string} caret - a range such as `^2.1.0` */
const lowest = (caret) => caret.replace('^', '');

/** What npm installs for each: below the range the newest release, which must be refused. */
const ENDS = {
  below: [`aws-cdk-lib@<${lowest(range)}`, `constructs@${lowest(constructs)}`],
  lowest: [`aws-cdk-lib@${lowest(range)}`, `constructs@${lowest(constructs)}`],
  newest: [`aws-cdk-lib@${range}`, `constructs@${constructs}`],
};

/** @param {string} end */
function passes(end) {
  const packages = ENDS[/** @type {keyof typeof ENDS} */ (end)];
  if (!packages)
    throw new Error(`"${end}" is no end of the range; allowed are ${Object.keys(ENDS).join(', ')}`);
  console.log(`${end}: ${packages.join(' ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'cdk-range-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const env = { ...process.env, ADOPTER_CDK: join(folder, 'node_modules') };
    return (
      run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder }) &&
      run('npx', ['jest', '--ci', 'test/package.test.ts'], { env })
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 */
function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error) throw error;
  return status === 0;
}

const ends = process.argv.slice(2);
if (!(ends.length > 0 ? ends : Object.keys(ENDS)).every(passes)) process.exitCode = 1;
