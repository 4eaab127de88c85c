import type { SqlTier } from '../../../blueprint/blueprint';
import { variablesOf, type Said } from '../sql/declared';
import { valueOf } from '../sql/formula';

/** How many connections every member of a tier offers here. */
export interface Connections {
  readonly max: number;
  /** Where that comes from, in a sentence. */
  readonly why: string;
}

/** What Aurora PostgreSQL and RDS for PostgreSQL offer where no parameter group says it. */
const BY_CLASS = 'LEAST({DBInstanceClassMemory/9531392},5000)';
const DEFAULT = 200;

/**
 * The connections that the parameter groups of a tier say, or its largest class offers. All members offer as many, because a
 * standby of PostgreSQL must not offer fewer than its primary.
 */
export function connectionsOf(tier: SqlTier, said: readonly Said[]): Connections {
  const offers = tier.members.map((member, i) => offerOf(tier, member.class, said[i]));
  const known = offers.filter((it): it is Offer & { max: number } => it.max !== undefined);
  const [most] = known.toSorted((a, b) => b.max - a.max);
  if (most && known.length === offers.length) {
    return { max: most.max, why: `every member offers ${most.max} connections, as ${most.by}` };
  }
  const max = Math.max(most?.max ?? 0, DEFAULT);
  const unknown = offers.find((it) => it.max === undefined)?.class ?? 'no class';
  return { max, why: `every member offers ${max} connections: what ${unknown} offers is not known here` };
}

interface Offer {
  readonly class: string;
  readonly max: number | undefined;
  readonly by: string;
}

function offerOf(tier: SqlTier, instanceClass: string, said: Said = {}): Offer {
  const stated = said['max_connections'];
  const max = Number(valueOf(stated ?? BY_CLASS, variablesOf(tier, instanceClass)));
  const isOffer = Number.isInteger(max) && max > 0;
  const by = stated === undefined ? `${instanceClass} does` : 'its parameter group says';
  return { class: instanceClass, max: isOffer ? max : undefined, by };
}
