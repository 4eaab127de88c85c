import type { SlotRange } from './config';
import type { CacheNode } from './node';
import { until } from '../process/until';

/** Nodes that hold the same data. Without cluster mode there is one shard, of every slot. */
export interface Shard {
  /** Its id in a cluster; undefined for servers without shard ids. */
  readonly id: string | undefined;
  readonly slots: SlotRange;
  readonly nodes: readonly CacheNode[];
  /** The node that is written to. */
  primary: CacheNode;
}

/** The running nodes of a shard, without its primary. */
export const replicasOf = ({ nodes, primary }: Shard): readonly CacheNode[] =>
  nodes.filter((node) => node !== primary && node.state !== 'stopped');

/** The replica that has received the most; undefined when none runs. */
export async function mostAdvanced(shard: Shard): Promise<CacheNode | undefined> {
  const received = await Promise.all(
    replicasOf(shard).map(async (node) => ({
      node,
      offset: Number((await node.info('replication'))['slave_repl_offset']),
    })),
  );
  return received.sort((a, b) => b.offset - a.offset)[0]?.node;
}

/** Resolves when every running replica has received what its primary holds now. */
export async function untilReplicated(shard: Shard, signal: AbortSignal): Promise<void> {
  const written = Number((await shard.primary.info('replication'))['master_repl_offset']);
  const { name, link } = shard.primary;
  const hasAll = async (node: CacheNode): Promise<boolean> => {
    const info = await node.info('replication');
    return (
      info['master_link_status'] === 'up' &&
      info['master_host'] === link.host &&
      info['master_port'] === String(link.port) &&
      Number(info['slave_repl_offset']) >= written
    );
  };
  await Promise.all(
    replicasOf(shard).map((node) =>
      until(() => hasAll(node), { what: `${node.name} has received what ${name} holds`, signal }),
    ),
  );
}
