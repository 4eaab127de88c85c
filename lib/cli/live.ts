import { Option, type Command } from 'commander';
import { TwinError } from '../error';
import { live, type SideProps } from '../live/live';
import { isSound } from '../live/report';
import { renderLiveMarkdown } from '../live/report-markdown';
import { renderLive } from '../live/report-text';
import { observeRunning } from '../targets/registry';
import { UNSTOPPABLE } from '../targets/target';
import { inJson, versioned } from './json';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

/** The flags of `twin live`. */
interface LiveFlags {
  readonly assembly: string;
  readonly staging?: string;
  readonly prodStack: ReadonlyMap<string, string>;
  readonly stagingStack: ReadonlyMap<string, string>;
  readonly prodProfile?: string;
  readonly stagingProfile?: string;
  readonly region?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly verbose?: true;
}

/** The command `twin live`: checks that environments are twins as they run. */
export function liveCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('live')
    .description(
      'Compares what runs of staging with what runs of production: databases, caches, services and their autoscaling, ' +
        'with the parameters that were given at deployment. Permits only differences that twin.json explains, and lists ' +
        'what was changed outside CloudFormation on either side.\n' +
        'Reads with the credentials of each account, and changes nothing.',
    )
    .addOption(new Option('--assembly <dir>', 'the cloud assembly with twin.json').default('cdk.out'))
    .addOption(new Option('--staging <name>', 'which staging, where the assembly has several'))
    .addOption(stackOption('--prod-stack', "production's stack, where it is called otherwise"))
    .addOption(stackOption('--staging-stack', "staging's stack, such as that of a rehearsal"))
    .addOption(new Option('--prod-profile <name>', "the profile for production's account"))
    .addOption(new Option('--staging-profile <name>', "the profile for staging's account"))
    .addOption(new Option('--region <name>', 'where the stacks are, if the assembly does not say'))
    .addOption(new Option('--json', 'write the whole report as JSON').conflicts('markdown'))
    .addOption(new Option('--markdown', 'write a comment for a pull request'))
    .option('--verbose', 'list every member, and every type that was not looked at')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: LiveFlags) => {
      const report = await live({
        assembly: flags.assembly,
        staging: flags.staging,
        region: flags.region,
        prod: sideOf('prod', flags.prodProfile, flags.prodStack),
        second: sideOf('staging', flags.stagingProfile, flags.stagingStack),
        observe: observeRunning,
        signal: UNSTOPPABLE, // it only reads: an interruption ends the process
      });
      const options = { color: terminal.color, width: terminal.columns, verbose: flags.verbose === true };
      const text = flags.json
        ? inJson(versioned('live', report))
        : flags.markdown
          ? renderLiveMarkdown(report)
          : renderLive(report, options);
      done({ text, exitCode: isSound(report) ? EXIT.ok : EXIT.no });
    });
}

const MORE_HELP = `
Where an environment has several stacks, give the path of each and its name:
--staging-stack Data=Staging-r1-Data --staging-stack Web=Staging-r1-Web

Exit codes:
  0   twins, and nothing has drifted
  1   not twins, or something has drifted
  2   bad input, no such stack, or nothing to compare
  70  a bug in cdk-twin

Examples:
  twin live
  twin live --prod-profile prod-read --staging-profile staging
  twin live --staging-stack Staging-20261121-045536 --markdown`;

const stackOption = (flag: string, description: string): Option =>
  new Option(`${flag} <[path=]name>`, description)
    .argParser((text: string, before: ReadonlyMap<string, string>) => addStack(flag, text, before))
    .default(new Map<string, string>(), 'as the assembly names it');

function addStack(
  flag: string,
  text: string,
  before: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const [, path = '', name] = /^(?:([^=]*)=)?([A-Za-z][\w-]*)$/.exec(text.trim()) ?? [];
  if (name !== undefined && !before.has(path)) return new Map([...before, [path, name]]);
  throw new TwinError({
    code: 'usage',
    message:
      name === undefined
        ? `${flag} is "${text}"; expected the name of a stack, or its path and name, such as Data=Staging-r1-Data`
        : `${flag} names ${path === '' ? 'the stack' : `the stack "${path}"`} twice: ${before.get(path)} and ${name}`,
    fix: 'Give the name as CloudFormation lists it, once for each stack.',
  });
}

const sideOf = (
  side: 'prod' | 'staging',
  profile: string | undefined,
  stacks: ReadonlyMap<string, string>,
): SideProps => ({
  profile,
  stacks,
  flags: { profile: `--${side}-profile`, region: '--region', stack: `--${side}-stack` },
});
