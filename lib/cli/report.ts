import { Option, type Command } from 'commander';
import { join, resolve } from 'node:path';
import { PAGE_FILE, REHEARSALS } from '../evidence/files';
import { renderJunit } from '../evidence/junit';
import { renderMarkdown } from '../evidence/markdown';
import { allEvidence, lastEvidence, namedEvidence, type StoredEvidence } from '../evidence/read';
import { headlineOf } from '../evidence/summary';
import { renderText } from '../evidence/text';
import { annotationOn, formatOption, forGithub } from './formats';
import { inJson } from './json';
import { openPage } from './open-page';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';
import type { Terminal } from './terminal';

/** The flags of `twin report`. */
interface ReportFlags {
  readonly root: string;
  readonly format: (typeof FORMATS)[number];
  /** The aliases of formats. */
  readonly json?: true;
  readonly markdown?: true;
  readonly junit?: true;
  /** No format: a place. */
  readonly html?: true;
  readonly open?: true;
}

const FORMATS = ['text', 'json', 'markdown', 'junit', 'github'] as const;

/** The command `twin report`: shows the result of a rehearsal. */
export function reportCommand({ terminal, done }: Omit<CommandProps, 'version'>): Command {
  return commandNamed('report')
    .description(
      'Shows the evidence of a rehearsal: its verdict with the reasons, its gates, checks and drills.',
    )
    .argument('[rehearsal]', 'its name in the folder of rehearsals (default: the last one)')
    .addOption(new Option('--root <dir>', 'the folder of rehearsals').default(REHEARSALS))
    .addOption(formatOption(FORMATS))
    .addOption(
      new Option('--json', 'the whole evidence: short for --format json').conflicts([
        'format',
        'markdown',
        'junit',
        'html',
      ]),
    )
    .addOption(
      new Option('--markdown', 'a comment for a pull request: short for --format markdown').conflicts([
        'format',
        'junit',
        'html',
      ]),
    )
    .addOption(new Option('--junit', 'test results: short for --format junit').conflicts(['format', 'html']))
    .addOption(new Option('--html', 'print the path of the page').conflicts('format'))
    .addOption(new Option('--open', 'open the page in a browser'))
    .addHelpText('after', MORE_HELP)
    .action(async (rehearsal: string | undefined, flags: ReportFlags) => {
      const stored =
        rehearsal === undefined ? lastEvidence(flags.root) : namedEvidence(rehearsal, flags.root);
      const { notStarted: later } = stored;
      const notes = [
        ...othersOf(stored, flags.root),
        ...(later === undefined ? [] : [`${later} could not start: this is the rehearsal before it\n`]),
        ...(flags.open ? [await openPage(join(stored.folder, PAGE_FILE))] : []),
      ].join('');
      done({ ...render(stored, flags, terminal), exitCode: EXIT.ok, ...(notes !== '' && { notes }) });
    });
}

/** The other parts of the same rehearsal, each in a line. */
function othersOf({ evidence: { group, rehearsal } }: StoredEvidence, root: string): string[] {
  if (group === undefined) return [];
  return allEvidence(root).stored.flatMap(({ evidence: other }) =>
    other.group?.name === group.name && other.rehearsal !== rehearsal
      ? [
          `the same rehearsal in ${other.parity.staging} beside ${other.from}: ${other.verdict}, twin report ${other.rehearsal}\n`,
        ]
      : [],
  );
}

const MORE_HELP = `
Exit codes:
  0   shown, whatever the verdict
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin report
  twin report --open
  twin report 20261121-041233-1.42.0 --markdown`;

function render(
  { folder, evidence }: StoredEvidence,
  flags: ReportFlags,
  { color, columns: width }: Terminal,
): Pick<Outcome, 'text' | 'summary'> {
  if (flags.html) return { text: `${resolve(folder, PAGE_FILE)}\n` };
  const text = (): string => renderText(evidence, { color, width, folder });
  const written: Readonly<Record<ReportFlags['format'], () => Pick<Outcome, 'text' | 'summary'>>> = {
    text: () => ({ text: text() }),
    json: () => ({ text: inJson(evidence) }),
    markdown: () => ({ text: renderMarkdown(evidence) }),
    junit: () => ({ text: renderJunit(evidence) }),
    github: () =>
      forGithub({
        text: text(),
        markdown: renderMarkdown(evidence),
        annotation: annotationOn(evidence, headlineOf(evidence)),
      }),
  };
  return written[formatOf(flags)]();
}

const formatOf = ({ json, markdown, junit, format }: ReportFlags): ReportFlags['format'] =>
  json ? 'json' : markdown ? 'markdown' : junit ? 'junit' : format;
