import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Blueprint, ServiceTier, Tier } from '../../blueprint/blueprint';
import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { equalJson, type Json } from '../../json';
import type { Addresses } from '../../probes/addresses';
import type { ProbeDatabase } from '../../probes/context';
import type { Deployment, Disrupted, Disruption, RehearsedTier, TierState, Watch } from '../target';
import { LoadBalancers } from './balancer/load-balancers';
import { engineOnAws, whySkipped } from './coverage';
import { Names } from './names/names';
import { Secrets } from './names/secrets';
import { Processes } from './process/processes';
import { environmentOf, releasedContainers, type Variables } from './service/released-containers';
import { differencesOf } from './service/differences';
import { runOnce } from './service/run-once';
import { Service } from './service/service';
import type { LocalSettings } from './settings';
import { technologyOf } from './technologies';
import type { LocalTier } from './tier';
import { Authority } from './tls/authority';

type DataTier = Exclude<Tier, ServiceTier>;

/** A running data tier, with its definition. */
interface Standing {
  readonly tier: DataTier;
  readonly local: LocalTier;
}

/** An environment on this machine. It runs in the supervisor's process, which owns everything that it starts. */
export class LocalEnvironment {
  private readonly machine: Processes;
  private readonly data = new Map<string, Standing>();
  private readonly services = new Map<string, Service>();
  private readonly skipped = new Map<string, TierState>();
  private readonly changed = new Map<string, string>();
  private readonly balancers: LoadBalancers;
  /** The release whose load balancing is in place. */
  private balanced: Blueprint | undefined;
  private names: Names | undefined;
  private readonly authority: Authority;

  constructor(
    private readonly folder: string,
    block: string,
  ) {
    this.machine = new Processes(folder, block);
    this.authority = new Authority(folder);
    this.balancers = new LoadBalancers(this.machine);
  }

  async seed(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    const blueprint = this.read(deployment);
    this.names ??= new Names(blueprint, new Secrets(blueprint.stacks), new Map(), (address) =>
      this.balancers.attributesOf(address),
    );
    for (const tier of blueprint.tiers) if (!this.data.has(tier.name)) this.make(tier, settings);
    await this.inParallel(watch, 'seed', ({ tier, local }) => {
      const file = settings.seed[tier.name];
      return local.seed(file === undefined ? undefined : resolve(settings.folder, file), watch);
    });
  }

  async up(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    if (!this.names) throw notSeeded();
    await watch.span('data tiers', () => this.inParallel(watch, 'start', ({ local }) => local.up(watch)));
    await this.release(deployment, settings, watch);
  }

  async release(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    const blueprint = this.read(deployment);
    this.noteChanges(blueprint, deployment.release);
    const names = this.namesOf(blueprint);
    const services = servicesOf(blueprint);
    const cwd = deployment.folder ?? settings.folder;
    await this.balancing(blueprint, names, async () => {
      await this.migrate(services, names, { migrate: settings.migrate, cwd }, watch);
      await this.deploy(deployment, names, services, settings, watch);
    });
  }

  /** Gives the load balancers what a release's template says of them, and takes it back where the release fails. */
  private async balancing(blueprint: Blueprint, names: Names, work: () => Promise<void>): Promise<void> {
    const before = this.balanced;
    const update = (it: Blueprint): Promise<void> =>
      this.balancers.update(it, (stack, value) => names.for(it).text(stack, value));
    await update(blueprint);
    try {
      await work();
      this.balanced = blueprint;
    } catch (error) {
      if (before) await update(before);
      throw error;
    }
  }

  private async deploy(
    { release, folder: cwd }: Deployment,
    names: Names,
    services: readonly ServiceTier[],
    settings: LocalSettings,
    watch: Watch,
  ): Promise<void> {
    await Promise.all(
      services.map(async (tier) => {
        const because = whySkipped(tier, settings);
        if (because !== undefined) return this.skip(tier, because);
        const containers = releasedContainers(tier, settings.services[tier.name]!, this.variablesWith(names));
        const { machine, balancers } = this;
        const requests = (): number => this.totalRequests();
        const service =
          this.services.get(tier.name) ?? new Service({ name: tier.name, machine, balancers, requests });
        this.services.set(tier.name, service);
        const differs = differencesOf({
          tier,
          command: settings.services[tier.name]!,
          stacks: names.stacks,
          text: (stack, value) => names.text(stack, value),
        });
        const next = { tier, release, containers, cwd: cwd ?? settings.folder, differs };
        await watch.span(`${tier.name}: ${tier.tasks} tasks`, () => service.deploy(next, watch));
      }),
    );
  }

  async checkpoint(name: string, watch: Watch): Promise<void> {
    await this.inParallel(watch, 'copy', ({ tier, local }) =>
      local.checkpoint(this.checkpointOf(name, tier.name), watch),
    );
  }

  /** Its migration has run on these data before, so that it does not run again. */
  async restore(name: string, deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    if ([...this.data.keys()].some((tier) => !existsSync(this.checkpointOf(name, tier))))
      throw noCheckpoint(name);
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.inParallel(watch, 'restore', ({ tier, local }) =>
      local.restore(this.checkpointOf(name, tier.name), watch),
    );
    const blueprint = this.read(deployment);
    this.noteChanges(blueprint, deployment.release);
    const names = this.namesOf(blueprint);
    await this.balancing(blueprint, names, () =>
      this.deploy(deployment, names, servicesOf(blueprint), settings, watch),
    );
  }

