import { Command } from 'commander';
import { commentCommand } from './comment';
import { compareCommand } from './compare';
import { completionCommand } from './completion';
import { costCommand } from './cost';
import { cutoverCommand } from './cutover';
import { doctorCommand } from './doctor';
import { downCommand } from './down';
import { explainCommand } from './explain';
import { extendCommand } from './extend';
import { gateCommand } from './gate';
import { historyCommand } from './history';
import { initCommand } from './init';
import { listCommand } from './list';
import { liveCommand } from './live';
import { parityCommand } from './parity';
import { productionCommand } from './production';
import { pruneCommand } from './prune';
import { rehearseCommand } from './rehearse';
import type { RehearsalCommandProps } from './rehearsed';
import { reportCommand } from './report';
import { retryCommand } from './retry';
import { sweepCommand } from './sweep';
import { verifyCommand } from './verify';
import { watchCommand } from './watch';

/** What the program is created with. */
export interface ProgramProps extends RehearsalCommandProps {
  /** Takes help and version. */
  readonly writeOut: (text: string) => void;
}

/** The program `twin` with its commands. It throws commander's errors where commander would end the process. */
export function programOf({ writeOut, ...props }: ProgramProps): Command {
  const program = new Command('twin')
    .description('Staging that is production, only smaller: proves that two environments are twins.')
    .version(props.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({
      writeOut,
      writeErr: writeOut,
      outputError: () => {}, // `run` reports errors, in the form of all others
      getOutHelpWidth: () => props.terminal.columns,
      getErrHelpWidth: () => props.terminal.columns,
    })
    .exitOverride();
  return program
    .addCommand(initCommand(props).copyInheritedSettings(program))
    .addCommand(parityCommand(props).copyInheritedSettings(program))
    .addCommand(watchCommand(props).copyInheritedSettings(program))
    .addCommand(liveCommand(props).copyInheritedSettings(program))
    .addCommand(rehearseCommand(props).copyInheritedSettings(program))
    .addCommand(retryCommand(props).copyInheritedSettings(program))
    .addCommand(gateCommand(props).copyInheritedSettings(program))
    .addCommand(verifyCommand(props).copyInheritedSettings(program))
    .addCommand(productionCommand(props).copyInheritedSettings(program))
    .addCommand(cutoverCommand(props).copyInheritedSettings(program))
    .addCommand(downCommand(props).copyInheritedSettings(program))
    .addCommand(extendCommand(props).copyInheritedSettings(program))
    .addCommand(sweepCommand(props).copyInheritedSettings(program))
    .addCommand(explainCommand(props).copyInheritedSettings(program))
    .addCommand(costCommand(props).copyInheritedSettings(program))
    .addCommand(doctorCommand(props).copyInheritedSettings(program))
    .addCommand(reportCommand(props).copyInheritedSettings(program))
    .addCommand(commentCommand(props).copyInheritedSettings(program))
    .addCommand(listCommand(props).copyInheritedSettings(program))
    .addCommand(compareCommand(props).copyInheritedSettings(program))
    .addCommand(historyCommand(props).copyInheritedSettings(program))
    .addCommand(pruneCommand(props).copyInheritedSettings(program))
    .addCommand(completionCommand(props, program).copyInheritedSettings(program));
}
