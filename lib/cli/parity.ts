import { Command, Option } from 'commander';
import { join } from 'node:path';
import { TwinError } from '../error';
import { aloneIn, Assembly, parityOfAssembly } from '../parity/assembly';
import { MANIFEST_FILE } from '../parity/manifest';
import { parityOfTemplates } from '../parity/parity';
import { readTemplate } from '../template/read';
import { isPassed, type ParityReport } from '../parity/report';
import { checkOnly, onlyRules } from '../parity/only';
import { renderGithub } from '../parity/report-github';
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
  readonly format: Format;
  /** The aliases of formats. */
  readonly json?: true;
  readonly markdown?: true;
  readonly sarif?: true;
  readonly only?: readonly string[];
  readonly stack?: string;
  readonly verbose?: true;
}

/** How a report is written. */
const FORMATS = ['text', 'json', 'markdown', 'sarif', 'github'] as const;
type Format = (typeof FORMATS)[number];

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
    .addOption(
      new Option('--stack <name>', 'compare one stack of the assembly, with those nested in it').conflicts([
        'prod',
        'staging',
        'allow',
        'whitelist',
      ]),
    )
    .addOption(new Option('--format <format>', 'how to write the report').choices(FORMATS).default('text'))
    .addOption(new Option('--json').conflicts(['format', 'markdown', 'sarif']).hideHelp())
    .addOption(new Option('--markdown').conflicts(['format', 'sarif']).hideHelp())
    .addOption(new Option('--sarif').conflicts(['format']).hideHelp())
    .addOption(
      new Option(
        '--only <rule>',
        'show the findings of one rule, or of those whose ids begin so; can be repeated',
      ).argParser((rule: string, before: readonly string[] = []) => [...before, rule]),
    )
    .option('--verbose', 'list permitted differences and long values too')
    .addHelpText('after', MORE_HELP)
    .action(async (flags: ParityFlags) => {
      const only = checkOnly(flags.only ?? []);
      const compared = await compare(flags);
      const exitCode = compared.reports.every(isPassed) ? EXIT.ok : EXIT.no;
      const reports =
        only.length === 0 ? compared.reports : compared.reports.map((it) => onlyRules(it, only));
      done({ text: render({ ...compared, reports }, flags, version, terminal), exitCode });
    });
}

const MORE_HELP = `
--only changes what is shown, and neither the verdict nor the exit code: the
report says how many findings it leaves out. With --stack both are about that
stack alone, as the first line says. --json, --markdown and --sarif are short
for --format json and so on. Every finding has the id of a rule, and every rule
has a page: docs/rules in the package.

Exit codes:
  0   twins, and staging passed its checks
  1   not twins, or a check of staging failed
  2   bad input, or nothing to compare
  70  a bug in cdk-twin

Examples:
  twin parity
  twin parity --assembly build/cdk.out --format markdown
  twin parity --stack Staging/Data --only TWIN-PAR
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
    const { stack } = flags;
    return {
      reports: parityOfAssembly(assembly, stack === undefined ? {} : { stack }),
      alone: stack === undefined ? aloneIn(assembly) : [],
    };
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
  const format = formatOf(flags);
  const { staging } = flags;
  if (format === 'json')
    return json({
      ...(reports.length === 1 ? reports[0] : withVerdict(reports)),
      ...(alone.length > 0 && { notCompared: alone }),
    });
  if (format === 'sarif') {
    const artifact = staging ?? join(flags.assembly, MANIFEST_FILE);
    return json(renderSarif(reports, { version, artifact }));
  }
  const isMarkdown = format === 'markdown';
  const notes = alone.map(
    (name) =>
      `${isMarkdown ? code(name) : name} was not compared: it has no staging and no second production.\n`,
  );
  if (format === 'github')
    return (
      renderGithub(reports, { version, ...(staging !== undefined && { artifact: staging }) }) + notes.join('')
    );
  const options = { color: terminal.color, width: terminal.columns, verbose: flags.verbose === true };
  const texts = reports.map((report) => (isMarkdown ? renderMarkdown(report) : renderText(report, options)));
  return [...texts, ...notes].join('\n');
}

const formatOf = ({ json: isJson, markdown, sarif, format }: ParityFlags): Format =>
  isJson ? 'json' : markdown ? 'markdown' : sarif ? 'sarif' : format;

/** Several reports under one verdict. */
function withVerdict(reports: readonly ParityReport[]) {
  const isTwin = reports.every(({ verdict }) => verdict === 'twins');
  return { verdict: isTwin ? 'twins' : 'not-twins', reports };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
