import { TwinError } from '../error';
import { isObject, type Json } from '../json';

/** Longer waits are a fault. */
const TIMEOUT_MS = 30_000;

/** The REST API of GitHub. */
export class GithubApi {
  /** @param address - such as `https://api.github.com` */
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  /**
   * Sends a request.
   *
   * @param body - @default - none
   * @throws TwinError `github`
   */
  async send<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
    const { status, answer } = await this.#answerTo(method, path, body);
    if (status >= 200 && status < 300) return answer as T;
    throw refused(method, path, status, isObject(answer) ? String(answer['message']) : '');
  }

  /** Whose the token is; undefined for one of a workflow or of an app, which has no user. */
  async login(): Promise<string | undefined> {
    const { status, answer } = await this.#answerTo('GET', '/user');
    return status === 200 && isObject(answer) ? String(answer['login']) : undefined;
  }

  async #answerTo(method: string, path: string, body?: object): Promise<{ status: number; answer: Json }> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.address + path, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error', // the token is for this address alone
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${this.token}`,
          'user-agent': 'cdk-twin',
          'x-github-api-version': '2022-11-28',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      throw unreachable(this.address, cause);
    }
    return { status: response.status, answer: parsed(text) };
  }
}

/** An answer that is no JSON, such as the page of a proxy, is said by its status. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function unreachable(address: string, cause: unknown): TwinError {
  const { message, cause: inner } = cause as Error;
  const why = inner instanceof Error ? inner.message : message;
  return new TwinError({
    code: 'github',
    message: `${address} did not answer: ${why}`,
    fix: 'See whether this machine reaches it, and run the step again.',
    cause,
    isMachineFault: true,
  });
}

function refused(method: string, path: string, status: number, message: string): TwinError {
  return new TwinError({
    code: 'github',
    message: `GitHub answered ${status}${message === '' ? '' : ` (${message})`} to ${method} ${path}`,
    fix: FIXES[status] ?? 'Run the step again; https://www.githubstatus.com says whether GitHub works.',
  });
}

const FIXES: Readonly<Record<number, string>> = {
  401: 'Give a token that is valid: GITHUB_TOKEN: ${{ github.token }} in "env" of the step.',
  403:
    'Give the job "permissions: pull-requests: write". In pull requests of forks and of Dependabot a token can only read: ' +
    'the summary of the run has the same report.',
  404: 'See whether GITHUB_REPOSITORY and the number are right, and whether the token may read the repository.',
};
