import type { SqlTier } from '../../../blueprint/blueprint';
import { variablesOf, type Said } from '../sql/declared';
import { valueOf } from '../sql/formula';

/** How many connections a member offers. */
export interface Connections {
  readonly max: number;
  /** Where that comes from, in a sentence. */
  readonly why: string;
}

/**
 * What the members of each kind of tier offer where no parameter group says it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html#AuroraMySQL.Managing.MaxConnections
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
const BY_CLASS = {
  aurora: 'GREATEST({log(DBInstanceClassMemory/805306368)*45},{log(DBInstanceClassMemory/8187281408)*1000})',
  mysql: '{DBInstanceClassMemory/12582880}',
  mariadb: 'LEAST({DBInstanceClassMemory/25165760},12000)',
} as const;

const DEFAULT = 150;

const kindOf = ({ engine }: SqlTier): keyof typeof BY_CLASS => {
  if (engine.startsWith('aurora')) return 'aurora';
  return engine.includes('mariadb') ? 'mariadb' : 'mysql';
};

/** The connections that each member of a tier offers: what its parameter groups say, or its class. */
export const connectionsOf = (tier: SqlTier, said: readonly Said[]): readonly Connections[] =>
  tier.members.map((member, i) => offerOf(tier, member.class, said[i] ?? {}));

function offerOf(tier: SqlTier, instanceClass: string, said: Said): Connections {
  const stated = said['max_connections'];
  const max = Number(valueOf(stated ?? BY_CLASS[kindOf(tier)], variablesOf(tier, instanceClass)));
  if (!Number.isInteger(max) || max <= 0)
    return { max: DEFAULT, why: `${DEFAULT} connections: what ${instanceClass} offers is not known here` };
  const by = stated === undefined ? `${instanceClass} does` : 'its parameter group says';
  return { max, why: `${max} connections, as ${by}` };
}

/** What members offer, in sentences. */
export function connectionSentences(offers: readonly Connections[]): readonly string[] {
  const all = [...new Set(offers.map(({ why }) => why))];
  return all.length === 1
    ? [`every member offers ${all[0]}`]
    : offers.map(({ why }, i) => `member ${i + 1} offers ${why}`);
}
