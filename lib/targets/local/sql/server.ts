import type { Upstream } from '../endpoint';

/** A server of a SQL tier, as its endpoints see it. */
export interface SqlServer {
  /** Such as `Orders-1`. */
  readonly name: string;
  readonly isRunning: boolean;
  /** Where its connections go. */
  readonly upstream: Upstream;
}
