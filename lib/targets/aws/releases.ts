import type { PauseAnswer } from '../../config/types';
import { CONTRACTION, MIGRATION, type Deployment, type Handle, type Watch } from '../target';
import { learnClones } from './clones';
import { AWS_DEFAULTS, type AwsSection, type MigrateSection } from './config';
import type { Deployer, DeployerPlace } from './deployer';
import { stacksIn } from './handle';
import { migrate } from './migrate';
import { isDatabase, isRestored, setPasswords } from './passwords';
import type { Places } from './places';
import { probeHosts } from './probe-hosts';
import { provePasswords } from './probes';
import type { ServicesMeanwhile } from './remove';
import { checkSelfDestruct } from './self-destruct-role';
import { ServiceDeployments } from './service-deployments';
import { answerBy, goOn } from './service-pause';
import { servicesOf } from './service-waits';
import type { Standing } from './standing';

/** Brings releases to environments: their stacks, their migrations, and the deployments of services that wait on purpose. */
export class Releases {
  constructor(
    private readonly config: AwsSection,
    private readonly places: Places,
    private readonly deployer: Deployer,
    private readonly standing: Standing,
    private readonly pollMs: number,
  ) {}

  /** Makes an environment, with passwords of its own for the databases that were restored. */
  async standUp(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    await this.deploy(handle, deployment, watch);
    const place = await this.places.checked(handle, watch.signal);
    await checkSelfDestruct(stacksIn(handle), place.in, watch.signal);
    const tiers = await this.standing.tiers(handle, watch.signal);
    await learnClones(tiers, watch);
    const restored = tiers.filter(isDatabase).filter(isRestored);
    await setPasswords(restored, this.pollMs, watch);
    await provePasswords(restored, await this.standing.probes(handle, tiers, watch.signal), watch);
  }

  /** Gives databases that began empty their tables. */
  async begin(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const { migrate: config } = this.config;
    if (config) await this.migrate(MIGRATION, config, handle, deployment, watch);
  }

  /** Brings a release to an environment that stands: its migration runs when its images are there. */
  async bring(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const { migrate: config } = this.config;
    const onPublished = config && ((it: Watch) => this.migrate(MIGRATION, config, handle, deployment, it));
    await this.deploy(handle, deployment, watch, onPublished);
  }

  /** Begins to bring a release, and has ECS take back each of its deployments. @returns the services that were rolled back */
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

  /** Takes out of the schema what only the release before needs. */
  async contract(handle: Handle, deployment: Deployment, watch: Watch): Promise<void> {
    const { migrate: config } = this.config;
    if (config?.contract === undefined) return;
    await this.migrate(CONTRACTION, { ...config, command: config.contract }, handle, deployment, watch);
  }

  /** What becomes of the deployments of services while an environment is stopped. */
  servicesMeanwhile(handle: Handle, watch: Watch): ServicesMeanwhile {
    const { environment = '' } = handle;
    const services = new ServiceDeployments({
      // of those alone that may wait on purpose
      tiers: async (signal) =>
        (await this.standing.tiersSoFar(handle, environment, signal)).filter(
          ({ tier }) => tier.kind === 'service' && tier.deployment.waits !== undefined,
        ),
      isWaiting: true,
      answer: goOn,
      pollMs: this.pollMs,
    });
    return { giveUp: () => services.giveUp(watch), release: () => services.release(watch) };
  }

  private async deploy(
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

  private serviceDeployments(handle: Handle, deployment: Deployment): ServiceDeployments {
    const { pauses = {} } = this.config;
    const tiers = (signal: AbortSignal) => this.standing.tiersSoFar(handle, deployment.environment, signal);
    const ask = async ({ run, timeoutSeconds = AWS_DEFAULTS.pauseSeconds }: PauseAnswer, watch: Watch) => {
      const probes = await this.standing.probes(handle, await tiers(watch.signal), watch.signal);
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
    const hosts = await probeHosts(await this.standing.tiers(handle, watch.signal), watch.signal);
    await watch.span(called, () => migrate({ config, deployment, handle, account, hosts, pollMs }, watch));
  }
}
