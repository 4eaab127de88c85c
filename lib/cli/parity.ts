import { Command, Option } from 'commander';
import { join } from 'node:path';
import { TwinError } from '../error';
import { aloneIn, Assembly, parityOfAssembly } from '../parity/assembly';
import { MANIFEST_FILE } from '../parity/manifest';
import { parityOfTemplates } from '../parity/parity';
import { readTemplate } from '../template/read';
import { isPassed, type ParityReport } from '../parity/report';
import { renderMarkdown } from '../parity/report-markdown';
import { renderSarif } from '../parity/report-sarif';
import { renderText } from '../parity/report-text';
import { code } from '../parity/markdown-syntax';
import { readWhitelist } from '../parity/whitelist';
import { EXIT, type Outcome } from './outcome';
import type { Terminal } from './terminal';

/** What a command is created with. */
export interface CommandProps {
  /** The version of cdk-twin. */
  readonly version: string;
  readonly terminal: Terminal;
  /** Takes the result of the command. */
  readonly done: (outcome: Outcome) => void;
}

/** The flags of `twin parity`. */
interface ParityFlags {
  readonly assembly: string;
  readonly prod?: string;
  readonly staging?: string;
  readonly allow?: string;
  /** The alias of `allow`. */
  readonly whitelist?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly sarif?: true;
  readonly verbose?: true;
}

/** The command `twin parity`: checks that environments are twins. */
export function parityCommand({ version, terminal, done }: CommandProps): Command {
  return new Command('parity')
    .summary('check that staging and production are twins')
    .description(
      'Compares staging, and every further production, with production, and permits only differences that a ' +
        'declared scale factor explains.\n' +
        'Reads the assembly that cdk synth wrote, or any two CloudFormation templates.\n' +
        'Of an assembly it also checks that staging reaches nothing outside, and that its\n' +
        'tear-down leaves nothing behind.',
    )
    .addOption(new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'))
    .addOption(new Option('--prod <file>', "production's template, JSON or YAML").conflicts('assembly'))
    .addOption(new Option('--staging <file>', "staging's template, JSON or YAML").conflicts('assembly'))
    .addOption(
      new Option('--allow <file>', 'an allowlist: what may differ between the templates').conflicts(
        'assembly',
      ),
    )
    .addOption(new Option('--whitelist <file>').conflicts(['assembly', 'allow']).hideHelp())
    .addOption(new Option('--json', 'write the whole report as JSON').conflicts(['markdown', 'sarif']))
    .addOption(new Option('--markdown', 'write a comment for a pull request').conflicts(['sarif']))
    .addOption(new Option('--sarif', 'write SARIF 2.1.0 for code scanning'))
    .option('--verbose', 'list permitted differences and long values too')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: ParityFlags) => {
      const compared = await compare(flags);
      const exitCode = compared.reports.every(isPassed) ? EXIT.ok : EXIT.no;
      done({ text: render(compared, flags, version, terminal), exitCode });
    });
}

const MORE_HELP = `
Exit codes:
  0   twins, and staging passed its checks
  1   not twins, or a check of staging failed
  2   bad input, or nothing to compare
  70  a bug in cdk-twin

Examples:
  twin parity
  twin parity --assembly build/cdk.out --markdown
  twin parity --prod prod.json --staging staging.yaml --allow twin.json`;

/** What was compared, and the productions that were not. */
interface Compared {
  readonly reports: readonly ParityReport[];
  readonly alone: readonly string[];
}

async function compare(flags: ParityFlags): Promise<Compared> {
  const { assembly: directory, prod, staging, whitelist, allow = whitelist } = flags;
  if (prod === undefined && staging === undefined && allow === undefined) {
    const assembly = new Assembly(directory);
    return { reports: parityOfAssembly(assembly), alone: aloneIn(assembly) };
  }
  if (prod === undefined || staging === undefined) throw halfAPair(flags);
  const [p, s] = [await readTemplate(prod), await readTemplate(staging)];
  const names = { prodName: prod, stagingName: staging };
  const options = allow === undefined ? names : { ...names, whitelist: readWhitelist(allow) };
  return { reports: [parityOfTemplates(p, s, options)], alone: [] };
}

function halfAPair({ prod, staging, allow }: ParityFlags): TwinError {
  const [given, missing] = prod
    ? ['--prod', '--staging']
    : staging
      ? ['--staging', '--prod']
      : [allow === undefined ? '--whitelist' : '--allow'];
  return new TwinError({
    code: 'usage',
    message: `${given} is given without ${missing ?? '--prod and --staging'}`,
    fix: missing
      ? `Add ${missing} <file>, or leave out ${given} to compare an assembly.`
      : 'Add --prod <file> and --staging <file>; an assembly has its allowlist in twin.json.',
  });
}

function render(
  { reports, alone }: Compared,
  flags: ParityFlags,
  version: string,
  terminal: Terminal,
): string {
  if (flags.json)
    return json({
      ...(reports.length === 1 ? reports[0] : withVerdict(reports)),
      ...(alone.length > 0 && { notCompared: alone }),
    });
  if (flags.sarif) {
    const artifact = flags.staging ?? join(flags.assembly, MANIFEST_FILE);
    return json(renderSarif(reports, { version, artifact }));
  }
  const options = { color: terminal.color, width: terminal.columns, verbose: flags.verbose === true };
  const texts = reports.map((report) =>
    flags.markdown ? renderMarkdown(report) : renderText(report, options),
  );
  const notes = alone.map(
    (name) =>
      `${flags.markdown ? code(name) : name} was not compared: it has no staging and no second production.\n`,
  );
  return [...texts, ...notes].join('\n');
}

/** Several reports under one verdict. */
function withVerdict(reports: readonly ParityReport[]) {
  const isTwin = reports.every(({ verdict }) => verdict === 'twins');
  return { verdict: isTwin ? 'twins' : 'not-twins', reports };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
