import { showDuration } from '../duration';
import type { Evidence, Verdict } from '../evidence/evidence';
import type { MarkedCell } from '../report/section';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A time that may be days: `41 min`, `3 h 5 min`, `4.2 days`. */
export const showAge = (ms: number): string =>
  ms < 2 * DAY ? showDuration(ms) : `${(ms / DAY).toFixed(1)} days`;

/** The day of a moment, UTC; `never` where there is none. */
export const showDay = (iso: string | undefined): string => iso?.slice(0, 'yyyy-mm-dd'.length) ?? 'never';

const MARKS: Readonly<Record<Verdict, MarkedCell['mark']>> = {
  GO: 'good',
  'NO-GO': 'bad',
  'BASELINE FAILED': 'doubtful',
  UNDECIDED: 'doubtful',
};

/** A verdict in its colour. */
export const verdictCell = (verdict: Verdict): MarkedCell => ({ text: verdict, mark: MARKS[verdict] });

/** Milliseconds as they were measured: `14.2 ms`, `801 ms`. */
export const showMs = (ms: number): string =>
  ms >= LONG_MS
    ? showDuration(ms)
    : `${ms.toLocaleString('en-US', { maximumFractionDigits: ms < 100 ? 1 : 0 })} ms`;

/** From here on nobody reads milliseconds. */
const LONG_MS = 10_000;

const TEAR_DOWNS: Readonly<Record<Evidence['tearDown']['outcome'], MarkedCell>> = {
  gone: { text: 'gone', mark: 'good' },
  kept: { text: 'kept', mark: 'doubtful' },
  left: { text: 'left', mark: 'bad' },
};

/** How a tear-down ended. */
export const tearDownCell = (outcome: Evidence['tearDown']['outcome']): MarkedCell => TEAR_DOWNS[outcome];
