import { TwinError } from '../../error';
import type { Deployment } from '../target';
import type { SeedConfig } from '../../config/types';
import { regionOf, stacksOf, type PlannedStack } from './environment-stacks';
import { deployedStacks, physicalIdIn } from './live-tiers';
import type { AwsPlace } from './place';
import type { Seed, Seeding } from './seeds';
import { nounOf } from './database-service';
import { snapshotsOf, type DatabaseSnapshot } from './snapshots';
import { exists, stackState } from './stack-state';
import { taggedIn } from './tagged';

/** A tier of staging, and the snapshot of production's that it begins with. */
export interface Source {
  readonly seed: Seed;
  /** Where staging has it. */
  readonly region: string;
  /** Where production has it. */
  readonly from: string;
  readonly snapshot: DatabaseSnapshot;
}

/** What sources are looked for with. */
export interface SourcesProps {
  readonly deployment: Deployment;
  readonly seeding: Seeding;
  readonly config: SeedConfig;
  readonly production: AwsPlace;
  readonly staging: AwsPlace;
}

/**
 * Finds for each tier that begins with a copy the snapshot of its twin in production. They are of one point in time, as near as
 * they can be: that of the newest snapshot which every tier has one of; where a cluster is cloned, the present.
 *
 * @throws TwinError `seed` where production's database, or a snapshot of it, is not found
 */
export async function sourcesOf(props: SourcesProps, signal: AbortSignal): Promise<readonly Source[]> {
  const { production, seeding } = props;
  const databases = await databasesOf(props, signal);
  const found = await Promise.all(
    databases.map(async ({ database, ...it }) => {
      const { service } = it.seed;
      const snapshots = await snapshotsOf(database, service, production.in(it.from), signal);
      if (snapshots.length === 0) throw noSnapshot(it.seed, database, seeding.production);
      return { ...it, snapshots };
    }),
  );
  const common = Math.min(...found.map(({ snapshots: [newest] }) => newest!.takenAt.getTime()));
  const isCloned = seeding.clones.length > 0 || seeding.seeds.some(({ clone }) => clone);
  const at = isCloned ? Date.now() : common;
  return found.map(({ snapshots, ...rest }) => ({ ...rest, snapshot: nearest(snapshots, at) }));
}

const nearest = (snapshots: readonly DatabaseSnapshot[], time: number): DatabaseSnapshot => {
  const distance = ({ takenAt }: DatabaseSnapshot): number => Math.abs(takenAt.getTime() - time);
  return snapshots.reduce((best, it) => (distance(it) < distance(best) ? it : best));
};

/** Production's databases and caches, as they are called there. */
async function databasesOf(props: SourcesProps, signal: AbortSignal) {
  const { deployment, seeding, config, production, staging } = props;
  const { clusters: given = {} } = config;
  const [here, there] = [await staging.region(), await production.region()];
  const own = stacksOf(deployment);
  const stacks = stacksOf({ ...deployment, environment: seeding.production });
  const copied = seeding.seeds.filter(({ clone }) => clone === undefined);
  const asked = copied.filter(({ tier }) => given[tier] === undefined);
  const deployed =
    asked.length === 0 ? [] : await productionStacks(stacks, seeding.production, production, signal);
  return Promise.all(
    copied.map(async (seed) => {
      const from = regionOf(stacks, seed.production.stack) ?? there;
      const named = given[seed.tier];
      const database =
        typeof named === 'object'
          ? await taggedIn(seed.tier, named.tags, seed.service, production.in(from), signal)
          : (named ?? physicalIdIn(deployed, seed.production));
      if (database === undefined) throw notDeployed(seed, seeding.production);
      return { seed, database, region: regionOf(own, seed.stack) ?? here, from };
    }),
  );
}

async function productionStacks(
  stacks: readonly PlannedStack[],
  environment: string,
  production: AwsPlace,
  signal: AbortSignal,
) {
  const refs = stacks.map((it) => ({ ...it, id: undefined }));
  for (const ref of refs) {
    if (!exists(await stackState(production.in(ref.region), ref, signal)))
      throw noStack(
        ref.name,
        environment,
        ref.region ?? (await production.region()),
        await production.account(signal),
      );
  }
  return deployedStacks(refs, production.in, signal);
}

const WHERE =
  'Name the profile of its account, or its Region, in aws.seed.production, or its clusters in aws.seed.clusters.';

const noStack = (stack: string, environment: string, region: string, account: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the stack ${stack} of ${environment} is not in ${region} of the account ${account}, where snapshots are looked for`,
    fix: WHERE,
  });

const notDeployed = ({ tier, service }: Seed, environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the ${nounOf(service)} ${tier} is not in ${environment} as it is deployed`,
    fix: `Deploy ${environment} first, or list ${tier} in aws.seed.empty with the reason.`,
  });

const noSnapshot = ({ tier, service }: Seed, database: string, environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} of ${environment}, the ${nounOf(service)} ${database}, has no snapshot that can be restored`,
    fix:
      service === 'elasticache'
        ? `Make one, or take ${tier} out of aws.seed.caches: it then begins empty.`
        : `Make one, or list ${tier} in aws.seed.empty with the reason.`,
  });
