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

/** A time for readers, to the minute: `2026-11-30 03:05 UTC`. */
export const showMinute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** How far apart times are, in milliseconds; 0 where there is at most one. */
export const spreadOf = (times: readonly number[]): number =>
  times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);

function inTwo(amount: number, base: number, large: string, small: string): string {
  const rest = amount % base;
  return `${Math.floor(amount / base)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
