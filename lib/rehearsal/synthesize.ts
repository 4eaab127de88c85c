import { TwinError } from '../error';
import type { SynthConfig } from '../config/types';
import { nonBlank, type Zod } from '../field';
import { SYNTHESIS_FOR } from '../synthesis-for';
import { runCommand, type CommandEnd } from './shell-command';
import { shellWord } from './shell-word';

/** How the assembly of a release is made. */
export interface SynthesisProps {
  readonly release: string;
  /** The folder with the code of the release. @default - that of the config */
  readonly folder?: string | undefined;
  /** Distinguishes the stacks of this rehearsal from those of others: letters, digits and hyphens. @default - it is no rehearsal */
  readonly suffix?: string;
  /** What the target adds to the context, by key. */
  readonly context: Readonly<Record<string, string>>;
  /** Where the assembly goes. */
  readonly output: string;
  /** The file for the whole output of the command. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/** How an app is synthesised where a config does not say. */
export const SYNTH_DEFAULTS = {
  command: 'cdk synth --quiet',
  releaseContext: 'release',
  nameContext: 'rehearsal',
} as const;

/**
 * Returns a function that writes cloud assemblies: it runs the app's own command with a shell in the folder of the release, with
 * the commands of its `node_modules` on the PATH.
 *
 * @param configFolder - of a release without a folder of its own
 */
export function synthesizer(configFolder: string, config: SynthConfig = {}) {
  const { command, releaseContext, nameContext } = { ...SYNTH_DEFAULTS, ...config };
  return async (props: SynthesisProps): Promise<void> => {
    const { release, folder = configFolder, suffix, context, output, log, signal } = props;
    const keys = {
      [releaseContext]: release,
      ...(suffix !== undefined && { [nameContext]: suffix }),
      ...context,
    };
    const words = [
      '--output',
      output,
      ...Object.entries(keys).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ];
    const line = [command, ...words.map(shellWord)].join(' ');
    const variables = { [SYNTHESIS_FOR]: suffix === undefined ? 'gate' : 'rehearse' };
    const end = await runCommand({ line, folder, variables, log, signal });
    if (end.ended !== 0) throw failed(release, command, end, log);
  };
}

const failed = (release: string, command: string, { ended, wrote }: CommandEnd, log: string): TwinError =>
  new TwinError({
    code: 'synth',
    message: `"${command}" could not synthesise ${release}: it ended with ${ended}${wrote}`,
    fix: `Repair the app, or set synth.command in the config; the whole output is in ${log}.`,
  });

/** The schema of `synth`. */
export const synthSchema = (z: Zod) =>
  z
    .strictObject({
      command: nonBlank(z)
        .default(SYNTH_DEFAULTS.command)
        .describe(
          "Run by the shell in the folder of the release's code; ` --output <folder>` and the two values below are added to it.",
        ),
      releaseContext: nonBlank(z)
        .default(SYNTH_DEFAULTS.releaseContext)
        .describe('The context key from which the app reads the release.'),
      nameContext: nonBlank(z)
        .default(SYNTH_DEFAULTS.nameContext)
        .describe("The context key from which the app reads the stack's suffix."),
    })
    .meta({ name: 'SynthConfig', about: 'How the app is synthesised.' });
