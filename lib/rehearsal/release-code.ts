import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { TwinError } from '../error';
import type { ReleaseCode } from '../evidence/ran';
import { fillRelease } from '../probes/placeholders';
import type { ProbeWatch } from '../probes/probes';
import type { FolderReleases, ReleasesConfig } from './config';
import { checkedOut } from './checked-out';

/** Finds the code of a release; undefined where the folder of the config has that of every release. */
export type FindCode = (release: string, watch: ProbeWatch) => Promise<ReleaseCode | undefined>;

/** Returns a function that finds the code of releases where a config says it is. @param folder - of the config, absolute */
export const codeFinder =
  (folder: string, releases: ReleasesConfig | undefined): FindCode =>
  async (release, watch) => {
    if (releases === undefined) return undefined;
    return 'git' in releases
      ? checkedOut(release, releases, folder, watch)
      : inFolder(release, releases, folder);
  };

/** @throws TwinError `release` where there is no such folder, or the name leads to another */
function inFolder(release: string, { folder: pattern }: FolderReleases, configFolder: string): ReleaseCode {
  const from = fillRelease(pattern, release);
  const folder = resolve(configFolder, from);
  const isName =
    release.split(/[\\/]/).every((part) => !['', '.', '..'].includes(part)) && !release.includes('\0');
  if (isName && statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return { from, folder: realpathSync(folder) };
  const why = isName
    ? `there is no folder ${folder}`
    : `the release ${JSON.stringify(release)} is no name of a folder`;
  throw new TwinError({
    code: 'release',
    message: `the code of ${release} was looked for in ${JSON.stringify(from)}: ${why}`,
    fix: 'Put it there, correct the name of the release, or correct "releases.folder" in the config.',
  });
}
