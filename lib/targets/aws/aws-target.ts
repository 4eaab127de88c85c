import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../error';
import { makeFolder } from '../../make-folder';
import type { Probes } from '../../probes/probes';
import type {
  Deployment,
  Disrupted,
  Disruption,
  Found,
  Handle,
  Inventory,
  Preflight,
  Target,
  TargetCall,
  TierState,
  Watch,
} from '../target';
import { takeCheckpoint } from './checkpoint';
import { AWS_DEFAULTS, type AwsSection } from './config';
import type { Clients } from './clients';
import { checkToolkit, type deploy } from './deploy';
import { Deployer } from './deployer';
import { disrupt } from './disrupt';
import { stacksOf } from './environment-stacks';
import { beginningIn, detailsOf, remembering, stacksIn } from './handle';
import { environmentsIn } from './environments';
import { extend } from './extend';
import { inventoryOf } from './inventory';
import { LIMIT_SECONDS } from './limits';
import type { LiveTier } from './live-tiers';
import { logsOf } from './logs';
import { stateOf } from './members';
import { checkOurs } from './ours';
import { isDatabase } from './passwords';
import { AwsPlace } from './place';
import { Places } from './places';
import { preflight } from './preflight';
import { stopProbeTasks } from './probe-tasks';
import { remove, stopStacks } from './remove';
import { Releases } from './releases';
import { Seeder } from './seed';
import { removeOwnSnapshots } from './snapshots';
import { isRolledBackUnderWay, mostWaitMinutes, servicesOf } from './service-waits';
import { oneByOne } from './settled';
import { Standing } from './standing';
import { sweep } from './sweep';
import { ownerOf } from './tags';
import { regionsOf } from './traces';

/** What the AWS target is made with beside its section of the config. */
export interface AwsTargetProps {
  /** The folder of the config, in which the team's commands run. @default - that of the process */
  readonly folder?: string;
  /** What tasks inside the network run. @default - what is built beside this file */
  readonly probe?: string;
  /** How often a service is asked whether it is done. @default 5000 */
  readonly pollMs?: number;
  /** How long one request may take. @default - half a minute; two for the CDK's toolkit, which uploads */
  readonly requestMs?: number;
  /** How often a request is sent whose answer may be another one next time. @default 8 */
  readonly attempts?: number;
  /** How often a deployment is started that may end well the next time. @default 10 */
  readonly deployments?: number;
  /** Deploys. @default - with the CDK's toolkit */
  readonly deploy?: typeof deploy;
}

/**
 * An AWS account: an environment is deployed as `cdk deploy` does it, broken by the services' own means, and deleted with
 * CloudFormation. Everything that it has carries its tag.
 */
export class AwsTarget implements Target {
  readonly name = 'aws';
  private readonly pollMs: number;
  private readonly places: Places;
  private readonly deployer: Deployer;
  private readonly standing: Standing;
  private readonly releases: Releases;

  constructor(
    private readonly config: AwsSection,
    {
      folder = '.',
      probe = join(__dirname, 'probe.js'),
      pollMs = 5000,
      requestMs,
      attempts,
      deployments,
      deploy: deployWith,
    }: AwsTargetProps = {},
  ) {
    this.places = new Places(config, { requestMs, attempts });
    this.pollMs = pollMs;
    this.deployer = new Deployer(pollMs, deployWith, deployments);
    this.standing = new Standing(config, this.places, folder, probe, pollMs);
    this.releases = new Releases(config, this.places, this.deployer, this.standing, pollMs);
  }

  /** The snapshots of a checkpoint are restored under staging's key, which the config names where databases are seeded. */
  get restores(): Target['restores'] {
    return this.config.seed ? 'anew' : 'never';
  }

  get removes(): readonly string[] {
    return this.config.migrate?.removes ?? [];
  }

  get contracts(): boolean {
    return this.config.migrate?.contract !== undefined;
  }

