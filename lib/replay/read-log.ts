import { TwinError } from '../error';
import type { ReplayCheck } from '../config/types';
import type { LogEntry } from './entry';
import { beginsAsHar, harEntries, JSON_FIELDS, LINE_FORMATS, type LineFormat } from './formats';
import { filesOf, linesOf, textOf } from './lines';
import { Pseudonyms, Routes } from './routes';
import type { RecordedRequest, Recording } from './recording';

/** What was read of a log. It holds nothing that stands in it, but figures and when it was written. */
export interface LogReading {
  readonly files: number;
  readonly entries: number;
  /** Lines that are no request. */
  readonly wrong: number;
  /** Requests that no route matches, by what they are called; the most first. */
  readonly leftOut: readonly LeftOut[];
  /** The beginning of the busiest time, which is what is recorded: ISO 8601, UTC. */
  readonly from: string;
  readonly recording: Recording;
}

/** Requests that are not sent. */
export interface LeftOut {
  /** Such as `POST /carts/*`. */
  readonly what: string;
  readonly requests: number;
}

/** What of a replay check says how its log is read. */
export type LogPlan = Pick<ReplayCheck, 'name' | 'fields' | 'routes' | 'seconds'>;

/** How long of a log is replayed where a config does not say. */
export const REPLAY_SECONDS = 30;

/** A HAR file is read as a whole. */
const MAX_HAR = 256 * 1024 * 1024;
/** What is recorded is kept in memory. */
const MAX_REQUESTS = 1_000_000;
const MAX_LEFT_OUT = 1000;
const SAMPLE_LINES = 20;

/**
 * Reads a log twice, as a stream: for the busiest time of what the routes match, and for the requests of that time.
 *
 * @param log - the absolute path of a file or a folder
 * @throws TwinError `access-log` for what is no log, has nothing to send or cannot be read
 */
export async function readLog(log: string, plan: LogPlan, signal: AbortSignal): Promise<LogReading> {
  try {
    return await read(log, plan, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TwinError || code === undefined) throw error;
    throw wrongLog(
      `the log of "${plan.name}" cannot be read: ${message}`,
      'Make it readable, or complete.',
      error,
    );
  }
}

async function read(log: string, plan: LogPlan, signal: AbortSignal): Promise<LogReading> {
  const routes = new Routes(plan.routes);
  const files = filesOf(log);
  const count = new Count(routes);
  for (const file of files) for await (const it of entriesOf(file, plan, signal)) count.add(it);
  const { entries, wrong, leftOut } = count;
  if (entries === 0) throw wrongLog(`${log} is empty`, FORMATS);
  const window = count.busiest(plan.seconds ?? REPLAY_SECONDS);
  if (window === undefined)
    throw wrongLog(
      `no request of ${log} has a route: ${leftOut
        .slice(0, 5)
        .map(({ what, requests }) => `${what} (${requests})`)
        .join(', ')}`,
      `Add what may be sent to the routes of the replay check "${plan.name}".`,
    );
  if (window.requests > MAX_REQUESTS)
    throw wrongLog(
      `the log of "${plan.name}" has ${window.requests} requests in ${window.seconds} s; at most ${MAX_REQUESTS} are replayed`,
      'Set fewer seconds.',
    );
  const recorded = new Recorded(routes, plan.routes, window.fromMs, window.seconds);
  for (const file of files) for await (const it of entriesOf(file, plan, signal)) if (it) recorded.add(it);
  return {
    files: files.length,
    entries,
    wrong,
    leftOut,
    from: new Date(window.fromMs).toISOString(),
    recording: { seconds: window.seconds, routes: plan.routes, requests: recorded.requests() },
  };
}

/** The entries of a file, and undefined for each line that is none. */
async function* entriesOf(
  file: string,
  { name, fields }: LogPlan,
  signal: AbortSignal,
): AsyncGenerator<LogEntry | undefined> {
  const names = { ...JSON_FIELDS, ...fields };
  const sample: (string | undefined)[] = [];
  let parse: LineFormat | undefined;
  for await (const line of linesOf(file)) {
    signal.throwIfAborted();
    if (parse) yield line === undefined ? undefined : parse(line, names);
    else if (sample.push(line) === SAMPLE_LINES) {
      parse = formatOf(sample, names);
      if (!parse) break;
      for (const it of sample.splice(0)) yield it === undefined ? undefined : parse(it, names);
    }
  }
  if (parse || sample.length === 0) return;
  parse = formatOf(sample, names);
  if (parse) {
    for (const it of sample) yield it === undefined ? undefined : parse(it, names);
    return;
  }
  yield* await archiveIn(file, name);
}

