import { RESTORE_CONTEXT, type RestoreRequest } from '../../aws/restore-request';
import type { ScrubConfig, SeedConfig } from '../../config/types';
import { showDuration, showMinute, spreadOf } from '../../duration';
import { TwinError } from '../../error';
import { dataAt, type Deployment, type Handle, type Watch } from '../target';
import { keptBy } from './checkpoint';
import { checkClone } from './clones';
import type { Deployer } from './deployer';
import { regionOf, stacksOf } from './environment-stacks';
import { prefixOf } from './handle';
import type { AwsPlace } from './place';
import { scrub, type Unscrubbed } from './scrub';
import { checkKey, checkScrub, checkUse } from './seed-checks';
import { seedsOf, type Clone } from './seeds';
import { inGroups } from './settled';
import { copySnapshot, removeSnapshot, share } from './snapshots';
import { sourcesOf, type Source } from './sources';
import { tagsOfCopy } from './tags';

/** Copies to another Region that an account makes at one time (Amazon Aurora User Guide, "Copying a DB cluster snapshot"). */
const AT_ONCE = 5;

/** What an environment begins with. */
export interface Sources {
  readonly snapshots: readonly Source[];
  /** The clusters that are clones themselves. */
  readonly clones: readonly Clone[];
  /** The clones that are scrubbed before an environment may have their data. */
  readonly unscrubbed: readonly Unscrubbed[];
}

/** A copy of a snapshot that is made. */
interface Copy {
  readonly source: Source;
  readonly name: string;
}

/** Restores the databases and caches of an environment from what production has, as the config says. */
export class Seeder {
  private readonly request: RestoreRequest;

  constructor(
    private readonly config: SeedConfig,
    private readonly handle: Handle,
    private readonly staging: AwsPlace,
    private readonly production: AwsPlace,
    private readonly deployer: Deployer,
    private readonly pollMs: number,
  ) {
    const { kmsKeyArn, empty = {}, clones = {}, caches = [], data } = config;
    const kept = keptBy(handle);
    this.request = {
      prefix: prefixOf(handle),
      kmsKeyArn,
      empty: Object.keys(empty),
      // what is scrubbed is snapshotted, and that is what the app restores
      clones: 'scrub' in data ? {} : clones,
      caches,
      ...(kept && { kept }),
    };
  }

  /** What the app has to know to ask for the copies before they exist; once there is a checkpoint, for what it has kept. */
  context(): Readonly<Record<string, string>> {
    return { [RESTORE_CONTEXT]: JSON.stringify(this.request) };
  }

  /**
   * What the databases and caches of a deployment begin with.
   *
   * @throws TwinError `seed` where one cannot be restored, `scrub` where its data cannot be scrubbed
   */
  async sources(deployment: Deployment, signal: AbortSignal): Promise<Sources> {
    const { config, production, staging } = this;
    const seeding = seedsOf(deployment, this.request, config);
    checkScrub(seeding, config, deployment);
    const accounts = await this.accounts(signal);
    const own = await staging.region();
    const stacks = stacksOf(deployment);
    const check = async (clone: Clone) => {
      const region = regionOf(stacks, clone.stack) ?? own;
      checkKey('aws.seed.kmsKeyArn', config.kmsKeyArn, region, clone.tier);
      const cluster = await checkClone({ clone, ...accounts, region, clients: staging.in(region) }, signal);
      return { region, cluster };
    };
    for (const clone of seeding.clones) await check(clone);
    const unscrubbed: Unscrubbed[] = [];
    for (const seed of seeding.seeds) {
      if (seed.clone === undefined) continue;
      const { region, cluster } = await check(seed.clone);
      const { of } = seed.clone;
      const { MasterUsername: username, AvailabilityZones: zones = [] } = cluster;
      if (username === undefined) throw noUser(seed.clone);
      const origin = { clone: of, kmsKeyArn: config.kmsKeyArn, zones };
      unscrubbed.push({ seed, region, username, origin });
    }
    const snapshots = await sourcesOf({ deployment, seeding, config, production, staging }, signal);
    for (const source of snapshots) checkUse(source, { config, ...accounts });
    return { snapshots, clones: seeding.clones, unscrubbed };
  }

