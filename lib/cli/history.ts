import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { REHEARSALS } from '../evidence/files';
import { historyOf } from '../history/history';
import { historyInMarkdown, renderHistory } from '../history/history-text';
import { writePage } from '../history/page-file';
import { inJson } from './json';
import { openPage } from './open-page';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';
import { fromOption, readFrom, type PlaceFlags } from './places';

/** The flags of `twin history`. */
interface HistoryFlags extends PlaceFlags {
  readonly html?: string | true;
  readonly open?: true;
  readonly json?: true;
  readonly markdown?: true;
}

/** Where the page is written unless a file is named. */
const PAGE = join(REHEARSALS, 'history.html');

/** The command `twin history`: figures over all rehearsals. */
export function historyCommand({ terminal, done, version }: CommandProps): Command {
  return commandNamed('history')
    .description(
      'Shows figures over all rehearsals of which there is evidence: releases, lead time, how often, how long, cost, what stopped them, ' +
        'response times and recoveries, flaky checks, tiers never covered, factors never seen full size. Each says what it is.',
    )
    .addOption(fromOption())
    .addOption(
      new Option('--html [file]', `write one page, replacing that file (default: ${PAGE})`).conflicts([
        'json',
        'markdown',
      ]),
    )
    .addOption(
      new Option('--open', 'write the page and open it in a browser').conflicts(['json', 'markdown']),
    )
    .addOption(new Option('--json', 'write all figures as JSON').conflicts('markdown'))
    .addOption(new Option('--markdown', 'write Markdown'))
    .addHelpText('after', MORE_HELP)
    .action(async (flags: HistoryFlags) => {
      const history = historyOf(await readFrom(flags));
      const { open, html = open, json, markdown } = flags;
      const page = html === undefined ? undefined : writePage(html === true ? PAGE : html, history, version);
      const options = { color: terminal.color, width: terminal.columns };
      const text =
        page !== undefined
          ? `${page}\n`
          : json
            ? inJson(history)
            : markdown
              ? historyInMarkdown(history)
              : renderHistory(history, options);
      const notes = open && page !== undefined ? await openPage(page) : undefined;
      done({ text, exitCode: EXIT.ok, ...(notes !== undefined && { notes }) });
    });
}

const MORE_HELP = `
Exit codes:
  0   shown
  2   bad input, or no evidence
  70  a bug in cdk-twin

Examples:
  twin history
  twin history --html
  twin history --open
  twin history --from evidence --from s3://acme-rehearsals/shop --html wall.html`;