  async disrupt({ kind, tier }: Disruption, watch: Watch): Promise<Disrupted> {
    if (kind === 'failover') {
      const data = new Map([...this.data].map(([name, { local }]) => [name, local]));
      return membersAround(partOf(data, tier), (local) => local.failover(watch));
    }
    return membersAround(partOf(this.services, tier), (service) => service.killTask(watch));
  }

  describe(): readonly TierState[] {
    const data = [...this.data.values()].map(({ tier, local }): TierState => {
      const { name, kind } = tier;
      const because = this.changed.get(name);
      if (because !== undefined) return { tier: name, kind, skipped: true, because };
      return { ...local.state(), standsFor: engineOnAws(tier) };
    });
    const services = [...this.services.values()].map((it) => it.state());
    return [...data, ...services, ...this.skipped.values()];
  }

  private totalRequests(): number {
    return [...this.services.values()].reduce((sum, service) => sum + service.totalRequests, 0);
  }

  addresses(): Addresses {
    const urls = Object.fromEntries(
      [...this.services.values()].flatMap(({ name, url }) => (url === undefined ? [] : [[name, url]])),
    ) as Record<string, string>;
    const databases = [...this.data.values()].flatMap(
      ({ local }): readonly ProbeDatabase[] => local.databases?.() ?? [],
    );
    return { url: Object.values(urls)[0], urls, databases };
  }

  /** Kills all processes at once. */
  async close(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.close()));
    await this.balancers.close();
    await this.machine.killAll();
  }

  private read({ assembly, environment }: Deployment): Blueprint {
    return blueprintOf(assembly, environment);
  }

  private make(tier: Tier, settings: LocalSettings): void {
    if (tier.kind === 'service') return; // released, not made
    const because = whySkipped(tier, settings);
    if (because !== undefined) return this.skip(tier, because);
    const local = technologyOf(tier)!.stand(tier, {
      folder: join(this.folder, 'data', tier.name.replaceAll('/', '-')),
      machine: this.machine,
      names: this.names!,
      authority: this.authority,
      replicationDelayMs: settings.replicationDelayMs,
    });
    this.data.set(tier.name, { tier, local });
    this.names!.register(
      tier,
      () => local.attributes(),
      () => local.memberAttributes?.() ?? {},
    );
  }

  private skip({ name, kind }: Tier, because: string): void {
    this.skipped.set(name, { tier: name, kind, skipped: true, because });
  }

  /** The names of another release's template, with the same ids and secrets. */
  private namesOf(blueprint: Blueprint): Names {
    if (!this.names) throw notSeeded();
    return this.names.for(blueprint);
  }

  /** What the variables of containers come from. */
  private variablesWith(names: Names): Variables {
    const tiers = [...this.data.values()].map(({ local }) => local.variables?.() ?? {});
    return {
      names,
      authority: this.authority.file,
      ofTiers: Object.assign({}, ...tiers) as Variables['ofTiers'],
    };
  }

  private async migrate(
    services: readonly ServiceTier[],
    names: Names,
    { migrate, cwd }: Pick<LocalSettings, 'migrate'> & { readonly cwd: string },
    watch: Watch,
  ): Promise<void> {
    const as = services.find(({ name }) => name === migrate?.as);
    if (!migrate || !as) return;
    const declared = environmentOf(as.stack, as.container, this.variablesWith(names));
    const env = { PGAPPNAME: 'migration', ...declared };
    await watch.span('migration', () => runOnce(this.machine, { ...migrate, env, cwd }, watch.signal));
  }

  /** The data tiers stay as they were stood up: where a release defines one otherwise, that tier counts as skipped. */
  private noteChanges({ tiers }: Blueprint, release: string): void {
    for (const [name, { tier }] of this.data) {
      const next = tiers.find((it) => it.name === name);
      this.changed.delete(name);
      if (next && equalJson(next as unknown as Json, tier as unknown as Json)) continue;
      const change = next ? 'changes this tier' : 'removes this tier';
      this.changed.set(name, `${release} ${change}, which stays here as it was stood up`);
    }
  }

  private checkpointOf(name: string, tier: string): string {
    return join(this.folder, 'checkpoints', name, tier.replaceAll('/', '-'));
  }

  private async inParallel(
    watch: Watch,
    verb: string,
    work: (standing: Standing) => Promise<void>,
  ): Promise<void> {
    await Promise.all(
      [...this.data.values()].map((it) => watch.span(`${verb} ${it.tier.name}`, () => work(it))),
    );
  }
}

const servicesOf = ({ tiers }: Blueprint): readonly ServiceTier[] =>
  tiers.filter((tier): tier is ServiceTier => tier.kind === 'service');

/** What something does to the members of a tier. */
async function membersAround<T extends { state(): RehearsedTier }>(
  part: T,
  work: (part: T) => Promise<void>,
): Promise<Disrupted> {
  const before = part.state().members;
  await work(part);
  return { before, after: part.state().members };
}

function partOf<T>(parts: ReadonlyMap<string, T>, name: string): T {
  const part = parts.get(name);
  if (part === undefined) throw notStanding(name, [...parts.keys()]);
  return part;
}

function notSeeded(): TwinError {
  return new TwinError({
    code: 'not-seeded',
    message: 'the environment is not seeded',
    fix: 'Call seed before up.',
  });
}

function notStanding(name: string, standing: readonly string[]): TwinError {
  return new TwinError({
    code: 'unknown-tier',
    message: `"${name}" was not stood up here; what was: ${standing.join(', ') || 'nothing'}`,
    fix: 'Name one of those.',
  });
}

function noCheckpoint(name: string): TwinError {
  return new TwinError({
    code: 'checkpoint',
    message: `there is no checkpoint "${name}" of every tier`,
    fix: 'Rehearse again from the start.',
  });
}