  /** A release takes as long as its migration may and its services wait, beside everything else. */
  limitSeconds(call: TargetCall, deployment?: Deployment): number {
    const migrates = call === 'up' || call === 'release' || call === 'contract';
    const waits = deployment ? 60 * mostWaitMinutes(servicesOf(deployment)) : 0;
    return LIMIT_SECONDS[call] + waits + (migrates ? (this.config.migrate?.timeoutSeconds ?? 0) : 0);
  }

  allocate(rehearsal: string): Handle {
    const { profile } = this.config;
    const name = `${rehearsal}-${randomBytes(4).toString('hex')}`;
    return { target: this.name, name, ...(profile !== undefined && { profile }) };
  }

  context(handle: Handle): Readonly<Record<string, string>> {
    return this.seeder(handle)?.context() ?? {};
  }

  async reach(handle: Handle, { signal }: Watch): Promise<void> {
    checkToolkit();
    await this.places.of(handle).caller(signal);
  }

  async preflight(handle: Handle, deployment: Deployment, { signal }: Watch): Promise<Preflight> {
    const known = await preflight(deployment, this.places.of(handle), this.config, signal);
    // with credentials that are refused, nothing is asked about production
    if (known.refusals.length === 0) await this.seeder(handle)?.sources(deployment, signal);
    return known;
  }

  /** Learns what the environment consists of, before anything of it exists; then copies production's snapshots. */
  async seed(given: Handle, deployment: Deployment, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    watch.signal.throwIfAborted();
    const { environment } = deployment;
    const place = this.places.of(handle);
    const region = await place.region();
    const refs = stacksOf(deployment).map((it) => ({ ...it, region: it.region ?? region, id: undefined }));
    for (const ref of refs) {
      watch.log(`the stack ${ref.name} in ${ref.region}`);
      await checkOurs(ref, handle, place.in(ref.region), watch.signal);
    }
    const { account, arn } = await place.caller(watch.signal);
    watch.learn({ environment, account, owner: ownerOf(arn), ...detailsOf(refs) });
    await this.seeder(handle)?.copy(deployment, watch);
  }

  async up(given: Handle, deployment: Deployment, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.releases.standUp(handle, deployment, watch);
    await this.releases.begin(handle, deployment, watch);
  }

