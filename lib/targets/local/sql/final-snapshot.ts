import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../../error';

/** A final snapshot of a production on this machine: the files of the database, and the passwords of its administrators. */
export interface SnapshotSource {
  readonly kind: 'snapshot';
  readonly path: string;
  /** The folder of the files. */
  readonly data: string;
}

/** What a copy of a tier holds beside passwords. */
export const DATA = 'data';

/** What the superuser of a database signs in with. */
export const ADMIN_PASSWORD = 'admin.password';

/**
 * The final snapshot at a path.
 *
 * @param marker - a file by which the files of the engine are known
 * @returns undefined where there is none
 */
export function snapshotAt(path: string, marker: string): SnapshotSource | undefined {
  const data = join(path, DATA);
  return existsSync(join(data, marker)) ? { kind: 'snapshot', path, data } : undefined;
}

/** @throws TwinError `seed` where a final snapshot has not all of the passwords that its administrators sign in with */
export function checkPasswords({ path }: SnapshotSource, names: readonly string[]): void {
  const missing = names.find((name) => !existsSync(join(path, name)));
  if (missing === undefined) return;
  throw new TwinError({
    code: 'seed',
    message: `${path} has no ${missing}, without which nobody signs in`,
    fix: 'Keep the folder whole.',
  });
}

/** The error of a final snapshot that has not what the template names. @param what - such as `user` */
export const notInSnapshot = (path: string, what: string, name: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${path} has no ${what} "${name}", which the template has`,
    fix: 'Name the final snapshot of the same tier, or let the template name what that has.',
  });