  /** Makes the snapshots that an environment begins with, under staging's key and the names that its templates ask for. */
  async copy(deployment: Deployment, watch: Watch): Promise<void> {
    const { config } = this;
    const { profile } = config.production ?? {};
    const found = await this.sources(deployment, watch.signal);
    const { snapshots: sources, clones, unscrubbed } = found;
    if (sources.length + clones.length + unscrubbed.length === 0) return;
    const { data } = config;
    const isScrubbed = 'scrub' in data;
    this.logSources(found, watch);
    watch.learn({
      ...Object.fromEntries(sources.map((it) => [`data.${it.seed.tier}`, dataOf(it, isScrubbed)])),
      ...Object.fromEntries(
        sources.map(({ seed, snapshot }) => [dataAt(seed.tier), snapshot.takenAt.toISOString()]),
      ),
      // for a tear-down without the config
      ...(profile !== undefined && { 'production.profile': profile }),
    });
    const { account, production } = await this.accounts(watch.signal);
    const copies = sources.map((source): Copy => {
      const { snapshot } = source.seed;
      return { source, name: isScrubbed ? `${snapshot}-raw` : snapshot };
    });
    const isFar = sources.some(({ region, from }) => region !== from);
    const works = copies.map(
      (it) => () =>
        watch.span(it.source.seed.tier, () =>
          account === production
            ? this.copyHere(it, nameOf(it.source), watch)
            : this.share(it, account, watch),
        ),
    );
    await inGroups(works, isFar ? AT_ONCE : works.length);
    if (!isScrubbed) return;
    const raw = copies.map(({ source, name }): Unscrubbed => {
      const { seed, region, snapshot } = source;
      return { seed, region, username: snapshot.username, origin: { snapshot: name } };
    });
    await this.scrub([...raw, ...unscrubbed], data.scrub, deployment, watch);
    for (const { source, name } of copies)
      await removeSnapshot(name, source.seed.service, this.staging.in(source.region), watch.signal);
  }

  /** Of clones the time is known when they are made. */
  private logSources({ snapshots: sources, clones, unscrubbed }: Sources, watch: Watch): void {
    const { data } = this.config;
    const cloned = [...clones, ...unscrubbed.flatMap(({ seed }) => seed.clone ?? [])];
    const apart = showDuration(spreadOf(sources.map(({ snapshot }) => snapshot.takenAt.getTime())));
    const how = 'scrub' in data ? `scrubbed by ${data.scrub.image}` : `not scrubbed: ${data.mayBeSeen}`;
    const what = [
      ...(sources.length === 0
        ? []
        : [`${sources.length} of production's snapshots${sources.length < 2 ? '' : `, ${apart} apart`}`]),
      ...cloned.map(({ tier, of }) => `${tier} as a clone of ${of}`),
    ];
    watch.log(`${what.join('; ')}; ${how}`);
  }

  private async accounts(signal: AbortSignal) {
    return {
      account: await this.staging.account(signal),
      production: await this.production.account(signal),
    };
  }

  private scrub(
    all: readonly Unscrubbed[],
    config: ScrubConfig,
    deployment: Deployment,
    watch: Watch,
  ): Promise<void> {
    const { handle, deployer, pollMs, staging: place } = this;
    return scrub(all, { config, handle, deployment, deployer, where: { place }, pollMs }, watch);
  }

  private copyHere(
    { source: { seed, snapshot, region }, name }: Copy,
    source: string,
    watch: Watch,
  ): Promise<void> {
    // a key may be given for an encrypted snapshot alone
    const kmsKeyArn = snapshot.isEncrypted ? this.config.kmsKeyArn : undefined;
    const tags = tagsOfCopy(this.handle.name);
    return copySnapshot(
      { source, name, service: seed.service, kmsKeyArn, tags },
      this.staging.in(region),
      this.pollMs,
      watch,
    );
  }

  /**
   * Another account's snapshots are copied there first, since automated ones cannot be shared, and no snapshot is copied across
   * accounts and Regions at one time; that copy is in the Region of staging, shared with its account alone, and deleted as soon as
   * there is one here.
   */
  private async share(it: Copy, account: string, watch: Watch): Promise<void> {
    const { seed, snapshot, region } = it.source;
    const { service, snapshot: name } = seed;
    const there = this.production.in(region);
    const kmsKeyArn = snapshot.isEncrypted ? this.config.production?.kmsKeyArn : undefined;
    const shared = {
      source: nameOf(it.source),
      name,
      service,
      kmsKeyArn,
      tags: tagsOfCopy(this.handle.name),
    };
    await copySnapshot(shared, there, this.pollMs, watch);
    await share(name, service, account, there, watch.signal);
    await this.copyHere(it, copyArn(snapshot.arn, region, name), watch);
    await removeSnapshot(name, service, there, watch.signal);
  }
}

/** What a snapshot is called where it is copied to: from another Region by its ARN, of which the SDK signs a request to that Region. */
const nameOf = ({ snapshot, region, from }: Source): string =>
  region === from ? snapshot.name : snapshot.arn;

/** The ARN of a copy in the account of its source: `arn:aws:rds:<Region>:<account>:cluster-snapshot:<name>`. */
function copyArn(source: string, region: string, name: string): string {
  const [arn, partition, service, , account, kind] = source.split(':');
  return [arn, partition, service, region, account, kind, name].join(':');
}

/** What a tier's data are, in one phrase. */
const dataOf = ({ snapshot, region, from }: Source, isScrubbed: boolean): string =>
  `production's snapshot ${snapshot.name} of ${showMinute(snapshot.takenAt)}${region === from ? '' : `, copied from ${from}`}, ${isScrubbed ? 'scrubbed' : 'as it is'}`;

const noUser = ({ tier, of }: Clone): TwinError =>
  new TwinError({
    code: 'scrub',
    message: `${of} does not say the name of its master user, as which a clone for ${tier} is scrubbed`,
    fix: `Take ${tier} out of aws.seed.clones: a copy of its snapshot is scrubbed.`,
  });
