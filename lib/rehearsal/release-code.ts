import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { TwinError } from '../error';
import type { ReleaseCode } from '../evidence/ran';
import { fillRelease, namesRelease, RELEASE } from '../probes/placeholders';
import type { ProbeWatch } from '../probes/probes';
import type { FolderReleases, ReleasesConfig } from '../config/types';
import { nonBlank, type Zod } from '../field';
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

/** The schema of `releases`. */
export const releasesSchema = (z: Zod) =>
  z
    .union([
      z
        .strictObject({
          git: namesRelease(z).describe(
            'The tag, branch or commit of a release, such as `v{release}`. It is checked out into `.twin/releases`, once for each commit.',
          ),
          build: nonBlank(z).optional().meta({
            description: 'Run once by the shell where it is checked out, such as `npm ci`.',
            absent: 'nothing',
          }),
        })
        .meta({
          name: 'GitReleases',
          about: "The code of a release in the git repository of the config's folder.",
        }),
      z
        .strictObject({
          folder: namesRelease(z).describe(
            "Relative to the config's folder, such as `../checkouts/{release}`.",
          ),
        })
        .meta({ name: 'FolderReleases', about: 'The code of a release in a folder that is there already.' }),
    ])
    .meta({
      name: 'ReleasesConfig',
      about: 'Where the code of a release is: there it is synthesised, and there its commands run.',
      expected: `{ git: 'v${RELEASE}' } or { folder: '../checkouts/${RELEASE}' }`,
    });
