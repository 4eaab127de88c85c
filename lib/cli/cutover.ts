import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { CUTOVER_DEFAULTS } from '../cutover/config';
import { cutOver, type CutoverProps, type Side } from '../cutover/cutover';
import { endHeld, holding } from '../cutover/ledger';
import { TwinError } from '../error';
import type { Cutover, CutoverVerdict } from '../evidence/cutover';
import { renderCutover, writeCutover } from '../evidence/cutover-text';
import { CUTOVER_FILE, REHEARSALS } from '../evidence/files';
import { evidenceIn } from '../history/sources';
import { claim } from '../rehearsal/claim';
import { Rehearsals } from '../rehearsal/rehearsals';
import { TARGETS } from '../targets/registry';
import type { Traffic } from '../targets/traffic';
import { forecastOf } from '../verification/on-record';
import { checkComparable, planOf } from '../verification/plan';
import type { Rules } from './context';
import { checkNoneUnfinished, putTrafficBack } from './cutover-back';
import { dataFor } from './cutover-data';
import { partiesOf } from './cutover-parties';
import { inJson } from './json';
import { A_DAY, minutesOf } from './minutes';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { progressOn, releaseOf, type RehearsalCommandProps } from './rehearsed';
import { onStopSignal, type StopWords } from './signals';

/** The flags of `twin cutover`. */
interface CutoverFlags {
  readonly to?: string;
  readonly back?: true;
  readonly target: string;
  readonly release?: string;
  readonly fromRelease?: string;
  readonly stepMinutes?: number;
  readonly watchMinutes?: number;
  readonly maxLossMinutes?: number;
  readonly root?: readonly string[];
  readonly config: string;
  readonly json?: true;
}

/** The command `twin cutover`: moves the traffic of clients from one production to the other. */
export function cutoverCommand(props: RehearsalCommandProps): Command {
  return commandNamed('cutover')
    .description(
      'Verifies the production that is named, then moves the requests of clients to it in the steps of the config, each watched and ' +
        'judged by what clients and checks see. At any failure and on Ctrl-C all of them go back; where this process is killed too, on AWS with --back. ' +
        'No data are moved: where each production has its own, cutover.data says how they got there. Both productions stay.',
    )
    .option('--to <name>', 'the production that all requests are to go to')
    .addOption(
      new Option(
        '--back',
        'put traffic back where it was before a cutover whose process was killed: where it does not go back by itself',
      ).conflicts([
        'to',
        'release',
        'fromRelease',
        'stepMinutes',
        'watchMinutes',
        'maxLossMinutes',
        'root',
        'json',
      ]),
    )
    .addOption(
      new Option('--target <name>', 'where both productions stand').choices(TARGETS).default(TARGETS[0]),
    )
    .option('--release <release>', 'what the one that is named runs, on AWS', releaseOf)
    .option(
      '--from-release <release>',
      'what the other one runs, on AWS (default: "baseline" in the config)',
      releaseOf,
    )
    .addOption(
      new Option(
        '--step-minutes <minutes>',
        'how long each step is watched (default: of the config)',
      ).argParser(minutesOf('--step-minutes')),
    )
    .addOption(
      new Option(
        '--watch-minutes <minutes>',
        'how long both are watched before the first step (default: of the config)',
      ).argParser(minutesOf('--watch-minutes')),
    )
    .addOption(
      new Option(
        '--max-loss-minutes <minutes>',
        'how much of what is written to a seeded tier may be lost (default: of the config)',
      ).argParser(minutesOf('--max-loss-minutes', 30 * A_DAY)),
    )
    .option(
      '--root <dir>',
      'a folder, a zip file or s3://bucket/prefix with evidence; can be repeated (default: ".twin")',
      (folder: string, before?: readonly string[]) => [...(before ?? []), folder],
    )
    .option('--json', 'write the record as JSON')
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: CutoverFlags) => props.done(await cutoverOne(props, flags)));
}

const MORE_HELP = `
Exit codes:
  0   all traffic goes to the production that was named
  1   all traffic goes to the old one: it was moved back, or not moved
  2   bad input: nothing was sent, and nothing was moved
  3   some of it may still go to the new one
  70  the new one could not be judged: nothing was moved

Examples:
  twin production up --environment ProdB --release 1.43.0
  twin cutover --to ProdB
  twin cutover --to Prod
  twin cutover --to ProdB --target aws --release 1.43.0
  twin cutover --back --target aws`;

const EXIT_CODES: Readonly<Record<CutoverVerdict, number>> = {
  MOVED: EXIT.ok,
  'MOVED BACK': EXIT.no,
  'NOT MOVED': EXIT.no,
  'NOT MOVED BACK': EXIT.leftovers,
  UNDECIDED: EXIT.bug,
};

const stopping = (traffic: Traffic, target: string): StopWords => ({
  first: () => 'all traffic goes back to the old production; press Ctrl-C again to wait for nothing',
  second: () =>
    traffic.putBack
      ? `some traffic may still go to the new production: put it back with twin cutover --back --target ${target}`
      : 'the traffic goes back by itself; what a check was writing may still be there',
  fix: 'Run twin cutover again.',
});

