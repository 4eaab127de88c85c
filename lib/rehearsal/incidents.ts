import type { Incident, TierState } from '../targets/target';

/** What happened to the tasks of services. @returns undefined where it is not known of any */
export function taskIncidents(tiers: readonly TierState[]): readonly Incident[] | undefined {
  const known = tiers.flatMap((tier) =>
    tier.skipped || tier.kind !== 'service' || !tier.incidents ? [] : [tier.incidents],
  );
  return known.length === 0 ? undefined : known.flat();
}

/** What happened to the members of data tiers, which is no doing of a release. */
export const memberIncidents = (tiers: readonly TierState[]): readonly Incident[] =>
  tiers.flatMap((tier) => (tier.skipped || tier.kind === 'service' ? [] : (tier.incidents ?? [])));
