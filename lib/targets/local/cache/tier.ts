import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheTier } from '../../../blueprint/blueprint';
import type { RehearsedTier, Watch } from '../../target';
import { CLUSTER, REPLICATION, type Arrangement } from './arrangement';
import { readCommands, type CacheCommand } from './commands';
import { clusterId, liveParameters, slotRanges, type NodeUser } from './config';
import { differencesOf, isEncrypted } from './differences';
import { CacheEndpoints } from './endpoints';
import { formOf, type CacheForm, type OtherCache } from './form';
import { CacheNode } from './node';
import { noServer, notLoaded } from './failures';
import { nodePort } from './port';
import { cacheServer, hasShardIds, type CacheServer } from './server';
import type { Shard } from './shard';
import { Succession } from './succession';
import type { LocalTier, LocalTierProps } from '../tier';
import type { Authority } from '../tls/authority';
import { tierTls, type TierTls } from './tls';
import { cacheWriter } from './writer';
import { Upkeep } from '../upkeep';
import type { Writer } from '../writes';

/** What a cache is created with. */
export interface LocalCacheProps extends LocalTierProps<CacheTier | OtherCache> {
  /** Who signs its certificates. */
  readonly authority: Authority;
  /** @default - its clients are nobody in particular */
  readonly users?: readonly NodeUser[] | undefined;
}

/** A cache of ElastiCache on this machine: a Valkey or Redis process for each node. */
export class LocalCache implements LocalTier {
  private readonly server: CacheServer;
  private readonly arrangement: Arrangement;
  private readonly shards: readonly Shard[];
  private readonly endpoints: CacheEndpoints;
  private readonly adminPassword = randomBytes(24).toString('hex');
  private tls: TierTls | undefined;
  private commands: readonly CacheCommand[] = [];
  /** A checkpoint of another cache, that it begins with. */
  private adopted: string | undefined;
  /** The parameters of the parameter group that the server rejected: the reason, by name. */
  private readonly refused = new Map<string, string>();
  private readonly form: CacheForm;
  private readonly succession: Succession;
  private readonly upkeep = new Upkeep<CacheNode>((node, signal) => this.succession.replace(node, signal));

  /**
   * @param path - the folders to search for the server @default - the PATH of this process
   * @throws TwinError `cache-server` when there is neither Valkey nor Redis
   */
  constructor(
    private readonly props: LocalCacheProps,
    path?: string,
  ) {
    const server = cacheServer(path);
    if (!server) throw noServer();
    this.server = server;
    this.form = formOf(props.tier);
    const { tier } = this.form;
    this.arrangement = tier.clusterMode ? CLUSTER : REPLICATION;
    const shards = slotRanges(tier.shards).map((slots, i) => this.makeShard(`${this.name}-${i + 1}`, slots));
    this.shards = shards;
    const { machine } = props;
    this.endpoints = new CacheEndpoints({ tier, machine, shards, roles: this.form.rolesOf(shards) });
    this.succession = new Succession({
      tier: tier.name,
      shards,
      arrangement: this.arrangement,
      endpoints: this.endpoints,
      start: (node, signal) => this.startNode(node, signal),
    });
  }

  /**
   * Reads the commands that `up` sends once the cache runs: a cache has no data before.
   *
   * @throws TwinError `seed` when the file cannot be read or parsed
   */
  seed(seed: string | undefined): Promise<void> {
    this.commands = seed === undefined ? [] : readCommands(seed);
    return Promise.resolve();
  }

  async adopt(folder: string): Promise<void> {
    const own = join(this.props.folder, 'adopted');
    await mkdir(this.props.folder, { recursive: true, mode: 0o711 }); // the server may run as another user
    await rm(own, { recursive: true, force: true });
    await rename(folder, own);
    this.adopted = own;
  }

  /**
   * @throws TwinError `start` when a node does not start, `seed` when a command of the seed fails, `timeout` when the nodes
   * do not find each other
   */
  async up(watch: Watch): Promise<void> {
    await this.standUp(watch, this.adopted);
    watch.log(`${this.props.tier.name}: ${this.nodes.length} nodes of ${this.server.engine} run`);
  }

  /** @throws TwinError `checkpoint` when a node cannot write its data */
  async checkpoint(folder: string, { signal }: Watch): Promise<void> {
    // The folder gets its name once it is complete.
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    await this.upkeep.inTurn(() =>
      Promise.all(this.shards.map(({ primary }, i) => primary.save(dumpIn(part, i), signal))),
    );
    renameSync(part, folder);
  }

  restore(folder: string, watch: Watch): Promise<void> {
    return this.standUp(watch, folder);
  }

  /** @throws TwinError `no-replica` when no replica runs that could take over */
  failover(watch: Watch): Promise<void> {
    return this.upkeep.inTurn(() => this.succession.failover(watch));
  }

  writer(): Promise<Writer> {
    return cacheWriter({
      shards: this.shards,
      at: this.endpoints.writable,
      adminPassword: this.adminPassword,
      tls: this.tls,
      clusterMode: this.form.tier.clusterMode,
    });
  }

