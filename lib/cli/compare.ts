import { Option, type Command } from 'commander';
import { compare } from '../history/compare';
import { comparisonInMarkdown, renderComparison } from '../history/compare-sections';
import { inJson, versioned } from './json';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';
import { fromOption, readFrom, type PlaceFlags } from './places';

/** The flags of `twin compare`. */
interface CompareFlags extends PlaceFlags {
  readonly json?: true;
  readonly markdown?: true;
}

/** The command `twin compare`: sets two rehearsals side by side. */
export function compareCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('compare')
    .description(
      'Sets two rehearsals side by side: verdicts, what changed, gates, response times and error rates, recoveries, tiers, blind spots, ' +
        'time and cost. The name of a release stands for its newest rehearsal.',
    )
    .argument('<a>', 'a rehearsal or a release')
    .argument('<b>', 'another one')
    .addOption(fromOption())
    .addOption(new Option('--json', 'write the comparison as JSON').conflicts('markdown'))
    .addOption(new Option('--markdown', 'write Markdown'))
    .addHelpText('after', MORE_HELP)
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const comparison = compare(await readFrom(flags), [a, b]);
      const options = { color: terminal.color, width: terminal.columns };
      const text = flags.json
        ? inJson(versioned('compare', comparison))
        : flags.markdown
          ? comparisonInMarkdown(comparison)
          : renderComparison(comparison, options);
      done({ text, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Exit codes:
  0   compared, whatever the verdicts
  2   bad input, or no such rehearsal
  70  a bug in cdk-twin

Examples:
  twin compare 1.41.0 1.42.0
  twin compare 20261121-041233-1.42.0 20261122-091500-1.42.0 --markdown`;
