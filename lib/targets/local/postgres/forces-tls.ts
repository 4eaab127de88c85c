import type { SqlTier } from '../../../blueprint/blueprint';
import { isOn, type Said } from '../sql/declared';

/**
 * Whether a tier refuses connections without TLS: as its parameter groups say, else by default from RDS for PostgreSQL 15 and
 * Aurora PostgreSQL 17 on.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html
 */
export function forcesTls({ engine, engineVersion }: SqlTier, said: readonly Said[]): boolean {
  const stated = said.map((it) => it['rds.force_ssl']).find((it) => it !== undefined);
  if (stated !== undefined) return isOn(stated);
  const major = Number.parseInt(engineVersion, 10); // NaN for the newest that AWS offers
  return !(major < (engine.startsWith('aurora') ? 17 : 15));
}
