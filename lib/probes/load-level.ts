import type { LoadCheck, ReplayCheck } from '../config/types';
import type { RecordedRequest, Recording } from '../replay/recording';
import type { Reply } from './http';
import { percentile } from './load-figures';
import { sendAtTimes, type Timed } from './open-load';
import { isError, planOf } from './replay';

/** A load of a certain size. */
export interface LevelOrder {
  readonly mix: LoadMix;
  readonly perSecond: number;
  readonly seconds: number;
  /** Sent before it, at the same rate, and not counted. */
  readonly warmUpSeconds: number;
}

/** The requests of a load, as often as each other as in what they are taken from. */
export interface LoadMix {
  readonly recording: Recording;
  readonly headers?: ReplayCheck['headers'];
}

/** What became of it. */
export interface Level {
  /** How many requests a second were sent. */
  readonly perSecond: number;
  /** The 95th percentile of the response time. @default - there was no answer */
  readonly p95Ms?: number;
  /** 0 to 1. */
  readonly errorRate: number;
  /** How late one request in twenty was sent, or later: then the level is more than this machine can send. */
  readonly lateMs: number;
}

/** The mix of a load check: its one request. */
export const mixOfLoad = ({ method, path, body, headers }: LoadCheck): LoadMix => ({
  recording: {
    seconds: 1,
    routes: [{ path, ...(method !== undefined && { method }), ...(body && { body }) }],
    requests: [{ atMs: 0, route: 0, values: {}, wasRefused: false }],
  },
  ...(headers && { headers }),
});

/** Sends so many requests a second, and measures what becomes of them. */
export async function loadLevel(order: LevelOrder, url: string, signal: AbortSignal): Promise<Level> {
  const { mix, perSecond, seconds, warmUpSeconds } = order;
  const { recording, headers } = mix;
  const planned = [...cycle(recording, perSecond, warmUpSeconds + seconds)];
  const warmUp = planned.filter(({ atMs }) => atMs < warmUpSeconds * 1000).length;
  const times: number[] = [];
  let errors = 0;
  const ended = (index: number, reply: Reply, ms: number): void => {
    if (index < warmUp) return;
    if (reply.answered) times.push(ms);
    if (isError(reply, planned[index]!.request)) errors++;
  };
  const timed = function* (): Generator<Timed> {
    for (const { atMs, request } of planned) yield { atMs, plan: planOf(recording, request, headers) };
  };
  const { unsent, lateMs } = await sendAtTimes(timed(), { url, signal, ended });
  const requests = planned.length - warmUp;
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond,
    errorRate: requests === 0 ? 0 : Math.min(1, (errors + unsent) / requests),
    lateMs,
    ...(sorted.length > 0 && { p95Ms: percentile(sorted, 95) }),
  };
}

/** The requests of a recording, again and again, as many a second: the gaps between them keep their proportions. */
function* cycle(
  { requests, seconds: length }: Recording,
  perSecond: number,
  seconds: number,
): Generator<{ readonly atMs: number; readonly request: RecordedRequest }> {
  const stretch = requests.length / length / perSecond;
  const cycleMs = length * 1000 * stretch;
  for (let start = 0; start < seconds * 1000; start += cycleMs)
    for (const request of requests) {
      const atMs = start + request.atMs * stretch;
      if (atMs >= seconds * 1000) return;
      yield { atMs, request };
    }
}
