import { setTimeout as sleep } from 'node:timers/promises';
import { showDuration } from '../../duration';
import { msBetween } from '../journal';
import type { StepContext } from '../step';
import { whileWatched } from '../watched';
import { afterwards, hasRequests, withChecks } from './afterwards';
import type { Drill, DrillKind, Seen } from './drill';

/** One more round of checks on tasks that have an age. */
export const SOAK: DrillKind<'soakSeconds'> = {
  key: 'soakSeconds',
  kind: 'soak',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(3600)
      .describe(
        "How old the candidate's tasks are to be when they are checked for the last time: some faults come with age. 0 leaves that out.",
      ),
  default: 10,
  plan: (seconds, context) => (seconds > 0 && hasRequests(context) ? [soakOf(context, seconds)] : []),
};

/** Waits until every task has an age, while requests are sent, and checks once more. */
function soakOf(context: StepContext, seconds: number): Drill {
  const { parts, ledger } = context;
  const { to } = ledger.value;
  return {
    name: `soak of ${seconds} s`,
    perform: async (watch, startedDuring) => {
      const ageMs = msBetween(youngestSince(context, startedDuring), parts.now());
      const restMs = Math.max(0, seconds * 1000 - ageMs);
      const { result } = await whileWatched(context, { during: 'soak', release: to }, watch, async () => {
        await sleep(restMs, undefined, { signal: watch.signal }).catch(() => watch.signal.throwIfAborted());
        const seen: Seen = { passed: true, detail: `${to} has run for ${showDuration(seconds * 1000)}` };
        return withChecks(context, seen, afterwards(context), watch);
      });
      return result!;
    },
  };
}

/** Since when the youngest task runs at least, as far as it was started on purpose. */
function youngestSince({ ledger: { value } }: StepContext, startedDuring: readonly string[]): Date {
  const started = value.watched
    .filter(({ during }) => ['release', ...startedDuring].includes(during))
    .map(({ startedAt, ms }) => Date.parse(startedAt) + ms);
  return new Date(Math.max(Date.parse(value.startedAt), ...started));
}
