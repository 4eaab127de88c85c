import type { CacheTier } from '../../../blueprint/blueprint';
import type { CacheNode } from './node';
import type { Shard } from './shard';
import type { HostPort } from '../../../probes/context';
import { Proxy, type ProxyProps } from '../endpoint';
import type { Machine } from '../process/machine';

/** What the endpoints of a cache are created with. */
export interface CacheEndpointsProps {
  readonly tier: Pick<CacheTier, 'name' | 'port'>;
  readonly machine: Machine;
  readonly shards: readonly Shard[];
  readonly roles: readonly CacheRole[];
}

/** An endpoint: its attribute for `Fn::GetAtt`, and the nodes that it leads to now. */
export interface CacheRole {
  readonly attribute: string;
  /** The endpoint whose address it shares, and its port there. @default - an address of its own, and the port of the cache */
  readonly beside?: { readonly attribute: string; readonly port: number };
  nodes(): readonly CacheNode[];
}

/** The endpoints of a cache. */
export class CacheEndpoints {
  /** Those with an address of their own are first. */
  private readonly roles: readonly CacheRole[];
  private proxies: readonly Proxy[] = [];
  private turn = 0;

  constructor(private readonly props: CacheEndpointsProps) {
    const { roles } = props;
    this.roles = [...roles.filter(({ beside }) => !beside), ...roles.filter(({ beside }) => beside)];
  }

  /** Opens the endpoints. Idempotent. */
  async open(): Promise<void> {
    if (this.proxies.length > 0) return;
    const { tier, machine } = this.props;
    const wanted = (those: readonly CacheRole[]): readonly ProxyProps[] =>
      those.map((role) => ({
        name: `${tier.name} ${role.attribute}`,
        host: machine.address(`${tier.name} ${role.beside?.attribute ?? role.attribute}`),
        route: () => this.next(role)?.at,
      }));
    this.proxies = await Proxy.openAll(wanted(this.roles.filter(({ beside }) => !beside)), tier.port);
    for (const role of this.roles) {
      if (role.beside)
        this.proxies = [...this.proxies, ...(await Proxy.openAll(wanted([role]), role.beside.port))];
    }
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

  /** The attributes of the resource, for `Fn::GetAtt`. */
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

  private next(role: CacheRole): CacheNode | undefined {
    const nodes = role.nodes();
    return nodes[this.turn++ % nodes.length];
  }
}
