import { Argument, type Command } from 'commander';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { Lines } from '../report/lines';
import { renderPage } from '../report/page-text';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

/** The command `twin explain`: shows the page of a rule. */
export function explainCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('explain')
    .description(
      'Shows what a rule finds, why it matters, a bad and a good example, and what to do: the page of a finding of twin parity, ' +
        'of the synthesis or of a rehearsal. Without a rule it lists them.',
    )
    .addArgument(new Argument('[rule]', 'its id, as findings have it'))
    .addHelpText('after', MORE_HELP)
    .action((rule?: string) => {
      const options = { color: terminal.color, width: terminal.columns };
      const text = rule === undefined ? listed(options) : renderPage(pageOf(rule), options);
      done({ text, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
Exit codes:
  0   explained, or listed
  2   bad input
  70  a bug in cdk-twin

Examples:
  twin explain TWIN-PAR-003
  twin explain`;

/** The ids of all rules, in order. */
const idsOf = (): string[] =>
  readdirSync(folder())
    .map((name) => name.replace(/\.md$/, ''))
    .filter((name) => name.startsWith('TWIN-'))
    .toSorted();

/** @throws TwinError `unknown-rule` */
function pageOf(rule: string): string {
  const ids = idsOf();
  const id = rule.toUpperCase();
  if (ids.includes(id)) return readFileSync(join(folder(), `${id}.md`), 'utf8');
  throw new TwinError({
    code: 'unknown-rule',
    message: `there is no rule "${rule}"; ${didYouMean(id, ids)}`,
    fix: 'Run "twin explain" for all rules.',
  });
}

function listed(options: { readonly color: boolean; readonly width: number }): string {
  const lines = new Lines(options);
  for (const id of idsOf()) {
    const [title = ''] = pageOf(id).split('\n');
    lines.words(title.replace(/^# \S+: /, ''), { lead: `${id}  `, leadStyle: 'bold' });
  }
  return lines.toString();
}

/** The pages are a part of the package, above the program wherever that is in it. */
function folder(from: string = __dirname): string {
  const found = join(from, 'docs', 'rules');
  if (existsSync(found)) return found;
  const above = dirname(from);
  if (above === from) throw new Error('the package has no docs/rules');
  return folder(above);
}
