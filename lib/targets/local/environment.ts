import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blueprint, ServiceTier, Tier } from '../../blueprint/blueprint';
import { blueprintOf } from '../../blueprint/read-blueprint';
import type { Addresses } from '../../probes/addresses';
import {
  CONTRACTION,
  MIGRATION,
  type Deployment,
  type Disrupted,
  type Disruption,
  type KeptTier,
  type TierState,
  type Watch,
} from '../target';
import { LoadBalancers } from './balancer/load-balancers';
import { whySkipped } from './coverage';
import { DataTiers, type DataTier } from './data-tiers';
import { Discovery } from './discovery/discovery';
import { assetsOf } from './emulator/assets';
import { awsVariables } from './emulator/clients';
import { Emulation } from './emulator/emulation';
import { isEmulated } from './emulator/selection';
import { Names } from './names/names';
import { Secrets } from './names/secrets';
import { Processes } from './process/processes';
import { environmentOf, ownFilesOf, type Variables } from './service/released-containers';
import { failOver, membersAround, partOf, withDifferences } from './parts';
import { noFailover, notSeeded } from './refusals';
import { runOnce } from './service/run-once';
import { Services } from './service/services';
import type { LocalSettings } from './settings';
import type { OfferedData, SharedData } from './shared-data';
import { Authority } from './tls/authority';
import { trusting } from './tls/variables';

/** An environment on this machine. It runs in the supervisor's process, which owns everything that it starts. */
export class LocalEnvironment {
  private readonly machine: Processes;
  private readonly data: DataTiers;
  private readonly services: Services;
  private readonly skipped = new Map<string, TierState>();
  readonly balancers: LoadBalancers;
  private readonly discovery: Discovery;
  /** The release whose load balancing is in place. */
  private balanced: Blueprint | undefined;
  private names: Names | undefined;
  private secrets: Secrets | undefined;
  private readonly authority: Authority;
  private emulation: Emulation | undefined;
  /** That of another production; undefined where the environment has its own. */
  private shared: SharedData | undefined;

  constructor(
    private readonly folder: string,
    block: string,
  ) {
    this.machine = new Processes(folder, block);
    this.data = new DataTiers(folder);
    this.authority = new Authority(folder);
    this.balancers = new LoadBalancers(this.machine, this.authority);
    this.discovery = new Discovery(this.machine);
    this.services = new Services(this.machine, this.balancers, this.discovery);
  }

  /** @param shared - the data of another production, which it uses in the place of its own */
  async seed(
    deployment: Deployment,
    settings: LocalSettings,
    watch: Watch,
    shared?: SharedData,
  ): Promise<void> {
    const blueprint = this.read(deployment);
    this.shared = shared;
    this.secrets ??= new Secrets(blueprint.stacks, shared?.secrets);
    this.names ??= new Names(blueprint, this.secrets, new Map(), (address) =>
      this.balancers.attributesOf(address),
    );
    for (const tier of blueprint.tiers) if (!this.data.has(tier.name)) this.make(tier, settings);
    await this.data.seed(settings, watch, shared);
  }

  async up(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    if (!this.names) throw notSeeded();
    const blueprint = this.read(deployment);
    const emulation = this.emulationFor(blueprint, settings);
    await Promise.all([
      watch.span('data tiers', () => this.data.up(watch)),
      emulation && watch.span('start the emulator of AWS', () => emulation.start(blueprint, watch)),
    ]);
    await this.release(deployment, settings, watch);
  }

  async release(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    const blueprint = this.read(deployment);
    this.data.noteChanges(blueprint, deployment.release);
    const services = servicesOf(blueprint);
    const cwd = deployment.folder ?? settings.folder;
    // a migration finds what the release before it has: its own is made with the services, as CloudFormation does
    const isFirst = this.emulation?.hasMade !== true;
    if (isFirst) await this.emulate(deployment, blueprint, settings, watch);
    await this.balancing(blueprint, this.namesOf(blueprint), async () => {
      await this.migrate(MIGRATION, blueprint, { ...settings, cwd, assembly: deployment.assembly }, watch);
      if (!isFirst) await this.emulate(deployment, blueprint, settings, watch);
      await this.deploy(deployment, this.namesOf(blueprint), services, settings, watch);
    });
  }

