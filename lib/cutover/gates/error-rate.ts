import { percent } from '../../verification/gates/gate';
import type { ClientFigures } from '../../targets/traffic';
import type { Gate } from './gate';

/** The share of the requests of clients that the new production failed. */
export const ERROR_RATE: Gate<'maxErrorRate', ClientFigures> = {
  name: "clients' error rate",
  key: 'maxErrorRate',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(1)
      .describe(
        'What share of the requests of clients that the new production answers may fail in a step, 0 to 1: answers of 500 and above, and those that break off.',
      ),
  default: 0.01,
  rule: (most) => `at most ${percent(most)}`,
  // without a client nothing failed: how many there have to be is another gate
  measure: ({ to }) => (to.requests === 0 ? [] : [{ figure: to }]),
  passes: (figures, most) => rateOf(figures) <= most,
  show: (figures) => {
    const { requests, failures, firstFailure } = figures;
    if (failures === 0) return `0 % of ${requests}`;
    return `${failures} of ${requests}, ${percent(rateOf(figures))} (first: ${firstFailure})`;
  },
};

/** So many failures are no accident, where the share is too large. */
const ENOUGH = 5;

/** Whether so many have failed already that waiting for the end of the step would only make it more. */
export const isHopeless = (figures: ClientFigures, most: number = ERROR_RATE.default!): boolean =>
  figures.failures >= ENOUGH && rateOf(figures) > most;

const rateOf = ({ requests, failures }: ClientFigures): number => failures / requests;
