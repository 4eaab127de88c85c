import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { REHEARSALS } from '../evidence/files';
import { allEvidence } from '../evidence/read';
import { TwinError } from '../error';
import { EVERY_FACTOR } from '../full-size';
import { rehearse } from '../rehearsal/rehearse';
import { inRotation } from '../rehearsal/rotation';
import { TARGETS } from '../targets/registry';
import { openPage } from './open-page';
import type { Outcome } from './outcome';
import { besideEach } from './beside';
import { commandNamed } from './overview';
import {
  FAIL_FAST,
  rehearseOn,
  releaseOf,
  type RehearsalCommandProps,
  type RehearsalFlags,
} from './rehearsed';

/** The flags of `twin rehearse`. */
interface RehearseFlags extends RehearsalFlags {
  readonly to: string;
  readonly from?: string;
  readonly target: string;
  readonly fullScale?: true;
  readonly rotate?: true;
  readonly open?: true;
}

/** The command `twin rehearse`: stands staging up, releases a candidate, judges it and tears down. */
export function rehearseCommand(props: RehearsalCommandProps): Command {
  return commandNamed('rehearse')
    .description(
      'Stands staging up with the release that production runs, releases the candidate, checks it, runs the drills of ' +
        'twin.config.ts and judges by its gates. Always tears down, whatever happens.',
    )
    .requiredOption('--to <release>', 'the candidate', releaseOf)
    .option(
      '--from <release>',
      'what production runs (default: "baseline" and "baselines" in the config)',
      releaseOf,
    )
    .addOption(
      new Option('--target <name>', 'where staging is stood up').choices(TARGETS).default(TARGETS[0]),
    )
    .addOption(new Option('--full-scale', "give staging production's own scale").conflicts('rotate'))
    .addOption(
      new Option(
        '--rotate',
        "give staging the factor at production's size that was not seen so for the longest time",
      ),
    )
    .option('--fail-fast', FAIL_FAST)
    .option('--keep', 'leave the environment standing, for twin retry, unless the rehearsal is stopped')
    .option('--open', 'open the page of the evidence in a browser')
    .option('--json', 'write the evidence as JSON')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: RehearseFlags) => {
      const { parts, ...app } = await props.context.open(flags.config, flags.target);
      const { to, keep = false, failFast } = flags;
      const { baseline, baselines = [] } = app.config;
      const running = flags.from === undefined ? [baseline, ...baselines] : [flags.from];
      if (keep && running.length > 1) throw keepsOne(running);
      const note = (text: string): void => void props.terminal.stderr.write(`${text}\n`);
      const rehearseAt = (fullSize: readonly string[] | undefined): Promise<Outcome> =>
        besideEach(to, running, flags.json === true, (from) =>
          rehearseOn(props, flags, parts, (run) =>
            rehearse({
              ...run,
              ...app,
              from,
              to,
              keep,
              failFast,
              fullSize,
              ...(flags.rotate && { refusesPrice: true }),
            }),
          ),
        );
      const outcome = flags.rotate
        ? await rotating(flags, note, rehearseAt)
        : await rehearseAt(flags.fullScale && [EVERY_FACTOR]);
      const { page } = outcome;
      const isOpened = flags.open && page !== undefined;
      props.done(isOpened ? { ...outcome, notes: await openPage(page) } : outcome);
    });
}

/** Rehearses with the factor at production's size whose turn it is, and with the next where that costs more than is allowed. */
async function rotating(
  { config }: RehearseFlags,
  note: (text: string) => void,
  rehearseAt: (fullSize: readonly string[] | undefined) => Promise<Outcome>,
): Promise<Outcome> {
  const { stored } = allEvidence(join(config, REHEARSALS));
  const [next, ...later] = inRotation(stored.map(({ evidence }) => evidence));
  if (next === undefined) {
    note('nothing is on record to rotate by: this rehearsal is at the declared scale');
    return rehearseAt(undefined);
  }
  for (const [i, name] of [next, ...later].entries()) {
    note(`${name} is at production's size in this rehearsal`);
    try {
      return await rehearseAt([name]);
    } catch (error) {
      const isTooExpensive = error instanceof TwinError && error.code === 'price';
      if (!isTooExpensive || i === later.length) throw error;
      note(`${error.message}: ${name} waits for a higher limit, and the next has its turn`);
    }
  }
  throw new Error('a rotation ends with a rehearsal');
}

const keepsOne = (running: readonly string[]): TwinError =>
  new TwinError({
    code: 'usage',
    message: `--keep keeps one environment, and the candidate is rehearsed beside ${running.length} releases`,
    fix: `Name one of them with --from: ${running.join(', ')}.`,
  });

const MORE_HELP = `
Exit codes:
  0   GO
  1   NO-GO, or staging and production are not twins
  2   bad input, and nothing was stood up; or GO without its evidence
  3   there may be leftovers: the command that finishes is printed
  4   the baseline failed: the candidate was not tested
  70  a fault of cdk-twin or of the machine: no verdict

Examples:
  twin rehearse --to 1.42.0
  twin rehearse --to 1.42.0 --keep
  twin rehearse --to 1.42.0 --rotate
  twin rehearse --from 1.40.2 --to 1.42.0 --json > evidence.json`;
