import type { SqlTier } from '../../../blueprint/blueprint';
import { failoverOf, NOT_REPLACED, replicationOf } from '../sql/differences';
import type { Connections } from './connections';
import type { AppliedParameters } from './parameters';

/** How a tier was stood up. */
export interface StoodUp {
  readonly version: string;
  readonly replicationDelayMs: number;
  readonly connections: Connections;
  readonly forcesTls: boolean;
  /** What is applied of the parameter groups of each member. */
  readonly parameters: readonly AppliedParameters[];
}

/**
 * How PostgreSQL on this machine differs from the tier on AWS, in sentences: for reports, and for docs/local-target.md, which a
 * test compares.
 */
export function differencesOf(tier: SqlTier, stood: StoodUp): readonly string[] {
  const { engine, engineVersion, members } = tier;
  const classes = [...new Set(members.map((it) => it.class))].join(' and ');
  return [
    `PostgreSQL ${stood.version} stands in for ${engine} ${engineVersion}`,
    'only the extensions of PostgreSQL itself are available: neither PostGIS nor pgvector, nor those of AWS',
    'text is sorted by code point (C.UTF-8), not by en_US.UTF-8',
    'fsync is off: data survive a crash of PostgreSQL, not a crash of the machine',
    ...encryption(stood),
    ...tokens(tier),
    `the size of ${classes} is not imitated: members share the processors and the memory of this machine`,
    ...serverless(tier),
    stood.connections.why,
    ...new Set(stood.parameters.flatMap(({ notes }) => notes)),
    ...proxies(tier),
    NOT_REPLACED,
    ...failoverOf(tier),
    ...replication(tier, stood),
  ];
}

function encryption({ forcesTls }: StoodUp): readonly string[] {
  return [
    "certificates are signed by the environment's own authority: NODE_EXTRA_CA_CERTS and PGSSLROOTCERT name it, and so do variables that name a bundle of Amazon RDS, and local.certificateFiles the paths at which code reads one",
    ...(forcesTls
      ? [
          'connections without TLS are refused, as rds.force_ssl says, and tasks have PGSSLMODE=prefer unless their container says otherwise: a service on Node.js that turns TLS on nowhere passes here, and is refused on AWS',
        ]
      : []),
  ];
}

const tokens = ({ takesTokens }: SqlTier): readonly string[] =>
  takesTokens === true
    ? [
        'a token of IAM is verified by its user, its address, its time and, where no role was assumed, its signature; no policy is evaluated, so that rds-db:connect counts as allowed',
        'the master user signs in with its password alone, also where it is granted rds_iam',
      ]
    : [
        'IAM database authentication is off, so that no token is taken: a user who is granted rds_iam signs in with a password',
      ];

function serverless({ members, serverless: range }: SqlTier): readonly string[] {
  if (!members.some((it) => it.class === 'db.serverless')) return [];
  return [
    'nothing scales with the load: Aurora Serverless v2 has no capacity units here',
    ...(range?.minUnits === 0
      ? ['a member with 0 capacity units at the least never pauses here; on AWS the first connection after a pause waits some 15 s'] // prettier-ignore
      : []),
  ];
}

function proxies(tier: SqlTier): readonly string[] {
  if (!tier.proxies) return [];
  return [
    'RDS Proxy asks for passwords in clear text, in place of SCRAM, and takes that of every user of the database where a secret of its users is not in the templates',
    'RDS Proxy pins a session for what the documentation of AWS lists, and for prepared statements that have a name in the protocol',
    'RDS Proxy neither ends idle clients nor cancels statements for a client',
  ];
}

function replication(tier: SqlTier, { replicationDelayMs }: StoodUp): readonly string[] {
  if (tier.members.length === 1) return [];
  return [
    ...(tier.instance
      ? [
          'read replicas replicate from the instance itself, also those that on AWS replicate from another replica',
        ]
      : replicationOf(tier, 'streaming')),
    replicationDelayMs === 0
      ? 'replicas apply every write at once'
      : `replicas delay every write by ${replicationDelayMs} ms`,
  ];
}
