import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Tier } from '../../blueprint/blueprint';
import { TwinError } from '../../error';
import type { LocalSettings } from './settings';
import { technologyOf } from './technologies';

/**
 * Checks, before anything exists, the folder where an environment is to stand.
 *
 * @param isRoot - whether root starts PostgreSQL, which then runs as another user
 * @throws TwinError `folder`
 */
export function checkFolder(folder: string, isRoot: boolean = process.getuid?.() === 0): void {
  const parent = dirname(folder);
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    if (!statSync(parent).isDirectory()) throw new Error(`${parent} is not a folder`);
  } catch (cause) {
    throw new TwinError({
      code: 'folder',
      message: `the folder for temporary files cannot be used: ${(cause as Error).message}`,
      fix: 'Set TMPDIR to a writable folder with free space.',
      cause,
    });
  }
  const closed = isRoot ? closedAround(folder) : undefined;
  if (closed === undefined) return;
  throw new TwinError({
    code: 'folder',
    message: `PostgreSQL does not run as root, and other users may not traverse ${closed}, in which the folder for temporary files is`,
    fix: `Set TMPDIR to a folder that every user can traverse, such as /tmp, or run "chmod o+x ${closed}".`,
  });
}

/** The folder around a path that other users may not traverse; undefined when they may traverse all. */
function closedAround(path: string): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  return closedAround(parent) ?? ((statSync(parent).mode & 0o001) === 0 ? parent : undefined);
}

/**
 * Checks, before anything exists, that tiers can be seeded from what the config names.
 *
 * @throws TwinError `seed`
 */
export async function checkSeeds(
  tiers: readonly Tier[],
  { seed, folder }: Pick<LocalSettings, 'seed' | 'folder'>,
): Promise<void> {
  for (const tier of tiers) {
    const file = seed[tier.name];
    if (file !== undefined) await technologyOf(tier)?.checkSeed(tier, resolve(folder, file));
  }
}
