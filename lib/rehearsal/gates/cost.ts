import type { CostReport } from '../../cost/cost';
import { dollars } from '../../cost/dollars';
import { inFigures, type Gate, type Measured } from './gate';

/** How long the staging of one rehearsal exists on AWS where a config does not say. */
export const COST_HOURS = 4;

/** What the staging costs on AWS. */
export const COST: Gate<'maxCostUsd', CostReport, Pick<Measured, 'cost' | 'gates'>> = {
  name: 'cost',
  key: 'maxCostUsd',
  schema: (z) => z.number().min(0).describe('What this staging may cost on AWS for `costHours`, in USD.'),
  settings: (z) => ({
    costHours: z
      .number()
      .gt(0)
      .default(COST_HOURS)
      .describe('How long the staging of one rehearsal exists on AWS, stand-up and tear-down included.'),
  }),
  rule: (most, { gates: { costHours = COST_HOURS } }) =>
    `at most ${dollars(most)} for ${inFigures(costHours)} h on AWS`,
  measure: ({ cost }) => [{ figure: cost }],
  passes: (cost, most) => unpricedIn(cost).length === 0 && cost.rehearsalUsd <= most,
  show: (cost) => {
    const unpriced = unpricedIn(cost);
    const usd = dollars(cost.rehearsalUsd);
    return unpriced.length === 0 ? usd : `${usd} without ${unpriced.join(', ')}, whose price is unknown`;
  },
};

const unpricedIn = ({ staging }: CostReport): string[] => [
  ...new Set(staging.unknown.filter(({ because }) => because === 'no price').map((it) => it.what)),
];
