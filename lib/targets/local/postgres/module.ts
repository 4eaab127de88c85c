import type { SqlTier, Tier } from '../../../blueprint/blueprint';
import type { Technology } from '../technology';
import { saidOf } from '../sql/declared';
import { checkSeed } from './seed-source';
import { PostgresTier } from './tier';

/** Aurora PostgreSQL and RDS for PostgreSQL, on the PostgreSQL that comes with cdk-twin. */
export const postgres: Technology<SqlTier> = {
  measuresLag: true,
  matches: (tier: Tier): tier is SqlTier =>
    tier.kind === 'sql' && /^(custom-)?(aurora-postgresql|postgres)\b/.test(tier.engine),
  whyNot: () => undefined,
  checkSeed: (_, path) => checkSeed(path),
  stand: (tier, { names, ...place }) =>
    new PostgresTier({
      tier,
      ...place,
      ...names.credentialsOf(tier),
      secret: (named) => names.secretNamed(tier.stack, named),
      said: saidOf(tier, (value) => names.text(tier.stack, value)),
    }),
};
