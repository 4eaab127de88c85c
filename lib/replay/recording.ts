import type { ReplayRoute } from '../config/types';

/** What is sent of a log: nothing of it but how often, when, and which of the same. */
export interface Recording {
  /** How long it lasts. */
  readonly seconds: number;
  readonly routes: readonly ReplayRoute[];
  /** In the order of their times. */
  readonly requests: readonly RecordedRequest[];
}

/** One request. */
export interface RecordedRequest {
  /** Milliseconds from the start. */
  readonly atMs: number;
  /** The index of its route. */
  readonly route: number;
  /** By the name of the placeholder. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether the log has an answer of 4xx or 5xx: the same again is no error. */
  readonly wasRefused: boolean;
}

/**
 * A recording with as many requests as staging is to have of those of production: of each route the same share, at the times that they
 * came. It is the same for the same log.
 *
 * @param ratio - staging's size over production's; above 1 requests are sent several times, at other times of the recording
 */
export function atScale(recording: Recording, ratio: number): Recording {
  const random = randomFrom(1);
  const spanMs = recording.seconds * 1000;
  const requests = recording.routes.flatMap((_, route) => {
    const all = recording.requests.filter((it) => it.route === route);
    const wanted = roundedBy(random(), all.length * ratio);
    const whole = all.length === 0 ? 0 : Math.floor(wanted / all.length);
    const copies = Array.from({ length: whole }, (__, copy) =>
      all.map((it) => later(it, copy, whole + 1, spanMs)),
    );
    const more = some(all, wanted - whole * all.length, random);
    return [...copies.flat(), ...more.map((it) => later(it, whole, whole + 1, spanMs))];
  });
  return { ...recording, requests: requests.toSorted((a, b) => a.atMs - b.atMs) };
}

/** A request at another time of the recording, so that the copies of one do not come together. */
const later = (it: RecordedRequest, copy: number, of: number, spanMs: number): RecordedRequest =>
  copy === 0 ? it : { ...it, atMs: (it.atMs + (copy * spanMs) / of) % spanMs };

/** A whole number for a fraction: up as often as the fraction says. */
const roundedBy = (chance: number, value: number): number => Math.floor(value) + (chance < value % 1 ? 1 : 0);

/** So many of a list, each as likely as the others, in their order. */
function some<T>(list: readonly T[], count: number, random: () => number): T[] {
  let missing = count;
  return list.filter((_, i) => {
    const isTaken = random() * (list.length - i) < missing;
    if (isTaken) missing--;
    return isTaken;
  });
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
