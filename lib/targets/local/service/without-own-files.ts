import type { Tier } from '../../../blueprint/blueprint';
import type { LocalSettings } from '../settings';

/**
 * What the code of services does not find where this machine lets no program have files of its own, in sentences.
 *
 * @param names - those of services
 * @param certificateFiles - the paths at which code reads the certificates of Amazon RDS
 */
export const withoutOwnFiles = (
  names: readonly string[],
  certificateFiles: readonly string[],
): readonly string[] => [
  ...(names.length > 0
    ? [
        `the names ${listed(names)} lead to services in variables and commands alone: this machine lets no program have a hosts file of its own`,
      ]
    : []),
  ...(certificateFiles.length > 0
    ? [`${listed(certificateFiles)} is what this machine has there: it lets no program have files of its own`]
    : []),
];

/** The same before anything stands, with what would change it. */
export const warningsWithoutOwnFiles = (
  tiers: readonly Tier[],
  { certificateFiles }: Pick<LocalSettings, 'certificateFiles'>,
): readonly string[] => {
  const names = tiers.flatMap((tier) => (tier.kind === 'service' ? (tier.discovery?.names ?? []) : []));
  const all = withoutOwnFiles(
    names.map(({ name }) => name),
    tiers.some(({ kind }) => kind === 'service') ? (certificateFiles ?? []) : [],
  );
  return all.map((it) => `${it}; ${WHAT_HELPS}`);
};

const WHAT_HELPS =
  process.platform === 'linux'
    ? 'that takes unshare, of util-linux, and the right to make a mount namespace: allow user namespaces, or give the container CAP_SYS_ADMIN'
    : 'only Linux does';

const listed = (all: readonly string[]): string => [...new Set(all)].join(', ');
