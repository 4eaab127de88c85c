import { showDuration } from '../../duration';
import { lockLine, type DatabaseFigures } from '../../probes/database-figures';
import type { Gate } from './gate';
import { quietSteps } from './quiet-steps';

type Lock = DatabaseFigures['locks'][number];

/** Locks that kept other statements waiting. */
export const LOCKS: Gate<'maxLockSeconds', { readonly longest?: Lock }> = {
  name: 'locks',
  key: 'maxLockSeconds',
  schema: (z) =>
    z
      .number()
      .min(0)
      .describe(
        'How long a transaction may keep statements of others waiting for a table or its rows, but in a failover.',
      ),
  default: 5,
  isAssumed: true,
  isCause: true,
  rule: (most) => `at most ${showDuration(most * 1000)}`,
  measure: (measured) => {
    const databases = quietSteps(measured).flatMap((it) => it.databases);
    if (!databases.some(({ looks }) => looks > 0)) return [];
    const waitedFor = databases.flatMap(({ locks }) => locks).filter(({ waiters }) => waiters > 0);
    const [longest] = waitedFor.toSorted((a, b) => b.ms - a.ms);
    return [{ figure: longest ? { longest } : {} }];
  },
  passes: ({ longest }, most) => (longest?.ms ?? 0) <= most * 1000,
  show: ({ longest }) => (longest === undefined ? 'none that others waited for' : lockLine(longest)),
};
