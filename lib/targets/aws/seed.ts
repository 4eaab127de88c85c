import { RESTORE_CONTEXT, type RestoreRequest } from '../../aws/restore-request';
import { showDuration } from '../../duration';
import { TwinError } from '../../error';
import type { Deployment, Handle, Watch } from '../target';
import { checkpointPrefix, keptBy } from './checkpoint';
import type { ScrubConfig, SeedConfig } from '../../config/types';
import type { Deployer } from './deployer';
import { regionOf, stacksOf } from './environment-stacks';
import { prefixOf } from './handle';
import { AwsPlace } from './place';
import { scrub, type Unscrubbed } from './scrub';
import { seedsOf } from './seeds';
import { settled } from './settled';
import { copySnapshot, removeSnapshot, share } from './snapshots';
import { sourcesOf, spreadOf, type Source } from './sources';
import { TAG } from './tags';

/** Restores the databases of an environment from copies of production's snapshots, as the config says. */
export class Seeder {
  private readonly request: RestoreRequest;
  private readonly production: AwsPlace;

  constructor(
    private readonly config: SeedConfig,
    private readonly handle: Handle,
    private readonly staging: AwsPlace,
    private readonly deployer: Deployer,
    private readonly pollMs: number,
  ) {
    const { kmsKeyArn, empty = {}, production } = config;
    this.request = { prefix: prefixOf(handle), kmsKeyArn, empty: Object.keys(empty) };
    this.production = production ? new AwsPlace({ profile: production.profile }) : staging;
  }

  /** What the app has to know to ask for the copies before they exist; once there is a checkpoint, for what it has kept. */
  context(): Readonly<Record<string, string>> {
    const kept = keptBy(this.handle);
    const request: RestoreRequest = kept
      ? {
          ...this.request,
          prefix: checkpointPrefix(this.handle),
          empty: this.request.empty.filter((tier) => !kept.includes(tier)),
        }
      : this.request;
    return { [RESTORE_CONTEXT]: JSON.stringify(request) };
  }

  /**
   * The snapshots that the databases of a deployment begin with.
   *
   * @throws TwinError `seed` where one cannot be restored
   */
  async sources(deployment: Deployment, signal: AbortSignal): Promise<readonly Source[]> {
    const { config, production } = this;
    const seeding = seedsOf(deployment, this.request);
    const sources = await sourcesOf({ deployment, seeding, config, production }, signal);
    const own = await this.staging.region();
    const stacks = stacksOf(deployment);
    for (const source of sources) checkRegion(source, regionOf(stacks, source.seed.stack) ?? own);
    return sources;
  }

  /** Copies the snapshots, under staging's key and the names that its templates ask for. */
  async copy(deployment: Deployment, watch: Watch): Promise<void> {
    const { config, staging, production } = this;
    const sources = await this.sources(deployment, watch.signal);
    if (sources.length === 0) return;
    const apart = sources.length < 2 ? '' : `, ${showDuration(spreadOf(sources))} apart`;
    const { data } = config;
    const how = 'scrub' in data ? `scrubbed by ${data.scrub.image}` : `not scrubbed: ${data.mayBeSeen}`;
    watch.log(`${sources.length} of production's snapshots${apart}; ${how}`);
    watch.learn({
      ...Object.fromEntries(sources.map((it) => [`data.${it.seed.tier}`, dataOf(it, 'scrub' in data)])),
      ...Object.fromEntries(
        sources.map(({ seed, snapshot }) => [`dataAt.${seed.tier}`, snapshot.takenAt.toISOString()]),
      ),
      // for a tear-down without the config
      ...(config.production && { 'production.profile': config.production.profile }),
      'production.region': await production.region(),
    });
    const [own, theirs] = [await staging.account(watch.signal), await production.account(watch.signal)];
    const isScrubbed = 'scrub' in data;
    const copies = sources.map((source) => ({
      source,
      copy: isScrubbed ? `${source.seed.snapshot}-raw` : source.seed.snapshot,
    }));
    await settled(
      copies.map((it) =>
        watch.span(it.source.seed.tier, () =>
          own === theirs ? this.copyHere(it, it.source.snapshot.name, watch) : this.share(it, own, watch),
        ),
      ),
    );
    if (!isScrubbed) return;
    await this.scrub(copies, data.scrub, deployment, watch);
    for (const { source, copy } of copies)
      await removeSnapshot(copy, source.seed.service, staging.in(source.region), watch.signal);
  }

  private scrub(
    copies: readonly Unscrubbed[],
    config: ScrubConfig,
    deployment: Deployment,
    watch: Watch,
  ): Promise<void> {
    const { handle, deployer, pollMs, staging: place } = this;
    return scrub(copies, { config, handle, deployment, deployer, where: { place }, pollMs }, watch);
  }

  private copyHere(
    { source: { seed, snapshot, region }, copy }: Unscrubbed,
    source: string,
    watch: Watch,
  ): Promise<void> {
    // a key may be given for an encrypted snapshot alone
    const kmsKeyArn = snapshot.isEncrypted ? this.config.kmsKeyArn : undefined;
    const tags = { [TAG]: this.handle.name };
    return copySnapshot(
      { source, name: copy, service: seed.service, kmsKeyArn, tags },
      this.staging.in(region),
      this.pollMs,
      watch,
    );
  }

  /**
   * Another account's snapshots are copied there first, since automated ones cannot be shared; that copy is shared with staging's
   * account alone, and deleted as soon as there is one here.
   */
  private async share(it: Unscrubbed, account: string, watch: Watch): Promise<void> {
    const { seed, snapshot, region } = it.source;
    const { service, snapshot: name } = seed;
    const there = this.production.in(region);
    const kmsKeyArn = snapshot.isEncrypted ? this.config.production?.kmsKeyArn : undefined;
    const tags = { [TAG]: this.handle.name };
    const shared = { source: snapshot.name, name, service, kmsKeyArn, tags };
    await copySnapshot(shared, there, this.pollMs, watch);
    await share(name, service, account, there, watch.signal);
    await this.copyHere(it, snapshot.arn.replace(/(:(?:cluster-)?snapshot:).*$/, `$1${name}`), watch);
    await removeSnapshot(name, service, there, watch.signal);
  }
}

/** What a tier's data are, in one phrase. */
const dataOf = ({ snapshot }: Source, isScrubbed: boolean): string =>
  `production's snapshot ${snapshot.name} of ${snapshot.takenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${isScrubbed ? 'scrubbed' : 'as it is'}`;

function checkRegion({ seed, region }: Source, own: string): void {
  if (region === own) return;
  throw new TwinError({
    code: 'seed',
    message: `${seed.tier} is in ${region} in production and in ${own} in staging`,
    fix: 'Stand staging up in the Region of production: snapshots are not copied across Regions.',
  });
}
