import { showDuration } from '../duration';
import type { Measures } from '../probes/check';
import type { Watched } from './evidence';
import type { TrafficFigures } from '../probes/traffic-figures';

/** An amount of money: `$0.0042`, `$3.12`, `$1,113`. */
export function showUsd(usd: number): string {
  const digits = usd >= 100 ? 0 : usd === 0 || usd >= 0.1 ? 2 : 4;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `$${usd.toLocaleString('en-US', options)}`;
}

/** A part of a whole: `19 %`, `0.3 %`. */
export function showShare(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 1 ? Math.round(percent) : percent.toPrecision(1)} %`;
}

/** What this machine did beside a step, where that was much: one line each. */
export function machineLines({
  othersShare = 0,
  disturbed,
}: Pick<Watched, 'othersShare' | 'disturbed'>): string[] {
  const used = (share: number): string =>
    `other processes used ${showShare(share)} of this machine's processors`;
  return [
    ...(othersShare >= SHOWN_SHARE ? [used(othersShare)] : []),
    ...(disturbed
      ? [
          `done once more: the first time ${disturbed.failures} of ${rounded(disturbed.requests)} requests failed, while ${used(disturbed.othersShare)}`,
        ]
      : []),
  ];
}

/** From this share on it is worth knowing. */
const SHOWN_SHARE = 0.5;

/** A moment: `2026-11-21 04:12:03 UTC`. */
export function showMoment(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** The same without its day, where that stands beside it: `04:12:03 UTC`. */
export const showClock = (iso: string): string => showMoment(iso).replace(/^\S+ /, '');

/** The figures of a check, one phrase each: `p95 41 ms`, `0 of 1,200 requests failed`. */
export function showMeasures(measures: Measures = {}): string[] {
  const { reads, staleReads, requests, errors, requestsPerSecond, p50Ms, p95Ms, p99Ms, lagMs } = measures;
  return [
    staleReads === undefined
      ? ''
      : `${rounded(staleReads)} ${reads === undefined ? '' : `of ${rounded(reads)} `}stale`,
    p50Ms === undefined ? '' : `p50 ${rounded(p50Ms)} ms`,
    p95Ms === undefined ? '' : `p95 ${rounded(p95Ms)} ms`,
    p99Ms === undefined ? '' : `p99 ${rounded(p99Ms)} ms`,
    requestsPerSecond === undefined ? '' : `${rounded(requestsPerSecond)} requests/s`,
    errors === undefined
      ? ''
      : `${rounded(errors)} ${requests === undefined ? '' : `of ${rounded(requests)} `}errors`,
    lagMs === undefined ? '' : `lag ${rounded(lagMs)} ms`,
  ].filter((phrase) => phrase !== '');
}

/** The figures of a check on the baseline that are others on the candidate: `p95 25 -> 14 ms (-44 %)`. */
export function besideBaseline(baseline: Measures = {}, candidate: Measures = {}, arrow = '->'): string[] {
  return COMPARED.flatMap(([key, what, unit]) => {
    const [before, after] = [baseline[key], candidate[key]];
    if (before === undefined || after === undefined || rounded(before) === rounded(after)) return [];
    const change = before === 0 ? '' : ` (${showChange(after / before - 1)})`;
    return [`${what} ${rounded(before)} ${arrow} ${rounded(after)}${unit}${change}`];
  });
}

/** The figures that may be compared, and how they are shown. */
const COMPARED = [
  ['p95Ms', 'p95', ' ms'],
  ['requestsPerSecond', 'requests/s', ''],
  ['lagMs', 'lag', ' ms'],
] as const;

function showChange(change: number): string {
  const percent = Math.round(change * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

const rounded = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });

/** The duration of a rehearsal, in milliseconds. */
export const tookMs = ({ startedAt, endedAt }: { startedAt: string; endedAt: string }): number =>
  Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));

/** The requests in the background in one line: `312 of 1,460 requests failed, for 20.1 s (first: GET /orders/7 answered 503, expected 200)`. */
export function showTraffic(figures: TrafficFigures): string {
  const { requests, failures, firstFailure, answered, longestOutageMs, staleReads } = figures;
  const stale =
    staleReads === 0 ? '' : `; ${staleReads} ${staleReads === 1 ? 'read' : 'reads'} missed the write before`;
  if (requests === 0) return 'no request was sent';
  if (failures === 0) return `none of ${counted(requests)} requests failed${stale}`;
  const own =
    answered === undefined || answered.first === firstFailure
      ? ''
      : `; of ${counted(answered.count)} that no overload explains the first: ${answered.first}`;
  const first = firstFailure === undefined ? '' : ` (first: ${firstFailure}${own})`;
  return `${counted(failures)} of ${counted(requests)} requests failed, for ${showDuration(longestOutageMs)}${first}${stale}`;
}

/** A count: `1,460`. */
export const counted = (count: number): string => count.toLocaleString('en-US');
