import type { Command } from 'commander';
import { join } from 'node:path';
import { TwinError } from '../error';
import { aloneIn, Assembly, warningsIn } from '../parity/assembly';
import { parityOfAssembly } from '../parity/assembly-parity';
import { MANIFEST_FILE, type Warning } from '../parity/manifest';
import { parityOfTemplates, type GivenValues } from '../parity/parity';
import type { Note } from '../template/notes';
import { readParameters } from '../template/parameter-file';
import { checkValues } from '../template/parameters';
import { readTemplate } from '../template/read';
import { isMisplaced, isPassed, type ParityReport } from '../parity/report';
import { checkOnly, onlyRules } from '../parity/only';
import { renderGithub } from '../parity/reports/github';
import { notComparedSentence } from '../parity/reports/parts';
import { renderMarkdown } from '../parity/reports/markdown';
import { renderSarif } from '../parity/reports/sarif';
import { renderText } from '../parity/reports/text';
import { code } from '../report/markdown';
import type { FactorList } from '../parity/factor-list';
import { hasAny, suggestAllowlist } from '../parity/suggest/suggest';
import { renderSuggestion } from '../parity/suggest/text';
import { isManifest, readWhitelist } from '../parity/whitelist';
import { inJson, versioned } from './json';
import { writeNew } from './new-file';
import { EXIT, type Outcome } from './outcome';
import { staleNote } from './stale';
import { commandNamed } from './overview';
import { formatOf, parityOptions, type Format, type ParityFlags } from './parity-flags';
import type { Terminal } from './terminal';

/** What a command is created with. */
export interface CommandProps {
  /** The version of cdk-twin. */
  readonly version: string;
  readonly terminal: Terminal;
  /** Takes the result of the command. */
  readonly done: (outcome: Outcome) => void;
}

/** The command `twin parity`: checks that environments are twins. */
export function parityCommand({ version, terminal, done }: CommandProps): Command {
  const command = commandNamed('parity')
    .description(
      'Compares staging, and every further production, with production, and permits only differences that a ' +
        'declared scale factor explains.\n' +
        'Reads the assembly that cdk synth wrote, or any two CloudFormation templates.\n' +
        'Of an assembly it also checks that staging reaches nothing outside, and that its\n' +
        'tear-down leaves nothing behind.',
    )
    .addHelpText('after', MORE_HELP)
    .action(async (flags: ParityFlags) => {
      if (flags.suggest !== undefined) return done(await suggest(flags, flags.suggest, terminal));
      const only = checkOnly(flags.only ?? []);
      const compared = await compare(flags);
      const reports =
        only.length === 0 ? compared.reports : compared.reports.map((it) => onlyRules(it, only));
      const shown = { ...compared, reports };
      const format = formatOf(flags);
      const stale = flags.prod === undefined ? staleNote(flags.assembly) : undefined;
      done({
        text: render(shown, format, flags, version, terminal),
        exitCode: exitCodeOf(compared),
        ...(stale !== undefined && { notes: `${stale}\n` }),
        ...(format === 'github' && { summary: render(shown, 'markdown', flags, version, terminal) }),
      });
    });
  return parityOptions().reduce((it, option) => it.addOption(option), command);
}

const MORE_HELP = `
--only changes what is shown, and neither the verdict nor the exit code: the
report says how many findings it leaves out. With --stack both are about that
stack alone, as the first line says. --json, --markdown and --sarif are short
for --format json and so on. Every finding has the id of a rule, and every rule
has a page: twin explain TWIN-PAR-003 shows it.

Exit codes:
  0   twins, and staging passed its checks; or an allowlist was suggested
  1   not twins, or a check of staging failed
  2   bad input, or nothing to compare
  70  a bug in cdk-twin

Examples:
  twin parity
  twin parity --assembly build/cdk.out --format markdown
  twin parity --stack Staging/Data --only TWIN-PAR
  twin parity --prod prod.json --staging staging.yaml --allow twin.json
  twin parity --prod prod.json --staging staging.json --suggest allow.json`;

/** An allowlist to correct is bad input, but does not hide what was found. */
const exitCodeOf = ({ reports }: Compared): number =>
  reports.every(isPassed) ? EXIT.ok : reports.some(isMisplaced) ? EXIT.badInput : EXIT.no;

/** What was compared, and the productions that were not. */
interface Compared {
  readonly reports: readonly ParityReport[];
  readonly alone: readonly string[];
  readonly warnings: readonly Warning[];
}

async function compare(flags: ParityFlags): Promise<Compared> {
  const { assembly: directory, prod, staging, whitelist, allow = whitelist } = flags;
  const isAlone = [allow, flags.parameters, flags.prodParameters, flags.stagingParameters].every((it) => !it);
  if (prod === undefined && staging === undefined && isAlone) {
    const assembly = new Assembly(directory);
    const { stack } = flags;
    return {
      reports: parityOfAssembly(assembly, stack === undefined ? {} : { stack }),
      alone: stack === undefined ? aloneIn(assembly) : [],
      warnings: warningsIn(assembly).filter(({ rule }) => rule !== 'not-compared'),
    };
  }
  if (prod === undefined || staging === undefined) throw halfAPair(flags);
  const read: string[] = [];
  const take = (note: string): void => void read.push(note);
  const [p, s] = [await readTemplate(prod, take), await readTemplate(staging, take)];
  const names = { prodName: prod, stagingName: staging };
  const parameters = await parametersFor(flags, p, s, take);
  const options = {
    ...names,
    ...(allow !== undefined && { whitelist: readWhitelist(allow) }),
    ...(parameters && { parameters }),
  };
  const report = parityOfTemplates(p, s, options);
  const notes = [...new Set([...read, ...(report.notes ?? [])])];
  return { reports: [{ ...report, ...(notes.length > 0 && { notes }) }], alone: [], warnings: [] };
}

