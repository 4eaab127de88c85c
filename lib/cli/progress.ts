import type { Listener } from '../rehearsal/journal';

/** Shows the progress of a rehearsal. */
export interface Progress {
  readonly listener: Listener;
  /** Shows a message that is not an event of the rehearsal. */
  note(message: string): void;
  /** Ends the display. */
  close(): void;
}
