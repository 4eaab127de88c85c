import type { ServiceTier } from '../../../blueprint/blueprint';
import type { DiscoveryName } from '../../../blueprint/discovery';
import type { Machine } from '../process/machine';
import { NamedPort } from './named-port';
import type { ReachableName } from './reachable';
import { RunningTasks } from './running-tasks';

/** A port of a name. */
interface Open {
  readonly address: string;
  readonly port: NamedPort;
}

/** The names by which services of an environment find each other: of AWS Cloud Map, and of Service Connect. */
export class Discovery {
  private readonly open = new Map<string, Open>();
  /** Those of the current release: tasks of the one before go on using theirs. */
  private declared: ReadonlySet<string> = new Set();
  private readonly tasks = new Map<string, RunningTasks>();

  constructor(private readonly machine: Machine) {}

  /** The tasks of a service that its names lead to. */
  tasksOf(service: string): RunningTasks {
    const known = this.tasks.get(service) ?? new RunningTasks();
    this.tasks.set(service, known);
    return known;
  }

  /** Makes the names of a release's services: each keeps its address. */
  async update(services: readonly ServiceTier[]): Promise<void> {
    const declared = new Map(
      services.flatMap(({ name, discovery }) =>
        (discovery?.names ?? []).map((offer) => [keyOf(name, offer), { service: name, offer }] as const),
      ),
    );
    for (const [key, { service, offer }] of declared) {
      const known = this.open.get(key);
      if (known) known.port.offer = offer;
      else await this.make(key, service, offer);
    }
    this.declared = new Set(declared.keys());
  }

  /** The names that the tasks of a service find. */
  namesFor({ discovery }: Pick<ServiceTier, 'discovery'>): readonly ReachableName[] {
    const own = [...this.open].flatMap(([key, it]) => (this.declared.has(key) ? [it] : []));
    return own.flatMap(({ address, port: { offer, port: localPort } }) =>
      offer.by === 'dns' || offer.namespace === discovery?.connects
        ? [{ name: offer.name, port: offer.port, address, localPort }]
        : [],
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map(({ port }) => port.close()));
  }

  private async make(key: string, service: string, offer: DiscoveryName): Promise<void> {
    const address = this.machine.address(`${service} by ${offer.name}`);
    const port = new NamedPort(offer, this.tasksOf(service));
    await port.open(address);
    this.open.set(key, { address, port });
  }
}

const keyOf = (service: string, { by, name, port, protocol }: DiscoveryName): string =>
  `${service} ${by} ${name} ${port} ${protocol}`;
