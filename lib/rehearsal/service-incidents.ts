import type { Incident, TierState } from '../targets/target';

/**
 * What happened to the tasks of services: to members of data tiers it is no doing of a release.
 *
 * @returns undefined where it is not known of any
 */
export function serviceIncidents(tiers: readonly TierState[]): readonly Incident[] | undefined {
  const known = tiers.flatMap((tier) =>
    tier.skipped || tier.kind !== 'service' || !tier.incidents ? [] : [tier.incidents],
  );
  return known.length === 0 ? undefined : known.flat();
}