/** The values that both sides' parameters are given; undefined when no file of them is. */
async function parametersFor(
  flags: ParityFlags,
  prod: unknown,
  staging: unknown,
  note?: Note,
): Promise<GivenValues | undefined> {
  const { parameters, prodParameters, stagingParameters } = flags;
  if (!parameters && !prodParameters && !stagingParameters) return undefined;
  const read = async (file: string | undefined, templates: readonly unknown[]) => {
    const values = file === undefined ? new Map<string, string>() : await readParameters(file, note);
    if (file !== undefined) checkValues(templates, values, file);
    return values;
  };
  const shared = await read(parameters, [prod, staging]);
  return {
    prod: new Map([...shared, ...(await read(prodParameters, [prod]))]),
    staging: new Map([...shared, ...(await read(stagingParameters, [staging]))]),
  };
}

/** Suggests an allowlist: to stdout, with what it does on stderr, or to a file, with what it does on stdout. */
async function suggest(flags: ParityFlags, to: string | true, terminal: Terminal): Promise<Outcome> {
  const { prod, staging, whitelist, allow = whitelist } = flags;
  if (prod === undefined || staging === undefined) throw halfAPair(flags);
  const [p, s] = [await readTemplate(prod), await readTemplate(staging)];
  const given = allow === undefined ? undefined : readWhitelist(allow);
  if (given !== undefined && isManifest(given)) throw notToBeAddedTo(allow!);
  const parameters = await parametersFor(flags, p, s);
  const comparison = { prodName: prod, stagingName: staging, ...(parameters && { parameters }) };
  const by = (list: FactorList) => parityOfTemplates(p, s, { ...comparison, whitelist: list });
  const suggestion = suggestAllowlist({ by, prod: p, staging: s }, given);
  const isFile = to !== true && hasAny(suggestion);
  if (isFile) writeNew(to, inJson(suggestion.list));
  const names = { prod, staging, ...(isFile && { file: to }) };
  const text = renderSuggestion(suggestion, names, { color: terminal.color, width: terminal.columns });
  return to === true
    ? { text: inJson(suggestion.list), notes: text, exitCode: EXIT.ok }
    : { text, exitCode: EXIT.ok };
}

const notToBeAddedTo = (file: string): TwinError =>
  new TwinError({
    code: 'usage',
    message: `${file} is a twin.json: nothing can be added to it`,
    fix: 'Leave out --suggest to compare by it, or --allow to suggest an allowlist.',
  });

function halfAPair(flags: ParityFlags): TwinError {
  const { prod, staging } = flags;
  const onlyFlag =
    (
      [
        ['--allow', flags.allow],
        ['--whitelist', flags.whitelist],
        ['--prod-parameters', flags.prodParameters],
        ['--staging-parameters', flags.stagingParameters],
        ['--parameters', flags.parameters],
      ] as const
    ).find(([, value]) => value !== undefined)?.[0] ?? '--suggest';
  const [given, missing] = prod ? ['--prod', '--staging'] : staging ? ['--staging', '--prod'] : [onlyFlag];
  return new TwinError({
    code: 'usage',
    message: `${given} is given without ${missing ?? '--prod and --staging'}`,
    fix: missing
      ? `Add ${missing} <file>, or leave out ${given} to compare an assembly.`
      : 'Add --prod <file> and --staging <file>: an assembly has all of that in twin.json.',
  });
}

function render(
  { reports, alone, warnings }: Compared,
  format: Format,
  flags: ParityFlags,
  version: string,
  terminal: Terminal,
): string {
  const { staging } = flags;
  if (format === 'json')
    return inJson(
      versioned('parity', {
        ...(reports.length === 1 ? reports[0] : withVerdict(reports)),
        ...(alone.length > 0 && { notCompared: alone }),
        ...(warnings.length > 0 && { warnings }),
      }),
    );
  const allowlist = flags.allow ?? flags.whitelist;
  if (format === 'sarif') {
    const artifact = staging ?? join(flags.assembly, MANIFEST_FILE);
    return inJson(renderSarif(reports, { version, artifact, ...(allowlist !== undefined && { allowlist }) }));
  }
  if (format === 'github')
    return renderGithub(reports, {
      version,
      alone,
      warnings,
      ...(staging !== undefined && { artifact: staging }),
      ...(allowlist !== undefined && { allowlist }),
    });
  const isMarkdown = format === 'markdown';
  const notes = alone.map((name) => `${notComparedSentence(isMarkdown ? code(name) : name)}\n`);
  const warned = warnings.map(({ text, fix }) => `Warning: ${text}.\n  ${fix}\n`);
  const options = { color: terminal.color, width: terminal.columns, verbose: flags.verbose === true };
  const texts = reports.map((report) => (isMarkdown ? renderMarkdown(report) : renderText(report, options)));
  return [...texts, ...notes, ...warned].join('\n');
}

/** Several reports under one verdict: the worst of theirs. */
function withVerdict(reports: readonly ParityReport[]) {
  const worst = (['not-twins', 'undecided'] as const).find((it) =>
    reports.some(({ verdict }) => verdict === it),
  );
  return { verdict: worst ?? 'twins', reports };
}
