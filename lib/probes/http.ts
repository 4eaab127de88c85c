import { once } from 'node:events';
import { Agent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as requestHttps } from 'node:https';
import { CHECK_DEFAULTS, type RequestPlan } from './plan';

/** What became of a request. */
export type Reply = Answer | NoAnswer;

/** A request that was answered. */
export interface Answer {
  readonly answered: true;
  readonly status: number;
  /** Its first MiB. */
  readonly body: string;
}

/** A request that was not. */
export interface NoAnswer {
  readonly answered: false;
  /** Such as `connection refused`. */
  readonly because: string;
}

/** How a request is sent. */
export interface SendProps {
  readonly signal: AbortSignal;
  /** For all of it, from the connection to the end of the body. */
  readonly timeoutMs: number;
  /** The connections that it may use again. @default - a connection of its own */
  readonly agent?: Agent;
}

const MAX_BODY = 1024 * 1024;

/**
 * Sends a request and reads what it is answered. Follows no redirect.
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
    return { answered: true, status: response.statusCode ?? 0, body: await read(response) };
  } catch (error) {
    props.signal.throwIfAborted();
    return { answered: false, because: isLate ? `no answer in ${props.timeoutMs / 1000} s` : inWords(error) };
  } finally {
    clearTimeout(clock);
  }
}

/** Connections that requests to a URL use one after another. Destroy them in the end. */
export const keepConnections = (url: string): Agent =>
  url.startsWith('https:')
    ? new SecureAgent({ keepAlive: true, maxSockets: 1 })
    : new Agent({ keepAlive: true, maxSockets: 1 });

/** How a reply falls short of what is allowed; undefined when it does not. */
export function shortfall(reply: Reply, plan: RequestPlan): string | undefined {
  const name = nameOf(plan);
  if (!reply.answered) return `${name}: ${reply.because}`;
  const { status } = reply;
  const isAllowed = plan.status === undefined ? status >= 200 && status < 300 : status === plan.status;
  if (!isAllowed) return `${name} answered ${status}, allowed ${plan.status ?? 'any 2xx'}`;
  if (plan.contains === undefined || reply.body.includes(plan.contains)) return undefined;
  return `${name} answered ${status} without ${JSON.stringify(plan.contains)}`;
}

/** What a request is called: `GET /health`. */
export const nameOf = ({ method = CHECK_DEFAULTS.request.method, path }: RequestPlan): string =>
  `${method} ${path}`;

function begin(url: URL, plan: RequestPlan, { signal, agent }: SendProps): ClientRequest {
  const body = plan.body === undefined ? undefined : JSON.stringify(plan.body);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: plan.method ?? CHECK_DEFAULTS.request.method,
    agent: agent ?? false,
    signal,
    headers: {
      accept: '*/*',
      'user-agent': 'cdk-twin',
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    },
  });
  // a second error of a request that has failed already would end the process
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
