import { inFigures } from '../../rehearsal/gates/gate';
import type { Gate } from './gate';
import { ratioLimits, ratioRule } from '../../rehearsal/gates/ratio';

/** How much slower the new production answers clients than the old one did. */
export const P95: Gate<'p95', { readonly now: number; readonly before: number }> = {
  name: "clients' p95",
  key: 'p95',
  schema: (z) =>
    ratioLimits(z, 'Over that of the old production').meta({
      name: 'ClientP95Gate',
      about:
        "The 95th percentile of clients' response times, compared with that of the old production before a request went elsewhere.",
    }),
  rule: (limits) => ratioRule(limits, 'that of the old production'),
  measure: ({ to, before }) => {
    if (to.p95Ms === undefined || before.p95Ms === undefined) return [];
    return [{ figure: { now: to.p95Ms, before: before.p95Ms } }];
  },
  passes: ({ now, before }, { maxRatio, ignoreBelowMs = 0 }) =>
    now <= before * maxRatio || now < ignoreBelowMs,
  show: ({ now, before }) => `${inFigures(now)} ms, before ${inFigures(before)} ms`,
};
