import { LOAD } from '../../probes/load';
import { inFigures, type Gate } from './gate';
import { best, loadsOf, roundsOf, type Load } from './load';

/**
 * The response time under load, judged by the best round of each release, so that a noisy minute blames no candidate and hides none.
 */
export const P95: Gate<'p95', readonly Load[]> = {
  name: 'p95',
  key: 'p95',
  schema: (z) =>
    z
      .strictObject({
        maxRatio: z
          .number()
          .gt(0)
          .describe("The candidate's over the baseline's at the most; 1.5 is half as slow again."),
        ignoreBelowMs: z.number().min(0).default(0).describe('Below this the ratio is ignored.'),
      })
      .meta({
        name: 'P95Gate',
        about: "The candidate's 95th percentile, compared with the baseline's.",
        description: "The candidate's 95th percentile under load.",
      }),
  needs: [['checks', LOAD.key]],
  rule: ({ maxRatio, ignoreBelowMs = 0 }) =>
    `at most ${maxRatio} times the baseline's${ignoreBelowMs > 0 ? `, or below ${ignoreBelowMs} ms` : ''}`,
  measure: (measured) => [{ figure: loadsOf(measured, 'p95Ms') }],
  passes: (loads, limit) => loads.every((load) => isWithin(load, limit)),
  show: (loads, limit) =>
    loads
      .map((load) => {
        const noise =
          isWithin(load, limit) || !isNoisy(load, limit)
            ? ''
            : '; too noisy to judge, since rounds of one release differ by more than that';
        const { now, before } = load;
        return `${inFigures(best(now))} ms, the baseline ${inFigures(best(before))} ms${roundsOf(load)}${noise}`;
      })
      .join('; '),
};

interface Limits {
  readonly maxRatio: number;
  readonly ignoreBelowMs?: number | undefined;
}

const isWithin = ({ now, before }: Load, { maxRatio, ignoreBelowMs = 0 }: Limits): boolean =>
  best(now) <= best(before) * maxRatio || best(now) < ignoreBelowMs;

const isNoisy = ({ now, before }: Load, { maxRatio }: Limits): boolean =>
  [now, before].some((rounds) => Math.max(...rounds) > best(rounds) * maxRatio);
