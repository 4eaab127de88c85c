import type { DocumentTier } from '../../../blueprint/blueprint';
import type { ProbeDatabase } from '../../../probes/context';
import { Proxy, type ProxyProps } from '../endpoint';
import type { Machine } from '../process/machine';
import type { DocumentMember } from './member';

/** What the endpoints of a cluster are created with. */
export interface DocumentEndpointsProps {
  readonly tier: DocumentTier;
  readonly machine: Machine;
  readonly members: readonly DocumentMember[];
  /** The primary now. */
  readonly primary: () => DocumentMember;
}

/**
 * The cluster endpoint, which leads to the primary, and the reader endpoint, which balances connections over the replicas. Members
 * have addresses of their own: clients that know the replica set find those by themselves.
 */
export class DocumentEndpoints {
  private proxies: readonly Proxy[] = [];
  private turn = 0;

  constructor(private readonly props: DocumentEndpointsProps) {}

  /** Opens them. Idempotent. */
  async open(): Promise<void> {
    if (this.proxies.length === 0) this.proxies = await Proxy.openAll(this.wanted(), this.props.tier.port);
  }

  /** Their loopback addresses. */
  get hosts(): readonly string[] {
    return this.wanted().map(({ host }) => host);
  }

  /** Closes connections to members that an endpoint does not lead to any more. */
  cutStale(): void {
    const { members, primary } = this.props;
    const [cluster, reader] = this.proxies;
    for (const member of members) {
      if (member !== primary()) cluster?.cut(member);
      if (!this.readers().includes(member)) reader?.cut(member);
    }
  }

  /** The attributes of the cluster, for `Fn::GetAtt`. */
  attributes(): Readonly<Record<string, string>> {
    const [cluster, reader] = this.hosts;
    const port = String(this.proxies[0]?.port ?? this.props.tier.port);
    return { Endpoint: cluster!, ReadEndpoint: reader!, Port: port };
  }

  /** Where probes reach it; with the declared port until they are open. */
  reached(): Pick<ProbeDatabase, 'writer' | 'reader'> {
    const [cluster, reader] = this.hosts;
    const port = this.proxies[0]?.port ?? this.props.tier.port;
    return { writer: { host: cluster!, port }, reader: { host: reader!, port } };
  }

  /** The same of its instances, by logical id. */
  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const { members, tier } = this.props;
    return Object.fromEntries(
      members.map(({ logicalId, host, port }) => [
        logicalId,
        { Endpoint: host, Port: String(port === 0 ? tier.port : port) },
      ]),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.proxies = [];
  }

  private wanted(): readonly ProxyProps[] {
    const { tier, machine, primary } = this.props;
    const at = (name: string): Pick<ProxyProps, 'name' | 'host'> => ({ name, host: machine.address(name) });
    return [
      { ...at(`${tier.name} cluster`), route: () => (runs(primary()) ? primary() : undefined) },
      {
        ...at(`${tier.name} reader`),
        route: () => {
          const readers = this.readers();
          return readers[this.turn++ % readers.length];
        },
      },
    ];
  }

  /** Without replicas the reader endpoint leads to the primary, as on AWS. */
  private readers(): readonly DocumentMember[] {
    const { members, primary } = this.props;
    const replicas = members.filter((it) => it !== primary() && runs(it));
    return replicas.length > 0 ? replicas : [primary()].filter(runs);
  }
}

const runs = ({ state }: DocumentMember): boolean => state === 'running';
