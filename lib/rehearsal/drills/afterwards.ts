import type { ChecksConfig } from '../../config/types';
import type { CheckResult } from '../../probes/check';
import type { Watch } from '../../targets/target';
import { runChecks, type StepContext } from '../step';
import type { Seen } from './drill';

/** How many writes are read back after a failover: enough to show that readers follow the new primary. */
const READS_AFTERWARDS = 10;

/** What is checked after a drill: enough to show that it is as before. */
export function afterwards({ script: { checks } }: StepContext): ChecksConfig {
  const { smoke = [], readYourWrites = [] } = checks;
  return { smoke, readYourWrites: readYourWrites.map((check) => ({ ...check, times: READS_AFTERWARDS })) };
}

/** Whether there is anything to check after a drill. */
export const hasRequests = (context: StepContext): boolean =>
  Object.values(afterwards(context)).some((checks) => checks.length > 0);

/** Adds the results of checks that run afterwards, on a line of their own. */
export async function withChecks(
  context: StepContext,
  seen: Seen,
  checks: ChecksConfig,
  watch: Watch,
  release: string = context.ledger.value.to,
): Promise<Seen> {
  const results = await runChecks(context, checks, release, watch);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const why = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  return {
    ...seen,
    ...staleIn(results),
    passed: seen.passed && failed.length === 0,
    detail: `${seen.detail}.\nAfter it, ${failed.length === 0 ? tally(results) : why}.`,
  };
}

/** How many reads were stale; empty where none was made. */
function staleIn(results: readonly CheckResult[]): Pick<Seen, 'staleReads'> {
  const counts = results.flatMap(({ measures }) => measures?.staleReads ?? []);
  return counts.length === 0 ? {} : { staleReads: counts.reduce((sum, count) => sum + count, 0) };
}

const tally = ({ length }: readonly CheckResult[]): string =>
  length === 0 ? 'no check ran' : `${length} ${length === 1 ? 'check' : 'checks'} passed`;
