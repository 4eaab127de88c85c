import type { ManifestStacks } from '../parity/manifest';
import type { RunningResource, RunningStack } from '../targets/observe';
import type { Permissions } from './permission';

/** One stack of both environments, as it runs. */
export interface RunningPair {
  readonly stacks: ManifestStacks;
  readonly prod: RunningSide;
  readonly staging: RunningSide;
}

/** A stack of one of the two. */
export interface RunningSide {
  readonly environment: string;
  readonly account: string;
  readonly stack: RunningStack;
}

/** A resource of both environments, or a member that one has more, beside the one that it must be like. */
export interface Couple {
  readonly prod: RunningResource;
  readonly staging: RunningResource;
  /** Staging's logical id by which the manifest says what may differ. */
  readonly id: string;
  /** Whether both have it. */
  readonly isShared: boolean;
}

/** What is compared with each other, and what stands alone without a reason. */
export interface Paired {
  readonly couples: readonly Couple[];
  readonly alone: readonly { readonly resource: RunningResource; readonly side: 'prod' | 'staging' }[];
}

/** Pairs the resources of a stack in both environments. */
export function pairResources({ prod, staging }: RunningPair, permissions: Permissions): Paired {
  const couples: Couple[] = [];
  const alone: Paired['alone'][number][] = [];
  const stagingIdOf = ({ logicalId }: RunningResource): string => permissions.stagingId(logicalId);
  const userOf = ({ usedBy }: RunningResource): string | undefined =>
    usedBy === undefined ? undefined : permissions.stagingId(usedBy);
  const [prods, stagings] = [prod.stack.resources, staging.stack.resources];
  const inProd = (id: string | undefined, user: string | undefined): RunningResource | undefined =>
    prods.find((it) => stagingIdOf(it) === id && userOf(it) === user);
  const inStaging = (id: string | undefined, user: string | undefined): RunningResource | undefined =>
    stagings.find((it) => it.logicalId === id && it.usedBy === user);
  for (const p of prods) {
    const id = stagingIdOf(p);
    const s = inStaging(id, userOf(p));
    const like = s ?? inStaging(permissions.likeness(id, 'staging'), userOf(p));
    if (like) couples.push({ prod: p, staging: like, id: like.logicalId, isShared: s !== undefined });
    else if (!permissions.mayBeAlone('Resources', id)) alone.push({ resource: p, side: 'prod' });
  }
  for (const s of stagings) {
    if (inProd(s.logicalId, s.usedBy)) continue;
    const like = inProd(permissions.likeness(s.logicalId, 'prod'), s.usedBy);
    if (like) couples.push({ prod: like, staging: s, id: stagingIdOf(like), isShared: false });
    else if (!permissions.mayBeAlone('Resources', s.logicalId)) alone.push({ resource: s, side: 'staging' });
  }
  return { couples, alone };
}
