import { Option, type Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { productionIn } from '../blueprint/production-name';
import { TwinError } from '../error';
import { PAGE_FILE, REHEARSALS, VERIFICATION_FILE } from '../evidence/files';
import type { Verification, VerificationVerdict } from '../evidence/verification';
import { headlineOf, renderVerification, verificationInMarkdown } from '../evidence/verification-text';
import { writeVerification } from '../evidence/verifications';
import { evidenceIn } from '../history/sources';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import { noProduction, productionDeployment, standingProduction } from '../rehearsal/production';
import { Rehearsals } from '../rehearsal/rehearsals';
import { TARGETS } from '../targets/registry';
import type { ProductionPlace } from '../targets/production';
import { baselineOf, forecastOf } from '../verification/on-record';
import { checkComparable, planOf } from '../verification/plan';
import { verify } from '../verification/verify';
import type { Rules } from './context';
import { annotationOn, formatOption, forGithub } from './formats';
import { inJson } from './json';
import { openPage } from './open-page';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { progressOn, releaseOf, type RehearsalCommandProps } from './rehearsed';
import { onStopSignal, type StopWords } from './signals';
import type { Terminal } from './terminal';

/** The flags of `twin verify`. */
interface VerifyFlags {
  readonly release?: string;
  readonly before?: true;
  readonly environment?: string;
  readonly target: string;
  readonly assembly?: string;
  readonly watchMinutes?: number;
  readonly root?: readonly string[];
  readonly open?: true;
  readonly config: string;
  readonly format: (typeof FORMATS)[number];
  /** The alias of a format. */
  readonly json?: true;
}

const FORMATS = ['text', 'json', 'markdown', 'github'] as const;

/** The command `twin verify`: looks at production after a release. */
export function verifyCommand(props: RehearsalCommandProps): Command {
  return commandNamed('verify')
    .description(
      'Asks production which release it runs, runs the checks that the config declares safe there, sends their requests for a while, ' +
        'compares response times and errors with those before the release and with what its rehearsal saw, and judges by the gates of ' +
        '"verification". Deploys, migrates, breaks and removes nothing.',
    )
    .option(
      '--release <release>',
      'what is to run (with --before: "baseline" in the config, unless given)',
      releaseOf,
    )
    .option('--before', 'record production before a release, for the comparison')
    .option('--environment <name>', 'the production (default: the only one with a staging)')
    .addOption(new Option('--target <name>', 'where production stands').choices(TARGETS).default(TARGETS[0]))
    .option('--assembly <dir>', 'what was deployed (default: the app is synthesised)')
    .addOption(
      new Option('--watch-minutes <minutes>', 'how long it is watched (default: of the config)').argParser(
        minutesOf,
      ),
    )
    .option(
      '--root <dir>',
      'a folder, a zip file or s3://bucket/prefix with evidence and records; can be repeated (default: ".twin")',
      (folder: string, before?: readonly string[]) => [...(before ?? []), folder],
    )
    .option('--open', 'open the page of the record in a browser')
    .addOption(formatOption(FORMATS))
    .addOption(new Option('--json', 'short for --format json').conflicts('format'))
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: VerifyFlags) => {
      const outcome = await verifyOne(props, flags);
      const { page } = outcome;
      const isOpened = flags.open && page !== undefined;
      props.done(isOpened ? { ...outcome, notes: await openPage(page) } : outcome);
    });
}

const MORE_HELP = `
Exit codes:
  0   GO ON; with --before: recorded
  1   ROLL BACK
  2   bad input, or nothing to compare with: nothing was sent
  4   with --before: production does not work, or runs another release
  70  it could not be judged: it was stopped, or something was not measured

Examples:
  twin verify --before --target aws
  twin verify --release 1.43.0 --target aws
  twin verify --release 1.43.0 --watch-minutes 30 --json > verification.json`;

const EXIT_CODES: Readonly<Record<VerificationVerdict, number>> = {
  'GO ON': EXIT.ok,
  RECORDED: EXIT.ok,
  'ROLL BACK': EXIT.no,
  'BASELINE FAILED': EXIT.baselineFailed,
  UNDECIDED: EXIT.bug,
};

const STOPPING: StopWords = {
  first: () => 'what was written is cleaned up; press Ctrl-C again to leave it',
  second: () => 'what a check was writing may still be there',
  fix: 'Verify again.',
};

async function verifyOne(props: RehearsalCommandProps, flags: VerifyFlags): Promise<Outcome> {
  const { context, terminal } = props;
  const rules = await context.rules(flags.config);
  const plan = planOf(rules.config, flags.watchMinutes);
  const rehearsals = new Rehearsals(flags.config);
  const progress = progressOn(terminal);
  const stop = onStopSignal(context.signals, (message) => progress.note(message), STOPPING);
  try {
    const found = await placeOf(flags, rules, rehearsals, stop.signal);
    const { place, release } = found;
    const { environment, assembly } = place.deployment;
    const assemblyDigest = deployedOf(new Assembly(assembly), environment).digest;
    const production = rules.openProduction(flags.target, place);
    found.done();
    const moment = flags.before ? 'before' : 'after';
    const subject = { environment, target: production.target, release, watchDigest: plan.watchDigest };
    const record = moment === 'after' ? await onRecord(flags, { ...subject, now: rules.now() }) : undefined;
    if (record) {
      for (const note of record.unusable) progress.note(`not counted: ${note}`);
      checkComparable(release, plan, record.found, record.forecast);
    }
    // what cannot be reached at all is no verdict, and leaves no record
    await production.describe({ signal: stop.signal, log: () => {} });
    const verification = rehearsals.create(
      `${moment === 'after' ? 'verify' : 'before'}-${release}`,
      rules.now(),
    );
    const verified = await verify({
      production,
      environment,
      release,
      moment,
      plan,
      baseline: record?.found.baseline,
      forecast: record?.forecast,
      verification,
      assemblyDigest,
      now: rules.now,
      signal: stop.signal,
      listener: progress.listener,
    });
    const folder = rehearsals.folderOf(verification);
    const problems = [
      ...('bug' in verified ? [verified.bug] : []),
      ...written(folder, verified.verification),
    ];
    return outcomeOf(verified.verification, folder, problems, props, flags);
  } finally {
    stop.close();
    progress.close();
  }
}

