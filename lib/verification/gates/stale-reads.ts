import { READ_YOUR_WRITES } from '../../probes/read-your-writes';
import { atMost } from '../../rehearsal/gates/gate';
import type { Gate } from './gate';

/** Reads that miss the write before them, in a check or while production is watched. */
export const STALE_READS: Gate<'maxStaleReads', number> = {
  name: 'stale reads',
  key: 'maxStaleReads',
  schema: (z) =>
    z.int().min(0).describe('How many reads may miss the write before them, where a check writes.'),
  default: 0,
  ...atMost(String),
  measure: ({ checks, watched }) => {
    const own = checks.filter(({ kind }) => kind === READ_YOUR_WRITES.kind);
    if (own.length === 0) return [];
    if (!watched) return [{ figure: undefined }];
    return [
      {
        figure: own.reduce(
          (sum, { measures }) => sum + (measures?.staleReads ?? 0),
          watched.traffic.staleReads,
        ),
      },
    ];
  },
};
