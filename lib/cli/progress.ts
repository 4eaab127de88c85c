import type { Listener } from '../rehearsal/journal';

/** Shows a person how a rehearsal goes on. */
export interface Progress {
  readonly listener: Listener;
  /** Says something that is no part of the rehearsal. */
  note(message: string): void;
  /** Nothing follows. */
  close(): void;
}
