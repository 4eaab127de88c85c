import { Option, type Command } from 'commander';
import { TwinError } from '../error';
import type { Group } from '../evidence/evidence';
import { EVERY_FACTOR } from '../full-size';
import { rehearsalName } from '../rehearsal/rehearsals';
import { rehearse, type RehearseProps } from '../rehearsal/rehearse';
import { TARGETS } from '../targets/registry';
import { openPage } from './open-page';
import type { App } from './context';
import { EXIT, type Outcome } from './outcome';
import { besideEachOther, type Lane, type Staging } from './beside-each-other';
import { inTurn, oneVerdict, type EndedPart, type Part, type RehearsalOutcome } from './one-verdict';
import { commandNamed } from './overview';
import { progressesOn, type Progresses } from './progresses';
import { FAIL_FAST, releaseOf, Session, type RehearsalCommandProps, type RehearsalFlags } from './rehearsed';
import { rotating } from './rotating';

/** The flags of `twin rehearse`. */
interface RehearseFlags extends RehearsalFlags {
  readonly to: string;
  readonly from?: string;
  readonly environment?: string;
  readonly target: string;
  readonly fullScale?: true;
  readonly rotate?: true;
  readonly atOnce?: number;
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
    .option(
      '--at-once <n>',
      'how many stagings are rehearsed in at the same time (default: "stagingsAtOnce" in the config)',
      countOf,
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

/** What every rehearsal of the command has in common. */
interface Common {
  readonly flags: RehearseFlags;
  readonly app: App;
  readonly session: Session;
  readonly progresses: Progresses;
  readonly group: Group | undefined;
}

/** Rehearses in every staging of the config, beside every release that runs. */
async function outcomeOf(flags: RehearseFlags, props: RehearsalCommandProps): Promise<Outcome> {
  const app = await props.context.open(flags.config, flags.target);
  const { to, keep, failFast, json } = flags;
  const { baseline, baselines = [], environment, environments = [], stagingsAtOnce } = app.config;
  const names = flags.environment === undefined ? [environment, ...environments] : [flags.environment];
  const running = flags.from === undefined ? [baseline, ...baselines] : [flags.from];
  const stagings = names.map((staging): Staging => ({
    name: staging ?? '',
    parts: running.map((from) => ({ staging, from })),
  }));
  const all = stagings.flatMap(({ parts }) => parts);
  if (keep && all.length > 1) throw keepsOne(all);
  const parts = app.newParts();
  const atOnce = flags.atOnce ?? stagingsAtOnce ?? parts.target.atOnce ?? stagings.length;
  const group = all.length > 1 ? groupOf(to, names, running, parts.now()) : undefined;
  const progresses = progressesOn(
    props.terminal,
    stagings.map(({ name }) => name),
  );
  const session = new Session(props, flags, progresses);
  const common = { flags, app, session, progresses, group };
  try {
    const ended = await besideEachOther(
      { stagings, atOnce, stopFor: failFast && decidedBy },
      (staging, lane) => rehearseIn(staging, lane, common),
    );
    return oneVerdict(to, ended, all, json === true);
  } finally {
    session.close();
  }
}

/** Rehearses in one staging, beside every release that runs there. */
async function rehearseIn(
  { name, parts }: Staging,
  { signal, whenPlanned, isDecided }: Lane,
  { flags, app, session, progresses, group }: Common,
): Promise<readonly EndedPart[]> {
  const { config: folder, to, keep = false, failFast, fullScale, rotate } = flags;
  const { newParts, config, ...rules } = app;
  const [first] = parts;
  const isOne = group === undefined;
  const progress = progresses.of(name);
  const rehearseAt = (size: Size): Promise<readonly EndedPart[]> =>
    inTurn(
      parts,
      async (part) => {
        const { staging: environment = config.environment, from } = part;
        const own = { ...rules, config: { ...config, ...(environment !== undefined && { environment }) } };
        const given = { from, to, keep, failFast, group, whenPlanned, ...size };
        const outcome = session.run({ parts: newParts(), progress, signal }, (run) =>
          rehearse({ ...run, ...own, ...given }),
        );
        // what is too expensive at one size is rehearsed at another
        return isOne || rotate ? outcome : outcome.catch((error: unknown) => failed(part, error));
      },
      isDecided,
    );
  if (!rotate) return rehearseAt(fullScale ? { fullSize: [EVERY_FACTOR] } : {});
  const note = (text: string): void => progress.note(text);
  const { maxCostUsd } = config.gates;
  const rotated = rotating({ folder, staging: first!.staging, maxCostUsd, note }, (size) =>
    rehearseAt({ ...size, refusesPrice: true }),
  );
  return isOne ? rotated : rotated.catch((error: unknown) => [{ ...first!, outcome: failed(first!, error) }]);
}

/** What the rehearsals of a release have in common. */
const groupOf = (
  to: string,
  stagings: readonly (string | undefined)[],
  beside: readonly string[],
  now: Date,
): Group => ({ name: rehearsalName(to, now), stagings: stagings.flatMap((it) => it ?? []), beside });

/** A rehearsal that ended with an error, beside others whose results are shown. */
function failed({ staging }: Part, error: unknown): RehearsalOutcome {
  if (!(error instanceof TwinError)) return { text: '', exitCode: EXIT.bug, problems: [error] };
  const { code, fix, isMachineFault } = error;
  const message = staging === undefined ? error.message : `${staging}: ${error.message}`;
  const problems = [new TwinError({ code, message, fix, cause: error })];
  return { text: '', exitCode: isMachineFault ? EXIT.bug : EXIT.badInput, problems };
}

/**
 * Reads how many stagings are rehearsed in at once.
 *
 * @throws TwinError `usage`
 */
function countOf(text: string): number {
  const count = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(count) && count >= 1) return count;
  throw new TwinError({
    code: 'usage',
    message: `--at-once is "${text}"; expected a whole number of 1 or more`,
    fix: 'Write how many stagings are rehearsed in at the same time, such as --at-once 2.',
  });
}

/** Why the other stagings are stopped. */
const decidedBy = (staging: string): TwinError =>
  new TwinError({
    code: 'stopped',
    message: `stopped by --fail-fast, because there is no GO in ${staging},`,
    fix: 'Rehearse without --fail-fast for the verdict of each staging.',
  });

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
