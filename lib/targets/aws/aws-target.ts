import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../error';
import type { PauseAnswer } from '../../config/types';
import { makeFolder } from '../../make-folder';
import type { Probes } from '../../probes/probes';
import {
  CONTRACTION,
  MIGRATION,
  type Deployment,
  type Disrupted,
  type Disruption,
  type Found,
  type Handle,
  type Inventory,
  type Preflight,
  type RehearsedTier,
  type Target,
  type TargetCall,
  type TierState,
  type Watch,
} from '../target';
import { takeCheckpoint } from './checkpoint';
import { AWS_DEFAULTS, type AwsSection, type MigrateSection } from './config';
import type { Clients } from './clients';
import { learnClones } from './clones';
import { checkToolkit, type deploy } from './deploy';
import { Deployer, type DeployerPlace } from './deployer';
import { disrupt } from './disrupt';
import { stacksOf } from './environment-stacks';
import { detailsOf, remembering, stacksIn } from './handle';
import { environmentsIn } from './environments';
import { extend } from './extend';
import { isNotThere } from './failed-call';
import { inventoryOf } from './inventory';
import { LIMIT_SECONDS } from './limits';
import { liveTiers, type LiveTier } from './live-tiers';
import { logsOf } from './logs';
import { stateOf } from './members';
import { checkOurs } from './ours';
import { migrate } from './migrate';
import { isDatabase, isRestored, setPasswords } from './passwords';
import { AwsPlace } from './place';
import { Places } from './places';
import { preflight } from './preflight';
import { probeHosts } from './probe-hosts';
import { stopProbeTasks } from './probe-tasks';
import { AwsProbes, provePasswords } from './probes';
import { remove, stopStacks, type ServicesMeanwhile } from './remove';
import { Seeder } from './seed';
import { removeOwnSnapshots } from './snapshots';
import { ServiceDeployments } from './service-deployments';
import { answerBy, goOn } from './service-pause';
import { isRolledBackUnderWay, mostWaitMinutes, servicesOf } from './service-waits';
import { oneByOne } from './settled';
import { checkSelfDestruct } from './self-destruct-role';
import { sweep } from './sweep';
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
  private readonly folder: string;
  private readonly pollMs: number;
  private readonly script: string;
  private readonly places: Places;
  private readonly deployer: Deployer;

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
    this.script = probe;
    this.folder = folder;
    this.pollMs = pollMs;
    this.deployer = new Deployer(pollMs, deployWith, deployments);
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
    watch.learn({ environment, account: await place.account(watch.signal), ...detailsOf(refs) });
    await this.seeder(handle)?.copy(deployment, watch);
  }

  async up(given: Handle, deployment: Deployment, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.standUp(handle, deployment, watch);
    // where a database began empty, it has no tables yet
    if (this.config.migrate) await this.migrate(MIGRATION, this.config.migrate, handle, deployment, watch);
  }

  async release(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const { migrate: config } = this.config;
    const onPublished = config && ((it: Watch) => this.migrate(MIGRATION, config, handle, deployment, it));
    await this.deployTo(handle, deployment, watch, onPublished);
  }

  isRolledBackUnderWay(deployment: Deployment): boolean {
    return servicesOf(deployment).some(isRolledBackUnderWay);
  }

  async rollBackUnderWay(handle: Handle, deployment: Deployment, watch: Watch): Promise<readonly string[]> {
    const place = await this.places.checked(handle, watch.signal);
    const services = this.serviceDeployments(handle, deployment);
    await services.begin(watch.signal);
    let names: readonly string[] = [];
    const during = async (work: (it: Watch) => Promise<void>, it: Watch): Promise<void> => {
      names = await services.rolledBackDuring(work, it);
    };
    await this.deployer.deploy(handle, deployment, { place, during }, watch);
    return names;
  }

  async contract(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const { migrate: config } = this.config;
    if (config?.contract === undefined) return;
    await this.migrate(CONTRACTION, { ...config, command: config.contract }, handle, deployment, watch);
  }

  async describe(handle: Handle, { signal }: Watch): Promise<readonly TierState[]> {
    const tiers = await this.tiers(handle, signal);
    return Promise.all(
      tiers.map(async (live): Promise<TierState> => {
        return { ...(await stateOf(live, signal)), ...beginningIn(handle, live.tier.name) };
      }),
    );
  }

  /** In this process, and by tasks in the places of services. */
  async probes(handle: Handle, { signal }: Watch): Promise<Probes> {
    return this.probesOf(handle, await this.tiers(handle, signal), signal);
  }

  /** There is one alone, whatever its name. */
  async checkpoint(handle: Handle, _: string, watch: Watch): Promise<void> {
    const databases = (await this.tiers(handle, watch.signal)).filter(isDatabase);
    await takeCheckpoint(databases, handle, this.pollMs, watch);
  }

  /** CloudFormation restores no cluster that has a name, and none in place: the stacks are made anew. */
  async restore(given: Handle, _: string, deployment: Deployment, outer: Watch): Promise<void> {
    const { handle, watch } = remembering(given, outer);
    await this.stop(handle, watch);
    const place = await this.places.checked(handle, watch.signal);
    await remove(handle, place.in, this.pollMs, watch);
    await sweep(handle, place.in, watch);
    await this.standUp(handle, deployment, watch);
  }

  async disrupt(handle: Handle, disruption: Disruption, watch: Watch): Promise<Disrupted> {
    const tiers = await this.tiers(handle, watch.signal);
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
    await stopStacks(handle, place.in, this.servicesMeanwhile(handle, watch), this.pollMs, watch);
    await stopProbeTasks(handle, place.in, this.pollMs, watch);
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

  /** Those in the Region of the config or the credentials, by the tag that they were deployed with. */
  async find({ signal }: Watch): Promise<readonly Found[]> {
    const place = this.places.of({});
    const account = await place.account(signal);
    const found = await environmentsIn(place.in(), await place.region(), signal);
    return found.map(({ name, refs, since }) => ({
      handle: { target: this.name, account, name, ...detailsOf(refs) },
      since,
    }));
  }

  private async standUp(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await this.deployTo(handle, deployment, watch);
    const place = await this.places.checked(handle, watch.signal);
    await checkSelfDestruct(stacksIn(handle), place.in, watch.signal);
    const tiers = await this.tiers(handle, watch.signal);
    await learnClones(tiers, watch);
    const restored = tiers.filter(isDatabase).filter(isRestored);
    await setPasswords(restored, this.pollMs, watch);
    await provePasswords(restored, await this.probesOf(handle, tiers, watch.signal), watch);
  }

  private async deployTo(
    handle: Handle,
    deployment: Deployment,
    watch: Watch,
    onPublished?: (watch: Watch) => Promise<void>,
  ): Promise<void> {
    const place = await this.places.checked(handle, watch.signal);
    const services = this.serviceDeployments(handle, deployment);
    await services.begin(watch.signal);
    const during: DeployerPlace['during'] = (work, it) => services.during(work, it);
    const where = { place, during, ...(onPublished && { onPublished }) };
    await this.deployer.deploy(handle, deployment, where, watch);
  }

  private servicesMeanwhile(handle: Handle, watch: Watch): ServicesMeanwhile {
    const { environment = '' } = handle;
    const services = new ServiceDeployments({
      // of those alone that may wait on purpose
      tiers: async (signal) =>
        (await this.tiersSoFar(handle, environment, signal)).filter(
          ({ tier }) => tier.kind === 'service' && tier.deployment.waits !== undefined,
        ),
      isWaiting: true,
      answer: goOn,
      pollMs: this.pollMs,
    });
    return { giveUp: () => services.giveUp(watch), release: () => services.release(watch) };
  }

  private serviceDeployments(handle: Handle, deployment: Deployment): ServiceDeployments {
    const { pauses = {} } = this.config;
    const tiers = (signal: AbortSignal) => this.tiersSoFar(handle, deployment.environment, signal);
    const ask = async ({ run, timeoutSeconds = AWS_DEFAULTS.pauseSeconds }: PauseAnswer, watch: Watch) => {
      const probes = await this.probesOf(handle, await tiers(watch.signal), watch.signal);
      const commands = [{ name: run, run, timeoutSeconds }];
      const [result] = await probes.run({ commands }, deployment.release, watch);
      return result!;
    };
    return new ServiceDeployments({
      tiers,
      isWaiting: servicesOf(deployment).some(({ deployment: { waits } }) => waits !== undefined),
      answer: answerBy(pauses, ask),
      pollMs: this.pollMs,
    });
  }

  private async migrate(
    called: string,
    config: MigrateSection,
    handle: Handle,
    deployment: Deployment,
    watch: Watch,
  ): Promise<void> {
    const { pollMs } = this;
    const account = await (await this.places.checked(handle, watch.signal)).account(watch.signal);
    const hosts = await probeHosts(await this.tiers(handle, watch.signal), watch.signal);
    await watch.span(called, () => migrate({ config, deployment, handle, account, hosts, pollMs }, watch));
  }

  private probesOf(handle: Handle, tiers: readonly LiveTier[], signal: AbortSignal): Promise<AwsProbes> {
    const { folder, pollMs, script } = this;
    const { probeImage: image = AWS_DEFAULTS.probeImage } = this.config;
    return AwsProbes.of({ handle, tiers, folder, script, image, pollMs }, signal);
  }

  private async tiers(handle: Handle, signal: AbortSignal): Promise<LiveTier[]> {
    const { environment = '' } = handle;
    return liveTiers(environment, stacksIn(handle), (await this.places.checked(handle, signal)).in, signal);
  }

  /** Those that stand already; none before there is a stack. */
  private async tiersSoFar(handle: Handle, environment: string, signal: AbortSignal): Promise<LiveTier[]> {
    try {
      return await this.tiers({ ...handle, environment }, signal);
    } catch (error) {
      if (isNotThere(error)) return [];
      throw error;
    }
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

/** What a handle says of what a tier began with. */
const beginningIn = (
  handle: Handle,
  tier: string,
): Partial<Pick<RehearsedTier, 'data' | 'dataAt' | 'clonedAt'>> =>
  Object.fromEntries(
    (['data', 'dataAt', 'clonedAt'] as const).flatMap((it) => {
      const value = handle[`${it}.${tier}`];
      return value === undefined ? [] : [[it, value]];
    }),
  );

const notStanding = (name: string, tiers: readonly LiveTier[]): TwinError =>
  new TwinError({
    code: 'unknown-tier',
    message: `"${name}" is not deployed; what is: ${tiers.map(({ tier }) => tier.name).join(', ') || 'nothing'}`,
    fix: 'Name one of those.',
  });
