import type { RowDataPacket } from 'mysql2/promise';
import { TwinError } from '../../../error';
import type { Watch } from '../../target';
import { until } from '../process/until';
import type { Arrangement } from '../sql/arrangement';
import type { ReplicaState } from './dialect';
import type { MysqlNode } from './node';
import { REPLICATION, type Role } from './settings';

/** What a cluster is created with. */
export interface MysqlClusterProps {
  readonly arrangement: Arrangement<MysqlNode>;
  /** How long replicas that can be read delay each write. */
  readonly delaySeconds: number;
  /** The password that replicas sign in to their source with. */
  readonly password: () => string;
}

/** A primary, and the servers that replicate from it. */
export class MysqlCluster {
  primary: MysqlNode;
  /** The node that an unfinished failover has killed. */
  private killed: MysqlNode | undefined;

  constructor(private readonly props: MysqlClusterProps) {
    this.primary = this.nodes[0]!;
  }

  get nodes(): readonly MysqlNode[] {
    return this.props.arrangement.nodes;
  }

  /** The running servers that replicate. */
  get replicas(): readonly MysqlNode[] {
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
      await this.halt(); // the others would wait forever for the one that failed
      throw error;
    }
    await this.lead(this.primary);
    await Promise.all(this.replicas.map((node) => this.follow(node, watch)));
    await this.protect();
  }

  /** Stops every member at once, without regard for the data. */
  async halt(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  /**
   * Kills the primary, promotes the candidate that has received the most, and restarts the killed member as a replica. A primary
   * without one is restarted in place. Continues where an earlier call was interrupted.
   *
   * @param disconnect - called with a member that is killed or promoted: its connections end, as on Aurora
   */
  async failover(disconnect: (node: MysqlNode) => void, watch: Watch): Promise<void> {
    const killed = (this.killed ??= this.primary);
    if (this.primary === killed) {
      await killed.kill();
      disconnect(killed);
      if (this.candidates.length > 0) await watch.span('promote', () => this.promote(disconnect, watch));
    }
    await watch.span(`restart ${killed.name}`, () => this.restart(killed, watch));
    this.killed = undefined;
  }

  /** The running servers that could be the primary. */
  private get candidates(): readonly MysqlNode[] {
    return this.replicas.filter((node) => this.props.arrangement.candidates.includes(node));
  }

  private async promote(disconnect: (node: MysqlNode) => void, watch: Watch): Promise<void> {
    const best = await this.mostAdvanced(watch);
    watch.log(`promoting ${best.name}`);
    await best.ask(...best.dialect.applyAtOnce, 'select 1');
    const { transactions } = await this.stateOf(best);
    await this.untilApplied(best, transactions, watch);
    await best.ask('stop replica', 'reset replica all');
    const others = this.replicas.filter((node) => node !== best);
    const ahead = await this.withMore(others, best);
    await this.lead(best);
    disconnect(best);
    await Promise.all(
      others.map(async (node) => {
        if (ahead.includes(node)) await this.copyTo(node, watch);
        else await node.ask('stop replica');
        await this.follow(node, watch);
      }),
    );
    await this.protect();
  }

  /** A commit is acknowledged once one candidate has it, so the most advanced one has all of them. */
  private async mostAdvanced(watch: Watch): Promise<MysqlNode> {
    const received = await Promise.all(
      this.candidates.map(async (node) => ({ node, at: await this.receivedBy(node, watch) })),
    );
    return received.reduce((best, it) => (isBehind(best.at, it.at) ? it : best)).node;
  }

  /** How far a replica has received, once it receives no more: its source is gone. */
  private async receivedBy(node: MysqlNode, { signal }: Watch): Promise<ReplicaState['received']> {
    const isOver = async (): Promise<boolean> => !(await this.stateOf(node)).isReceiving;
    await until(isOver, { what: `${node.name} has received all that its source sent`, signal });
    return (await this.stateOf(node)).received;
  }

  private async untilApplied(node: MysqlNode, transactions: string, { signal }: Watch): Promise<void> {
    const isDone = async (): Promise<boolean> => {
      const state = await this.stateOf(node);
      if (!state.isApplying) throw notReplicating(node.name, state.error);
      const [row] = await node.ask<{ done: number }>(node.dialect.untilApplied(transactions, 1));
      return row!.done === 1;
    };
    const limitMs = 60_000 + this.props.delaySeconds * 1000;
    await until(isDone, { what: `${node.name} has applied what it received`, signal, limitMs });
  }

  /** Those that have applied what the new primary never received: writes that were not acknowledged, and are gone. */
  private async withMore(nodes: readonly MysqlNode[], primary: MysqlNode): Promise<readonly MysqlNode[]> {
    const found = await Promise.all(
      nodes.map(async (node) => {
        const [own] = await node.ask<{ done: string }>('stop replica', node.dialect.transactions);
        const [row] = await primary.session(async (connection) => {
          const [rows] = await connection.query<Done[]>(primary.dialect.isPart, [own!.done]);
          return rows;
        });
        return row!.done === 1 ? [] : [node];
      }),
    );
    return found.flat();
  }

  private async restart(node: MysqlNode, watch: Watch): Promise<void> {
    if (node === this.primary) {
      await this.startOne(node, watch);
      return this.lead(node);
    }
    await this.copyTo(node, watch);
    await this.follow(node, watch);
    await this.protect();
  }

  /** Starts a server anew on the data of the primary. */
  private async copyTo(node: MysqlNode, watch: Watch): Promise<void> {
    await node.kill();
    await this.primary.backUp(node.data, watch.signal);
    await this.startOne(node, watch);
  }

  private startOne(node: MysqlNode, { signal }: Watch): Promise<void> {
    return node.start(this.roleOf(node), signal, () => this.lost());
  }

  /** Every server that may be the primary holds what is acknowledged: the members of a cluster, the standby of an instance. */
  private roleOf(node: MysqlNode): Role {
    return { name: 'member', isSynchronous: this.props.arrangement.candidates.includes(node) };
  }

  /** Makes a server the primary. */
  private async lead(node: MysqlNode): Promise<void> {
    await node.ask(
      node.dialect.synchronous(false),
      'set global event_scheduler = ON',
      node.dialect.readOnly(false),
    );
    this.primary = node;
  }

  private async follow(node: MysqlNode, { signal }: Watch): Promise<void> {
    const { host, ports } = this.primary;
    const isStandby = this.props.arrangement.roleOf(node, this.primary) === 'standby';
    const source = {
      host,
      port: ports.admin,
      user: REPLICATION,
      password: this.props.password(),
      delaySeconds: isStandby ? 0 : this.props.delaySeconds,
    };
    await node.ask(
      'set global event_scheduler = OFF',
      node.dialect.readOnly(true),
      ...node.dialect.follow(source),
    );
    let seen = '';
    const isReceiving = async (): Promise<boolean> => {
      const failure = [node, this.primary].map((it) => it.failure()).find(Boolean);
      if (failure) throw failure;
      const state = await this.stateOf(node);
      if (!state.isApplying && state.error !== '') throw notReplicating(node.name, state.error);
      seen = state.error;
      return state.isReceiving;
    };
    await until(isReceiving, { what: `${node.name} replicates`, signal, seen: () => seen });
  }

  private async stateOf(node: MysqlNode): Promise<ReplicaState> {
    const [row] = await node.ask<Record<string, string | number | null>>('show replica status');
    return node.dialect.stateOf(row ?? {});
  }

  /** From now on a commit waits for a candidate; before one receives it would wait forever. */
  private async protect(): Promise<void> {
    if (this.candidates.length > 0) await this.primary.ask(this.primary.dialect.synchronous(true));
  }

  /** Called when a server is lost. Without the last candidate the primary continues alone, as Aurora's writer does. */
  private lost(): void {
    const { primary } = this;
    if (this.candidates.length > 0 || !primary.isRunning) return;
    // Fails when the primary ends too, and then needs no change.
    void primary.ask(primary.dialect.synchronous(false)).catch(() => {});
  }
}

type Done = RowDataPacket & { readonly done: number };

/** Files of a binary log have numbers of six digits, and more once those are used up. */
function isBehind(
  [file, position]: ReplicaState['received'],
  [other, at]: ReplicaState['received'],
): boolean {
  const [own, its] = [file, other].map((it) => Number(it.split('.').at(-1)));
  return own! < its! || (own === its && position < at);
}

function notReplicating(name: string, error: string): TwinError {
  return new TwinError({
    code: 'replication',
    message: `"${name}" does not replicate: ${error || 'it was stopped'}`,
    fix: `See logs/${name}.log, and try again.`,
    isMachineFault: true,
  });
}
