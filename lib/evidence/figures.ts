import type { Measures } from '../probes/check';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A duration for readers: `340 ms`, `3.2 s`, `41 s`, `2 min 5 s`, `1 h 12 min`. */
export function showDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return inTwo(seconds, 60, 'min', 's');
  return inTwo(Math.round(ms / MINUTE), 60, 'h', 'min');
}

function inTwo(amount: number, base: number, large: string, small: string): string {
  const rest = amount % base;
  return `${Math.floor(amount / base)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

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

/** A moment: `2026-11-21 04:12:03 UTC`. */
export function showMoment(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
}

/** The figures of a check, one phrase each: `p95 41 ms`, `0 of 1,200 requests failed`. */
export function showMeasures(measures: Measures = {}): string[] {
  const { reads, staleReads, requests, errors, requestsPerSecond, p50Ms, p95Ms, p99Ms, lagMs } = measures;
  const round = (value: number): string =>
    value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
  return [
    staleReads === undefined
      ? ''
      : `${round(staleReads)} ${reads === undefined ? '' : `of ${round(reads)} `}stale`,
    p50Ms === undefined ? '' : `p50 ${round(p50Ms)} ms`,
    p95Ms === undefined ? '' : `p95 ${round(p95Ms)} ms`,
    p99Ms === undefined ? '' : `p99 ${round(p99Ms)} ms`,
    requestsPerSecond === undefined ? '' : `${round(requestsPerSecond)} requests/s`,
    errors === undefined
      ? ''
      : `${round(errors)} ${requests === undefined ? '' : `of ${round(requests)} `}errors`,
    lagMs === undefined ? '' : `lag ${round(lagMs)} ms`,
  ].filter((phrase) => phrase !== '');
}

/** The duration of a rehearsal, in milliseconds. */
export const tookMs = ({ startedAt, endedAt }: { startedAt: string; endedAt: string }): number =>
  Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
