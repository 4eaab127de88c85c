import type { Incident } from '../../targets/target';
import type { Gate } from './gate';

/** Tasks that ended or were replaced by themselves while production was watched. */
export const TASK_FAILURES: Gate<'maxTaskFailures', readonly Incident[]> = {
  name: 'task failures',
  key: 'maxTaskFailures',
  schema: (z) =>
    z.int().min(0).describe('How many tasks may end or be replaced by themselves while it is watched.'),
  default: 0,
  isCause: true,
  rule: (most) => `at most ${most}`,
  measure: ({ tiers, watched }) => {
    const known = tiers.flatMap((tier) =>
      tier.skipped || tier.kind !== 'service' || !tier.incidents ? [] : [tier.incidents],
    );
    if (known.length === 0) return [];
    if (!watched) return [{ figure: undefined }];
    const since = Date.parse(watched.startedAt);
    return [{ figure: known.flat().filter(({ at }) => Date.parse(at) >= since) }];
  },
  passes: ({ length }, most) => length <= most,
  show: ([first, ...others]) => (first === undefined ? '0' : `${1 + others.length} (first: ${first.what})`),
};
