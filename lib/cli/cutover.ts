import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { CUTOVER_DEFAULTS } from '../cutover/config';
import { cutOver, type CutoverProps, type Side } from '../cutover/cutover';
import type { Cutover, CutoverVerdict } from '../evidence/cutover';
import { renderCutover, writeCutover } from '../evidence/cutover-text';
import { CUTOVER_FILE, REHEARSALS } from '../evidence/files';
import { evidenceIn } from '../history/sources';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import { claim } from '../rehearsal/claim';
import type { Ledger } from '../rehearsal/ledger';
import { productionDeployment, standingProductions } from '../rehearsal/production';
import { Rehearsals } from '../rehearsal/rehearsals';
import { TARGETS } from '../targets/registry';
import type { Traffic } from '../targets/traffic';
import { UNSTOPPABLE } from '../targets/target';
import { forecastOf } from '../verification/on-record';
import { checkComparable, planOf } from '../verification/plan';
import type { Rules } from './context';
import { inJson } from './json';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { progressOn, type RehearsalCommandProps } from './rehearsed';
import { onStopSignal, type StopWords } from './signals';

/** The flags of `twin cutover`. */
interface CutoverFlags {
  readonly to: string;
  readonly stepMinutes?: number;
  readonly watchMinutes?: number;
  readonly root?: readonly string[];
  readonly config: string;
  readonly json?: true;
}

/** The command `twin cutover`: moves the traffic of clients from one production to the other. */
export function cutoverCommand(props: RehearsalCommandProps): Command {
  return commandNamed('cutover')
    .description(
      'Verifies the production that is named, then moves the requests of clients to it in the steps of the config, each watched and ' +
        'judged by what clients and checks see. At any failure, on Ctrl-C and where this process ends, all of them go back. Data stay where ' +
        'they are, and both productions stay.',
    )
    .requiredOption('--to <name>', 'the production that all requests are to go to')
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
  twin cutover --to Prod`;

const EXIT_CODES: Readonly<Record<CutoverVerdict, number>> = {
  MOVED: EXIT.ok,
  'MOVED BACK': EXIT.no,
  'NOT MOVED': EXIT.no,
  'NOT MOVED BACK': EXIT.leftovers,
  UNDECIDED: EXIT.bug,
};

const STOPPING: StopWords = {
  first: () => 'all traffic goes back to the old production; press Ctrl-C again to wait for nothing',
  second: () => 'the traffic goes back by itself; what a check was writing may still be there',
  fix: 'Run twin cutover again.',
};

async function cutoverOne(props: RehearsalCommandProps, flags: CutoverFlags): Promise<Outcome> {
  const { context, terminal } = props;
  const rules = await context.rules(flags.config);
  const rehearsals = new Rehearsals(flags.config);
  const { first, second } = pairOf(standingProductions(rehearsals), flags.to);
  const traffic = trafficOn(context.traffic(TARGETS[0]!));
  const isBack = first.environment === flags.to;
  const { percent } = await traffic.read(first.handle, { signal: UNSTOPPABLE, log: () => {} });
  if (percent === (isBack ? 0 : 100))
    return { text: `nothing to do: all traffic goes to ${flags.to}\n`, exitCode: EXIT.ok };
  const [from, to] = [isBack ? second : first, isBack ? first : second].map((it) =>
    sideOf(it, rules, rehearsals),
  ) as [Side, Side];
  const { config, cutover } = rulesOf(rules, flags);
  const { stored } = await evidenceIn(
    flags.root ?? [join(flags.config, REHEARSALS)],
    flags.root !== undefined,
  );
  const forecast = forecastOf(
    { environments: [to.environment, from.environment], release: to.release },
    stored.map((it) => it.evidence),
  );
  checkComparable(to.release, planOf(config, undefined), { baseline: from }, forecast);
  const progress = progressOn(terminal);
  const stop = onStopSignal(context.signals, (message) => progress.note(message), STOPPING);
  const free = claimBoth(rehearsals, [first, second]);
  try {
    const name = rehearsals.create(`cutover-${to.release}`, rules.now());
    const moved = await cutOver({
      traffic,
      first: first.handle,
      second: second.handle,
      from,
      to,
      isBack,
      config,
      cutover,
      forecast,
      name,
      now: rules.now,
      signal: stop.signal,
      listener: progress.listener,
    });
    const folder = rehearsals.folderOf(name);
    const problems = [...('bug' in moved ? [moved.bug] : []), ...written(folder, moved.cutover)];
    return outcomeOf(moved.cutover, folder, problems, props, flags);
  } finally {
    free();
    stop.close();
    progress.close();
  }
}

/** The two productions that stand. @throws TwinError `no-production`, `environment` */
function pairOf(
  standing: readonly Ledger[],
  to: string,
): { readonly first: Ledger; readonly second: Ledger } {
  const second = standing.find(({ beside }) => beside !== undefined);
  const first = standing.find(({ rehearsal }) => rehearsal === second?.beside);
  const names = standing.flatMap(({ environment }) => environment ?? []);
  if (!names.includes(to) && names.length > 0)
    throw new TwinError({
      code: 'environment',
      message: `no production "${to}" stands on this machine; ${didYouMean(to, names)}`,
      fix: `Stand it up beside the other one: twin production up --environment ${to} --release <release>.`,
    });
  if (first && second) return { first, second };
  throw new TwinError({
    code: 'no-production',
    message: `traffic is moved between two productions, and ${names.length === 0 ? 'none stands' : `${names.join()} stands alone`} on this machine`,
    fix: 'Stand a second one up: twin production up --environment <name> --release <release>.',
  });
}

function trafficOn(traffic: Traffic | undefined): Traffic {
  if (traffic) return traffic;
  throw new TwinError({
    code: 'refused',
    message: 'no traffic is moved on this target',
    fix: 'Move it by the means of what is in front of the productions.',
  });
}

function sideOf(ledger: Ledger, { openProduction }: Rules, rehearsals: Rehearsals): Side {
  const deployment = productionDeployment(rehearsals, ledger);
  const { environment, assembly, release } = deployment;
  return {
    environment,
    release,
    assemblyDigest: deployedOf(new Assembly(assembly), environment).digest,
    production: openProduction(ledger.target, { deployment, handle: ledger.handle }),
  };
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

/** Takes both, so that nothing else is done with either meanwhile. */
function claimBoth(rehearsals: Rehearsals, ledgers: readonly Ledger[]): () => void {
  const taken: (() => void)[] = [];
  const free = (): void => taken.forEach((it) => it());
  try {
    for (const { rehearsal } of ledgers) taken.push(claim(rehearsals.folderOf(rehearsal), rehearsal));
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

const minutesOf =
  (flag: string) =>
  (text: string): number => {
    const minutes = text.trim() === '' ? NaN : Number(text);
    if (minutes > 0 && minutes <= MOST_MINUTES) return minutes;
    throw new TwinError({
      code: 'usage',
      message: `${flag} is "${text}"; expected a number of minutes above 0, ${MOST_MINUTES} at the most`,
      fix: `Write how long it is watched, such as ${flag} 5.`,
    });
  };

const MOST_MINUTES = 24 * 60;
