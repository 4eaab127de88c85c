import { readFileSync } from 'node:fs';
import { TwinError } from '../error';
import { isObject, type Json } from '../json';

/** The variables of a workflow. */
type Env = Readonly<Record<string, string | undefined>>;

/** Where GitHub is, and what may be done there. */
export interface Place {
  /** Of the REST API. */
  readonly api: string;
  readonly token: string;
  /** Such as `acme/shop`. */
  readonly repository: string;
}

/**
 * Reads from the variables of a workflow where GitHub is.
 *
 * @throws TwinError `github`
 */
export function placeOf(env: Env): Place {
  const token = env['GITHUB_TOKEN'] || env['GH_TOKEN'];
  const repository = env['GITHUB_REPOSITORY'];
  if (!token)
    throw new TwinError({
      code: 'github',
      message: 'there is no token of GitHub: neither GITHUB_TOKEN nor GH_TOKEN is set',
      fix: 'Write GITHUB_TOKEN: ${{ github.token }} into "env" of the step.',
    });
  if (!repository || !/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new TwinError({
      code: 'github',
      message: `GITHUB_REPOSITORY is ${repository ? `"${repository}"` : 'not set'}; expected an owner and a name, such as acme/shop`,
      fix: 'Set it; in a workflow of GitHub Actions it is set.',
    });
  return { api: (env['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/+$/, ''), token, repository };
}

/**
 * The number of the pull request that started the workflow.
 *
 * @throws TwinError `github` when another event did
 */
export function pullRequestOf(env: Env): number {
  const file = env['GITHUB_EVENT_PATH'];
  const number = file ? numberIn(eventIn(file)) : undefined;
  if (number !== undefined) return number;
  const event = env['GITHUB_EVENT_NAME'];
  throw new TwinError({
    code: 'github',
    message: `there is no pull request to comment on${event ? `: the event is "${event}"` : ', and no event of a workflow'}`,
    fix: 'Name it with --pull-request <number>, or run this where the event is "pull_request".',
  });
}

function eventIn(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (cause) {
    throw new TwinError({
      code: 'github',
      message: `the event of the workflow could not be read from ${file}: ${(cause as Error).message}`,
      fix: 'Let GITHUB_EVENT_PATH be as the runner sets it, or name the pull request with --pull-request <number>.',
      cause,
    });
  }
}

/** Events of comments have an issue, which is a pull request where it says so. */
function numberIn(event: Json): number | undefined {
  if (!isObject(event)) return undefined;
  const { pull_request: pull, issue } = event;
  const of = isObject(pull) ? pull : isObject(issue) && isObject(issue['pull_request']) ? issue : undefined;
  return typeof of?.['number'] === 'number' ? of['number'] : undefined;
}
