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

/** A database of staging, and the snapshot of production's that it begins with. */
export interface Source {
  readonly seed: Seed;
  readonly region: string;
  readonly snapshot: DatabaseSnapshot;
}

/** What sources are looked for with. */
export interface SourcesProps {
  readonly deployment: Deployment;
  readonly seeding: Seeding;
  readonly config: SeedConfig;
  readonly production: AwsPlace;
}

/**
 * Finds for each database the snapshot of its twin in production that it is restored from. They are of one point in time, as near
 * as they can be: that of the newest snapshot which every database has one of.
 *
 * @throws TwinError `seed` where production's database, or a snapshot of it, is not found
 */
export async function sourcesOf(props: SourcesProps, signal: AbortSignal): Promise<readonly Source[]> {
  const { production, seeding } = props;
  const databases = await databasesOf(props, signal);
  const found = await Promise.all(
    databases.map(async ({ seed, database, region }) => {
      const snapshots = await snapshotsOf(database, seed.service, production.in(region), signal);
      if (snapshots.length === 0) throw noSnapshot(seed, database, seeding.production);
      return { seed, region, snapshots };
    }),
  );
  const common = Math.min(...found.map(({ snapshots: [newest] }) => newest!.takenAt.getTime()));
  return found.map(({ snapshots, ...rest }) => ({ ...rest, snapshot: nearest(snapshots, common) }));
}

/** How far apart the times of sources are, in milliseconds. */
export function spreadOf(sources: readonly Source[]): number {
  const times = sources.map(({ snapshot }) => snapshot.takenAt.getTime());
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
}

const nearest = (snapshots: readonly DatabaseSnapshot[], time: number): DatabaseSnapshot => {
  const distance = ({ takenAt }: DatabaseSnapshot): number => Math.abs(takenAt.getTime() - time);
  return snapshots.reduce((best, it) => (distance(it) < distance(best) ? it : best));
};

/** Production's databases, as they are called there. */
async function databasesOf({ deployment, seeding, config, production }: SourcesProps, signal: AbortSignal) {
  const { clusters: given = {} } = config;
  const own = await production.region();
  const stacks = stacksOf({ ...deployment, environment: seeding.production });
  const asked = seeding.seeds.filter(({ tier }) => given[tier] === undefined);
  const deployed =
    asked.length === 0 ? [] : await productionStacks(stacks, seeding.production, production, signal);
  return seeding.seeds.map((seed) => {
    const database = given[seed.tier] ?? physicalIdIn(deployed, seed.production);
    if (database === undefined) throw notDeployed(seed, seeding.production);
    return { seed, database, region: regionOf(stacks, seed.production.stack) ?? own };
  });
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
      throw noStack(ref.name, environment, await production.account(signal));
  }
  return deployedStacks(refs, production.in, signal);
}

const WHERE = 'Name the profile of its account in aws.seed.production, or its clusters in aws.seed.clusters.';

const noStack = (stack: string, environment: string, account: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `the stack ${stack} of ${environment} is not in the account ${account}, where snapshots are looked for`,
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
    fix: `Make one, or list ${tier} in aws.seed.empty with the reason.`,
  });
