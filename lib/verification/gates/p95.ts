import { inFigures } from '../../rehearsal/gates/gate';
import { comparisonOf, type ComparedTime } from '../../evidence/verification-times';
import type { Gate } from './gate';
import { ratioLimits, ratioRule } from '../../rehearsal/gates/ratio';

/** How much slower production answers than before the release. */
export const P95: Gate<'p95', readonly ComparedTime[]> = {
  name: 'p95',
  key: 'p95',
  schema: (z) =>
    ratioLimits(z, 'Over that before the release').meta({
      name: 'VerifiedP95Gate',
      about: 'The 95th percentile of response times, compared with that before the release.',
    }),
  comparesWith: ['baseline'],
  rule: (limits) => ratioRule(limits, 'that before the release'),
  measure: (measured) => {
    const times = comparisonOf(measured);
    const isMeasured =
      times.length > 0 && times.every(({ now, before }) => now !== undefined && before !== undefined);
    return [{ figure: isMeasured ? times : undefined }];
  },
  passes: (times, { maxRatio, ignoreBelowMs = 0 }) =>
    times.every(({ now = 0, before = 0 }) => now <= before * maxRatio || now < ignoreBelowMs),
  show: (times, { ignoreBelowMs = 0 }) => {
    // of those that the rule does not ignore, where there are some
    const slow = times.filter(({ now = 0 }) => now >= ignoreBelowMs);
    const [worst] = (slow.length > 0 ? slow : times).toSorted((a, b) => ratioOf(b) - ratioOf(a));
    const { name, now = 0, before = 0 } = worst!;
    return `${inFigures(now)} ms of ${name}, before ${inFigures(before)} ms`;
  },
};

/** How many times as long it takes. */
export const ratioOf = ({ now = 0, before = 0 }: ComparedTime): number => now / before;
