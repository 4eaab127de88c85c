import type { Command } from 'commander';
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
import { reportCommand } from './report';
import { retryCommand } from './retry';
import { sweepCommand } from './sweep';
import { verifyCommand } from './verify';
import { watchCommand } from './watch';
import { contextOf, type CliContext } from './context';
import type { RehearsalCommandProps } from './rehearsed';

/** What the commands are created with. */
export interface CommandsProps extends Omit<RehearsalCommandProps, 'context'> {
  /** @default - that of this process */
  readonly context?: CliContext;
}

/**
 * The commands, with all that they do: what only lists them has no need of it, and loads half as long.
 *
 * @param program - what they are commands of
 */
export function commandsOf(
  { context = contextOf(process), ...others }: CommandsProps,
  program: Command,
): Command[] {
  const props = { ...others, context };
  return [
    initCommand(props),
    parityCommand(props),
    watchCommand(props),
    liveCommand(props),
    rehearseCommand(props),
    retryCommand(props),
    gateCommand(props),
    verifyCommand(props),
    productionCommand(props),
    cutoverCommand(props),
    downCommand(props),
    extendCommand(props),
    sweepCommand(props),
    explainCommand(props),
    costCommand(props),
    doctorCommand(props),
    reportCommand(props),
    commentCommand(props),
    listCommand(props),
    compareCommand(props),
    historyCommand(props),
    pruneCommand(props),
    completionCommand(props, program),
  ];
}