async function cutoverOne(props: RehearsalCommandProps, flags: CutoverFlags): Promise<Outcome> {
  const { context, terminal } = props;
  const rules = await context.rules(flags.config);
  const traffic = trafficOn(rules.traffic(flags.target), flags.target);
  const { to: named, back } = flags;
  if (back) return putTrafficBack(props, traffic, flags);
  if (named === undefined) throw unnamed();
  const rehearsals = new Rehearsals(flags.config);
  const progress = progressOn(terminal);
  const words = stopping(traffic, flags.target);
  const stop = onStopSignal(context.signals, (message) => progress.note(message), words);
  const { signal } = stop;
  let free = (): void => {};
  try {
    const { first, second } = partiesOf({ ...flags, to: named }, traffic, rules, rehearsals);
    checkNoneUnfinished(rehearsals, flags.target);
    await traffic.check?.({ signal, log: () => {} });
    const isBack = first.environment === named;
    const { percent } = await traffic.read(first.handle, { signal, log: () => {} });
    if (percent === (isBack ? 0 : 100))
      return { text: `nothing to do: all traffic goes to ${named}\n`, exitCode: EXIT.ok };
    const [from, to] = isBack
      ? [await second.side(signal), await first.side(signal)]
      : [await first.side(signal), await second.side(signal)];
    const judgedBy = rulesOf(rules, flags);
    const forecast = await forecastFor(flags, from, to);
    const sides = { first: isBack ? to : from, second: isBack ? from : to, isBack };
    const data = await dataFor({ flags, judgedBy, traffic, now: rules.now() }, sides, signal);
    checkComparable(to.release, planOf(judgedBy.config, undefined), { baseline: from }, forecast);
    const name = rehearsals.create(`cutover-${to.release}`, rules.now());
    const folder = rehearsals.folderOf(name);
    free = claimAll(rehearsals, [first, second].flatMap(({ rehearsal }) => rehearsal ?? []).concat(name));
    const moved = await cutOver({
      traffic,
      first: first.handle,
      second: second.handle,
      from,
      to,
      isBack,
      ...judgedBy,
      forecast,
      data,
      name,
      now: rules.now,
      signal,
      listener: progress.listener,
      learn: holding(rehearsals, heldEntry(name, flags, { from, to }, rules.now())),
    });
    if (moved.cutover.verdict !== 'NOT MOVED BACK') endHeld(rehearsals, name);
    const problems = [...('bug' in moved ? [moved.bug] : []), ...written(folder, moved.cutover)];
    return outcomeOf(moved.cutover, folder, problems, props, flags);
  } finally {
    free();
    stop.close();
    progress.close();
  }
}

const heldEntry = (
  cutover: string,
  { target }: CutoverFlags,
  { from, to }: { readonly from: Side; readonly to: Side },
  now: Date,
) => ({
  cutover,
  target,
  from: from.environment,
  to: to.environment,
  startedAt: now.toISOString(),
});

/** What a rehearsal of the release forecast, with either production: they are one but for names. */
async function forecastFor({ root, config }: CutoverFlags, from: Side, to: Side) {
  const { stored } = await evidenceIn(root ?? [join(config, REHEARSALS)], root !== undefined);
  return forecastOf(
    { environments: [to.environment, from.environment], release: to.release },
    stored.map((it) => it.evidence),
  );
}

const unnamed = (): TwinError =>
  new TwinError({
    code: 'usage',
    message: 'nothing says which production all requests are to go to',
    fix: 'Name it, such as --to ProdB; with --back traffic is put back that a cutover left behind.',
  });

function trafficOn(traffic: Traffic | undefined, target: string): Traffic {
  if (traffic) return traffic;
  throw new TwinError({
    code: 'refused',
    message: `the config names nothing that traffic could be moved by on the target ${target}`,
    fix: `Name the records or the listener in ${target}.traffic of twin.config.ts: see docs/cutover.md.`,
  });
}

/** The config, with what was given in its place. */
function rulesOf(
  { config }: Rules,
  { stepMinutes, watchMinutes }: CutoverFlags,
): Pick<CutoverProps, 'config' | 'cutover'> {
  const { cutover, verification, ...others } = config;
  return {
    config: {
      ...others,
      verification: { ...verification, ...(watchMinutes !== undefined && { watchMinutes }) },
    },
    cutover: {
      ...CUTOVER_DEFAULTS,
      gates: {},
      ...cutover,
      ...(stepMinutes !== undefined && { stepMinutes }),
    },
  };
}

/** Takes them, so that nothing else is done with any of them meanwhile. */
function claimAll(rehearsals: Rehearsals, names: readonly string[]): () => void {
  const taken: (() => void)[] = [];
  const free = (): void => taken.forEach((it) => it());
  try {
    for (const name of names) taken.push(claim(rehearsals.folderOf(name), name));
  } catch (error) {
    free();
    throw error;
  }
  return free;
}

function written(folder: string, cutover: Cutover): unknown[] {
  try {
    writeCutover(folder, cutover);
    return [];
  } catch (error) {
    return [error];
  }
}

function outcomeOf(
  cutover: Cutover,
  folder: string,
  problems: readonly unknown[],
  { terminal }: RehearsalCommandProps,
  { json }: CutoverFlags,
): Outcome {
  const file = join(folder, CUTOVER_FILE);
  const text = json
    ? inJson(cutover)
    : renderCutover(cutover, {
        color: terminal.color,
        width: terminal.columns,
        ...(problems.length === 0 && { file }),
      });
  const exitCode = EXIT_CODES[cutover.verdict];
  return { text, problems, exitCode: problems.length > 0 && exitCode === EXIT.ok ? EXIT.badInput : exitCode };
}
