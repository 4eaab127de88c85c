import type { CacheTier } from '../../../blueprint/blueprint';
import type { CacheNode } from './node';
import type { Shard } from './shard';
import type { HostPort } from '../../../probes/context';
import { Proxy, type ProxyProps } from '../endpoint';
import type { Machine } from '../process/machine';

/** What the endpoints of a cache are created with. */
export interface CacheEndpointsProps {
  readonly tier: CacheTier;
  readonly machine: Machine;
  readonly shards: readonly Shard[];
}

/** An endpoint: its attribute for `Fn::GetAtt`, and the nodes that it leads to now. */
interface Role {
  readonly attribute: string;
  nodes(): readonly CacheNode[];
}

/** The endpoints of a cache: as on AWS, a primary and a reader endpoint, or in cluster mode a configuration endpoint. */
export class CacheEndpoints {
  private readonly roles: readonly Role[];
  private proxies: readonly Proxy[] = [];
  private turn = 0;

  constructor(private readonly props: CacheEndpointsProps) {
    this.roles = props.tier.clusterMode ? clusterRoles(props.shards) : groupRoles(props.shards[0]!);
  }

  /** Opens the endpoints. Idempotent. */
  async open(): Promise<void> {
    if (this.proxies.length > 0) return;
    const { tier, machine } = this.props;
    const wanted = this.roles.map((role): ProxyProps => {
      const name = `${tier.name} ${role.attribute}`;
      return { name, host: machine.address(name), route: () => this.next(role)?.at };
    });
    this.proxies = await Proxy.openAll(wanted, tier.port);
  }

  /** Closes connections to nodes that an endpoint does not lead to any more. */
  cutStale(): void {
    this.proxies.forEach((proxy, i) => {
      const current = this.roles[i]!.nodes();
      const stale = this.props.shards.flatMap(({ nodes }) => nodes).filter((node) => !current.includes(node));
      for (const node of stale) proxy.cut(node.at);
    });
  }

  /** Their addresses. */
  get hosts(): readonly string[] {
    return this.proxies.map(({ host }) => host);
  }

  /** Where clients write: the primary endpoint, or in cluster mode the configuration endpoint. Once they are open. */
  get writable(): HostPort {
    return this.proxies[0]!;
  }

  /** The attributes of the replication group, for `Fn::GetAtt`. */
  attributes(): Readonly<Record<string, string>> {
    const entries = this.proxies.flatMap(({ host, port }, i) => {
      const { attribute } = this.roles[i]!;
      return [
        [`${attribute}.Address`, host],
        [`${attribute}.Port`, String(port)],
      ];
    });
    return Object.fromEntries(entries) as Record<string, string>;
  }

  async close(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.proxies = [];
  }

  private next(role: Role): CacheNode | undefined {
    const nodes = role.nodes();
    return nodes[this.turn++ % nodes.length];
  }
}

const runs = ({ state }: CacheNode): boolean => state === 'running';

const groupRoles = (shard: Shard): readonly Role[] => [
  { attribute: 'PrimaryEndPoint', nodes: () => [shard.primary].filter(runs) },
  {
    attribute: 'ReaderEndPoint',
    nodes: () => {
      const replicas = shard.nodes.filter((node) => node !== shard.primary && runs(node));
      return replicas.length > 0 ? replicas : [shard.primary].filter(runs);
    },
  },
];

const clusterRoles = (shards: readonly Shard[]): readonly Role[] => [
  { attribute: 'ConfigurationEndPoint', nodes: () => shards.flatMap(({ nodes }) => nodes).filter(runs) },
];
