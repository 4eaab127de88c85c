import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPort } from '../../../probes/context';
import type { RehearsedTier, Watch } from '../../target';
import { noReplica } from '../cache/failures';
import type { OtherCache } from '../cache/form';
import { nodeMemory, serverlessMemory, type NodeMemory } from '../cache/memory';
import { tierTls, type TierTls } from '../cache/tls';
import { sharedPort } from '../process/shared-port';
import type { LocalTier, LocalTierProps } from '../tier';
import type { Authority } from '../tls/authority';
import { Upkeep } from '../upkeep';
import { differencesOf } from './differences';
import { Front } from './front';
import { MemcachedNode } from './node';
import { optionsOf, OVERHEAD } from './options';
import { connectionsHere, type MemcachedServer } from './server';

/** What a cache is created with. */
export interface LocalMemcachedProps extends LocalTierProps<OtherCache> {
  readonly server: MemcachedServer;
  /** Who signs its certificates. */
  readonly authority: Authority;
}

/** A Memcached cluster of ElastiCache on this machine, or a serverless cache: a process for each node. */
export class LocalMemcached implements LocalTier {
  private readonly nodes: readonly MemcachedNode[];
  private readonly memory: NodeMemory;
  private readonly host: string;
  private fronts: readonly Front[] = [];
  /** The port of all nodes, once it is chosen. */
  private port = 0;
  /** The second port of a serverless cache. */
  private readerPort = 0;
  private tls: TierTls | undefined;
  private turn = 0;
  private readonly upkeep = new Upkeep<MemcachedNode>((node, signal) => node.start(signal));

  constructor(private readonly props: LocalMemcachedProps) {
    const { tier, folder, machine, server } = props;
    const { nodes, isServerless, parameters } = tier.cache;
    this.memory = isServerless ? serverlessMemory(tier.cache) : memoryOf(tier);
    this.host = machine.address(`${tier.name} endpoint`);
    const options = [
      `--memory-limit=${Math.floor(this.memory.bytes / MIB)}`,
      `--conn-limit=${connectionsHere()}`,
      // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
      ...(isServerless ? ['-B', 'ascii'] : []),
      ...optionsOf(parameters),
    ];
    const onEnd = (node: MemcachedNode, how: number | NodeJS.Signals): void =>
      this.upkeep.hasEnded(node, how);
    const shared = { machine, server, options, onEnd };
    const names = Array.from({ length: nodes }, (_, i) => `${tier.name.replaceAll('/', '-')}-${i + 1}`);
    this.nodes = names.map((name) => new MemcachedNode({ ...shared, name, folder: join(folder, name) }));
  }

  /** It begins empty, as on AWS: Memcached restores no data. */
  seed(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws TwinError `start` when a node does not start */
  async up(watch: Watch): Promise<void> {
    await this.open();
    await this.upkeep.inTurn(() => Promise.all(this.nodes.map((node) => node.start(watch.signal))));
    watch.log(`${this.props.tier.name}: ${this.nodes.length} nodes of Memcached run`);
  }

  checkpoint(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return Promise.resolve();
  }

  restore(_: string, watch: Watch): Promise<void> {
    return this.up(watch);
  }

  /** @throws TwinError `no-replica`: nodes have data of their own */
  failover(): Promise<void> {
    return Promise.reject(noReplica(this.props.tier.name));
  }

  state(): RehearsedTier {
    const { tier, server } = this.props;
    return {
      tier: tier.name,
      kind: 'storage',
      skipped: false,
      engine: `Memcached ${server.version}`,
      members: this.nodes.map(({ name, inner }) => ({
        name,
        role: 'primary',
        state: inner ? 'running' : 'stopped',
      })),
      incidents: this.upkeep.incidents,
      differs: differencesOf({ cache: tier.cache, server, memory: this.memory }),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    const { host: address, port, readerPort } = this;
    const { isServerless } = this.props.tier.cache;
    const first = isServerless ? 'Endpoint' : 'ConfigurationEndpoint';
    return {
      [`${first}.Address`]: address,
      [`${first}.Port`]: String(port),
      ...(isServerless && { 'ReaderEndpoint.Address': address, 'ReaderEndpoint.Port': String(readerPort) }),
    };
  }

  /** Tasks trust its certificates. */
  variables(): Readonly<Record<string, string>> {
    return this.tls?.variables ?? {};
  }

  async close(): Promise<void> {
    await this.upkeep.close();
    await Promise.all([
      ...this.fronts.map((front) => front.close()),
      ...this.nodes.map((node) => node.kill()),
    ]);
    this.fronts = [];
  }

  /** Opens the address of each node, and that of the whole, which leads to one of them. Idempotent. */
  private async open(): Promise<void> {
    if (this.fronts.length > 0) return;
    const { tier, authority } = this.props;
    const { port: declared, isServerless, encrypts } = tier.cache;
    const hosts = [this.host, ...this.nodes.map(({ host }) => host)];
    this.port = await sharedPort(declared, { who: 'a cache node', hosts });
    if (encrypts) this.tls = await tierTls(authority, hosts);
    const { host, port } = this;
    const nodes = () => this.nodes.map((node) => ({ host: node.host, port }));
    const shared = { nodes, certificate: this.tls?.certificate };
    const all = { ...shared, host, route: () => this.next() };
    const each = isServerless
      ? []
      : this.nodes.map((node) => ({ ...shared, host: node.host, port, route: () => node.inner }));
    if (isServerless)
      this.readerPort = await sharedPort(declared + 1, { who: 'a cache node', hosts: [host] });
    const second = isServerless ? [{ ...all, port: this.readerPort }] : [];
    for (const front of [{ ...all, port }, ...second, ...each]) {
      this.fronts = [...this.fronts, await Front.open(front)];
    }
  }

  /** As the name of a configuration endpoint leads to one of the nodes. */
  private next(): HostPort | undefined {
    const running = this.nodes.flatMap(({ inner }) => inner ?? []);
    return running[this.turn++ % running.length];
  }
}

const MIB = 1024 ** 2;

/** What ElastiCache keeps of a node for connections, in MiB. */
const DEFAULT_OVERHEAD = 100;

function memoryOf({ cache }: OtherCache): NodeMemory {
  const overhead = Number(cache.parameters[OVERHEAD] ?? DEFAULT_OVERHEAD) * MIB;
  return nodeMemory({
    nodeType: cache.class ?? 'unknown',
    nodes: cache.nodes,
    usable: (bytes) => bytes - overhead,
  });
}
