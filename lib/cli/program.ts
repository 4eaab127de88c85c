import { Command } from 'commander';
import type { Terminal } from './terminal';

/** What the program is created with. */
export interface ProgramProps {
  /** The version of cdk-twin. */
  readonly version: string;
  readonly terminal: Terminal;
  /** Takes help and version. */
  readonly writeOut: (text: string) => void;
  readonly commands: (program: Command) => readonly Command[];
}

/** The program `twin` with its commands. It throws commander's errors where commander would end the process. */
export function programOf({ writeOut, version, terminal, commands }: ProgramProps): Command {
  const program = new Command('twin')
    .description('Staging that is production, only smaller: proves that two environments are twins.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({
      writeOut,
      writeErr: writeOut,
      outputError: () => {}, // `run` reports errors, in the form of all others
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    })
    .exitOverride();
  for (const command of commands(program)) program.addCommand(command.copyInheritedSettings(program));
  return program;
}
