import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Files that a program finds in place of those of this machine: their texts, by path. */
export type OwnFiles = Readonly<Record<string, string>>;

/**
 * The words before those of a command that finds files of its own, in a mount namespace. It keeps its process, its user and its
 * group; nobody else sees the files, and nothing of them is left when it ends.
 *
 * @param folder - the environment's
 * @param cwd - where relative paths start
 * @returns none where this machine permits none: see {@link permitsOwnFiles}
 */
export function ownFileWords(files: OwnFiles, folder: string, cwd: string): readonly string[] {
  const all = Object.entries(files);
  const way = all.length === 0 ? undefined : wayHere();
  if (!way) return [];
  const kept = join(folder, 'files');
  mkdirSync(kept, { recursive: true });
  const pairs = all.flatMap(([path, text]) => {
    const file = join(kept, createHash('sha256').update(text).digest('hex').slice(0, 16));
    writeFileSync(file, text, { mode: 0o644 });
    return [file, resolve(cwd, path)];
  });
  return wordsOf(way, pairs);
}

/** Whether programs can find files of their own on this machine. */
export const permitsOwnFiles = (): boolean => wayHere() !== undefined;

/** A way to a mount namespace: the words before the shell that mounts, and those before the command itself. */
interface Way {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const MOUNT = ['--mount', '--propagation', 'private'];

/** As root by itself; else as root of a user namespace, in which another one has the user again. */
function ways(): readonly Way[] {
  if (process.platform !== 'linux') return [];
  const [user, group] = [process.getuid!(), process.getgid!()];
  const byUser: Way = {
    before: ['unshare', '--user', '--map-root-user', ...MOUNT],
    after: user === 0 ? [] : ['unshare', '--user', `--map-user=${user}`, `--map-group=${group}`],
  };
  return user === 0 ? [{ before: ['unshare', ...MOUNT], after: [] }, byUser] : [byUser];
}

let found: { readonly way: Way | undefined } | undefined;

/** The first way that works here. */
function wayHere(): Way | undefined {
  return (found ??= { way: ways().find(works) }).way;
}

function works(way: Way): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'twin-files-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, 'own', { mode: 0o644 });
    const words = wordsOf(way, [file, '/etc/hosts']);
    const { stdout } = spawnSync(words[0]!, [...words.slice(1), 'cat', '/etc/hosts'], { encoding: 'utf8' });
    return stdout === 'own';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param pairs - each text's file, and the path where it is found */
const wordsOf = ({ before, after }: Way, pairs: readonly string[]): readonly string[] => [
  ...before,
  '/bin/sh',
  '-c',
  SCRIPT,
  'sh',
  String(pairs.length / 2),
  ...pairs,
  ...after,
];

/**
 * Where a path does not exist, the nearest folder above it becomes one in memory, with everything that was in it. The root of the file
 * system cannot: a program goes on without the file.
 */
const SCRIPT = String.raw`
put() {
  up=$2
  if [ ! -e "$2" ]; then
    while [ ! -d "$up" ]; do up=$(dirname "$up"); done
    if [ "$up" = / ]; then echo "$2 is not there: make the folder $(echo "$2" | cut -d/ -f1,2)" >&2; return 0; fi
    before=$(mktemp -d) && mount --rbind "$up" "$before" && mount -t tmpfs -o mode=755 tmpfs "$up" || return 1
    for it in "$before"/* "$before"/.[!.]*; do
      at=$up/$(basename "$it")
      if [ -L "$it" ]; then cp -P "$it" "$at"
      elif [ -d "$it" ]; then mkdir "$at" && mount --rbind "$it" "$at"
      elif [ -e "$it" ]; then : >"$at" && mount --bind "$it" "$at"
      fi || return 1
    done
    umount -l "$before" && rmdir "$before" && mkdir -p "$(dirname "$2")" && : >"$2" || return 1
  fi
  mount --bind "$1" "$2"
}
n=$1; shift
while [ "$n" -gt 0 ]; do
  put "$1" "$2" || { echo "$2 could not be put in place" >&2; exit 126; }
  shift 2; n=$((n - 1))
done
exec "$@"`;
