import type { ProbeWatch } from '../probes/probes';
import type { Handle } from './target';

/**
 * The requests of clients, and which of two productions answers them: the first, whose address they use, or the second beside it.
 */
export interface Traffic {
  /** The two productions, where the config names them: the first, and the second. @default - both stand here, and are on record */
  readonly productions?: readonly [Handle, Handle];
  /** How often it can be looked at what clients see, in milliseconds. @default - at any time */
  readonly lookMs?: number;
  /**
   * Checks, before anything is sent, that it can be moved, and moved back.
   *
   * @throws TwinError `traffic-shape`
   * @default - it always can
   */
  check?(watch: ProbeWatch): Promise<void>;
  /** Which share goes to the second, and what clients have seen of each while it is held. */
  read(first: Handle, watch: ProbeWatch): Promise<TrafficState>;
  /**
   * Holds the share while something is done. Where that fails, the share is what it was before. Where this process ends, whatever ends it,
   * the production itself sees to that; or, where it cannot, {@link putBack} does. Only one process holds it at a time.
   *
   * @throws TwinError `at-work` where another process holds it, `traffic-lost` where it could not be held to the end, and what the work throws
   */
  hold<T>(
    first: Handle,
    second: Handle,
    work: (held: HeldTraffic) => Promise<T>,
    watch: HoldWatch,
  ): Promise<T>;
  /**
   * Puts the share back that a process left behind which held it.
   *
   * @param before - what it had learned
   * @throws TwinError `traffic-shape` where that is not there any more
   * @default - a share that is held by nobody goes back by itself
   */
  putBack?(before: Readonly<Record<string, string>>, watch: ProbeWatch): Promise<TrafficState>;
}

/** How a share that is held is reported. */
export interface HoldWatch extends ProbeWatch {
  /** Takes what {@link Traffic.putBack} needs, before anything is moved. It is written down when this returns. */
  learn(before: Readonly<Record<string, string>>): void;
}

/** Which production gets which share. */
export interface TrafficState {
  /** The name of the second one's handle. @default - nothing was ever moved */
  readonly second?: string;
  /** What share of the requests goes to it, in per cent. */
  readonly percent: number;
  /** What clients have seen since the share was set. @default - it is not held */
  readonly clients?: { readonly first: ClientFigures; readonly second: ClientFigures };
}

/** Traffic that is held. */
export interface HeldTraffic {
  /** Aborts where it is held no more. */
  readonly signal: AbortSignal;
  /** Moves a share of the requests to the second production, in per cent, and measures anew what clients see. */
  shift(percent: number): Promise<void>;
  /** Makes the share last. */
  keep(): Promise<void>;
}

/** What the requests of clients saw of a production: those of checks are none. */
export interface ClientFigures {
  readonly requests: number;
  /** Answers of 500 and above, and answers that broke off. */
  readonly failures: number;
  /** What the first of them was, such as `answered 503`. @default - nothing failed */
  readonly firstFailure?: string;
  /** The 95th percentile of the response times of those that succeeded. @default - none did */
  readonly p95Ms?: number;
}
