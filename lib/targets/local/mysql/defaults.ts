import type { SqlTier } from '../../../blueprint/blueprint';
import type { MysqlPrograms } from './server';

/** Settings by which MariaDB treats texts and errors as MySQL 8 does by default. */
const AS_MYSQL = {
  character_set_server: 'utf8mb4',
  sql_mode:
    'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
};

/** The settings of a server where no parameter group says anything. */
export const defaultsFor = (
  { engine }: SqlTier,
  programs: MysqlPrograms,
): Readonly<Record<string, string>> =>
  programs.engine === 'MariaDB' && !engine.includes('mariadb') ? AS_MYSQL : {};
