import type { Watch } from '../../target';
import type { Arrangement } from './arrangement';
import type { CacheEndpoints } from './endpoints';
import { noReplica } from './failures';
import type { CacheNode } from './node';
import { mostAdvanced, replicasOf, type Shard } from './shard';

/** What the nodes of a cache have in common that follow each other. */
export interface SuccessionProps {
  /** The tier's name. */
  readonly tier: string;
  readonly shards: readonly Shard[];
  readonly arrangement: Arrangement;
  readonly endpoints: CacheEndpoints;
  /** Starts a node empty. */
  readonly start: (node: CacheNode, signal: AbortSignal) => Promise<void>;
}

/** Which node takes the place of one that ends, and how that gets its own place again. */
export class Succession {
  /** The node that a failover has killed, until it runs again. */
  private killed: CacheNode | undefined;
  /** The shards that an unfinished failover has not done. */
  private pending: Shard[] | undefined;

  constructor(private readonly props: SuccessionProps) {}

  /** Forgets an unfinished failover. */
  reset(): void {
    this.killed = undefined;
    this.pending = undefined;
  }

  /**
   * In cluster mode every shard, each when the one before is done, as ElastiCache tests it. An interrupted failover continues where
   * it was.
   *
   * @throws TwinError `no-replica` when no replica runs that could take over
   */
  async failover(watch: Watch): Promise<void> {
    this.pending ??= [...this.props.shards];
    for (let shard = this.pending[0]; shard; shard = this.pending[0]) {
      await this.failOver(shard, watch);
      this.pending.shift();
    }
    this.pending = undefined;
  }

  /**
   * Replaces a node that has ended by itself, as ElastiCache does: the replica that has received the most takes the place of a primary
   * first. Without one the data are lost: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
   */
  async replace(node: CacheNode, signal: AbortSignal): Promise<void> {
    const { shards, arrangement, endpoints } = this.props;
    const shard = shards.find(({ nodes }) => nodes.includes(node))!;
    const next = node === shard.primary ? await mostAdvanced(shard) : undefined;
    if (next) {
      shard.primary = next;
      await arrangement.promote(shard, shards, signal);
      endpoints.cutStale();
    }
    await this.bringBack(node, signal);
  }

  private async failOver(shard: Shard, watch: Watch): Promise<void> {
    const { shards, arrangement, endpoints } = this.props;
    const killed = this.killed ?? shard.primary;
    if (killed === shard.primary) await this.kill(killed, shard);
    await arrangement.promote(shard, shards, watch.signal);
    endpoints.cutStale();
    watch.log(`${killed.name} was killed, ${shard.primary.name} is primary`);
    await this.bringBack(killed, watch.signal);
    this.killed = undefined;
    watch.log(`${killed.name} is running again, as a replica`);
  }

  /** Kills the primary of a shard and chooses another one. */
  private async kill(primary: CacheNode, shard: Shard): Promise<void> {
    const { tier } = this.props;
    if (replicasOf(shard).length === 0) throw noReplica(tier);
    this.killed = primary;
    await primary.kill();
    const next = await mostAdvanced(shard);
    if (!next) throw noReplica(tier);
    shard.primary = next;
  }

  /** Starts a node again, in its place. */
  private async bringBack(node: CacheNode, signal: AbortSignal): Promise<void> {
    const { shards, arrangement, endpoints, start } = this.props;
    await start(node, signal);
    await arrangement.untilSettled(shards, signal);
    node.join();
    endpoints.cutStale();
  }
}
