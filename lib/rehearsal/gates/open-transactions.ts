import { showDuration } from '../../duration';
import type { Watched } from '../../evidence/evidence';
import { idleLine, type IdleTransaction } from '../../probes/database-figures';
import { BASELINE } from '../watched';
import type { Gate, Measured } from './gate';
import { quietSteps } from './quiet-steps';

/** Transactions that the candidate leaves open. */
export const OPEN_TRANSACTIONS: Gate<'maxIdleTransactionSeconds', { readonly longest?: IdleTransaction }> = {
  name: 'open transactions',
  key: 'maxIdleTransactionSeconds',
  schema: (z) =>
    z
      .number()
      .min(0)
      .describe(
        'For how long a session may do nothing in its transaction, but in a failover, unless the baseline leaves the same one open.',
      ),
  // longer than a request takes; timeouts of PostgreSQL that end such sessions are minutes: no rehearsal lasts so long
  default: 5,
  isAssumed: true,
  isCause: true,
  rule: (most) => `idle for at most ${showDuration(most * 1000)}`,
  measure: (measured) => {
    const seen = quietSteps(measured).filter(({ databases }) => databases.some(({ looks }) => looks > 0));
    if (seen.length === 0) return [];
    const [longest] = seen.flatMap((it) => idleOfCandidate(it, measured)).toSorted((a, b) => b.ms - a.ms);
    return [{ figure: longest ? { longest } : {} }];
  },
  passes,
  show: (figure, most) =>
    figure.longest === undefined || passes(figure, most) ? 'none for longer' : idleLine(figure.longest),
};

function passes({ longest }: { readonly longest?: IdleTransaction }, most: number): boolean {
  return (longest?.ms ?? 0) <= most * 1000;
}

/** From this time on a transaction of the baseline counts as left open: it is not watched for as long as the candidate. */
const LEFT_OPEN_MS = 1_000;

/** Without those that the release before leaves open too, and those that it still has while the candidate is brought. */
function idleOfCandidate({ during, databases }: Watched, { tiers, watched }: Measured): IdleTransaction[] {
  const [baseline] = watched;
  const usual = watched
    .filter((it) => it.during === BASELINE)
    .flatMap((it) => it.databases.flatMap(({ idle = [] }) => idle))
    .filter(({ ms }) => ms >= LEFT_OPEN_MS);
  const tasksBefore = tiers
    .flatMap((tier) => (tier.skipped ? [] : (tier.usage ?? [])))
    .filter(({ release }) => release === baseline?.release);
  return databases
    .flatMap(({ idle = [] }) => idle)
    .filter(({ isOlder }) => !(during === 'release' && isOlder))
    .filter(({ application }) => !tasksBefore.some(({ task }) => task === application))
    .filter(({ statement }) => !usual.some((it) => it.statement === statement));
}
