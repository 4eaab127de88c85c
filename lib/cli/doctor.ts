import { Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentsOf } from '../blueprint/read-blueprint';
import { MANIFEST_FILE } from '../parity/manifest';
import { examine, obstacleOf, type Examination, type Obstacle } from '../rehearsal/examine';
import { SYNTH_DEFAULTS } from '../rehearsal/synthesize';
import type { Target } from '../targets/target';
import { TARGETS } from '../targets/registry';
import type { CliContext } from './context';
import { canRehearse, renderDiagnosis, type Diagnosis } from './doctor-text';
import { installedIn } from './installed';
import { inJson, versioned } from './json';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { RehearsalCommandProps } from './rehearsed';

/** The flags of `twin doctor`. */
interface DoctorFlags {
  readonly assembly: string;
  readonly config: string;
  readonly target: string;
  readonly json?: true;
}

/** The command `twin doctor`: says what can be rehearsed here, and what is missing. */
export function doctorCommand({ terminal, context, done }: RehearsalCommandProps): Command {
  return commandNamed('doctor')
    .description(
      'Looks at what is installed, at twin.config.ts, and at whether a target can stand up each tier of staging: this ' +
        'machine, or with --target aws your account. Starts nothing and changes nothing.',
    )
    .addOption(new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'))
    .addOption(
      new Option('--target <name>', 'where staging is to stand').choices(TARGETS).default(TARGETS[0]),
    )
    .addOption(new Option('--config <dir>', 'the folder of twin.config.ts').default('.'))
    .addOption(new Option('--json', 'write the result as JSON'))
    .addHelpText('after', MORE_HELP)
    .action(async (flags: DoctorFlags) => {
      const diagnosis = await diagnose(flags, context);
      const options = { color: terminal.color, width: terminal.columns };
      const text = flags.json ? inJson(versioned('doctor', diagnosis)) : renderDiagnosis(diagnosis, options);
      done({ text, exitCode: canRehearse(diagnosis) ? EXIT.ok : EXIT.no });
    });
}

const MORE_HELP = `
Exit codes:
  0   every tier can be rehearsed, but for those that gates.allowSkipped names
  1   something is missing: it is named, with what to do
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin doctor
  twin doctor --target aws
  twin doctor --assembly build/cdk.out --json`;

async function diagnose(
  { assembly, config, target: name }: DoctorFlags,
  context: CliContext,
): Promise<Diagnosis> {
  const installed = installedIn(config);
  const { target, allowSkipped, synth, obstacles } = await open(config, name, context);
  const isSynthesized = existsSync(join(assembly, MANIFEST_FILE));
  if (!isSynthesized) obstacles.push(notSynthesized(assembly, typed(synth, config)));
  const stagings = isSynthesized ? environmentsOf(assembly) : [];
  const examinations: Examination[] = [];
  for (const { staging: environment } of stagings) {
    const deployment = { release: 'doctor', assembly: resolve(assembly), environment };
    examinations.push(await examine(target, deployment));
  }
  return { installed, obstacles, allowSkipped, examinations };
}

interface Opened {
  readonly target: Target;
  readonly allowSkipped: readonly string[];
  /** How the app is synthesised. */
  readonly synth: string;
  readonly obstacles: Obstacle[];
}

/** Opens a target with the config, or without where there is none or it is invalid: what stands in the way is then all known at once. */
async function open(folder: string, name: string, context: CliContext): Promise<Opened> {
  try {
    const { newParts, config } = await context.open(folder, name);
    const { gates, synth } = config;
    return {
      target: newParts().target,
      allowSkipped: gates.allowSkipped ?? [],
      synth: synth?.command ?? SYNTH_DEFAULTS.command,
      obstacles: [],
    };
  } catch (error) {
    const { target } = context.openToRemove(folder, name);
    return { target, allowSkipped: [], synth: SYNTH_DEFAULTS.command, obstacles: [obstacleOf(error)] };
  }
}

/** A command as it is typed in a shell that has no `node_modules` on its PATH. */
function typed(command: string, folder: string): string {
  const [program = ''] = command.split(' ');
  const isOfPackage = /^[\w@.-]+$/.test(program) && existsSync(join(folder, 'node_modules', '.bin', program));
  return isOfPackage || program === 'cdk' ? `npx ${command}` : command;
}

const notSynthesized = (assembly: string, synth: string): Obstacle => ({
  message: `there is no ${MANIFEST_FILE} in ${assembly}: nothing says what tiers staging has`,
  fix: `Run "${synth}", or name the folder with --assembly <dir>.`,
});