/** What gates compare with. */
async function onRecord({ root, config }: VerifyFlags, subject: Parameters<typeof baselineOf>[0]) {
  const { stored, verifications, unusable } = await evidenceIn(
    root ?? [join(config, REHEARSALS)],
    root !== undefined,
  );
  return {
    found: baselineOf(subject, verifications),
    forecast: forecastOf(
      { ...subject, environments: [subject.environment] },
      stored.map((it) => it.evidence),
    ),
    unusable,
  };
}

/** A production, the release that is to run there, and what removes what was made to find it. */
interface Found {
  readonly place: ProductionPlace;
  readonly release: string;
  done(): void;
}

async function placeOf(
  flags: VerifyFlags,
  rules: Rules,
  rehearsals: Rehearsals,
  signal: AbortSignal,
): Promise<Found> {
  if (rules.productionBy(flags.target) === 'ledger') return placeHere(flags, rules, rehearsals);
  const release = releaseAsked(flags, rules.config.baseline);
  const deployment = (assembly: string) => ({
    release,
    assembly,
    environment: productionIn(new Assembly(assembly), flags.environment),
  });
  if (flags.assembly !== undefined)
    return { place: { deployment: deployment(flags.assembly) }, release, done: () => {} };
  const scratch = mkdtempSync(join(tmpdir(), 'twin-verify-'));
  const output = resolve(scratch, 'assembly');
  await rules.synthesize({ release, context: {}, output, log: join(scratch, 'synth.log'), signal });
  // the errors until then name its files
  const done = (): void => rmSync(scratch, { recursive: true });
  return { place: { deployment: deployment(output) }, release, done };
}

/** The production that stands here for trial. */
function placeHere(flags: VerifyFlags, { now }: Rules, rehearsals: Rehearsals): Found {
  if (flags.assembly !== undefined)
    throw new TwinError({
      code: 'usage',
      message: `--assembly names what was deployed, and on the target ${flags.target} twin has deployed it itself`,
      fix: 'Leave it out.',
    });
  const standing = standingProduction(rehearsals, flags.environment);
  if (!standing || Date.parse(standing.handle['expires'] ?? '') < now().getTime())
    throw noProduction(flags.environment);
  const deployment = productionDeployment(rehearsals, standing);
  return {
    place: { deployment, handle: standing.handle },
    release: releaseAsked(flags, standing.to),
    done: () => {},
  };
}

/** @param running - what runs, as far as anything says it */
function releaseAsked({ release, before }: VerifyFlags, running: string): string {
  if (release !== undefined) return release;
  if (before) return running;
  throw new TwinError({
    code: 'usage',
    message: 'nothing says which release is to run',
    fix: 'Name it, such as --release 1.43.0; with --before production is recorded as it is.',
  });
}

function written(folder: string, verification: Verification): unknown[] {
  try {
    writeVerification(folder, verification);
    return [];
  } catch (error) {
    return [error];
  }
}

function outcomeOf(
  verification: Verification,
  folder: string,
  problems: readonly unknown[],
  { terminal }: RehearsalCommandProps,
  flags: VerifyFlags,
): Outcome {
  const file = problems.length === 0 ? join(folder, VERIFICATION_FILE) : undefined;
  const said = reportOf(verification, file, flags, terminal);
  const exitCode = EXIT_CODES[verification.verdict];
  // a GO ON without its record is none that another command could use
  return {
    ...said,
    ...(file !== undefined && { page: join(folder, PAGE_FILE) }),
    problems,
    exitCode: problems.length > 0 && exitCode === EXIT.ok ? EXIT.badInput : exitCode,
  };
}

/** The record as it is asked for. @param file - in which it lies; undefined where it could not be written */
function reportOf(
  verification: Verification,
  file: string | undefined,
  { format, json }: VerifyFlags,
  { color, columns: width }: Terminal,
): Pick<Outcome, 'text' | 'summary'> {
  if (json || format === 'json') return { text: inJson(verification) };
  const markdown = verificationInMarkdown(verification);
  if (format === 'markdown') return { text: markdown };
  const text = renderVerification(verification, { color, width, ...(file !== undefined && { file }) });
  return format === 'text'
    ? { text }
    : forGithub({ text, markdown, annotation: annotationOn(verification, headlineOf(verification)) });
}

function minutesOf(text: string): number {
  const minutes = text.trim() === '' ? NaN : Number(text);
  if (minutes > 0 && minutes <= MOST_MINUTES) return minutes;
  throw new TwinError({
    code: 'usage',
    message: `--watch-minutes is "${text}"; expected a number of minutes above 0, ${MOST_MINUTES} at the most`,
    fix: 'Write how long production is watched, such as --watch-minutes 10.',
  });
}

const MOST_MINUTES = 24 * 60;
