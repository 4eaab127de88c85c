import type { SqlTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import { auroraMaxConnections } from '../../../scale/sizes';
import { numberOf } from '../../../template/values';

/** How many connections every member of a tier offers here. */
export interface Connections {
  readonly max: number;
  /** Where that comes from, in a sentence. */
  readonly why: string;
}

/**
 * The connections that the parameter groups of a tier say, or its largest class offers. All members offer as many, because a
 * standby of PostgreSQL must not offer fewer than its primary.
 */
export function connectionsOf({ parameters, members }: SqlTier): Connections {
  const stated = members.flatMap(
    (it) => numberOf({ ...parameters, ...it.parameters }['max_connections']) ?? [],
  );
  const maxConnections = stated.length === 0 ? undefined : Math.max(...stated);
  if (maxConnections !== undefined) {
    return {
      max: maxConnections,
      why: `every member offers ${maxConnections} connections, as its parameter group says`,
    };
  }
  const offers = members.map((it) => ({ class: it.class, max: offeredBy(it.class) }));
  const known = offers.filter((it): it is { class: string; max: number } => it.max !== undefined);
  const [most] = known.toSorted((a, b) => b.max - a.max);
  if (most && known.length === offers.length) {
    return { max: most.max, why: `every member offers ${most.max} connections, as ${most.class} does` };
  }
  const max = Math.max(most?.max ?? 0, DEFAULT);
  const unknown = offers.find((it) => it.max === undefined)?.class ?? 'no class';
  return { max, why: `every member offers ${max} connections: what ${unknown} offers is not known here` };
}

const DEFAULT = 200;

function offeredBy(instanceClass: string): number | undefined {
  try {
    return auroraMaxConnections(instanceClass);
  } catch (error) {
    if (TwinError.isTwinError(error) && error.code === 'unknown-class') return undefined;
    throw error;
  }
}