  /** The second part of the migration of the release that runs. */
  async contract(deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    const { migrate, folder } = settings;
    if (migrate?.contract === undefined) return;
    const cwd = deployment.folder ?? folder;
    const second = {
      ...settings,
      cwd,
      assembly: deployment.assembly,
      migrate: { ...migrate, command: migrate.contract },
    };
    await this.migrate(CONTRACTION, this.read(deployment), second, watch);
  }

  /** Makes the tiers of a release that an emulator of AWS stands in for. */
  private async emulate(
    deployment: Deployment,
    blueprint: Blueprint,
    settings: LocalSettings,
    watch: Watch,
  ): Promise<void> {
    const emulation = this.emulationFor(blueprint, settings);
    if (!emulation) return;
    const names = this.namesOf(blueprint);
    await watch.span('emulator of AWS', () => emulation.deploy(deployment, blueprint, names, watch));
  }

  /** Once there is one it follows every release, also one that has nothing for it. */
  private emulationFor(blueprint: Blueprint, settings: LocalSettings): Emulation | undefined {
    if (this.emulation || !Emulation.isNeeded(blueprint, settings)) return this.emulation;
    const { folder, machine } = this;
    return (this.emulation = new Emulation({ folder, machine, settings }));
  }

  /** Gives the load balancers, and the names of services, what a release's template says of them, and takes it back where the release fails. */
  private async balancing(blueprint: Blueprint, names: Names, work: () => Promise<void>): Promise<void> {
    const before = this.balanced;
    const update = async (it: Blueprint): Promise<void> => {
      await this.balancers.update(it, (stack, value) => names.for(it).text(stack, value));
      await this.discovery.update(servicesOf(it));
    };
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
    { release, folder: cwd, assembly }: Deployment,
    names: Names,
    services: readonly ServiceTier[],
    settings: LocalSettings,
    watch: Watch,
  ): Promise<void> {
    const variables = this.variablesWith(names, { ...settings, assembly });
    await Promise.all(
      services.map(async (tier) => {
        const because = whySkipped(tier, settings);
        if (because !== undefined) return this.skip(tier, because);
        const command = settings.services[tier.name]!;
        const next = { tier, release, command, cwd: cwd ?? settings.folder, variables };
        await this.services.deploy(next, watch);
      }),
    );
  }

  async checkpoint(name: string, watch: Watch): Promise<void> {
    await this.data.checkpoint(name, watch);
  }

  /** Its migration has run on these data before, so that it does not run again. */
  async restore(name: string, deployment: Deployment, settings: LocalSettings, watch: Watch): Promise<void> {
    this.data.checkCheckpoint(name);
    await this.services.stop();
    await this.data.restore(name, watch);
    const blueprint = this.read(deployment);
    this.data.noteChanges(blueprint, deployment.release);
    await this.emulate(deployment, blueprint, settings, watch);
    const names = this.namesOf(blueprint);
    await this.balancing(blueprint, names, () =>
      this.deploy(deployment, names, servicesOf(blueprint), settings, watch),
    );
  }

  async disrupt({ kind, tier }: Disruption, watch: Watch): Promise<Disrupted> {
    if (kind === 'failover') {
      const standIn = this.emulation?.states().find((it) => it.tier === tier);
      if (standIn) throw noFailover(standIn);
      return failOver(partOf(this.data.all, tier), watch);
    }
    const service = partOf(this.services.all, tier);
    return membersAround(service, async () => {
      if (kind === 'lose zone') return { lost: await service.loseZone(watch) };
      await service.killTask(watch);
      return {};
    });
  }

  describe(): readonly TierState[] {
    return [
      ...this.data.states(),
      ...(this.emulation?.states() ?? []),
      ...this.services.states().map((it) => withDifferences(it, this.emulation?.missing ?? [])),
      ...this.skipped.values(),
    ];
  }

  addresses(): Addresses {
    return { ...this.services.addresses(), databases: this.data.databases() };
  }

