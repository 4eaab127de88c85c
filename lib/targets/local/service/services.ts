import type { ServiceTier } from '../../../blueprint/blueprint';
import type { ServiceCommand } from '../../../config/types';
import type { Addresses } from '../../../probes/addresses';
import type { RehearsedTier, Watch } from '../../target';
import type { LoadBalancers } from '../balancer/load-balancers';
import type { Discovery } from '../discovery/discovery';
import type { Machine } from '../process/machine';
import { differencesOf } from './differences';
import { ownFilesOf, releasedContainers, type Variables } from './released-containers';
import { Service } from './service';

/** A release of a service. */
export interface ReleasedService {
  readonly tier: ServiceTier;
  readonly release: string;
  readonly command: ServiceCommand;
  /** The folder of the release's code. */
  readonly cwd: string;
  readonly variables: Variables;
}

/** The services of an environment on this machine. */
export class Services {
  private readonly standing = new Map<string, Service>();

  constructor(
    private readonly machine: Machine,
    private readonly balancers: LoadBalancers,
    private readonly discovery: Discovery,
  ) {}

  /** Those that stand, by their names. */
  get all(): ReadonlyMap<string, Service> {
    return this.standing;
  }

  async deploy({ tier, release, command, cwd, variables }: ReleasedService, watch: Watch): Promise<void> {
    const containers = releasedContainers(tier, command, variables);
    const { names, assets, certificateFiles } = variables;
    const differs = differencesOf({
      tier,
      command,
      stacks: names.stacks,
      text: (stack, value) => names.text(stack, value),
      machine: this.machine,
      names: this.discovery.namesFor(tier).map(({ name }) => name),
      certificateFiles,
      movedPorts: this.balancers.movedPorts(tier),
      assets,
    });
    const service = this.standing.get(tier.name) ?? this.make(tier.name);
    const next = { tier, release, containers, cwd, files: ownFilesOf(tier, variables), differs };
    await watch.span(`${tier.name}: ${tier.tasks} tasks`, () => service.deploy(next, watch));
  }

  /** Where clients reach them. */
  addresses(): Omit<Addresses, 'databases'> {
    return addressesOf([...this.standing.values()].map(({ name, url }) => [name, url]));
  }

  /** Where they are reached whatever share of the traffic of clients goes elsewhere. */
  async ownAddresses(): Promise<Omit<Addresses, 'databases'>> {
    const all = [...this.standing.values()];
    return addressesOf(await Promise.all(all.map(async (it) => [it.name, await it.directUrl()] as const)));
  }

  states(): readonly RehearsedTier[] {
    return [...this.standing.values()].map((it) => it.state());
  }

  async stop(): Promise<void> {
    await Promise.all([...this.standing.values()].map((it) => it.stop()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.standing.values()].map((it) => it.close()));
  }

  private make(name: string): Service {
    const { machine, balancers } = this;
    const requests = (): number =>
      [...this.standing.values()].reduce((sum, { totalRequests }) => sum + totalRequests, 0);
    const found = this.discovery.tasksOf(name);
    const service = new Service({ name, machine, balancers, found, requests });
    this.standing.set(name, service);
    return service;
  }
}

function addressesOf(all: readonly (readonly [string, string | undefined])[]): Omit<Addresses, 'databases'> {
  const urls = Object.fromEntries(all.flatMap(([name, url]) => (url === undefined ? [] : [[name, url]])));
  const others = Object.values<string>(urls);
  return { url: others.find((it) => !it.startsWith('udp:')) ?? others[0], urls };
}
