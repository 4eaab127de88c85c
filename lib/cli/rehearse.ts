import { Option, type Command } from 'commander';
import { TwinError } from '../error';
import { EVERY_FACTOR } from '../full-size';
import { rehearse, type RehearseProps } from '../rehearsal/rehearse';
import { TARGETS } from '../targets/registry';
import { openPage } from './open-page';
import type { Outcome } from './outcome';
import { inTurn, isGo, oneVerdict, type EndedPart, type Part } from './one-verdict';
import { commandNamed } from './overview';
import {
  FAIL_FAST,
  rehearseOn,
  releaseOf,
  type RehearsalCommandProps,
  type RehearsalFlags,
} from './rehearsed';
import { rotating } from './rotating';

/** The flags of `twin rehearse`. */
interface RehearseFlags extends RehearsalFlags {
  readonly to: string;
  readonly from?: string;
  readonly environment?: string;
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
    .option('--environment <name>', 'the staging (default: "environment" and "environments" in the config)')
    .addOption(
      new Option('--target <name>', 'where staging is stood up').choices(TARGETS).default(TARGETS[0]),
    )
    .addOption(new Option('--full-scale', "give staging production's own scale").conflicts('rotate'))
    .addOption(
      new Option(
        '--rotate',
        "give staging a factor at production's size: in turns, by what a smaller one can hide, how long it was not seen so, and its cost",
      ),
    )
    .option('--fail-fast', FAIL_FAST)
    .option('--keep', 'leave the environment standing, for twin retry, unless the rehearsal is stopped')
    .option('--open', 'open the page of the evidence in a browser')
    .option('--json', 'write the evidence as JSON')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: RehearseFlags) => {
      const outcome = await outcomeOf(flags, props);
      const { page } = outcome;
      const isOpened = flags.open && page !== undefined;
      props.done(isOpened ? { ...outcome, notes: await openPage(page) } : outcome);
    });
}

/** Rehearses in every staging of the config, beside every release that runs. */
async function outcomeOf(flags: RehearseFlags, props: RehearsalCommandProps): Promise<Outcome> {
  const { parts, ...app } = await props.context.open(flags.config, flags.target);
  const { to, keep = false, failFast } = flags;
  const { baseline, baselines = [], environment, environments = [], gates } = app.config;
  const stagings = flags.environment === undefined ? [environment, ...environments] : [flags.environment];
  const running = flags.from === undefined ? [baseline, ...baselines] : [flags.from];
  const all = stagings.map((staging) => running.map((from) => ({ staging, from })));
  if (keep && all.flat().length > 1) throw keepsOne(all.flat());
  const note = (text: string): void => void props.terminal.stderr.write(`${text}\n`);
  const rehearseAt = (planned: readonly Part[], size: Size): Promise<readonly EndedPart[]> =>
    inTurn(planned, ({ staging, from }) => {
      const config = staging === undefined ? app.config : { ...app.config, environment: staging };
      return rehearseOn(props, flags, parts, (run) =>
        rehearse({ ...run, ...app, config, from, to, keep, failFast, ...size }),
      );
    });
  const ended: EndedPart[] = [];
  for (const own of all) {
    const { maxCostUsd } = gates;
    const rotation = { folder: flags.config, staging: own[0]!.staging, maxCostUsd, note };
    const judged = flags.rotate
      ? await rotating(rotation, (size) => rehearseAt(own, { ...size, refusesPrice: true }))
      : await rehearseAt(own, flags.fullScale ? { fullSize: [EVERY_FACTOR] } : {});
    ended.push(...judged);
    if (!isGo(judged.at(-1)!)) break;
  }
  return oneVerdict(to, ended, all.flat(), flags.json === true);
}

/** At which size staging is. */
type Size = Pick<RehearseProps, 'fullSize' | 'rotation' | 'refusesPrice'>;

function keepsOne(all: readonly Part[]): TwinError {
  const [stagings, running] = [new Set(all.map((it) => it.staging)), new Set(all.map((it) => it.from))];
  const where = stagings.size > 1 ? `in ${stagings.size} stagings` : `beside ${running.size} releases`;
  return new TwinError({
    code: 'usage',
    message: `--keep keeps one environment, and the candidate is rehearsed ${where}`,
    fix:
      stagings.size > 1
        ? `Name one of them with --environment: ${[...stagings].join(', ')}.`
        : `Name one of them with --from: ${[...running].join(', ')}.`,
  });
}

const MORE_HELP = `
Exit codes:
  0   GO
  1   NO-GO, or staging and production are not twins
  2   bad input, and nothing was stood up; or GO without its evidence
  3   there may be leftovers: the command that finishes is printed
  4   the baseline failed: the candidate was not tested
  70  a fault of cdk-twin, of the machine or of AWS: no verdict

Examples:
  twin rehearse --to 1.42.0
  twin rehearse --to 1.42.0 --keep
  twin rehearse --to 1.42.0 --rotate
  twin rehearse --from 1.40.2 --to 1.42.0 --json > evidence.json`;
