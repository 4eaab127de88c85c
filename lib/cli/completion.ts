import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash';
import { commandsOf } from '../completion/commands';
import { fishScript } from '../completion/fish';
import { zshScript } from '../completion/zsh';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/**
 * The command `twin completion`: prints what makes a shell complete the others.
 *
 * @param program - what is completed: its commands and their options, as help shows them
 */
export function completionCommand({ done }: Pick<CommandProps, 'done'>, program: Command): Command {
  return commandNamed('completion')
    .description('Prints a script that completes commands, options and their values, for bash, zsh or fish.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', MORE_HELP)
    .action((shell: keyof typeof SHELLS) => {
      done({ text: SHELLS[shell](commandsOf(program)), exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Completion works for twin, not for npx twin: put node_modules/.bin on the PATH,
or install cdk-twin for all apps.

Exit codes:
  0   printed
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin completion bash > ~/.local/share/bash-completion/completions/twin
  twin completion zsh > "\${fpath[1]}/_twin"
  twin completion fish > ~/.config/fish/completions/twin.fish`;
