import type { SqlTier, Tier } from '../../../blueprint/blueprint';
import { saidOf } from '../sql/declared';
import type { Technology } from '../technology';
import { delayWarning } from './differences';
import { NO_MYSQL, programsFor } from './server';
import { checkSeed } from './seed';
import { MysqlTier } from './tier';

/** Aurora MySQL, RDS for MySQL and RDS for MariaDB, on the MySQL or MariaDB of this machine. */
export const mysql: Technology<SqlTier> = {
  measuresLag: true,
  matches: (tier: Tier): tier is SqlTier =>
    tier.kind === 'sql' && /^(custom-)?(aurora|aurora-mysql|mysql|mariadb)$/.test(tier.engine),
  whyNot: ({ engine }) => (programsFor(engine) ? undefined : NO_MYSQL),
  checkSeed: ({ engine }, path) => checkSeed(path, programsFor(engine)),
  warning: (tier, { replicationDelayMs }) => {
    const programs = programsFor(tier.engine);
    return programs && delayWarning(tier, programs, replicationDelayMs);
  },
  stand: (tier, { names, ...place }) =>
    new MysqlTier({
      tier,
      ...place,
      ...names.credentialsOf(tier),
      programs: programsFor(tier.engine)!,
      said: saidOf(tier, (value) => names.text(tier.stack, value)),
    }),
};
