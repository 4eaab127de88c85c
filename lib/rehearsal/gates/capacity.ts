import {
  areAlike,
  boundOf,
  capacityCompared,
  showCompared,
  type CapacityCompared,
} from '../../evidence/capacity';
import { inFigures, type Gate, type Measured } from './gate';

/** The largest load of the candidate, beside the baseline's. */
export const CAPACITY: Gate<
  'minCapacityRatio',
  CapacityCompared,
  Pick<Measured, 'from' | 'to' | 'gates' | 'capacity'>
> = {
  name: 'capacity',
  key: 'minCapacityRatio',
  schema: (z) =>
    z
      .number()
      .gt(0)
      .max(10)
      .describe(
        "The largest load of the candidate over the baseline's at the least; 0.9 is one tenth less. Where measurements of one release differ by more than that, it is too noisy to judge, and fails.",
      ),
  needs: [['capacity']],
  rule: (least) => `at least ${inFigures(least)} times the baseline's`,
  measure: (measured) => [{ figure: measured.capacity && capacityCompared(measured, measured.capacity) }],
  passes: (compared, least) => compared.ratio >= least && whyOpen(compared, least) === undefined,
  show: (compared, least) => {
    const why = whyOpen(compared, least);
    return `${why === undefined ? '' : `${why}: `}${showCompared(compared)}`;
  },
};

/** Why the figures say nothing of the release; undefined where they do. */
function whyOpen({ ratio, candidate, baseline }: CapacityCompared, least: number): string | undefined {
  const isLess = ratio < least;
  // a baseline that was disturbed would let any candidate pass
  if (!areAlike(baseline, least) || (isLess && !areAlike(candidate, least)))
    return 'too noisy to judge, since measurements of one release differ by more than that';
  if (boundOf(baseline) === 'this machine sends no more' || (isLess && boundOf(candidate) !== undefined))
    return 'too little was sent to judge';
  return undefined;
}
