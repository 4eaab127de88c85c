import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TwinError } from '../../error';
import type { Watch } from '../target';

/**
 * Calls to the supervisor: HTTP on a Unix socket, one JSON object in, lines of JSON out as the work goes on. A caller that
 * goes away aborts its call.
 */
type Line =
  | { readonly tell: string; readonly within?: number }
  | { readonly begin: number; readonly name: string; readonly within?: number }
  | { readonly end: number; readonly failed: boolean }
  | { readonly result: unknown }
  | { readonly error: CallError };

interface CallError {
  readonly code?: string;
  readonly message: string;
  readonly fix?: string;
  readonly stack?: string;
}

/** What answers a call. */
export type Handler = (call: string, argument: unknown, watch: Watch) => Promise<unknown>;

/** Answers calls on a socket until the server is closed. */
export function serve(socket: string, handler: Handler): Promise<Server> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing, handler));
  server.requestTimeout = 0; // a call may take as long as it takes
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(socket, () => resolve(server));
  });
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handler: Handler): Promise<void> {
  const aborter = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) aborter.abort(new Error('the caller has gone away'));
  });
  const say = (line: Line): void => void outgoing.write(`${JSON.stringify(line)}\n`);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const argument: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const result = await handler(incoming.url!.slice(1), argument, watchOf(say, aborter.signal));
    say({ result: result ?? null });
  } catch (error) {
    say({ error: told(error) });
  }
  outgoing.end();
}

function told(error: unknown): CallError {
  if (error instanceof TwinError) return { code: error.code, message: error.message, fix: error.fix };
  if (error instanceof Error) return { message: error.message, ...(error.stack && { stack: error.stack }) };
  return { message: String(error) };
}

function watchOf(say: (line: Line) => void, signal: AbortSignal): Watch {
  let spans = 0;
  const current = new AsyncLocalStorage<number>();
  const within = (): { within?: number } => {
    const span = current.getStore();
    return span === undefined ? {} : { within: span };
  };
  return {
    signal,
    tell: (tell) => say({ tell, ...within() }),
    span: async (name, work) => {
      const id = ++spans;
      say({ begin: id, name, ...within() });
      let failed = true;
      try {
        const result = await current.run(id, work);
        failed = false;
        return result;
      } finally {
        say({ end: id, failed });
      }
    },
  };
}

/**
 * Calls the supervisor.
 *
 * @throws what the call threw there, the signal's reason when it aborts, and TwinError `environment-lost` when nobody answers
 */
export async function call(socket: string, name: string, argument: unknown, watch: Watch): Promise<unknown> {
  const spans = new OpenSpans(watch);
  try {
    return await new Promise((resolve, reject) => {
      const path = `/${name}`;
      // No agent: a connection that is kept may lead to a server that has ended since.
      const asked = request({ socketPath: socket, method: 'POST', path, agent: false, signal: watch.signal });
      asked.once('error', (error) =>
        reject(watch.signal.aborted ? reasonOf(watch.signal) : lost(socket, error)),
      );
      asked.once('response', (response) => {
        readLines(response, (line) => {
          if ('tell' in line) spans.in(line.within, () => watch.tell(line.tell));
          if ('begin' in line) spans.begin(line.begin, line.name, line.within);
          if ('end' in line) spans.end(line.end, line.failed);
          if ('result' in line) resolve(line.result);
          if ('error' in line) reject(thrown(line.error));
        });
        response.once('error', (error) =>
          reject(watch.signal.aborted ? reasonOf(watch.signal) : lost(socket, error)),
        );
        response.once('end', () => reject(lost(socket, new Error('it ended before it answered'))));
      });
      asked.end(JSON.stringify(argument));
    });
  } finally {
    spans.close();
  }
}

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));

function readLines(response: IncomingMessage, take: (line: Line) => void): void {
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(JSON.parse(line) as Line);
  });
}

function thrown({ code, message, fix, stack }: CallError): Error {
  if (code !== undefined) return new TwinError({ code, message, fix: fix ?? '' });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function lost(socket: string, cause: Error): TwinError {
  return new TwinError({
    code: 'environment-lost',
    message: `nothing answers at ${socket} (${cause.message}): the process that held the environment has ended`,
    fix: 'Run twin down to remove what is left of it, then rehearse again.',
    cause,
  });
}

/** The spans that are open over there, as spans of the caller's watch, one within the other as they are there. */
class OpenSpans {
  private readonly open = new Map<number, (failed: boolean) => void>();
  private readonly contexts = new Map<number, AsyncResource>();

  constructor(private readonly watch: Watch) {}

  begin(id: number, name: string, within: number | undefined): void {
    const ended = new Promise<void>((resolve, reject) => {
      this.open.set(id, (failed) => (failed ? reject(new Error(`${name} failed`)) : resolve()));
    });
    const work = (): Promise<void> => {
      this.contexts.set(id, new AsyncResource('span')); // what the watch knows of where it is
      return ended;
    };
    // The call itself tells what failed; the span only has to end.
    this.in(within, () => void this.watch.span(name, work).catch(() => {}));
  }

  /** Does something as a part of a span. */
  in(id: number | undefined, work: () => void): void {
    const context = id === undefined ? undefined : this.contexts.get(id);
    if (context) context.runInAsyncScope(work);
    else work();
  }

  end(id: number, failed: boolean): void {
    this.open.get(id)?.(failed);
    this.open.delete(id);
  }

  close(): void {
    for (const end of this.open.values()) end(true);
    this.open.clear();
  }
}
