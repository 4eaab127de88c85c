import type { SqlTier } from '../../blueprint/blueprint';

/** How PostgreSQL on this machine differs from the tier on AWS: one sentence each. */
export function differencesOf(
  { engine, engineVersion, members }: SqlTier,
  version: string,
  replicationDelayMs: number,
): readonly string[] {
  const classes = [...new Set(members.map((it) => it.class))].join(' and ');
  const shared = [
    `PostgreSQL ${version} stands in for ${engine} ${engineVersion}`,
    'of the extensions only those of PostgreSQL itself are there: neither PostGIS nor pgvector, and none of AWS',
    'text is sorted by code point (C.UTF-8), not by en_US.UTF-8',
    'fsync is off: data outlive a crash of PostgreSQL, not one of the machine',
    'connections are not encrypted',
    `${classes} is not imitated: the members share the processors and the memory of this machine`,
  ];
  if (members.length === 1) return shared;
  return [
    ...shared,
    'members replicate by streaming, where those of Aurora share one storage; a commit waits until one replica has received it',
    replicationDelayMs === 0
      ? 'replicas apply what they receive at once'
      : `replicas hold every write back for ${replicationDelayMs} ms`,
  ];
}
