import { readdirSync } from 'node:fs';
import { byVersion } from './release.mjs';

/**
 * The migrations that a release needs, in the order in which they are applied. Each is named for the release it came with.
 *
 * @param {string} release
 */
export function migrationsUpTo(release) {
  return readdirSync(new URL('./migrations/', import.meta.url))
    .map((file) => file.replace(/\.sql$/, ''))
    .filter((name) => byVersion(/** @type {string} */ (name.split('-')[0]), release) <= 0)
    .sort(byVersion);
}
