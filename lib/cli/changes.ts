import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { TwinError } from '../error';

/** How long a save may go on: editors write a file in several steps. */
const QUIET_MS = 200;

/**
 * Watches the files of a folder. Each folder is watched by itself, so that those that are left out cost nothing.
 *
 * @param isLeftOut - of a path from the folder
 * @param changed - called once what is saved at one time is saved, with one of the files
 * @returns what ends it
 * @throws TwinError `watch` where the system can watch no more folders
 */
export function onChanges(
  folder: string,
  isLeftOut: (path: string) => boolean,
  changed: (path: string) => void,
): () => void {
  const watchers = new Map<string, FSWatcher>();
  /** What each file was when it was last looked at: a build that writes the same again changes nothing. */
  const digests = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const look = (path: string): void => {
    const digest = digestOf(join(folder, path));
    if (digests.get(path) === digest) return;
    digests.set(path, digest);
    clearTimeout(timer);
    timer = setTimeout(() => changed(path), QUIET_MS);
  };
  const add = (path: string): void => {
    if (watchers.has(path) || (path !== '' && isLeftOut(path))) return;
    const watcher = started(join(folder, path), (name) => {
      const file = path === '' ? name : `${path}/${name}`;
      if (isLeftOut(file)) return;
      if (isFolder(join(folder, file))) return add(file);
      look(file);
    });
    watcher.on('error', () => remove(path)); // the folder was removed
    watchers.set(path, watcher);
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true }))
      if (entry.isDirectory()) add(path === '' ? entry.name : `${path}/${entry.name}`);
  };
  const remove = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  add('');
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
}

function started(path: string, listener: (name: string) => void): FSWatcher {
  try {
    return watch(path, (_, name) => {
      if (name !== null) listener(name);
    });
  } catch (cause) {
    throw new TwinError({
      code: 'watch',
      message: `${path} cannot be watched (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Leave large folders out by watch.exclude in cdk.json, or raise fs.inotify.max_user_watches.',
      cause,
    });
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** What a file holds, in short; of one that is gone nothing. */
function digestOf(file: string): string {
  if (!existsSync(file)) return '';
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return ''; // it went away, or is no file
  }
}

/** What is never watched: what a synthesis and tools write. */
const NEVER = ['node_modules', '.git', '.twin', '.cdk.staging', 'cdk.out'];

/**
 * Which paths of an app are left out of its watch, by `watch` in its cdk.json as `cdk watch` reads it.
 *
 * @param settings - `include` and `exclude` are patterns: `bin/**`, `*.md`
 * @param output - the folder that the app is synthesised into
 */
export function leftOutBy(
  settings: { readonly include?: unknown; readonly exclude?: unknown },
  output = 'cdk.out',
): (path: string) => boolean {
  const patterns = (it: unknown): RegExp[] =>
    [it].flat().flatMap((one) => (typeof one === 'string' ? matcherOf(one) : []));
  const included = patterns(settings.include ?? '**');
  const excluded = [...patterns(settings.exclude), ...[...NEVER, relative('', output)].flatMap(matcherOf)];
  const leaves = (path: string): boolean => excluded.some((it) => it.test(path));
  return (path) => {
    const slashed = path.split(sep).join('/');
    if (leaves(slashed) || NEVER.includes(slashed.split('/').at(-1)!)) return true;
    // a folder is watched for what may be below it
    return !included.some((it) => it.test(slashed)) && !mayHold(slashed, settings.include);
  };
}

/** Whether something below a path may be included. */
function mayHold(path: string, include: unknown): boolean {
  return [include ?? '**'].flat().some((pattern) => {
    const fixed = String(pattern).split(/[*?{[]/)[0]!;
    return fixed.startsWith(`${path}/`) || fixed === path;
  });
}

/** A pattern, and everything below what it names. */
function matcherOf(pattern: string): RegExp[] {
  const clean = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  if (clean === '') return [];
  const source = clean
    .split(/(\*\*\/|\*\*|\*|\?|\{[^{}]*\})/)
    .map(
      (part) =>
        GLOBS[part] ??
        (part.startsWith('{') ? choice(part) : part.replaceAll(/[.+^$()|[\]\\]/g, String.raw`\$&`)),
    )
    .join('');
  return [new RegExp(`^${source}(?:/.*)?$`)];
}

const GLOBS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };

const choice = (part: string): string =>
  `(?:${part
    .slice(1, -1)
    .split(',')
    .map((it) => it.replaceAll(/[.+^$()|[\]\\*?]/g, String.raw`\$&`))
    .join('|')})`;
