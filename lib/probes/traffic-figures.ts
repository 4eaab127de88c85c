/** The figures of the requests that were sent while something happened. Plain JSON. */
export interface TrafficFigures {
  readonly requests: number;
  readonly failures: number;
  /** What the first failure was, such as `GET /orders/7 answered 503, expected 200`. @default - nothing failed */
  readonly firstFailure?: string;
  /** Failures with an answer that no overload explains: it says something of the service, whatever else the machine did. @default - there was none */
  readonly answered?: AnsweredFailures;
  /** How long requests of one kind failed without a success in between, at the longest; 0 when nothing failed. */
  readonly longestOutageMs: number;
  /**
   * Milliseconds from the first failure to the first success after which nothing failed: 0 when nothing failed. Absent when it never
   * recovered, or no request was sent.
   */
  readonly recoveryMs?: number;
  /** Reads right after a write that missed it. They are no failures. */
  readonly staleReads: number;
  /** The 95th percentile of the response times of those that succeeded. @default - none did */
  readonly p95Ms?: number;
  /** The same by what was sent: a page, or a check that writes. @default - evidence of before has none */
  readonly streams?: readonly StreamFigures[];
  readonly strip: TrafficStrip;
  /** The failure because of which nothing was broken: requests failed before it already. @default - they passed */
  readonly failedBefore?: string;
  /** The failure that was still there when it was waited no longer for a recovery. @default - there was none */
  readonly failedAfter?: string;
}

/** Answers that were not as expected; 429, 502, 503 and 504 are none, which say that there was too much to do. */
export interface AnsweredFailures {
  readonly count: number;
  /** Such as `GET /orders/7 answered 500, expected 200`. */
  readonly first: string;
}

/** The requests of one kind. */
export interface StreamFigures {
  /** Such as `GET /orders/1`, or the name of the check. */
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  /** Of those that succeeded. @default - none did */
  readonly p95Ms?: number;
}

/** How many requests were sent, and failed, in each part of the time. */
export interface TrafficStrip {
  /** How long a part is. */
  readonly partMs: number;
  readonly sent: readonly number[];
  readonly failed: readonly number[];
}

/** A request that has ended. */
export interface Sample {
  readonly sentAt: number;
  readonly endedAt: number;
  /** @default - it succeeded */
  readonly failure?: string | undefined;
  /** Whether it was answered, and not by what says that there was too much to do. */
  readonly isAnswered?: boolean;
}

/** The lengths of a strip's parts. */
const PARTS_MS = [250, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 3e5, 6e5, 18e5, 36e5];
/** What fits a line of a report. */
const MAX_PARTS = 60;
const NINETY_FIFTH = 0.95;

/** What was sent, and what became of it. */
export class TrafficRecord {
  private readonly streams = new Map<string, Sample[]>();
  private stale = 0;
  private readonly startedAt = performance.now();

  add(stream: string, sample: Sample): void {
    const samples = this.streams.get(stream);
    if (samples) samples.push(sample);
    else this.streams.set(stream, [sample]);
  }

  addStale(): void {
    this.stale++;
  }

  /** What was sent of a stream, in the order in which it ended. */
  of(stream: string): readonly Sample[] {
    return this.streams.get(stream) ?? [];
  }

  /** The last failure of all. */
  lastFailure(): string | undefined {
    return byEnd(this.all()).findLast(({ failure }) => failure !== undefined)?.failure;
  }

  figures(): TrafficFigures {
    const all = this.all();
    const failed = all.filter(({ failure }) => failure !== undefined);
    const inOrder = failed.toSorted((a, b) => a.sentAt - b.sentAt);
    const [first] = inOrder;
    const answered = inOrder.filter(({ isAnswered = false }) => isAnswered);
    const endedAt = performance.now();
    const streams = [...this.streams.values()];
    const recoveryMs = all.length === 0 ? undefined : slowest(streams.map(recoveryOf));
    const p95Ms = p95Of(timesOf(all));
    return {
      requests: all.length,
      failures: failed.length,
      ...(first?.failure !== undefined && { firstFailure: first.failure }),
      ...(answered.length > 0 && { answered: { count: answered.length, first: answered[0]!.failure! } }),
      longestOutageMs: Math.max(0, ...streams.map((samples) => longestOutage(samples, endedAt))),
      ...(recoveryMs !== undefined && { recoveryMs }),
      staleReads: this.stale,
      ...(p95Ms !== undefined && { p95Ms }),
      streams: [...this.streams].map(([name, samples]) => streamOf(name, samples)),
      strip: stripOf(all, this.startedAt, endedAt),
    };
  }

  private all(): Sample[] {
    return [...this.streams.values()].flat();
  }
}

const byEnd = (samples: readonly Sample[]): Sample[] => samples.toSorted((a, b) => a.endedAt - b.endedAt);

/** Where one stream has not recovered, nothing has. */
const slowest = (times: readonly (number | undefined)[]): number | undefined =>
  times.includes(undefined) ? undefined : Math.max(...(times as number[]));

function recoveryOf(samples: readonly Sample[]): number | undefined {
  const failed = samples.filter(({ failure }) => failure !== undefined);
  if (failed.length === 0) return 0;
  const from = Math.min(...failed.map(({ sentAt }) => sentAt));
  const lastFailedAt = Math.max(...failed.map(({ endedAt }) => endedAt));
  const recovered = byEnd(samples).find(
    ({ failure, endedAt }) => failure === undefined && endedAt > lastFailedAt,
  );
  return recovered && Math.round(recovered.endedAt - from);
}

function longestOutage(samples: readonly Sample[], endedAt: number): number {
  let longest = 0;
  let from: number | undefined;
  for (const sample of byEnd(samples)) {
    if (sample.failure !== undefined) from = Math.min(from ?? Infinity, sample.sentAt);
    else if (from !== undefined) {
      longest = Math.max(longest, sample.endedAt - from);
      from = undefined;
    }
  }
  return Math.round(Math.max(longest, from === undefined ? 0 : endedAt - from));
}

function streamOf(name: string, samples: readonly Sample[]): StreamFigures {
  const p95Ms = p95Of(timesOf(samples));
  return {
    name,
    requests: samples.length,
    failures: samples.filter(({ failure }) => failure !== undefined).length,
    ...(p95Ms !== undefined && { p95Ms }),
  };
}

/** The 95th percentile of times in milliseconds; undefined of none. */
export function p95Of(times: readonly number[]): number | undefined {
  const sorted = Float64Array.from(times).sort();
  const at = sorted[Math.ceil(sorted.length * NINETY_FIFTH) - 1];
  return at === undefined ? undefined : Math.round(at * 10) / 10;
}

const timesOf = (samples: readonly Sample[]): number[] =>
  samples.filter(({ failure }) => failure === undefined).map((it) => it.endedAt - it.sentAt);

function stripOf(samples: readonly Sample[], startedAt: number, endedAt: number): TrafficStrip {
  const total = endedAt - startedAt;
  const partMs = PARTS_MS.find((it) => total / it <= MAX_PARTS) ?? Math.ceil(total / MAX_PARTS);
  const count = (of: readonly Sample[]): number[] => {
    const counts = Array.from({ length: Math.max(1, Math.ceil(total / partMs)) }, () => 0);
    for (const { sentAt } of of) counts[Math.floor(Math.max(0, sentAt - startedAt) / partMs)]! += 1;
    return counts;
  };
  return { partMs, sent: count(samples), failed: count(samples.filter((it) => it.failure !== undefined)) };
}
