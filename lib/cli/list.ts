import { Option, type Command } from 'commander';
import { listOf } from '../history/list';
import { renderList } from '../history/list-text';
import { inJson, versioned } from './json';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';
import { fromOption, readFrom, type PlaceFlags } from './places';

/** The command `twin list`: lists rehearsals. */
export function listCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('list')
    .description(
      'Lists rehearsals, the newest first: verdict, releases, when, how long, the estimate of its cost, and what became of the ' +
        'environment; also those that are running, were interrupted or never started, verifications, cutovers, and productions for trial.',
    )
    .addOption(fromOption())
    .addOption(new Option('--json', 'write the list as JSON'))
    .addHelpText('after', MORE_HELP)
    .action(async (flags: PlaceFlags & { readonly json?: true }) => {
      const found = await readFrom(flags);
      const list = listOf(found);
      const options = { color: terminal.color, width: terminal.columns };
      const text = flags.json ? inJson(versioned('list', list)) : renderList(list, found.places, options);
      done({ text, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Exit codes:
  0   listed, whatever the verdicts
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin list
  twin list --from .twin --from s3://acme-rehearsals/shop --json`;
