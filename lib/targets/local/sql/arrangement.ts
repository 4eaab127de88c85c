import type { SqlTier } from '../../../blueprint/blueprint';
import type { MemberState } from '../../target';
import type { SqlServer } from './server';

/** How the servers of a tier stand to each other. */
export interface Arrangement<S extends SqlServer = SqlServer> {
  /** Whether it is an RDS instance with its read replicas, and no cluster. */
  readonly isInstance: boolean;
  readonly nodes: readonly S[];
  /** Those of which one is the primary. */
  readonly candidates: readonly S[];
  /** Those that have an address of their own, with the resource that it belongs to; undefined where the template has none. */
  readonly addressed: readonly { readonly node: S; readonly logicalId: string | undefined }[];
  /** The parameter groups that a node has: those of the member of this index. */
  memberOf(node: S): number;
  roleOf(node: S, primary: S): MemberState['role'];
}

/** Whether an instance has a standby, which nobody can read. */
export const hasStandby = ({ instance }: SqlTier): boolean => instance?.isMultiAz === true;

/** Whether a tier is a Multi-AZ cluster of RDS: it replicates as its engine does, and not by a shared storage as Aurora. */
export const isMultiAzCluster = ({ engine, instance }: SqlTier): boolean =>
  instance === undefined && !engine.startsWith('aurora');

/** How many servers a tier has: its members, and its standby. */
export const serversOf = (tier: SqlTier): number => tier.members.length + (hasStandby(tier) ? 1 : 0);

/**
 * Every member of a cluster can be its primary. Of an RDS instance only itself, and in its place its standby: read
 * replicas never take over by themselves.
 *
 * @param nodes - as many as the tier has servers
 */
export function arrange<S extends SqlServer>(tier: SqlTier, nodes: readonly S[]): Arrangement<S> {
  const { members } = tier;
  const isInstance = tier.instance !== undefined;
  const own = hasStandby(tier) ? 2 : 1; // the servers that are the instance itself
  const candidates = isInstance ? nodes.slice(0, own) : nodes;
  const memberOf = (node: S): number =>
    isInstance ? Math.max(0, nodes.indexOf(node) - own + 1) : nodes.indexOf(node);
  const addressed = isInstance ? nodes.slice(own) : nodes;
  return {
    isInstance,
    nodes,
    candidates,
    addressed: addressed.map((node) => ({ node, logicalId: members[memberOf(node)]!.logicalId })),
    memberOf,
    roleOf: (node, primary) => {
      if (node === primary) return 'primary';
      return isInstance && candidates.includes(node) ? 'standby' : 'replica';
    },
  };
}
