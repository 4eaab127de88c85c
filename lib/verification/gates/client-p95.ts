import { clientTimesOf, type ComparedTime } from '../../evidence/verification-times';
import { inFigures } from '../../rehearsal/gates/gate';
import { ratioLimits, ratioRule } from '../../rehearsal/gates/ratio';
import type { Gate } from './gate';
import { ratioOf } from './p95';

/** How much slower clients are answered than before the release, as a service counts them. */
export const CLIENT_P95: Gate<'clientP95', readonly ComparedTime[]> = {
  name: "clients' p95",
  key: 'clientP95',
  schema: (z) =>
    ratioLimits(z, 'Over that before the release').meta({
      name: 'ClientP95Gate',
      about:
        'The 95th percentile of the response times of clients, as CloudWatch has it, compared with that before the release; on AWS alone.',
    }),
  comparesWith: ['baseline'],
  rule: (limits) => ratioRule(limits, 'that before the release'),
  measure: (measured) => {
    const times = clientTimesOf(measured);
    const isMeasured =
      times.length > 0 && times.every(({ now, before }) => now !== undefined && before !== undefined);
    return [{ figure: isMeasured ? times : undefined }];
  },
  passes: (times, { maxRatio, ignoreBelowMs = 0 }) =>
    times.every(({ now = 0, before = 0 }) => now <= before * maxRatio || now < ignoreBelowMs),
  show: (times) => {
    const [worst] = times.toSorted((a, b) => ratioOf(b) - ratioOf(a));
    const { name, now = 0, before = 0 } = worst!;
    return `${inFigures(now)} ms of ${name}, before ${inFigures(before)} ms`;
  },
};
