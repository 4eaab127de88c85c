import { Command, Option } from 'commander';
import { join } from 'node:path';
import { TwinError } from '../error';
import { parityOfAssembly } from '../parity/assembly';
import { MANIFEST_FILE } from '../parity/manifest';
import { parityOfTemplates } from '../parity/parity';
import { readTemplate } from '../template/read';
import type { ParityReport } from '../parity/report';
import { renderMarkdown } from '../parity/report-markdown';
import { renderSarif } from '../parity/report-sarif';
import { renderText } from '../parity/report-text';
import { readWhitelist } from '../parity/whitelist';
import { EXIT, type Outcome } from './outcome';
import type { Terminal } from './terminal';

/** What a command is made with. */
export interface CommandProps {
  /** The version of cdk-twin. */
  readonly version: string;
  readonly terminal: Terminal;
  /** Takes what the command comes to. */
  readonly done: (outcome: Outcome) => void;
}

/** The flags of `twin parity`. */
interface ParityFlags {
  readonly assembly: string;
  readonly prod?: string;
  readonly staging?: string;
  readonly whitelist?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly sarif?: true;
  readonly verbose?: true;
}

/** The command `twin parity`: compares environments and tells whether they are twins. */
export function parityCommand({ version, terminal, done }: CommandProps): Command {
  return new Command('parity')
    .summary('tell whether staging is a twin of production')
    .description(
      'Compares staging with production, and permits only what a declared scale factor explains.\n' +
        'Reads the assembly that cdk synth wrote, or any two CloudFormation templates.',
    )
    .addOption(new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'))
    .addOption(new Option('--prod <file>', "production's template, JSON or YAML").conflicts('assembly'))
    .addOption(new Option('--staging <file>', "staging's template, JSON or YAML").conflicts('assembly'))
    .addOption(
      new Option('--whitelist <file>', 'what may differ between the templates').conflicts('assembly'),
    )
    .addOption(new Option('--json', 'write the whole report as JSON').conflicts(['markdown', 'sarif']))
    .addOption(new Option('--markdown', 'write a comment for a pull request').conflicts(['sarif']))
    .addOption(new Option('--sarif', 'write SARIF 2.1.0 for code scanning'))
    .option('--verbose', 'list permitted differences and long values too')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: ParityFlags) => {
      const reports = await compare(flags);
      const isTwin = reports.every(({ verdict }) => verdict === 'twins');
      done({ text: render(reports, flags, version, terminal), exitCode: isTwin ? EXIT.ok : EXIT.broken });
    });
}

const MORE_HELP = `
Exit codes:
  0   twins
  1   not twins
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin parity
  twin parity --assembly build/cdk.out --markdown
  twin parity --prod prod.json --staging staging.yaml --whitelist twin.json`;

async function compare({
  assembly,
  prod,
  staging,
  whitelist,
}: ParityFlags): Promise<readonly ParityReport[]> {
  if (prod === undefined && staging === undefined && whitelist === undefined)
    return parityOfAssembly(assembly);
  if (prod === undefined || staging === undefined) throw halfAPair(prod, staging);
  const [p, s] = [await readTemplate(prod), await readTemplate(staging)];
  const names = { prodName: prod, stagingName: staging };
  return [
    parityOfTemplates(
      p,
      s,
      whitelist === undefined ? names : { ...names, whitelist: readWhitelist(whitelist) },
    ),
  ];
}

function halfAPair(prod: string | undefined, staging: string | undefined): TwinError {
  const [given, missing] = prod
    ? ['--prod', '--staging']
    : staging
      ? ['--staging', '--prod']
      : ['--whitelist'];
  return new TwinError({
    code: 'usage',
    message: `${given} is given without ${missing ?? '--prod and --staging'}`,
    fix: missing
      ? `Add ${missing} <file>, or leave out ${given} to compare an assembly.`
      : 'Add --prod <file> and --staging <file>; an assembly has its whitelist in twin.json.',
  });
}

function render(
  reports: readonly ParityReport[],
  flags: ParityFlags,
  version: string,
  terminal: Terminal,
): string {
  if (flags.json) return json(reports.length === 1 ? reports[0] : withVerdict(reports));
  if (flags.sarif) {
    const artifact = flags.staging ?? join(flags.assembly, MANIFEST_FILE);
    return json(renderSarif(reports, { version, artifact }));
  }
  const options = { color: terminal.color, width: terminal.columns, verbose: flags.verbose === true };
  const texts = reports.map((report) =>
    flags.markdown ? renderMarkdown(report) : renderText(report, options),
  );
  return texts.join('\n');
}

/** Several reports under one verdict. */
function withVerdict(reports: readonly ParityReport[]) {
  const isTwin = reports.every(({ verdict }) => verdict === 'twins');
  return { verdict: isTwin ? 'twins' : 'not-twins', reports };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
