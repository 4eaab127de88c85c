// Changes the code in many small ways and runs the tests that reach each change: what none of them finds is a test that is missing.
// Without arguments the files of lib/ that differ from main, on main those that are not committed:
// npm run mutate:code -- lib/checks lib/cli/outcome.ts
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

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

const asked = process.argv.slice(2);
const places = asked.length > 0 ? asked : changed();
const missing = places.find((it) => !existsSync(it));
if (places.length === 0 || missing !== undefined) {
  const why = missing === undefined ? 'nothing of lib/ differs from main' : `there is no "${missing}"`;
  console.error(`error: ${why}\n  fix: Name files or folders.`);
  process.exit(2);
}
const patterns = places.map((it) => (statSync(it).isDirectory() ? `${it.replace(/\/$/, '')}/**/*.ts` : it));
const { status } = spawnSync('npx', ['stryker', 'run', '--mutate', patterns.join(',')], { stdio: 'inherit' });
process.exit(status ?? 1);
