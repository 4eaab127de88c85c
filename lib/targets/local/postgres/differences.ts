import type { SqlTier } from '../../../blueprint/blueprint';
import { connectionsOf } from './connections';

/** How PostgreSQL on this machine differs from the tier on AWS, in sentences. */
export function differencesOf(tier: SqlTier, version: string, replicationDelayMs: number): readonly string[] {
  const { engine, engineVersion, members } = tier;
  const classes = [...new Set(members.map((it) => it.class))].join(' and ');
  const shared = [
    `PostgreSQL ${version} stands in for ${engine} ${engineVersion}`,
    'only the extensions of PostgreSQL itself are available: neither PostGIS nor pgvector, nor those of AWS',
    'text is sorted by code point (C.UTF-8), not by en_US.UTF-8',
    'fsync is off: data survive a crash of PostgreSQL, not a crash of the machine',
    'connections are not encrypted',
    `the size of ${classes} is not imitated: members share the processors and the memory of this machine`,
    connectionsOf(tier).why,
  ];
  if (members.length === 1) return shared;
  return [
    ...shared,
    'members replicate by streaming, while those of Aurora share one storage; a commit waits until one replica has received it',
    replicationDelayMs === 0
      ? 'replicas apply every write at once'
      : `replicas delay every write by ${replicationDelayMs} ms`,
  ];
}
