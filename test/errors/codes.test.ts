import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { run } from '../../lib/cli/run';
import { ERROR_PAGES, errorPages } from '../../lib/errors/codes';
import { errorPage } from '../../scripts/error-codes-page';
import { Kept } from '../cli/rehearsal-command';

const PAGE = 'docs/error-codes.md';
const codes = [...errorPages().keys()];

/** The source that may make an error, and not the pages of the codes. */
const source = ['lib', 'bin']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts') && !file.startsWith('lib/errors/'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

async function explain(code: string) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(['explain', code], { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

it('are on the page that the script makes: run `npm run errors` when they are not', () => {
  const prettier = ['node_modules/prettier/bin/prettier.cjs', '--stdin-filepath', PAGE];
  const made = execFileSync(process.execPath, prettier, { input: errorPage(), encoding: 'utf8' });
  expect(readFileSync(PAGE, 'utf8')).toBe(made);
});

it('are there once, and are codes of errors that something makes', () => {
  const all = Object.values(ERROR_PAGES).flatMap((section) => Object.keys(section));
  expect(all.filter((code, i) => all.indexOf(code) !== i)).toEqual([]);
  expect(codes.length).toBeGreaterThan(100);
  expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});

it.each(codes)('says of %s what it means and what to do', async (code) => {
  const [means, fix] = errorPages().get(code)!;
  expect(means).toMatch(/^[A-Z`][^]*\.$/);
  expect(fix).toMatch(/^[A-Z`][^]*[.]$/);
  const { exitCode, stdout } = await explain(code);
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toMatch(
    new RegExp(`^The error ${code}\n\nWhat it means\n {2}[^]*\n\nWhat to do\n {2}[^]*\\.\n$`),
  );
  expect(stdout.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  expect(stdout).not.toMatch(/`|\]\(/);
});

it('names the nearest of a code that there is not, and no list of all', async () => {
  const misspelt = await explain('no-ap');
  expect(misspelt.exitCode).toBe(EXIT.badInput);
  expect(misspelt.stderr).toContain('error: there is no rule and no error "no-ap"; did you mean "no-app"?\n');
  const { stderr } = await explain('zzzzzzzzzzzzzzzz');
  expect(stderr).toContain('error: there is no rule and no error "zzzzzzzzzzzzzzzz"\n');
  expect(stderr).toMatch(/\n {2}code: unknown-rule\n$/);
});
