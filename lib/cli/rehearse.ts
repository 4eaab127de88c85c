import { Command, Option } from 'commander';
import { rehearse } from '../rehearsal/rehearse';
import { TARGETS } from '../targets/registry';
import { rehearseOn, releaseOf, type RehearsalCommandProps, type RehearsalFlags } from './rehearsed';

/** The flags of `twin rehearse`. */
interface RehearseFlags extends RehearsalFlags {
  readonly to: string;
  readonly from?: string;
  readonly target: string;
}

/** The command `twin rehearse`: stands staging up, releases a candidate, judges it and tears down. */
export function rehearseCommand(props: RehearsalCommandProps): Command {
  return new Command('rehearse')
    .summary('rehearse a release: GO or NO-GO')
    .description(
      'Stands staging up with the release that production runs, releases the candidate, checks it, runs the drills of ' +
        'twin.config.ts and judges by its gates. Always tears down, whatever happens.',
    )
    .requiredOption('--to <release>', 'the candidate', releaseOf)
    .option('--from <release>', 'what production runs (default: "baseline" in the config)', releaseOf)
    .addOption(
      new Option('--target <name>', 'where staging is stood up').choices(TARGETS).default(TARGETS[0]),
    )
    .option('--keep', 'leave the environment standing, for twin retry, unless the rehearsal is stopped')
    .option('--json', 'write the evidence as JSON')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: RehearseFlags) => {
      const { parts, ...app } = await props.context.open(flags.config, flags.target);
      const { to, from = app.config.baseline, keep = false } = flags;
      props.done(
        await rehearseOn(props, flags, parts, (run) => rehearse({ ...run, ...app, from, to, keep })),
      );
    });
}

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
  twin rehearse --from 1.40.2 --to 1.42.0 --json > evidence.json`;
