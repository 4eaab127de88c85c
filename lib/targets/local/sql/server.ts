import { TwinError } from '../../../error';
import type { Upstream } from '../endpoint';

/** A server of a SQL tier, as its endpoints see it. */
export interface SqlServer {
  /** Such as `Orders-1`. */
  readonly name: string;
  readonly isRunning: boolean;
  /** Where its connections go. */
  readonly upstream: Upstream;
}

/** @param what - such as `PostgreSQL "Orders-1"` */
export const memberDown = (what: string): TwinError =>
  new TwinError({
    code: 'member-down',
    message: `${what} is not running`,
    fix: 'Restore the environment from its checkpoint, or stand it up again.',
    isMachineFault: true,
  });
