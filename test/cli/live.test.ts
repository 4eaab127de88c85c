import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';
import { run } from '../../lib/cli/run';
import { Kept } from './rehearsal-command';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-live-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function twin(...argv: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

it('has help that fits in 80 columns, and says what it compares', async () => {
  const { exitCode, stdout } = await twin('help', 'live');
  expect(exitCode).toBe(EXIT.ok);
  expect(stdout).toContain('twin live --prod-profile prod-read --staging-profile staging');
  expect(stdout).toContain('Reads with the credentials of each account, and changes nothing.');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it('ends with 2 without an assembly, before it asks anybody', async () => {
  const { exitCode, stdout, stderr } = await twin('live', '--assembly', folder);
  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.badInput, stdout: '' });
  expect(stderr).toMatch(/^error: .*twin\.json is missing.*\n {2}fix: .*\n {2}code: manifest\n$/);
});

it.each([
  [['--staging-stack', 'not a name'], '--staging-stack is "not a name"; expected the name of a stack'],
  [
    ['--prod-stack', 'Data=A', '--prod-stack', 'Data=B'],
    '--prod-stack names the stack "Data" twice: A and B',
  ],
  [['--prod-stack', 'A', '--prod-stack', 'B'], '--prod-stack names the stack twice: A and B'],
  [['--json', '--markdown'], "option '--json' cannot be used with option '--markdown'"],
])('refuses %j', async (flags, message) => {
  const { exitCode, stderr } = await twin('live', '--assembly', folder, ...flags);
  expect(exitCode).toBe(EXIT.badInput);
  expect(stderr).toContain(`error: ${message}`);
  expect(stderr).toContain('\n  fix: ');
});
