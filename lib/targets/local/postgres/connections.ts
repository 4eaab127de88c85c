import type { ServerlessProps, SqlTier } from '../../../blueprint/blueprint';
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
  if (stated === undefined && instanceClass === 'db.serverless' && tier.serverless)
    return { class: instanceClass, max: ofServerless(tier.serverless), by: `${instanceClass} does` };
  const max = Number(valueOf(stated ?? BY_CLASS, variablesOf(tier, instanceClass)));
  const isOffer = Number.isInteger(max) && max > 0;
  const by = stated === undefined ? `${instanceClass} does` : 'its parameter group says';
  return { class: instanceClass, max: isOffer ? max : undefined, by };
}

/**
 * What Aurora Serverless v2 offers by the most units that a member may have: a line through the values that its guide lists (1 unit
 * 189, 4 units 823, 8 units 1,669, 16 units 3,360, 32 units and more 5,000).
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 */
function ofServerless({ maxUnits, minUnits = 1 }: ServerlessProps): number {
  const most = minUnits <= 0.5 ? 2000 : 5000;
  return Math.max(1, Math.min(most, Math.floor(211.43 * maxUnits - 22.43)));
}
