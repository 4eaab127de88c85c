import type { SqlTier } from '../../../blueprint/blueprint';
import type { HostPort, ProbeDatabase } from '../../../probes/context';
import { Proxy, type ProxyProps, type Upstream } from '../endpoint';
import type { Machine } from '../process/machine';
import type { Arrangement } from './arrangement';
import type { SqlServer } from './server';

/** An address of a tier, and where it leads. */
interface Address extends ProxyProps {
  readonly role: 'writer' | 'reader' | 'member';
  /** The resource whose address it is, where that is not the tier's own. */
  readonly logicalId?: string;
}

/** What the addresses of a tier are made with. */
export interface EndpointsProps {
  readonly tier: SqlTier;
  readonly machine: Machine;
  /** The primary now. */
  readonly primary: () => SqlServer;
  readonly arrangement: Arrangement;
  /** Serves the clients of each address. @default - their bytes are forwarded */
  readonly serve?: ProxyProps['serve'];
}

/**
 * The addresses of a tier on this machine, which stay the same whatever happens to the servers behind them: of a cluster the
 * writer endpoint, the reader endpoint and one for each member; of an instance its own, and one for each read replica.
 */
export class Endpoints {
  private readonly wanted: readonly Address[];
  private proxies: readonly Proxy[] = [];
  private turn = 0;

  constructor(private readonly props: EndpointsProps) {
    const { tier, primary, arrangement, machine, serve } = props;
    const at = (name: string): Pick<ProxyProps, 'name' | 'host' | 'serve'> => ({
      name,
      host: machine.address(name),
      serve,
    });
    const members = arrangement.addressed.map(({ node, logicalId }): Address => ({
      role: 'member',
      ...at(node.name),
      ...(logicalId !== undefined && { logicalId }),
      route: () => upstreamOf(node),
    }));
    const writer = (name: string): Address => ({
      role: 'writer',
      ...at(name),
      route: () => upstreamOf(primary()),
    });
    this.wanted = arrangement.isInstance
      ? [writer(tier.name), ...members]
      : [
          writer(`${tier.name} writer`),
          { role: 'reader', ...at(`${tier.name} reader`), route: () => this.nextReader() },
          ...members,
        ];
  }

  get areOpen(): boolean {
    return this.proxies.length > 0;
  }

  /** The loopback address of the writer. */
  get host(): string {
    return this.wanted[0]!.host;
  }

  /** All loopback addresses. */
  get hosts(): readonly string[] {
    return this.wanted.map(({ host }) => host);
  }

  /** The addresses that clients connect to, by host and port. */
  get listeners(): readonly HostPort[] {
    return this.proxies.map(hostPort);
  }

  async open(): Promise<void> {
    if (!this.areOpen) this.proxies = await Proxy.openAll(this.wanted, this.props.tier.port);
  }

  async close(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.proxies = [];
  }

  /** Ends the connections to a server. */
  cut({ upstream }: SqlServer): void {
    for (const proxy of this.proxies) proxy.cut(upstream);
  }

  /** The values of `Fn::GetAtt` for the tier's resource. */
  attributes(): Readonly<Record<string, string>> {
    const { writer, reader } = this.listening();
    return {
      'Endpoint.Address': writer.host,
      'Endpoint.Port': `${writer.port}`,
      ...(reader && { Port: `${writer.port}`, 'ReadEndpoint.Address': reader.host }),
    };
  }

  /** The same for its members, by logical id. */
  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(
      this.listening().members.flatMap(({ logicalId, host, port }) =>
        logicalId === undefined
          ? []
          : [[logicalId, { 'Endpoint.Address': host, 'Endpoint.Port': `${port}` }] as const],
      ),
    );
  }

  /** Where probes reach it; an instance has no address for all of its read replicas: reads go to the first, and to itself where it has none. */
  reached(): Pick<ProbeDatabase, 'writer' | 'reader' | 'readers'> {
    const { writer, reader, members } = this.listening();
    const readers = members.filter(({ name }) => name !== this.props.primary().name);
    return {
      writer: hostPort(writer),
      reader: hostPort(reader ?? readers[0] ?? writer),
      readers: readers.map(({ name, host, port }) => ({ name, host, port })),
    };
  }

  /** Its addresses; with the declared port until they are open. */
  private listening() {
    const all = this.wanted.map(({ role, name, host, logicalId }, index) => ({
      role,
      name,
      host,
      logicalId,
      port: this.proxies[index]?.port ?? this.props.tier.port,
    }));
    return {
      writer: all.find(({ role }) => role === 'writer')!,
      reader: all.find(({ role }) => role === 'reader'),
      members: all.filter(({ role }) => role === 'member'),
    };
  }

  /** Balances connections as the reader endpoint of a cluster does, which leads to the writer when there is no reader. */
  private nextReader(): Upstream | undefined {
    const { primary, arrangement } = this.props;
    const replicas = arrangement.nodes.filter((it) => it !== primary() && it.isRunning);
    return upstreamOf(replicas[this.turn++ % replicas.length] ?? primary());
  }
}

const upstreamOf = ({ isRunning, upstream }: SqlServer): Upstream | undefined =>
  isRunning ? upstream : undefined;

const hostPort = ({ host, port }: HostPort): HostPort => ({ host, port });