  state(): RehearsedTier {
    const { tier, kind, memory, differs: own } = this.form;
    const { server, refused } = this;
    return {
      tier: tier.name,
      kind,
      skipped: false,
      engine: `${server.engine} ${server.version}`,
      members: this.shards.flatMap(({ nodes, primary }) =>
        nodes.map((node) => ({
          name: node.name,
          role: node === primary ? ('primary' as const) : ('replica' as const),
          state: node.state,
        })),
      ),
      incidents: this.upkeep.incidents,
      differs: differencesOf({ tier, server, refused, memory, own }),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    return this.endpoints.attributes();
  }

  /** Tasks trust its certificates. */
  variables(): Readonly<Record<string, string>> {
    return this.tls?.variables ?? {};
  }

  /** Stops every node and closes the endpoints. */
  async close(): Promise<void> {
    await this.upkeep.close();
    await this.killAll();
    await Promise.all([this.endpoints.close(), ...this.nodes.map((node) => node.close())]);
  }

  private get nodes(): readonly CacheNode[] {
    return this.shards.flatMap(({ nodes }) => nodes);
  }

  /** The tier's name as a file name. */
  private get name(): string {
    return this.props.tier.name.replaceAll('/', '-');
  }

  private makeShard(name: string, slots: Shard['slots']): Shard {
    const { folder, machine, password, users } = this.props;
    const { tier, memory, refused } = this.form;
    const nodes = Array.from({ length: 1 + tier.replicas }, (_, i) => {
      const node = `${name}-${i + 1}`;
      return new CacheNode({
        name: node,
        folder: join(folder, node),
        machine,
        server: this.server,
        password,
        adminPassword: this.adminPassword,
        maxmemory: memory.bytes,
        refused,
        users,
        onEnd: (it, how) => this.upkeep.hasEnded(it, how),
      });
    });
    const id = hasShardIds(this.server) ? clusterId(name) : undefined;
    return { id, slots, nodes, primary: nodes[0]! };
  }

  private async choosePort(): Promise<void> {
    const { clusterMode, port: declared } = this.form.tier;
    if (this.nodes[0]!.port !== 0) return;
    const port = await nodePort(declared, { hosts: this.nodes.map(({ host }) => host), clusterMode });
    for (const { at } of this.nodes) at.port = port;
    const { replicationDelayMs: ms } = this.props;
    if (ms === 0) return;
    await Promise.all(
      this.shards.flatMap(({ nodes }) => {
        const hosts = new Set(nodes.map(({ host }) => host));
        return nodes.map((node) => (clusterMode ? node.delayInCluster(ms, hosts) : node.delay(ms)));
      }),
    );
  }

  /** Makes certificates where clients must encrypt, and the server can. */
  private async encrypt(): Promise<void> {
    if (this.tls || !isEncrypted(this.form.tier, this.server)) return;
    const hosts = [...this.nodes.map(({ host }) => host), ...this.endpoints.hosts];
    this.tls = await tierTls(this.props.authority, hosts);
    for (const node of this.nodes) node.encrypt(this.tls);
  }

  /** Starts every node from a checkpoint, or from the seed. */
  private async standUp({ signal }: Watch, checkpoint: string | undefined): Promise<void> {
    await this.endpoints.open();
    await this.choosePort();
    await this.upkeep.inTurn(() => this.startAll(signal, checkpoint));
  }

  private async startAll(signal: AbortSignal, checkpoint: string | undefined): Promise<void> {
    await this.encrypt();
    await this.killAll();
    this.succession.reset();
    for (const shard of this.shards) shard.primary = shard.nodes[0]!;
    const dumps = new Map(
      checkpoint === undefined
        ? []
        : this.shards.map(({ primary }, i) => [primary, dumpIn(checkpoint, i)] as const),
    );
    try {
      await Promise.all(this.nodes.map((node) => this.startNode(node, signal, dumps.get(node))));
      await this.arrangement.untilSettled(this.shards, signal);
      if (checkpoint === undefined) await this.load(signal);
    } catch (error) {
      await this.killAll();
      throw error;
    }
    for (const node of this.nodes) node.join();
  }

  private async startNode(node: CacheNode, signal: AbortSignal, dump?: string): Promise<void> {
    const { parameters } = this.form.tier;
    const place = this.arrangement.placeOf(node, this.shards);
    await node.start({ ...place, parameters, dump }, signal);
    for (const [name, value] of liveParameters(parameters)) {
      await node.call('CONFIG', 'SET', name, value).catch((error: Error) => {
        if (node.state === 'stopped') throw error;
        this.refused.set(name, error.message);
      });
    }
  }

  private async load(signal: AbortSignal): Promise<void> {
    if (this.commands.length === 0) return;
    const to = this.arrangement.open(this.shards, this.adminPassword, this.tls);
    try {
      for (const { where, name, args } of this.commands) {
        signal.throwIfAborted();
        await to.send(name, args).catch((cause: Error) => {
          throw notLoaded(where, cause);
        });
      }
    } finally {
      to.close();
    }
    await this.arrangement.untilSettled(this.shards, signal);
  }

  private async killAll(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }
}

const dumpIn = (folder: string, shard: number): string => join(folder, `${shard + 1}.rdb`);
