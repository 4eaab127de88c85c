import { CommanderError } from 'commander';
import { version } from '../../package.json';
import { didYouMean, TwinError } from '../error';
import { printable } from '../report/words';
import type { CliContext } from './context';
import { EXIT, type Outcome } from './outcome';
import { COMMAND_NAMES, listedCommands } from './overview';
import { programOf } from './program';
import { appendSummary } from './summary-file';
import { write, type Terminal } from './terminal';

/**
 * Runs `twin`.
 *
 * @param argv - the arguments after the program's name
 * @param context - that of this process by default
 * @returns the exit code for the process: one of {@link EXIT}
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  context?: CliContext,
): Promise<number> {
  // a call that waits for nothing but its limit must not let the process end before it
  const alive = setInterval(() => {}, LONGEST_TIMER_MS);
  try {
    const { text, exitCode, notes, summary, problems = [], isHelp } = await perform(argv, terminal, context);
    // help that was not asked for belongs to an error
    const stream = isHelp && exitCode !== EXIT.ok ? terminal.stderr : terminal.stdout;
    const unwritten = await write(stream, text).catch((error: unknown) => fail(error, terminal));
    if (notes !== undefined) await write(terminal.stderr, notes).catch(() => {});
    for (const problem of [...problems, ...summarized(summary, terminal)]) await fail(problem, terminal);
    // leftovers are reported even where the text could not be written
    return exitCode === EXIT.leftovers ? exitCode : (unwritten ?? exitCode);
  } catch (error) {
    return await fail(error, terminal);
  } finally {
    clearInterval(alive);
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What kept the summary from being written: the result stands without it. */
function summarized(summary: string | undefined, { summaryFile }: Terminal): unknown[] {
  if (summary === undefined || summaryFile === undefined) return [];
  try {
    appendSummary(summaryFile, summary);
    return [];
  } catch (error) {
    return [error];
  }
}

async function perform(
  argv: readonly string[],
  terminal: Terminal,
  context: CliContext | undefined,
): Promise<Outcome & { readonly isHelp?: true }> {
  let help = '';
  let outcome: Outcome | undefined;
  const program = programOf({
    version,
    terminal,
    writeOut: (text) => (help += text),
    commands: (it) =>
      isOverview(argv)
        ? listedCommands()
        : loaded().commandsOf(
            { version, terminal, done: (result) => (outcome = result), ...(context && { context }) },
            it,
          ),
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const commands = program.commands.map((command) => command.name());
    const command = commands.find((name) => name === argv[0]);
    if (help === '') throw usage(error, command);
    checkCommand(argv, commands);
    return { text: help, exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.badInput, isHelp: true };
  }
  if (!outcome) throw new Error(`"twin ${argv.join(' ')}" has no result`);
  return outcome;
}

/** Whether no command is named: then help, the version or an error is all that comes of it. */
function isOverview(argv: readonly string[]): boolean {
  const [first, second] = argv.filter((word) => !word.startsWith('-'));
  return !isCommand(first) && !(first === 'help' && isCommand(second));
}

const isCommand = (word = ''): boolean => (COMMAND_NAMES as readonly string[]).includes(word);

/** A bundle of its own: what only lists the commands does not wait for it. */
const loaded = () => require('./commands') as typeof import('./commands');

/** Turns an error of commander into one of ours: what is wrong, then the fix. */
function usage(cause: CommanderError, command: string | undefined): TwinError {
  const [message = '', suggestion] = cause.message.replace(/^error: /, '').split('\n');
  const near = /\(Did you mean (?:one of )?(.+)\?\)/.exec(suggestion ?? '')?.[1];
  const help = command === undefined ? SEE_COMMANDS : `Run "twin help ${command}" for the flags.`;
  const known = cause.code === 'commander.excessArguments' ? EXCESS[command ?? ''] : FIXES[cause.code];
  const fix = near === undefined ? (known ?? help) : `Did you mean ${near}? ${help}`;
  return new TwinError({ code: 'usage', message, fix, cause });
}

const SEE_COMMANDS = 'Run "twin help" for the commands.';
const FIXES: Readonly<Record<string, string>> = {
  'commander.conflictingOption': 'Leave one of them out.',
};

/** The fix for an argument that a command does not take. */
const EXCESS: Readonly<Record<string, string>> = {
  parity: 'Name the folder with --assembly <dir>, or the files with --prod <file> and --staging <file>.',
  rehearse: 'Name the candidate with --to <release>.',
};

/** Commander answers `twin nope --help` and `twin help nope` with the help of `twin`. */
function checkCommand(argv: readonly string[], commands: readonly string[]): void {
  const name = argv[0] === 'help' ? argv[1] : argv[0];
  if (name === undefined || name.startsWith('-') || [...commands, 'help'].includes(name)) return;
  throw new TwinError({
    code: 'usage',
    message: `unknown command '${name}'; ${didYouMean(name, commands)}`,
    fix: SEE_COMMANDS,
  });
}

async function fail(error: unknown, { stderr }: Terminal): Promise<number> {
  const isExpected = error instanceof TwinError;
  const text = isExpected ? `error: ${error.toString()}` : bugReport(error);
  // when stderr cannot be written either, the exit code is all that is left
  await write(stderr, `${text.split('\n').map(printable).join('\n')}\n`).catch(() => {});
  return isExpected ? EXIT.badInput : EXIT.bug;
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug in cdk-twin ${version}; please report it with the trace below\n${stack}`;
}
