import type { Argument, Command, Option } from 'commander';

/** What a shell completes of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** The values of its first argument. @default - anything, or none */
  readonly values: readonly string[];
  /** Whether it takes arguments. */
  readonly takesArgument: boolean;
}

/** What a shell completes of an option. */
export interface CompletedOption {
  /** `--target`, and `-y` where it has a short form. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it. `file` where its placeholder is one, as `<file>` and `<dir>`. */
  readonly takes: 'nothing' | 'value' | 'file' | 'folder';
  /** The values that it takes, where these are a closed list. */
  readonly values: readonly string[];
}

/** The commands of a program, from the definition that its help is written from. */
export function commandsOf(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  const all = help.visibleCommands(program).map((command) => completed(command, help));
  const names = all.map(({ name }) => name);
  return all.map((it) => (it.name === 'help' ? { ...it, values: names } : it));
}

function completed(command: Command, help: ReturnType<Command['createHelp']>): CompletedCommand {
  const [first] = command.registeredArguments as readonly (Argument | undefined)[];
  return {
    name: command.name(),
    summary: help.subcommandDescription(command),
    options: help.visibleOptions(command).map(completedOption),
    values: first?.argChoices ?? [],
    takesArgument: first !== undefined,
  };
}

function completedOption({
  short,
  long,
  description,
  required,
  optional,
  argChoices,
  flags,
}: Option): CompletedOption {
  return {
    flags: [long, short].filter((it) => it !== undefined && it !== null),
    description,
    takes: required || optional ? placeholder(flags) : 'nothing',
    values: argChoices ?? [],
  };
}

/** What an option takes, by its placeholder. */
function placeholder(flags: string): CompletedOption['takes'] {
  if (/[<[]dir/.test(flags)) return 'folder';
  return /[<[]file/.test(flags) ? 'file' : 'value';
}

/** The first sentence of a text, for one line of a menu. */
export const inShort = (text: string): string =>
  text.replace(/ \((?:default|choices):.*$/, '').split('\n')[0]!;

/** A text as one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
