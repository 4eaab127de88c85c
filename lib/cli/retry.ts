import type { Command } from 'commander';
import { lastToRetry, retry } from '../rehearsal/retry';
import { Rehearsals } from '../rehearsal/rehearsals';
import { commandNamed } from './overview';
import {
  FAIL_FAST,
  progressOn,
  releaseOf,
  Session,
  type RehearsalCommandProps,
  type RehearsalFlags,
} from './rehearsed';

/** The flags of `twin retry`. */
interface RetryFlags extends RehearsalFlags {
  readonly to?: string;
}

/** The command `twin retry`: reruns a rehearsal from the checkpoint of an environment that was kept. */
export function retryCommand(props: RehearsalCommandProps): Command {
  return commandNamed('retry')
    .description(
      'Restores the data as they were before the candidate, releases the repaired one, checks and judges it by the ' +
        'same gates, and tears down. The result counts: it is reached from the checkpoint, without intervention.',
    )
    .argument('[rehearsal]', 'its name in .twin (default: the last with an environment)')
    .option('--to <release>', 'the candidate (default: that of the attempt before)', releaseOf)
    .option('--fail-fast', FAIL_FAST)
    .option('--keep', 'leave the environment standing again')
    .option('--json', 'write the evidence as JSON')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (named: string | undefined, flags: RetryFlags) => {
      const rehearsals = new Rehearsals(flags.config);
      const rehearsal = named ?? lastToRetry(rehearsals);
      const { target } = rehearsals.open(rehearsal).value;
      const { newParts, ...app } = await props.context.open(flags.config, target);
      const { to, keep = false, failFast } = flags;
      const progress = progressOn(props.terminal);
      const session = new Session(props, flags, progress);
      try {
        props.done(
          await session.run({ parts: newParts(), progress }, (run) =>
            retry({ ...run, ...app, rehearsal, to, keep, failFast }),
          ),
        );
      } finally {
        session.close();
      }
    });
}

const MORE_HELP = `
Exit codes: those of twin rehearse; after 2 the environment is unchanged.

Examples:
  twin retry --to 1.42.1
  twin retry 20261121-041233-1.42.0 --keep`;