/** The format of most lines; undefined where none is of any. */
function formatOf(
  sample: readonly (string | undefined)[],
  names: typeof JSON_FIELDS,
): LineFormat | undefined {
  const fits = (format: LineFormat): number =>
    sample.filter((line) => line !== undefined && format(line, names) !== undefined).length;
  const [best] = LINE_FORMATS.map((format) => ({ format, lines: fits(format) })).toSorted(
    (a, b) => b.lines - a.lines,
  );
  return best!.lines === 0 ? undefined : best!.format;
}

async function archiveIn(file: string, name: string): Promise<readonly (LogEntry | undefined)[]> {
  const text = await textOf(file, MAX_HAR);
  if (text === undefined)
    throw wrongLog(
      `${file} is neither lines of a log nor a HAR file of at most ${MAX_HAR / 2 ** 20} MiB`,
      FORMATS,
    );
  const entries = beginsAsHar(text) ? harEntries(text) : [];
  if (entries.length > 0) return entries;
  throw wrongLog(`${file}, of the replay check "${name}", is not an access log`, FORMATS);
}

const FORMATS =
  'Give it a log of an Application Load Balancer, in the combined format of nginx or Apache, in lines of JSON (whose names "fields" gives) or a HAR file.';

const wrongLog = (message: string, fix: string, cause?: unknown): TwinError =>
  new TwinError({ code: 'access-log', message, fix, ...(cause !== undefined && { cause }) });

/** What a log holds, in figures. */
class Count {
  entries = 0;
  wrong = 0;
  private readonly seconds = new Map<number, number>();
  private readonly unmatched = new Map<string, number>();

  constructor(private readonly routes: Routes) {}

  add(entry: LogEntry | undefined): void {
    if (!entry) {
      this.wrong++;
      return;
    }
    this.entries++;
    if (this.routes.match(entry)) increase(this.seconds, Math.floor(entry.at / 1000));
    else this.leave(this.routes.nameOf(entry));
  }

  private leave(what: string): void {
    const isRoom = this.unmatched.has(what) || this.unmatched.size < MAX_LEFT_OUT;
    increase(this.unmatched, isRoom ? what : 'others');
  }

  get leftOut(): LeftOut[] {
    return [...this.unmatched]
      .map(([what, requests]) => ({ what, requests }))
      .toSorted((a, b) => b.requests - a.requests);
  }

  /** The time with the most requests; shorter where the log is. */
  busiest(
    seconds: number,
  ): { readonly fromMs: number; readonly seconds: number; readonly requests: number } | undefined {
    const all = [...this.seconds].toSorted(([a], [b]) => a - b);
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last) return undefined;
    const length = Math.min(Math.max(1, Math.round(seconds)), last[0] - first[0] + 1);
    let best = { from: first[0], requests: 0 };
    let requests = 0;
    let end = 0;
    for (const [i, [from]] of all.entries()) {
      for (; end < all.length && all[end]![0] < from + length; end++) requests += all[end]![1];
      if (requests > best.requests) best = { from, requests };
      requests -= all[i]![1];
    }
    // one that begins late in the log would end after it
    const from = Math.min(best.from, last[0] - length + 1);
    return { fromMs: from * 1000, seconds: length, requests: best.requests };
  }
}

/** The requests of a time, under pseudonyms. */
class Recorded {
  private readonly taken: RecordedRequest[] = [];
  private readonly pseudonyms = new Pseudonyms();

  constructor(
    private readonly routes: Routes,
    private readonly planned: LogPlan['routes'],
    private readonly fromMs: number,
    private readonly seconds: number,
  ) {}

  add(entry: LogEntry): void {
    const atMs = entry.at - this.fromMs;
    if (atMs < 0 || atMs >= this.seconds * 1000) return;
    const matched = this.routes.match(entry);
    if (!matched) return;
    const { route, found } = matched;
    const { values: allowed } = this.planned[route]!;
    const values = Object.fromEntries(
      Object.entries(found).map(([name, text]) => [name, this.pseudonyms.of(name, text, allowed)]),
    );
    this.taken.push({ atMs, route, values, wasRefused: entry.status !== undefined && entry.status >= 400 });
  }

  /** In the order of their times; of a log with whole seconds, spread over each. */
  requests(): RecordedRequest[] {
    const sorted = this.taken.toSorted((a, b) => a.atMs - b.atMs);
    if (sorted.some(({ atMs }) => atMs % 1000 !== 0)) return sorted;
    const perSecond = new Map<number, number>();
    for (const { atMs } of sorted) increase(perSecond, atMs);
    const placed = new Map<number, number>();
    return sorted.map((it) => {
      const place = placed.get(it.atMs) ?? 0;
      increase(placed, it.atMs);
      return { ...it, atMs: it.atMs + (place * 1000) / perSecond.get(it.atMs)! };
    });
  }
}

function increase<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
