import { didYouMean } from '../error';
import { isObject } from '../json';
import { RELEASE } from '../probes/placeholders';
import type { VersionConfig, VersionPlace, VersionsConfig } from '../probes/version';
import { object, optional, record, show, text, value, wrong, type Rule } from '../schema';
import type { FolderReleases, GitReleases, ReleasesConfig } from './config';
import { plainPath } from './config-path';

/** A text that names a release: without its name both releases would be the same. */
const pattern: Rule<string> = {
  ...text,
  read(it, at, report) {
    const read = text.read(it, at, report);
    if (read !== undefined && !read.includes(RELEASE))
      report(`${at} is ${show(read)}; expected a text with "${RELEASE}"`);
    return read;
  },
};

/** The places of a release's name in an answer. */
const PLACES = ['json', 'header', 'text'] as const;

interface AnyPlace extends VersionPlace {
  readonly json?: string;
  readonly header?: string;
  readonly text?: true;
}

const plain = object<AnyPlace>({
  path: plainPath,
  json: optional(text),
  header: optional(
    value<string>('the name of a header', (it) => typeof it === 'string' && /^[\w-]+$/.test(it)),
  ),
  text: optional(value<true>('true', (it) => it === true)),
  expect: optional(pattern),
});

const one: Rule<VersionConfig> = {
  ...plain,
  read(it, at, report) {
    const read = plain.read(it, at, report);
    const given = isObject(it) ? PLACES.filter((place) => it[place] !== undefined) : [];
    // a misspelt key is reported already
    const isSpelt =
      isObject(it) && Object.keys(it).every((key) => [...PLACES, 'path', 'expect'].includes(key));
    if (isSpelt && given.length !== 1)
      report(
        `${at} has ${given.join(' and ') || 'no place of the release'}; expected one of ${PLACES.join(', ')}`,
      );
    return read as VersionConfig;
  },
};

/** The rule for `version`. */
export const VERSION: Rule<VersionsConfig> = {
  expected: "an object, such as { path: '/version', json: 'release' }",
  read(it, at, report) {
    if (!isObject(it)) report(wrong(it, at, this.expected));
    const isByService = isObject(it) && Object.values(it).length > 0 && Object.values(it).every(isObject);
    return isByService ? record(one).read(it, at, report) : isObject(it) ? one.read(it, at, report) : {};
  },
};

const git: Rule<ReleasesConfig> = object<GitReleases>({ git: pattern, build: optional(text) });
const folder: Rule<ReleasesConfig> = object<FolderReleases>({ folder: pattern });

/** The rule for `releases`. */
export const RELEASES: Rule<ReleasesConfig> = {
  expected: `{ git: 'v${RELEASE}' } or { folder: '../checkouts/${RELEASE}' }`,
  read(it, at, report) {
    if (isObject(it) && 'git' in it) return git.read(it, at, report);
    if (isObject(it) && 'folder' in it) return folder.read(it, at, report);
    const keys = isObject(it) ? Object.keys(it) : [];
    const unknown = keys.filter((key) => key !== 'build');
    for (const key of unknown) report(`${at}.${key} is not known; ${didYouMean(key, ['git', 'folder'])}`);
    if (unknown.length === 0) report(wrong(it, at, this.expected));
    return { folder: RELEASE };
  },
};
