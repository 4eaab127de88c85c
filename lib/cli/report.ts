import { Command, Option } from 'commander';
import { join, resolve } from 'node:path';
import { PAGE_FILE, REHEARSALS } from '../evidence/files';
import { renderJunit } from '../evidence/junit';
import { renderMarkdown } from '../evidence/markdown';
import { lastEvidence, namedEvidence, type StoredEvidence } from '../evidence/read';
import { renderText } from '../evidence/text';
import { openPage } from './open-page';
import { EXIT } from './outcome';
import type { CommandProps } from './parity';
import type { Terminal } from './terminal';

/** The flags of `twin report`. */
interface ReportFlags {
  readonly root: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly junit?: true;
  readonly html?: true;
  readonly open?: true;
}

/** The command `twin report`: shows the result of a rehearsal. */
export function reportCommand({ terminal, done }: Omit<CommandProps, 'version'>): Command {
  return new Command('report')
    .summary('show the result of the last rehearsal')
    .description(
      'Shows the evidence of a rehearsal: its verdict with the reasons, its gates, checks and drills.',
    )
    .argument('[rehearsal]', 'its name in the folder of rehearsals (default: the last one)')
    .addOption(new Option('--root <dir>', 'the folder of rehearsals').default(REHEARSALS))
    .addOption(
      new Option('--json', 'write the whole evidence as JSON').conflicts(['markdown', 'junit', 'html']),
    )
    .addOption(new Option('--markdown', 'write a comment for a pull request').conflicts(['junit', 'html']))
    .addOption(new Option('--junit', 'write JUnit XML').conflicts('html'))
    .addOption(new Option('--html', 'print the path of the page'))
    .addOption(new Option('--open', 'open the page in a browser'))
    .addHelpText('after', MORE_HELP)
    .action(async (rehearsal: string | undefined, flags: ReportFlags) => {
      const stored =
        rehearsal === undefined ? lastEvidence(flags.root) : namedEvidence(rehearsal, flags.root);
      const { notStarted: later } = stored;
      const notes = [
        ...(later === undefined ? [] : [`${later} could not start: this is the rehearsal before it\n`]),
        ...(flags.open ? [await openPage(join(stored.folder, PAGE_FILE))] : []),
      ].join('');
      done({
        text: render(stored, flags, terminal),
        exitCode: EXIT.ok,
        ...(notes !== '' && { notes }),
      });
    });
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

function render({ folder, evidence }: StoredEvidence, flags: ReportFlags, terminal: Terminal): string {
  if (flags.json) return `${JSON.stringify(evidence, null, 2)}\n`;
  if (flags.markdown) return renderMarkdown(evidence);
  if (flags.junit) return renderJunit(evidence);
  if (flags.html) return `${resolve(folder, PAGE_FILE)}\n`;
  return renderText(evidence, { color: terminal.color, width: terminal.columns, folder });
}
