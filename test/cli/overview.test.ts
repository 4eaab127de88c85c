import { commandsOf } from '../../lib/cli/commands';
import { COMMAND_NAMES, listedCommands } from '../../lib/cli/overview';
import { programOf } from '../../lib/cli/program';
import { run } from '../../lib/cli/run';
import { Kept } from './rehearsal-command';

const terminal = { stdout: new Kept(), stderr: new Kept(), columns: 80, color: false };
const rest = { version: '0', terminal, writeOut: () => {} };
const whole = programOf({
  ...rest,
  commands: (it) => commandsOf({ version: '0', terminal, done: () => {} }, it),
});

const twin = async (...argv: readonly string[]) => {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { ...terminal, stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
};

it('lists the commands as they are', () => {
  const overview = programOf({ ...rest, commands: () => listedCommands() });
  expect(overview.helpInformation()).toBe(whole.helpInformation());
  expect(whole.commands.map((it) => it.name())).toEqual(COMMAND_NAMES);
});

it.each([
  ['parity', '--help'],
  ['help', 'parity'],
])('is not shown for twin %s %s: the command has help of its own', async (...argv) => {
  const { exitCode, stdout } = await twin(...argv);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Usage: twin parity \[options\]\n/);
  expect(stdout).toContain('--assembly <dir>');
});

it('is what is shown for twin help, and behind an error for twin alone', async () => {
  const { stdout: overview } = await twin('--help');
  expect(overview).toMatch(/^Usage: twin \[options\] \[command\]\n/);
  expect(await twin('help')).toEqual({ exitCode: 0, stdout: overview, stderr: '' });
  expect(await twin()).toEqual({ exitCode: 2, stdout: '', stderr: overview });
});
