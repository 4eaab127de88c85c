import { plural } from '../../report/words';
import type { Gate } from './gate';

/** How many requests of clients the new production answered. */
export const REQUESTS: Gate<'minRequests', number> = {
  name: "clients' requests",
  key: 'minRequests',
  schema: (z) =>
    z
      .int()
      .min(0)
      .describe(
        'How many requests of clients the new production has to answer in each step, so that it is judged by them.',
      ),
  default: 0,
  rule: (least) => `at least ${least}`,
  // where none has to be there is nothing to judge
  measure: ({ to }, least) => (least === 0 ? [] : [{ figure: to.requests }]),
  passes: (requests, least) => requests >= least,
  show: (requests) => plural(requests, 'request'),
};
