import { once } from 'node:events';
import {
  Agent,
  request as requestHttp,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as SecureAgent, request as requestHttps } from 'node:https';
import type { RequestPlan } from '../config/types';
import { DEFAULT_METHOD } from './request-schema';

/** The result of a request. */
export type Reply = Answer | NoAnswer;

/** A request that was answered. */
export interface Answer {
  readonly answered: true;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its first MiB. */
  readonly body: string;
}

/** A request that was not answered. */
export interface NoAnswer {
  readonly answered: false;
  /** Such as `connection refused`. */
  readonly because: string;
}

/** How a request is sent. */
export interface SendProps {
  readonly signal: AbortSignal;
  /** For the whole exchange, from the connection to the end of the body. */
  readonly timeoutMs: number;
  /** The agent whose connections may be reused. @default - a new connection */
  readonly agent?: Agent;
}

const MAX_BODY = 1024 * 1024;

/**
 * Sends a request and reads the answer. Does not follow redirects.
 *
 * @throws the signal's reason when it aborts
 */
export async function send(url: string, plan: RequestPlan, props: SendProps): Promise<Reply> {
  props.signal.throwIfAborted();
  const request = begin(new URL(plan.path, url), plan, props);
  let isLate = false;
  const clock = setTimeout(() => {
    isLate = true;
    request.destroy(new Error('late'));
  }, props.timeoutMs);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode: status = 0, headers } = response;
    return { answered: true, status, headers, body: await read(response) };
  } catch (error) {
    props.signal.throwIfAborted();
    return { answered: false, because: isLate ? `no answer in ${props.timeoutMs / 1000} s` : inWords(error) };
  } finally {
    clearTimeout(clock);
  }
}

/** An agent whose single connection requests to a URL share. Destroy it at the end. */
export const keepConnections = (url: string): Agent =>
  url.startsWith('https:')
    ? new SecureAgent({ keepAlive: true, maxSockets: 1 })
    : new Agent({ keepAlive: true, maxSockets: 1 });

/** How a reply differs from what is expected; undefined when it does not. */
export function shortfall(reply: Reply, plan: RequestPlan): string | undefined {
  const name = nameOf(plan);
  if (!reply.answered) return `${name}: ${reply.because}`;
  const { status } = reply;
  if (!isExpected(reply, plan)) return `${name} answered ${status}, expected ${plan.status ?? 'any 2xx'}`;
  if (plan.contains === undefined || reply.body.includes(plan.contains)) return undefined;
  return `${name} answered ${status} without ${JSON.stringify(plan.contains)}`;
}

/** The first line of a body, as it follows in a sentence; nothing of one that is empty or no text. */
export function beginningOf(body: string): string {
  const line =
    body
      .split('\n')
      .find((it) => it.trim() !== '')
      ?.trim() ?? '';
  if (line === '' || /[\p{Cc}\uFFFD]/u.test(line)) return '';
  return `: ${line.length <= BEGINNING ? line : `${line.slice(0, BEGINNING - 1)}…`}`;
}

const BEGINNING = 100;

/** Whether an answer has the status that is expected. */
export const isExpected = ({ status }: Answer, plan: RequestPlan): boolean =>
  plan.status === undefined ? status >= 200 && status < 300 : status === plan.status;

/**
 * Whether there was no answer, or one that says that a server on the way had too much to do: what a slow machine makes of a sound
 * service. RFC 9110, 15.6; RFC 6585, 4.
 */
export const isOverload = (reply: Reply): boolean =>
  !reply.answered || [429, 502, 503, 504].includes(reply.status);

/** The cookies that an answer sets, as a browser sends them back; undefined where it sets none. */
export const cookiesOf = ({ headers }: Answer): string | undefined =>
  headers['set-cookie']?.map((it) => it.split(';')[0]!.trim()).join('; ');

/** The name of a request: `GET /health`. */
export const nameOf = ({ method = DEFAULT_METHOD, path }: RequestPlan): string => `${method} ${path}`;

function begin(url: URL, plan: RequestPlan, { signal, agent }: SendProps): ClientRequest {
  const body = plan.body === undefined ? undefined : JSON.stringify(plan.body);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: plan.method ?? DEFAULT_METHOD,
    agent: agent ?? false,
    signal,
    headers: {
      accept: '*/*',
      'user-agent': 'cdk-twin',
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
      ...plan.headers,
    },
  });
  // without a listener a second error of a failed request would end the process
  request.on('error', () => {});
  return request.end(body);
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_BODY);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken',
  EPIPE: 'connection broken',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  ETIMEDOUT: 'no connection',
};

function inWords(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? (message || String(code));
}
