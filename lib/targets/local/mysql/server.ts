import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/** A server that stands in for Aurora MySQL, RDS for MySQL or RDS for MariaDB. */
export interface MysqlPrograms {
  readonly engine: 'MySQL' | 'MariaDB';
  /** Such as `8.4.6`. */
  readonly version: string;
  /** The path of the server. */
  readonly server: string;
  /** The path of the program that makes an empty data directory. @default - the server does it itself */
  readonly installer?: string;
}

/** The oldest versions that have what the replication here needs. */
const OLDEST = { MySQL: [8, 0, 26], MariaDB: [10, 6, 0] } as const;

/** Why a tier is skipped where {@link programsFor} finds nothing, and what to do about it. */
export const NO_MYSQL =
  'neither MySQL 8.0.26 or later (mysqld) nor MariaDB 10.6 or later (mariadbd with mariadb-install-db) is on the PATH: install one of them (brew install mysql, brew install mariadb, or apt-get install mariadb-server), and stop the service that comes with it';

/** Where Debian has servers, which is on no user's PATH but root's. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

const foldersOf = (path: string): readonly string[] => [
  ...new Set([...path.split(delimiter).filter(isAbsolute), ...MORE_FOLDERS]),
];

/**
 * The server for an engine of Amazon RDS: MariaDB for `mariadb` and MySQL for all others, and the other one where there is
 * only that.
 *
 * @param path - folders, as in the environment variable @default - that of this process
 * @returns undefined when there is neither, or none that runs
 */
export function programsFor(engine: string, path = process.env['PATH'] ?? ''): MysqlPrograms | undefined {
  const wanted: MysqlPrograms['engine'] = engine.includes('mariadb') ? 'MariaDB' : 'MySQL';
  let other: MysqlPrograms | undefined;
  for (const folder of foldersOf(path)) {
    for (const name of ['mysqld', 'mariadbd']) {
      const found = serverAt(join(folder, name), path);
      if (found?.engine === wanted) return found;
      other ??= found;
    }
  }
  return other;
}

/** The client that runs a seed: of MariaDB or of MySQL, either works with both servers. */
export function clientFor(
  { engine, server }: MysqlPrograms,
  path = process.env['PATH'] ?? '',
): string | undefined {
  const names = engine === 'MariaDB' ? ['mariadb', 'mysql'] : ['mysql', 'mariadb'];
  return programOn([dirname(server), ...foldersOf(path)], names);
}

/** The first of several programs in the first folder that has one of them. */
function programOn(folders: readonly string[], names: readonly string[]): string | undefined {
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/** The server at a path, by its own `--version`: `mysqld` may be MariaDB. */
function serverAt(server: string, path: string): MysqlPrograms | undefined {
  if (!isExecutable(server)) return undefined;
  try {
    const output = execFileSync(server, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 10_000 });
    const found = engineIn(output);
    if (!found || !isNewEnough(found)) return undefined;
    if (found.engine === 'MySQL') return { ...found, server };
    const names = ['mariadb-install-db', 'mysql_install_db'];
    const folders = [dirname(server), join(dirname(server), '..', 'scripts'), ...foldersOf(path)];
    const installer = programOn(folders, names);
    return installer === undefined ? undefined : { ...found, server, installer };
  } catch {
    return undefined; // does not run on this machine
  }
}

/** The engine and the version in what `--version` writes: `mysqld  Ver 8.4.6 for ...`, `mariadbd  Ver 10.11.14-MariaDB-0+deb12u2 for ...`. */
export function engineIn(output: string): Pick<MysqlPrograms, 'engine' | 'version'> | undefined {
  const [, version, rest] = /\bVer (\d+\.\d+\.\d+)(\S*)/.exec(output) ?? [];
  if (version === undefined) return undefined;
  return { engine: /mariadb/i.test(rest!) ? 'MariaDB' : 'MySQL', version };
}

function isNewEnough({ engine, version }: Pick<MysqlPrograms, 'engine' | 'version'>): boolean {
  return compareVersions(version, OLDEST[engine].join('.')) >= 0;
}

/** Negative when the first of two versions is older. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : a[at]! - (b[at] ?? 0);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
