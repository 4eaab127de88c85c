import { Option, type Command } from 'commander';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { productionIn } from '../blueprint/production-name';
import { gateBeside } from '../deployment-gate/gate';
import { answerInMarkdown } from '../deployment-gate/markdown';
import { renderAnswer, titleOf, type Asked } from '../deployment-gate/text';
import { MAX_AGE_HOURS, type Answer } from '../deployment-gate/verdict-on';
import { REHEARSALS } from '../evidence/files';
import type { AllEvidence } from '../evidence/read';
import { evidenceIn } from '../history/sources';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import { firstProductionOf } from '../parity/other-production';
import { plural } from '../report/words';
import { TARGETS } from '../targets/registry';
import type { CliContext, Rules } from './context';
import { formatOption, forGithub } from './formats';
import { hoursOf } from './hours';
import { inJson, versioned } from './json';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { releaseOf, type RehearsalCommandProps } from './rehearsed';
import { abortOnSignal } from './signals';
import type { Terminal } from './terminal';

/** The flags of `twin gate`. */
interface GateFlags {
  readonly release: string;
  readonly from?: string;
  readonly maxAgeHours: number;
  readonly assembly?: string;
  readonly environment?: string;
  readonly target?: string;
  readonly root?: readonly string[];
  readonly config: string;
  readonly format: (typeof FORMATS)[number];
  /** The alias of a format. */
  readonly json?: true;
}

const FORMATS = ['text', 'json', 'markdown', 'github'] as const;

/** The command `twin gate`: says whether what is about to be deployed is what was rehearsed. */
export function gateCommand({ terminal, context, done }: RehearsalCommandProps): Command {
  return commandNamed('gate')
    .description(
      'Compares what is about to be deployed with what was rehearsed, and answers yes only where GO was given to exactly ' +
        'this: the same templates, assets and options of deployment, following the release that production runs, by the ' +
        'checks of twin.config.ts, recently, and where what was measured passes the gates as they are today.',
    )
    .requiredOption('--release <release>', 'what is about to be deployed', releaseOf)
    .option(
      '--from <release>',
      'what production runs (default: "baseline" and "baselines" in the config)',
      releaseOf,
    )
    .addOption(
      new Option('--max-age-hours <hours>', 'how old a GO may be')
        .argParser(hoursOf('--max-age-hours', 'Write the hours as a number, such as --max-age-hours 24.'))
        .default(MAX_AGE_HOURS),
    )
    .option('--assembly <dir>', 'what is about to be deployed (default: the app is synthesised)')
    .option('--environment <name>', 'the production (default: the only one with a staging)')
    .addOption(new Option('--target <name>', 'count only rehearsals on this target').choices(TARGETS))
    .option(
      '--root <place>',
      'a folder, a zip file or s3://bucket/prefix with evidence; can be repeated (default: ".twin")',
      (place: string, before?: readonly string[]) => [...(before ?? []), place],
    )
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addOption(formatOption(FORMATS))
    .addOption(new Option('--json', 'short for --format json').conflicts('format'))
    .addHelpText('after', MORE_HELP)
    .action(async (flags: GateFlags) => {
      const { release, maxAgeHours, target } = flags;
      const rules = await context.rules(flags.config);
      const places = flags.root ?? [join(flags.config, REHEARSALS)];
      const { stored, unusable } = await evidenceIn(places, flags.root !== undefined);
      const { production, first } = await productionOf(flags, rules, context);
      const { config, now } = rules;
      const { baseline, baselines = [], environment, environments = [] } = config;
      const running = flags.from === undefined ? [baseline, ...baselines] : [flags.from];
      // of a single staging, what it was called does not matter
      const stagings = environments.length === 0 ? [undefined] : [environment, ...environments];
      const needed = stagings.flatMap((staging) => running.map((from) => ({ from, staging })));
      const question = { production, first, release, maxAgeHours, target, now: now() };
      const answer = gateBeside(question, stored, config, needed);
      const asked = { release, production };
      const said = reportOf(answer, asked, now(), flags, terminal);
      done({
        ...said,
        exitCode: answer.isOpen ? EXIT.ok : EXIT.no,
        ...(unusable.length > 0 && { notes: notesOn(unusable) }),
      });
    });
}

const MORE_HELP = `
Exit codes:
  0   open: exactly this was given GO
  1   closed: the reasons are named, and what has changed since
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin gate --release 1.43.0
  cdk synth --quiet --output out -c release=1.43.0 &&
    twin gate --release 1.43.0 --assembly out && cdk deploy --app out Prod`;

/** Evidence of another version is of no other interest: one is enough to be shown. */
const notesOn = ([first, ...others]: AllEvidence['unusable']): string =>
  `${plural(1 + others.length, 'rehearsal')} not counted: ${first!}${others.length > 0 ? ', and others' : ''}\n`;

/** The answer as it is asked for. */
function reportOf(
  answer: Answer,
  asked: Asked,
  now: Date,
  { format, json }: GateFlags,
  { color, columns }: Terminal,
): Pick<Outcome, 'text' | 'summary'> {
  if (json || format === 'json') return { text: inJson(versioned('gate', answerOf(answer, asked))) };
  const markdown = answerInMarkdown(answer, asked, now);
  if (format === 'markdown') return { text: markdown };
  const text = renderAnswer(answer, asked, now, { color, width: columns });
  if (format === 'text') return { text };
  const { isOpen, reasons, fix } = answer;
  const lines = [...reasons, ...(fix === undefined ? [] : [`Fix: ${fix}`])];
  const closed = { level: 'error', title: titleOf(answer, asked), lines } as const;
  return forGithub({ text, markdown, annotation: isOpen ? undefined : closed });
}

/** What would be deployed of production, from an assembly, or from one that the app writes for it. */
async function productionOf(flags: GateFlags, { synthesize }: Rules, { signals }: CliContext) {
  if (flags.assembly !== undefined) return deployedIn(flags.assembly, flags.environment);
  const folder = mkdtempSync(join(tmpdir(), 'twin-gate-'));
  const [output, log] = [join(folder, 'assembly'), join(folder, 'synth.log')];
  const stop = abortOnSignal(signals);
  const { signal } = stop;
  let isOver = false;
  try {
    await synthesize({ release: flags.release, context: {}, output: resolve(output), log, signal });
    const found = deployedIn(output, flags.environment);
    isOver = true;
    return found;
  } finally {
    stop.close();
    // the other errors name its files
    if (isOver || signal.aborted) rmSync(folder, { recursive: true, force: true });
  }
}

function deployedIn(folder: string, environment: string | undefined) {
  const assembly = new Assembly(folder);
  const name = productionIn(assembly, environment);
  return { production: deployedOf(assembly, name), first: firstProductionOf(assembly, name) };
}

function answerOf({ isOpen, reasons, fix, decisive, changes }: Answer, { release, production }: Asked) {
  return {
    gate: isOpen ? 'open' : 'closed',
    release,
    production: { environment: production.environment, digest: production.digest },
    reasons,
    ...(fix !== undefined && { fix }),
    ...(decisive && { rehearsal: decisive.evidence.rehearsal, evidence: decisive.folder }),
    changes,
  };
}
