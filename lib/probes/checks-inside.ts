import type { AnyCheckKind } from './check-kind';
import { READ_YOUR_WRITES } from './read-your-writes';
import { REPLICA_LAG } from './replica-lag';
import { SMOKE } from './smoke';

/**
 * The kinds of check that need nothing but the network. They are a part of what runs in a task on AWS, which has to be small: what
 * others load has no room there.
 */
export const CHECKS_INSIDE = [
  SMOKE,
  READ_YOUR_WRITES,
  REPLICA_LAG,
] as const satisfies readonly AnyCheckKind[];
