import type { Client } from 'pg';
import type { Watch } from '../../target';
import { until } from '../process/until';
import { backUp } from './data';
import type { PostgresNode } from './node';
import type { Role } from './settings';

/** A primary and its streaming replicas. */
export class PostgresCluster {
  primary: PostgresNode;
  /** The node that an unfinished failover has killed. */
  private killed: PostgresNode | undefined;

  constructor(
    readonly nodes: readonly PostgresNode[],
    private readonly replicationDelayMs: number,
  ) {
    this.primary = nodes[0]!;
  }

  /** The running replicas. */
  get replicas(): readonly PostgresNode[] {
    return this.nodes.filter((node) => node !== this.primary && node.isRunning);
  }

  get isUp(): boolean {
    return this.killed === undefined && this.nodes.every((node) => node.isRunning);
  }

  /** Starts every member on the same data. */
  async start(watch: Watch): Promise<void> {
    this.killed = undefined;
    try {
      await Promise.all(this.nodes.map((node) => this.startOne(node, watch)));
    } catch (error) {
      // The others would wait forever for the one that failed.
      await this.halt();
      throw error;
    }
    await this.primary.session((client) => this.streaming(client, this.replicas, watch));
    await this.protect();
  }

  /** Stops every member at once, without regard for the data. */
  async halt(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.halt()));
  }

  /**
   * Kills the primary, promotes the replica that has received the most, and restarts the killed member as a replica. A primary
   * without a replica is restarted in place. Continues where an earlier call was interrupted.
   *
   * @param disconnect - called with a member that is killed or promoted: its connections end, as on Aurora
   */
  async failover(disconnect: (node: PostgresNode) => void, watch: Watch): Promise<void> {
    const killed = (this.killed ??= this.primary);
    if (this.primary === killed) {
      await killed.kill();
      disconnect(killed);
      if (this.replicas.length > 0) await watch.span('promote', () => this.promote(disconnect, watch));
    }
    await watch.span(`restart ${killed.name}`, () => this.restart(killed, watch));
    this.killed = undefined;
  }

  /** Copies the primary's data while it runs. */
  async backUp(folder: string, watch: Watch): Promise<void> {
    await this.primary.session((client) => backUp(client, this.primary.data, folder, watch.signal));
  }

  private async promote(disconnect: (node: PostgresNode) => void, watch: Watch): Promise<void> {
    const best = await this.mostAdvanced(watch);
    watch.log(`promoting ${best.name}`);
    await best.become({ name: 'primary', isSynchronous: false });
    await best.ask('select pg_promote(true, 30)');
    this.primary = best;
    disconnect(best);
    const others = this.replicas;
    await Promise.all(others.map((node) => node.become(this.roleOf(node))));
    if (others.length === 0) return;
    await best.session((client) => this.streaming(client, others.slice(0, 1), watch));
    await this.protect();
  }

  /** A commit is acknowledged once one replica has it, so the most advanced replica has all of them. */
  private async mostAdvanced(watch: Watch): Promise<PostgresNode> {
    const received = await Promise.all(
      this.replicas.map((node) =>
        node.session(async (client) => ({ node, bytes: await receivedBy(client, watch) })),
      ),
    );
    return received.reduce((best, it) => (it.bytes > best.bytes ? it : best)).node;
  }

  private async restart(node: PostgresNode, watch: Watch): Promise<void> {
    if (node === this.primary) return this.startOne(node, watch);
    await node.halt();
    await this.primary.session(async (client) => {
      // In one session: until its end the primary keeps the WAL that the copy needs.
      await backUp(client, this.primary.data, node.data, watch.signal);
      await this.startOne(node, watch);
      await this.streaming(client, [node], watch);
    });
    await this.protect();
  }

  private startOne(node: PostgresNode, { signal }: Watch): Promise<void> {
    return node.start(this.roleOf(node), signal, () => this.lost());
  }

  private roleOf(node: PostgresNode): Role {
    return node === this.primary
      ? { name: 'primary', isSynchronous: false }
      : { name: 'replica', of: this.primary, delayMs: this.replicationDelayMs };
  }

  /** From now on a commit waits for a replica; before a replica streams it would wait forever. */
  private async protect(): Promise<void> {
    if (this.replicas.length > 0) await this.primary.become({ name: 'primary', isSynchronous: true });
  }

  /** Called when a replica is lost. Without the last one the primary continues alone, as Aurora's writer does. */
  private lost(): void {
    if (this.replicas.length > 0 || !this.primary.isRunning) return;
    // Fails when the primary ends too, and then needs no change.
    void this.primary.become({ name: 'primary', isSynchronous: false }).catch(() => {});
  }

  private async streaming(client: Client, nodes: readonly PostgresNode[], { signal }: Watch): Promise<void> {
    const names = nodes.map((node) => node.name);
    const sql = `select from pg_stat_replication where state = 'streaming' and application_name = any($1)`;
    const areStreaming = async (): Promise<boolean> => {
      const failure = nodes.map((node) => node.failure()).find(Boolean);
      if (failure) throw failure;
      return (await client.query(sql, [names])).rowCount === names.length;
    };
    await until(areStreaming, { what: `${names.join(' and ')} replicate`, signal });
  }
}

/** How much WAL a replica has received, once it receives no more. */
async function receivedBy(client: Client, { signal }: Watch): Promise<bigint> {
  const sql = `select from pg_stat_wal_receiver where status = 'streaming'`;
  await until(async () => (await client.query(sql)).rowCount === 0, {
    what: 'a replica has received all that its primary sent',
    signal,
  });
  // WAL that was received before the last start counts only once it is applied.
  const { rows } = await client.query<{ bytes: string }>(
    `select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0' as bytes`,
  );
  return BigInt(rows[0]!.bytes);
}