  async release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await this.releases.bring(handle, deployment, watch);
  }

  isRolledBackUnderWay(deployment: Deployment): boolean {
    return servicesOf(deployment).some(isRolledBackUnderWay);
  }

  async rollBackUnderWay(handle: Handle, deployment: Deployment, watch: Watch): Promise<readonly string[]> {
    return this.releases.rollBackUnderWay(handle, deployment, watch);
  }

  async contract(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await this.releases.contract(handle, deployment, watch);
  }

  async describe(handle: Handle, { signal }: Watch): Promise<readonly TierState[]> {
    const tiers = await this.standing.tiers(handle, signal);
    return Promise.all(
      tiers.map(async (live): Promise<TierState> => {
        return { ...(await stateOf(live, signal)), ...beginningIn(handle, live.tier.name) };
      }),
    );
  }

  /** In this process, and by tasks in the places of services. */
  async probes(handle: Handle, { signal }: Watch): Promise<Probes> {
    return this.standing.probes(handle, await this.standing.tiers(handle, signal), signal);
  }

  /** There is one alone, whatever its name. */
  async checkpoint(handle: Handle, _: string, watch: Watch): Promise<void> {
    const databases = (await this.standing.tiers(handle, watch.signal)).filter(isDatabase);
    await takeCheckpoint(databases, handle, this.pollMs, watch);
  }

  /** CloudFormation restores no cluster that has a name, and none in place: the stacks are made anew. */
  async restore(given: Handle, _: string, deployment: Deployment, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.stop(handle, watch);
    const place = await this.places.checked(handle, watch.signal);
    await remove(handle, place.in, this.pollMs, watch);
    await sweep(handle, place.in, watch);
    await this.releases.standUp(handle, deployment, watch);
  }

  async disrupt(handle: Handle, disruption: Disruption, watch: Watch): Promise<Disrupted> {
    const tiers = await this.standing.tiers(handle, watch.signal);
    const live = tiers.find(({ tier }) => tier.name === disruption.tier);
    if (!live) throw notStanding(disruption.tier, tiers);
    return disrupt(live, disruption, this.pollMs, watch);
  }

  async logs(handle: Handle, folder: string, { signal }: Watch): Promise<readonly string[]> {
    const files: string[] = [];
    makeFolder(folder);
    const place = await this.places.checked(handle, signal);
    for (const ref of stacksIn(handle)) {
      for (const { name, text } of await logsOf(ref, place.in(ref.region), signal)) {
        writeFileSync(join(folder, name), text);
        files.push(name);
      }
    }
    return files;
  }

  async stop(given: Handle, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.deployer.stop();
    const place = await this.places.checked(handle, watch.signal);
    await stopStacks(handle, place.in, this.releases.servicesMeanwhile(handle, watch), this.pollMs, watch);
    await stopProbeTasks(handle, place.in, this.pollMs, watch);
  }

  async checkPlace(handle: Handle, { signal }: Watch): Promise<void> {
    await this.places.checked(handle, signal);
  }

  async down(given: Handle, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.stop(handle, watch);
    const place = await this.places.checked(handle, watch.signal);
    const snapshotPlaces = await this.snapshotPlaces(handle, watch.signal);
    await oneByOne(
      [
        () => remove(handle, place.in, this.pollMs, watch),
        () => sweep(handle, place.in, watch),
        ...snapshotPlaces.map((clients) => () => removeOwnSnapshots(handle, clients, watch)),
      ],
      watch.signal,
    );
  }

  async inventory(handle: Handle, { signal }: Watch): Promise<Inventory> {
    const place = await this.places.checked(handle, signal);
    return inventoryOf(handle, place.in, await this.snapshotPlaces(handle, signal), signal);
  }

  async extend(handle: Handle, hours: number, watch: Watch): Promise<string> {
    const { maxHours = AWS_DEFAULTS.maxHours } = this.config;
    const place = await this.places.checked(handle, watch.signal);
    return extend({ handle, hours, maxHours, now: new Date() }, place.in, watch);
  }

  /** Those in the Region of the config or the credentials, by the tags that they were deployed with. */
  async find(watch: Watch): Promise<readonly Found[]> {
    const { profile } = this.config.seed?.production ?? {};
    const known = { target: this.name, ...(profile !== undefined && { 'production.profile': profile }) };
    const found = await environmentsIn(this.places.of({}), watch);
    return found.map(({ name, details, ...rest }) => ({ handle: { ...known, ...details, name }, ...rest }));
  }

  private seeder(handle: Handle): Seeder | undefined {
    const { seed } = this.config;
    if (!seed) return undefined;
    const staging = this.places.of(handle);
    const { profile = staging.profile, region } = seed.production ?? {};
    const production = seed.production ? new AwsPlace({ profile, region }) : staging;
    return new Seeder(seed, handle, staging, production, this.deployer, this.pollMs);
  }

  /** Where an environment may have made snapshots: where its stacks are, with production's credentials too. */
  private async snapshotPlaces(handle: Handle, signal: AbortSignal): Promise<Clients[]> {
    const { 'production.profile': profile } = handle;
    const place = await this.places.checked(handle, signal);
    const places = profile === undefined ? [place] : [place, new AwsPlace({ profile })];
    return places.flatMap((it) => regionsOf(handle).map((region) => it.in(region)));
  }
}

const notStanding = (name: string, tiers: readonly LiveTier[]): TwinError =>
  new TwinError({
    code: 'unknown-tier',
    message: `"${name}" is not deployed; what is: ${tiers.map(({ tier }) => tier.name).join(', ') || 'nothing'}`,
    fix: 'Name one of those.',
  });
