import { capacityCompared, isBounded, showCompared, type CapacityCompared } from '../../evidence/capacity';
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
        "The largest load of the candidate over the baseline's at the least; 0.9 is one tenth less. Where measurements of one release differ by more than that, it fails as too noisy to judge.",
      ),
  needs: [['capacity']],
  rule: (least) => `at least ${inFigures(least)} times the baseline's`,
  measure: (measured) => [{ figure: measured.capacity && capacityCompared(measured, measured.capacity) }],
  passes: ({ ratio }, least) => ratio >= least,
  show: (compared, least) => {
    const { ratio, candidate, baseline } = compared;
    const isNoisy =
      ratio < least && [candidate, baseline].some((rounds) => differBy(rounds) < Math.min(1, least));
    const isOpen = ratio < least && isBounded(candidate);
    const note = isNoisy
      ? 'too noisy to judge, since measurements of one release differ by more than that: '
      : isOpen
        ? "too little was sent to judge, since the candidate's limit was not reached: "
        : '';
    return `${note}${showCompared(compared)}`;
  },
};

/** The least over the most of a release. */
const differBy = (rounds: CapacityCompared['baseline']): number => {
  const all = rounds.map(({ carried }) => carried);
  return Math.min(...all) / Math.max(...all);
};
