import { Option } from 'commander';

/** The flags of `twin parity`. */
export interface ParityFlags {
  readonly assembly: string;
  readonly prod?: string;
  readonly staging?: string;
  readonly allow?: string;
  /** The alias of `allow`. */
  readonly whitelist?: string;
  readonly parameters?: string;
  readonly prodParameters?: string;
  readonly stagingParameters?: string;
  readonly format: Format;
  /** The aliases of formats. */
  readonly json?: true;
  readonly markdown?: true;
  readonly sarif?: true;
  readonly only?: readonly string[];
  readonly stack?: string;
  readonly verbose?: true;
  /** Whether to suggest an allowlist, or the file to write it to. */
  readonly suggest?: string | true;
}

/** How a report is written. */
const FORMATS = ['text', 'json', 'markdown', 'sarif', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** The format that is asked for, by its own flag or by that of all. */
export const formatOf = ({ json: isJson, markdown, sarif, format }: ParityFlags): Format =>
  isJson ? 'json' : markdown ? 'markdown' : sarif ? 'sarif' : format;

/** The options of `twin parity`, in the order of its help. */
export const parityOptions = (): readonly Option[] => [
  new Option('--assembly <dir>', 'a cloud assembly with twin.json').default('cdk.out'),
  new Option('--prod <file>', "production's template, JSON or YAML").conflicts('assembly'),
  new Option('--staging <file>', "staging's template, JSON or YAML").conflicts('assembly'),
  new Option('--allow <file>', 'an allowlist: what may differ between the templates').conflicts('assembly'),
  new Option('--whitelist <file>').conflicts(['assembly', 'allow']).hideHelp(),
  new Option('--prod-parameters <file>', "what production's parameters are given").conflicts('assembly'),
  new Option('--staging-parameters <file>', "what staging's parameters are given").conflicts('assembly'),
  new Option('--parameters <file>', 'what the parameters of both are given').conflicts('assembly'),
  new Option('--stack <name>', 'compare one stack of the assembly, with those nested in it').conflicts([
    'prod',
    'staging',
    'allow',
    'whitelist',
    'parameters',
    'prodParameters',
    'stagingParameters',
    'suggest',
  ]),
  new Option('--format <format>', 'how to write the report').choices(FORMATS).default('text'),
  new Option('--json').conflicts(['format', 'markdown', 'sarif']).hideHelp(),
  new Option('--markdown').conflicts(['format', 'sarif']).hideHelp(),
  new Option('--sarif').conflicts(['format']).hideHelp(),
  new Option(
    '--only <rule>',
    'show the findings of one rule, or of those whose ids begin so; can be repeated',
  ).argParser((rule: string, before: readonly string[] | undefined) => [...(before ?? []), rule]),
  new Option('--suggest [file]', 'write an allowlist for two templates, without reasons').conflicts([
    'assembly',
    'format',
    'json',
    'markdown',
    'sarif',
    'only',
  ]),
  new Option('--verbose', 'list permitted differences and long values too'),
];
