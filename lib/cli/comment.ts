import { Option, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { TwinError } from '../error';
import { GithubApi } from '../github/api';
import { comment } from '../github/comment';
import { placeOf, pullRequestOf } from '../github/place';
import { EXIT } from './outcome';
import { commandNamed } from './overview';
import type { CommandProps } from './parity';

/** The flags of `twin comment`. */
interface CommentFlags {
  readonly name: string;
  readonly pullRequest?: number;
}

/** The command `twin comment`: writes a report into a pull request. */
export function commentCommand({ done }: Pick<CommandProps, 'done'>): Command {
  return commandNamed('comment')
    .description(
      'Writes Markdown, such as a report of the other commands, as a comment into a pull request on GitHub: a new one the first ' +
        'time, and after that the same one again.\n' +
        'Runs in a workflow of GitHub Actions: it takes the repository and the pull request from its event, and the token from ' +
        'GITHUB_TOKEN (or GH_TOKEN).',
    )
    .argument('[file]', 'the Markdown (default: what is piped in)')
    .addOption(
      new Option('--name <name>', 'there is one comment of each name').default('report').argParser(nameOf),
    )
    .addOption(
      new Option('--pull-request <number>', 'which one (default: that of the event)').argParser(numberOf),
    )
    .addHelpText('after', MORE_HELP)
    .action(async (file: string | undefined, { name, pullRequest }: CommentFlags) => {
      const { api, token, repository } = placeOf(process.env);
      const number = pullRequest ?? pullRequestOf(process.env);
      const markdown = markdownIn(file);
      const props = { repository, pullRequest: number, name, markdown };
      const { outcome, url } = await comment(new GithubApi(api, token), props);
      done({ text: `${SAID[outcome]} ${url}\n`, exitCode: EXIT.ok });
    });
}

const MORE_HELP = `
A comment is longer than GitHub allows at 65,536 characters: it is cut then, and
says that the summary of the run has the rest.

Exit codes:
  0   the comment is there
  2   bad input, no pull request, or GitHub refused
  70  a bug in cdk-twin

Examples:
  twin parity --markdown | twin comment
  twin cost --before base/cdk.out --format markdown | twin comment --name cost
  twin report --markdown | twin comment --name rehearsal --pull-request 17`;

const SAID = { created: 'commented:', updated: 'edited:', unchanged: 'as it was:' } as const;

/** Names stand in a comment of HTML, which two hyphens could end. */
function nameOf(name: string): string {
  if (/^[a-z\d]+(?:[-.][a-z\d]+)*$/i.test(name)) return name;
  throw new TwinError({
    code: 'usage',
    message: `--name is "${name}"; expected letters and digits, with single hyphens or dots between them`,
    fix: 'Write a name such as --name rehearsal.',
  });
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new TwinError({
    code: 'usage',
    message: `--pull-request is "${text}"; expected its number`,
    fix: 'Write the number, such as --pull-request 17.',
  });
}

function markdownIn(file: string | undefined): string {
  if (file === undefined && process.stdin.isTTY)
    throw new TwinError({
      code: 'usage',
      message: 'there is no Markdown: no file is named, and nothing is piped in',
      fix: 'Name a file, or pipe a report in: twin parity --markdown | twin comment',
    });
  let text: string;
  try {
    text = readFileSync(file ?? 0, 'utf8');
  } catch (cause) {
    throw new TwinError({
      code: 'unreadable',
      message: `${file ?? 'what is piped in'} could not be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Name a file that is there, with what a report command wrote with --markdown.',
      cause,
    });
  }
  if (text.trim() !== '') return text;
  throw new TwinError({
    code: 'usage',
    message: `${file ?? 'what is piped in'} is empty`,
    fix: 'See what the command before wrote to stderr.',
  });
}
