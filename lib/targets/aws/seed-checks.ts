import type { SeedConfig } from '../../config/types';
import { TwinError } from '../../error';
import type { Deployment } from '../target';
import { nounOf } from './database-service';
import { scrubbable } from './scrub';
import type { Seed, Seeding } from './seeds';
import type { DatabaseSnapshot } from './snapshots';
import type { Source } from './sources';

/**
 * Checks that what is to be scrubbed can be: before anything is copied.
 *
 * @throws TwinError `scrub`
 */
export function checkScrub({ seeds }: Seeding, { data }: SeedConfig, deployment: Deployment): void {
  if ('scrub' in data) for (const seed of seeds) scrubbable(seed, deployment);
}

/** The accounts and the config that a source is used with. */
export interface UseProps {
  readonly config: SeedConfig;
  /** That of staging. */
  readonly account: string;
  /** That of production. */
  readonly production: string;
}

/**
 * Checks that a snapshot can be brought to where staging is: with keys of the Region of staging, and by its service.
 *
 * @throws TwinError `seed`
 */
export function checkUse({ seed, region, from, snapshot }: Source, props: UseProps): void {
  const { config, account, production } = props;
  const isShared = account !== production;
  if (seed.service === 'elasticache' && (isShared || region !== from))
    throw cacheApart(seed.tier, isShared ? `the account ${production}` : from);
  if ((snapshot.heldGiB ?? 0) > (seed.roomGiB ?? Infinity)) throw tooLarge(seed, snapshot);
  const { kmsKeyArn, production: { kmsKeyArn: shared } = {} } = config;
  checkKey('aws.seed.kmsKeyArn', kmsKeyArn, region, seed.tier);
  if (!isShared || !snapshot.isEncrypted) return;
  if (shared !== undefined) checkKey('aws.seed.production.kmsKeyArn', shared, region, seed.tier);
  else if (region !== from) throw noSharedKey(seed.tier, nounOf(seed.service), from, region);
}

/**
 * Checks that a key is one of the Region that a tier of staging is in.
 *
 * @param name - the key of the config
 * @throws TwinError `seed`
 */
export function checkKey(name: string, arn: string, region: string, tier: string): void {
  const [, its] = /^arn:[^:]+:kms:([^:]+):/.exec(arn) ?? [];
  if (its === undefined || its === region) return;
  throw new TwinError({
    code: 'seed',
    message: `${name} is a key in ${its}, and ${tier} of staging is in ${region}`,
    fix: `Give a key in ${region}: copies and clones are made there.`,
  });
}

const cacheApart = (tier: string, where: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the backups of ${tier} are in ${where}, and ElastiCache copies them to no other account or Region`,
    fix: `Export one to Amazon S3 and name it in the app (restoreFrom: { ...: { cacheSnapshotArns } }), or take ${tier} out of aws.seed.caches.`,
  });

const tooLarge = ({ tier, roomGiB = 0 }: Seed, { name, heldGiB = 0 }: DatabaseSnapshot): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the backup ${name} of ${tier} holds ${heldGiB.toFixed(1)} GiB, and staging has room for ${roomGiB.toFixed(1)} GiB`,
    fix: `Give ${tier} of staging larger nodes or more shards, or take it out of aws.seed.caches.`,
  });

const noSharedKey = (tier: string, noun: string, from: string, region: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the ${noun} of ${tier} is encrypted in ${from}, and a copy in ${region} is under a key there`,
    fix: `Give aws.seed.production.kmsKeyArn: a key of production's in ${region} that staging's account may use.`,
  });
