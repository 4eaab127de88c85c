import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A comment as the REST API describes one. */
export interface StoredComment {
  readonly id: number;
  readonly html_url: string;
  body: string;
  readonly user: { readonly login: string; readonly type: 'Bot' | 'User' };
}

/** The part of GitHub's REST API that comments of a pull request need: docs.github.com/en/rest/issues/comments */
export class Github {
  readonly comments: StoredComment[] = [];
  readonly requests: string[] = [];
  /** What every request is refused with. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  /** Whose the token is; a token of a workflow has no user. */
  user: string | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body);
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a workflow of pull request 7 has. */
  get env(): Readonly<Record<string, string>> {
    return { GITHUB_API_URL: this.address, GITHUB_TOKEN: 'ghs_token', GITHUB_REPOSITORY: 'acme/shop' };
  }

  add(login: string, type: 'Bot' | 'User', body: string): StoredComment {
    const id = this.comments.length + 1;
    const html_url = `https://github.com/acme/shop/pull/7#issuecomment-${id}`;
    const comment = { id, html_url, body, user: { login, type } };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    this.requests.push(`${request.method} ${request.url}`);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (this.refusal) return this.refusal;
    if (request.headers.authorization !== 'Bearer ghs_token')
      return json(401, { message: 'Bad credentials' });
    const { pathname, searchParams } = new URL(request.url!, this.address);
    const body = text === '' ? '' : (JSON.parse(text) as { body: string }).body;
    if (body.length > 65_536) return json(422, { message: 'Validation Failed' });
    if (pathname === '/user')
      return this.user === undefined
        ? json(403, { message: 'Resource not accessible by integration' })
        : json(200, { login: this.user });
    if (pathname === '/repos/acme/shop/issues/7/comments') {
      if (request.method === 'POST') return json(201, this.add(this.#author(), this.user === undefined ? 'Bot' : 'User', body)); // prettier-ignore
      const [size, page] = [
        Number(searchParams.get('per_page') ?? 30),
        Number(searchParams.get('page') ?? 1),
      ];
      return json(200, this.comments.slice((page - 1) * size, page * size));
    }
    const one = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(pathname)?.[1];
    const stored = this.comments.find(({ id }) => id === Number(one));
    if (!stored || request.method !== 'PATCH') return json(404, { message: 'Not Found' });
    stored.body = body;
    return json(200, stored);
  }

  #author(): string {
    return this.user ?? 'github-actions[bot]';
  }
}

const json = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) });