  /** Where its services are reached whatever share of the traffic of clients goes elsewhere. */
  async ownAddresses(): Promise<Addresses> {
    return { ...(await this.services.ownAddresses()), databases: [] };
  }

  /** What a second production uses of its data. @throws TwinError `not-seeded` */
  offer(): OfferedData {
    if (!this.secrets) throw notSeeded();
    const { data, secrets, authority } = this;
    return {
      authority: authority.file,
      variables: data.variables(),
      secrets: secrets.all,
      tiers: data.offered(),
    };
  }

  /** Copies the data of a tier for another environment, while it works on. */
  async copyTier(tier: Pick<DataTier, 'stack' | 'logicalId'>, into: string, watch: Watch): Promise<void> {
    await this.data.copy(tier, into, watch);
  }

  /** Copies the data of its own databases into a folder. */
  async keepData(into: string, watch: Watch): Promise<readonly KeptTier[]> {
    return this.data.keep(into, watch);
  }

  /** The environment variables by which commands reach its emulator; none where it has none. */
  variables(): Readonly<Record<string, string>> {
    return this.emulation?.variables ?? {};
  }

  /** Removes what it has in an emulator that goes on without it. */
  async removeShared(): Promise<void> {
    await this.emulation?.remove();
  }

  /** Kills all processes at once. */
  async close(): Promise<void> {
    await this.services.close();
    await this.balancers.close();
    await this.discovery.close();
    await this.machine.killAll();
  }

  private read({ assembly, environment }: Deployment): Blueprint {
    return blueprintOf(assembly, environment);
  }

  private make(tier: Tier, settings: LocalSettings): void {
    if (tier.kind === 'service') return; // released, not made
    if (this.shared && !this.shared.isOwn(tier)) {
      this.shared.register(tier, this.names!);
      this.skipped.set(tier.name, this.shared.state(tier));
      return;
    }
    const because = whySkipped(tier, settings);
    if (because !== undefined) return this.skip(tier, because);
    if (isEmulated(tier)) return; // released too
    const { machine, authority, names } = this;
    this.data.make(tier, {
      machine,
      authority,
      names: names!,
      replicationDelayMs: settings.replicationDelayMs,
    });
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
  private variablesWith(names: Names, { certificateFiles = [], assembly }: Released): Variables {
    return {
      names,
      discovery: this.discovery,
      certificateFiles,
      assets: assetsOf(assembly),
      authority: this.trusted(),
      ofTiers: {
        ...this.balancers.variables,
        ...this.shared?.variables,
        ...this.data.variables(),
        ...(this.isOfBoth() && trusting(this.trusted())),
      },
      aws: this.emulation?.variables ?? awsVariables({}),
    };
  }

  /** Whether it has data of its own beside those of another production. */
  private isOfBoth(): boolean {
    return this.shared !== undefined && existsSync(this.authority.file);
  }

  /** The file with the certificates of those who sign for the servers that its tasks reach. */
  private trusted(): string {
    if (!this.shared) return this.authority.file;
    if (!this.isOfBoth()) return this.shared.authority;
    const both = join(this.folder, 'ca-of-both.pem');
    const files = [this.shared.authority, this.authority.file];
    writeFileSync(both, files.map((it) => readFileSync(it, 'utf8')).join('\n'));
    return both;
  }

  private async migrate(
    called: string,
    blueprint: Blueprint,
    { cwd, ...settings }: Released & { readonly cwd: string },
    watch: Watch,
  ): Promise<void> {
    const { migrate } = settings;
    const as = servicesOf(blueprint).find(({ name }) => name === migrate?.as);
    if (!migrate || !as) return;
    const variables = this.variablesWith(this.namesOf(blueprint), settings);
    const env = { PGAPPNAME: 'migration', ...environmentOf(as, as.container, variables) };
    const files = ownFilesOf(as, variables);
    await watch.span(called, () => runOnce(this.machine, { ...migrate, env, cwd, files }, watch.signal));
  }
}

/** The settings, and the assembly of a release. */
type Released = LocalSettings & Pick<Deployment, 'assembly'>;

const servicesOf = ({ tiers }: Blueprint): readonly ServiceTier[] =>
  tiers.filter((tier): tier is ServiceTier => tier.kind === 'service');
