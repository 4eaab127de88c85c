import type { SqlTier, Tier } from '../../../blueprint/blueprint';
import type { Technology } from '../technology';
import { PostgresTier } from './tier';

/** Aurora PostgreSQL, on the PostgreSQL that comes with cdk-twin. */
export const postgres: Technology<SqlTier> = {
  measuresLag: true,
  matches: (tier: Tier): tier is SqlTier =>
    tier.kind === 'sql' && tier.instance === undefined && tier.engine.includes('postgresql'),
  whyNot: () => undefined,
  stand: (tier, { names, ...place }) => new PostgresTier({ tier, ...place, ...names.credentialsOf(tier) }),
};
