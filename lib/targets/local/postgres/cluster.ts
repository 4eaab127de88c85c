import type { Client } from 'pg';
import type { Watch } from '../../target';
import { until } from '../process/until';
import { backUp } from './data';
import type { PostgresNode } from './node';
import type { Role } from './settings';

/** What a cluster is created with. */
export interface ClusterProps {
  /** The first is the primary to begin with. */
  readonly nodes: readonly PostgresNode[];
  /** Those of which one is the primary: a commit waits until one of the others has it. The rest replicate, and never take over. */
  readonly candidates: readonly PostgresNode[];
  /** How long a node that can be read delays each write. */
  delayMsOf(node: PostgresNode): number;
}

/** A primary and the nodes that replicate from it. */
export class PostgresCluster {
  readonly nodes: readonly PostgresNode[];
  primary: PostgresNode;
  /** The node that an unfinished failover has killed. */
  private killed: PostgresNode | undefined;

  constructor(private readonly props: ClusterProps) {
    this.nodes = props.nodes;
    this.primary = this.nodes[0]!;
  }

  /** The running replicas. */
  get replicas(): readonly PostgresNode[] {
    return this.nodes.filter((node) => node !== this.primary && node.isRunning);
  }

  /** The running replicas of which one can take over. */
  private get successors(): readonly PostgresNode[] {
    return this.replicas.filter((node) => this.props.candidates.includes(node));
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
   * Kills the primary, promotes the candidate that has received the most, and restarts the killed member as a replica. A primary
   * without another candidate is restarted in place. Continues where an earlier call was interrupted.
   *
   * @param disconnect - called with a member that is killed or promoted: its connections end, as on AWS
   */
  async failover(disconnect: (node: PostgresNode) => void, watch: Watch): Promise<void> {
    const killed = (this.killed ??= this.primary);
    if (this.primary === killed) {
      await killed.kill();
      disconnect(killed);
      if (this.successors.length > 0) await watch.span('promote', () => this.promote(disconnect, watch));
    }
    await watch.span(`restart ${killed.name}`, () => this.restart(killed, watch));
    this.killed = undefined;
  }

  /** Copies the primary's data while it runs. */
  async backUp(folder: string, watch: Watch): Promise<void> {
    await this.primary.session((client) => backUp(client, this.primary.data, folder, watch.signal));
  }

  private async promote(disconnect: (node: PostgresNode) => void, watch: Watch): Promise<void> {
    const received = await this.receivedByEach(watch);
    const bytesOf = (node: PostgresNode): bigint => received.get(node) ?? 0n;
    // A commit is acknowledged once one candidate has it, so the most advanced candidate has all of them.
    const best = this.successors.reduce((a, b) => (bytesOf(b) > bytesOf(a) ? b : a));
    watch.log(`promoting ${best.name}`);
    await best.become(PRIMARY);
    await best.ask('select pg_promote(true, 30)');
    this.primary = best;
    disconnect(best);
    const others = this.replicas;
    await Promise.all(others.map((node) => node.become(this.roleOf(node))));
    // What no candidate has was never acknowledged, and cannot be followed from here: such a replica begins anew.
    const ahead = others.filter((node) => bytesOf(node) > bytesOf(best));
    for (const node of ahead) await this.rebuild(node, watch);
    const behind = others.filter((node) => !ahead.includes(node));
    if (behind.length > 0) await best.session((client) => this.streaming(client, behind.slice(0, 1), watch));
    await this.protect();
  }

  /** How much WAL each replica has received from the primary that was killed. */
  private async receivedByEach(watch: Watch): Promise<ReadonlyMap<PostgresNode, bigint>> {
    const received = this.replicas.map((node) =>
      node.session(async (client) => [node, await receivedBy(client, watch)] as const),
    );
    return new Map(await Promise.all(received));
  }

  private async restart(node: PostgresNode, watch: Watch): Promise<void> {
    if (node !== this.primary) return this.rebuild(node, watch);
    await this.startOne(node, watch);
    await node.session((client) => this.streaming(client, this.replicas, watch));
    await this.protect();
  }

  /** Gives a replica the primary's data anew. */
  private async rebuild(node: PostgresNode, watch: Watch): Promise<void> {
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
      ? PRIMARY
      : { name: 'replica', of: this.primary, delayMs: this.props.delayMsOf(node) };
  }

  /** From now on a commit waits for a candidate; before one streams it would wait forever. */
  private async protect(): Promise<void> {
    const waitsFor = this.successors.map(({ name }) => name);
    if (waitsFor.length > 0) await this.primary.become({ name: 'primary', waitsFor });
  }

  /** Called when a replica is lost. Without the last candidate the primary continues alone, as on AWS. */
  private lost(): void {
    if (this.successors.length > 0 || !this.primary.isRunning) return;
    // Fails when the primary ends too, and then needs no change.
    void this.primary.become(PRIMARY).catch(() => {});
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

/** A primary before another candidate replicates from it. */
const PRIMARY: Role = { name: 'primary', waitsFor: [] };

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
