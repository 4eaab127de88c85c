import type { DocumentTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import { documentDbLimits } from '../../../scale/sizes';

/** How many connections every member of a cluster offers. */
export interface Connections {
  /** Undefined where the class is not known: as many as MongoDB offers. */
  readonly max: number | undefined;
  /** Where that comes from, in a sentence. */
  readonly why: string;
}

/** The connections of the largest class of a cluster: any member may become the primary. */
export function connectionsOf({ members }: DocumentTier): Connections {
  const offers = members.map((member) => ({ class: member.class, max: offerOf(member.class) }));
  const unknown = offers.find(({ max }) => max === undefined);
  if (unknown)
    return {
      max: undefined,
      why: `every member offers as many connections as MongoDB does: what ${unknown.class} offers is not known here`,
    };
  const [most] = offers.toSorted((a, b) => b.max! - a.max!);
  return { max: most?.max, why: `every member offers ${most?.max} connections, as ${most?.class} does` };
}

function offerOf(instanceClass: string): number | undefined {
  try {
    return documentDbLimits(instanceClass).connections;
  } catch (error) {
    if (!TwinError.isTwinError(error)) throw error;
    return undefined;
  }
}
