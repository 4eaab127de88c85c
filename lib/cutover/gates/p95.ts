import { inFigures } from '../../rehearsal/gates/gate';
import type { Gate } from './gate';

/** How much slower the new production answers clients than the old one did. */
export const P95: Gate<'p95', { readonly now: number; readonly before: number }> = {
  name: "clients' p95",
  key: 'p95',
  schema: (z) =>
    z
      .strictObject({
        maxRatio: z
          .number()
          .gt(0)
          .describe('Over that of the old production at the most; 1.5 is half as slow again.'),
        ignoreBelowMs: z.number().min(0).default(0).describe('Below this the ratio is ignored.'),
      })
      .meta({
        name: 'ClientP95Gate',
        about:
          "The 95th percentile of clients' response times, compared with that of the old production before a request went elsewhere.",
      }),
  rule: ({ maxRatio, ignoreBelowMs = 0 }) =>
    `at most ${maxRatio} times that of the old production${ignoreBelowMs > 0 ? `, or below ${ignoreBelowMs} ms` : ''}`,
  measure: ({ to, before }) => {
    if (to.p95Ms === undefined || before.p95Ms === undefined) return [];
    return [{ figure: { now: to.p95Ms, before: before.p95Ms } }];
  },
  passes: ({ now, before }, { maxRatio, ignoreBelowMs = 0 }) =>
    now <= before * maxRatio || now < ignoreBelowMs,
  show: ({ now, before }) => `${inFigures(now)} ms, before ${inFigures(before)} ms`,
};
