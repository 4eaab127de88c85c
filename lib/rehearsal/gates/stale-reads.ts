import type { CheckResult } from '../../probes/check';
import { READ_YOUR_WRITES } from '../../probes/read-your-writes';
import { atMost, type Gate } from './gate';
import { sinceRelease } from './quiet-steps';

/** Reads that miss the write before them, judged wherever there is a read-your-writes check: nothing else detects a stale read. */
export const STALE_READS: Gate<'maxStaleReads', number> = {
  name: 'stale reads',
  key: 'maxStaleReads',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe('How many reads may miss the write before them, over all read-your-writes checks.'),
  default: 0,
  isAssumed: true,
  needs: [['checks', READ_YOUR_WRITES.key]],
  ...atMost(String),
  measure: ({ checks, baseline, drills, watched }, most) => {
    if (![...checks, ...baseline].some(isOne)) return [];
    const own = checks.filter(isOne);
    const sent = sinceRelease(watched).map(({ traffic }) => traffic);
    const stale = [...own.map(({ measures }) => measures), ...drills, ...sent].reduce(
      (sum, it) => sum + (it?.staleReads ?? 0),
      0,
    );
    // too many stale reads fail the gate, even where other reads ended in errors
    const isMeasured = stale > most || (own.length > 0 && own.every(isRead));
    return [{ figure: isMeasured ? stale : undefined }];
  },
  isExplained: ({ checks }) => checks.some((it) => isOne(it) && it.outcome === 'failed'),
};

const isOne = ({ kind }: CheckResult): boolean => kind === READ_YOUR_WRITES.kind;

/** Whether every attempt ended with a fresh or a stale read: an error leaves that open, and may be a lost write. */
const isRead = ({ measures: { reads = 0, staleReads, errors = 0 } = {} }: CheckResult): boolean =>
  reads > 0 && staleReads !== undefined && errors === 0;
