import { NO_MYSQL, programsFor, type MysqlPrograms } from '../../lib/targets/local/mysql/server';

/** Every server on the PATH: MySQL, MariaDB or both. @throws where there is neither, with what to install */
export function servers(): readonly MysqlPrograms[] {
  const found = ['mysql', 'mariadb'].map((engine) => programsFor(engine));
  const here = [...new Map(found.flatMap((it) => (it ? [[it.engine, it]] : []))).values()];
  if (here.length === 0) throw new Error(NO_MYSQL);
  return here;
}
