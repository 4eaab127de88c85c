import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { machineFaultOf, TwinError, type ErrorCode } from '../../../error';
import type { Watch } from '../../target';

/**
 * Calls to the supervisor: HTTP on a Unix socket, one JSON object in, lines of JSON out while the work runs. A caller that
 * disconnects aborts its call.
 */
type Line =
  | { readonly log: string; readonly within?: number }
  | { readonly learn: Readonly<Record<string, string>> }
  | { readonly start: number; readonly name: string; readonly within?: number }
  | { readonly end: number; readonly failed: boolean }
  | { readonly result: unknown }
  | { readonly error: CallError };

interface CallError {
  readonly code?: ErrorCode;
  readonly message: string;
  readonly fix?: string;
  readonly stack?: string;
  readonly isMachineFault?: boolean;
}

/** Answers a call. */
export type Handler = (call: string, argument: unknown, watch: Watch) => Promise<unknown>;

/** Answers calls on a socket until the server is closed. */
export function serve(socket: string, handler: Handler): Promise<Server> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing, handler));
  server.requestTimeout = 0; // a call has no time limit here
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(socket, () => resolve(server));
  });
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handler: Handler): Promise<void> {
  const aborter = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) aborter.abort(new Error('the caller has disconnected'));
  });
  const send = (line: Line): void => void outgoing.write(`${JSON.stringify(line)}\n`);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const argument: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const result = await handler(incoming.url!.slice(1), argument, watchOf(send, aborter.signal));
    send({ result: result ?? null });
  } catch (error) {
    send({ error: callErrorOf(error) });
  }
  outgoing.end();
}

function callErrorOf(error: unknown): CallError {
  const known = error instanceof TwinError ? error : machineFaultOf(error);
  if (known) {
    const { code, message, fix, isMachineFault } = known;
    return { code, message, fix, isMachineFault };
  }
  if (error instanceof Error) return { message: error.message, ...(error.stack && { stack: error.stack }) };
  return { message: String(error) };
}

function watchOf(send: (line: Line) => void, signal: AbortSignal): Watch {
  let spans = 0;
  const current = new AsyncLocalStorage<number>();
  const within = (): { within?: number } => {
    const span = current.getStore();
    return span === undefined ? {} : { within: span };
  };
  return {
    signal,
    log: (message) => send({ log: message, ...within() }),
    learn: (details) => send({ learn: details }),
    span: async (name, work) => {
      const id = ++spans;
      send({ start: id, name, ...within() });
      let failed = true;
      try {
        const result = await current.run(id, work);
        failed = false;
        return result;
      } finally {
        send({ end: id, failed });
      }
    },
  };
}

/**
 * Calls the supervisor.
 *
 * @throws the error of the call, the signal's reason when it aborts, and TwinError `environment-lost` when the supervisor
 * does not answer
 */
export async function call(socket: string, name: string, argument: unknown, watch: Watch): Promise<unknown> {
  const spans = new OpenSpans(watch);
  try {
    return await new Promise((resolve, reject) => {
      const path = `/${name}`;
      // No agent: a kept connection may lead to a server that has ended since.
      const sent = request({ socketPath: socket, method: 'POST', path, agent: false, signal: watch.signal });
      sent.once('error', (error) =>
        reject(watch.signal.aborted ? reasonOf(watch.signal) : lost(socket, error)),
      );
      sent.once('response', (response) => {
        readLines(response, (line) => {
          if ('log' in line) spans.in(line.within, () => watch.log(line.log));
          if ('learn' in line) watch.learn(line.learn);
          if ('start' in line) spans.start(line.start, line.name, line.within);
          if ('end' in line) spans.end(line.end, line.failed);
          if ('result' in line) resolve(line.result);
          if ('error' in line) reject(thrown(line.error));
        });
        response.once('error', (error) =>
          reject(watch.signal.aborted ? reasonOf(watch.signal) : lost(socket, error)),
        );
        response.once('end', () => reject(lost(socket, new Error('it ended before it answered'))));
      });
      sent.end(JSON.stringify(argument));
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

function thrown({ code, message, fix, stack, isMachineFault = false }: CallError): Error {
  if (code !== undefined) return new TwinError({ code, message, fix: fix ?? '', isMachineFault });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function lost(socket: string, cause: Error): TwinError {
  return new TwinError({
    code: 'environment-lost',
    message: `the supervisor of the environment does not answer at ${socket} (${cause.message}): it has ended`,
    fix: 'Run twin down to remove its leftovers, then rehearse again.',
    cause,
    isMachineFault: true,
  });
}

/** The open spans of the supervisor, repeated as spans of the caller's watch and nested in the same way. */
class OpenSpans {
  private readonly open = new Map<number, (failed: boolean) => void>();
  private readonly contexts = new Map<number, AsyncResource>();

  constructor(private readonly watch: Watch) {}

  start(id: number, name: string, within: number | undefined): void {
    const ended = new Promise<void>((resolve, reject) => {
      this.open.set(id, (failed) => (failed ? reject(new Error(`${name} failed`)) : resolve()));
    });
    const work = (): Promise<void> => {
      this.contexts.set(id, new AsyncResource('span')); // carries the watch's current span
      return ended;
    };
    // The call itself reports the failure; the span only has to end.
    this.in(within, () => void this.watch.span(name, work).catch(() => {}));
  }

  /** Runs something inside a span. */
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
