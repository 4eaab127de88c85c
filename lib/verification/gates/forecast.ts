import { inFigures } from '../../rehearsal/gates/gate';
import { comparisonOf, type ComparedTime } from '../../evidence/verification-times';
import type { Gate } from './gate';
import { ratioOf } from './p95';

/** Whether the release slows production down as much as it did staging in its rehearsal, and no more. */
export const FORECAST: Gate<'forecast', readonly ComparedTime[]> = {
  name: 'forecast',
  key: 'forecast',
  schema: (z) =>
    z
      .strictObject({
        maxRatio: z
          .number()
          .gt(0)
          .describe(
            "How many times the rehearsal's ratio of response times production's may be at the most; 1.5 permits one and a half times as much.",
          ),
        ignoreBelowMs: z.number().min(0).default(0).describe('Below this the ratio is ignored.'),
      })
      .meta({
        name: 'ForecastGate',
        about:
          'By how much the 95th percentile changes with the release, compared with what its rehearsal saw of the candidate beside the baseline.',
      }),
  comparesWith: ['baseline', 'forecast'],
  rule: ({ maxRatio, ignoreBelowMs = 0 }) =>
    `at most ${maxRatio} times what the rehearsal forecast${ignoreBelowMs > 0 ? `, or below ${ignoreBelowMs} ms` : ''}`,
  measure: (measured) => {
    const times = comparisonOf(measured);
    const isMeasured =
      times.length > 0 && times.every((it) => [it.now, it.before, it.forecast].every((n) => n !== undefined));
    return [{ figure: isMeasured ? times : undefined }];
  },
  passes: (times, { maxRatio, ignoreBelowMs = 0 }) =>
    times.every((it) => excessOf(it) <= maxRatio || it.now! < ignoreBelowMs),
  show: (times, { ignoreBelowMs = 0 }) => {
    const slow = times.filter(({ now = 0 }) => now >= ignoreBelowMs);
    const [worst] = (slow.length > 0 ? slow : times).toSorted((a, b) => excessOf(b) - excessOf(a));
    return `${inFigures(ratioOf(worst!))} times as long for ${worst!.name}, expected ${inFigures(worst!.forecast!)}`;
  },
};

const excessOf = (it: ComparedTime): number => ratioOf(it) / it.forecast!;
