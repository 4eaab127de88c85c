import { showMinute } from '../duration';
import { TwinError } from '../error';

/** Failovers of which an account has so many in a time, and no more. */
export interface FailoverQuota {
  /** What is counted, such as `test failovers of shards by ElastiCache in eu-west-1 in 24 hours`. */
  readonly of: string;
  /** How many a failover of a tier takes, by its name. */
  readonly takes: Readonly<Record<string, number>>;
  readonly most: number;
  readonly left: number;
  /** When those that were used come back, the first first. */
  readonly back: readonly Date[];
  /** Why it is not known how many are left, in one clause. @default - it is known */
  readonly unknown?: string;
}

/**
 * Checks that there are enough for failovers of tiers, before one is made.
 *
 * @returns how many are left, in words; undefined where these tiers take none
 * @throws TwinError `failover-quota`
 */
export function checkQuota(quota: FailoverQuota, tiers: readonly string[]): string | undefined {
  const { of, most, left, back, unknown } = quota;
  const taking = tiers.filter((it) => (quota.takes[it] ?? 0) > 0);
  const takes = taking.reduce((sum, it) => sum + quota.takes[it]!, 0);
  if (takes === 0) return undefined;
  const who = `failovers of ${taking.join(', ')} take ${takes}`;
  if (unknown !== undefined) return `${who} of ${most} ${of}; how many are left is not known: ${unknown}`;
  if (takes <= left) return `${who} of the ${left} ${of} that are left of ${most}`;
  const enough = back[takes - left - 1];
  throw new TwinError({
    code: 'failover-quota',
    message: `${who} ${of}, and ${left} of ${most} are left${enough ? `; there are enough from ${showMinute(enough)} on` : ''}`,
    fix: enough
      ? 'Rehearse again then, or take a cache out of drills.failover.'
      : 'Take a cache out of drills.failover, or give it fewer shards in staging.',
    // another day there are more: no release is to blame
    isMachineFault: enough !== undefined,
  });
}
