import { Argument, type Command } from 'commander';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { didYouMean, TwinError } from '../error';
import { errorPages } from '../errors/codes';
import { Lines } from '../report/lines';
import { renderPage } from '../report/page-text';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

/** The command `twin explain`: shows the page of a rule, or what the code of an error means. */
export function explainCommand({ terminal, done }: CommandProps): Command {
  return commandNamed('explain')
    .description(
      'Shows what a rule finds, why it matters, a bad and a good example, and what to do: the page of a finding of twin parity, ' +
        'of the synthesis or of a rehearsal. Of the code of an error it shows what it means, and what to do. Without either it ' +
        'lists the rules.',
    )
    .addArgument(new Argument('[rule]', 'its id, as findings have it, or the code of an error'))
    .addHelpText('after', MORE_HELP)
    .action((name?: string) => {
      const options = { color: terminal.color, width: terminal.columns };
      const text = name === undefined ? listed(options) : renderPage(pageOf(name), options);
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
  twin explain no-app
  twin explain`;

/** The ids of all rules, in order. */
const idsOf = (): string[] =>
  readdirSync(folder())
    .map((name) => name.replace(/\.md$/, ''))
    .filter((name) => name.startsWith('TWIN-'))
    .toSorted();

/** @throws TwinError `unknown-rule` */
function pageOf(name: string): string {
  const [rules, codes] = [idsOf(), errorPages()];
  const id = name.toUpperCase();
  if (rules.includes(id)) return ruleIn(id);
  const code = name.toLowerCase();
  const page = codes.get(code);
  if (page) return `# The error ${code}\n\n## What it means\n\n${page[0]}\n\n## What to do\n\n${page[1]}\n`;
  // ids and codes look nothing alike: the nearest of all is the nearest of its kind
  const near = didYouMean(name, [...rules, ...codes.keys()]);
  throw new TwinError({
    code: 'unknown-rule',
    message: `there is no rule and no error "${name}"${near.startsWith('did') ? `; ${near}` : ''}`,
    fix: 'Run "twin explain" for all rules; docs/error-codes.md in the package has all errors.',
  });
}

const ruleIn = (id: string): string => readFileSync(join(folder(), `${id}.md`), 'utf8');

function listed(options: { readonly color: boolean; readonly width: number }): string {
  const lines = new Lines(options);
  for (const id of idsOf()) {
    const [title = ''] = ruleIn(id).split('\n');
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
