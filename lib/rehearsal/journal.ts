import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '../evidence/evidence';
import type { Watch } from '../targets/target';

/** What happens in a rehearsal, as it happens. */
export type RehearsalEvent = Opened | SpanBegun | SpanEnded | Told;

/** Somebody begins to work on a rehearsal. */
export interface Opened {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: 'opened';
  readonly rehearsal: string;
  /** Where all of it is kept. */
  readonly folder: string;
}

interface Event {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The span it belongs to; null outside of every step. */
  readonly span: number | null;
}

/** A part of the work begins; a step when it has no parent. */
export interface SpanBegun extends Event {
  readonly event: 'begun';
  readonly span: number;
  readonly parent: number | null;
  readonly name: string;
}

/** A part of the work has ended. */
export interface SpanEnded extends Event {
  readonly event: 'ended';
  readonly span: number;
  readonly parent: number | null;
  readonly name: string;
  readonly ms: number;
  readonly outcome: Span['outcome'];
}

/** One line about how it goes on. */
export interface Told extends Event {
  readonly event: 'told';
  readonly message: string;
}

/** Follows a rehearsal. It never throws: the rehearsal does not depend on who looks at it. */
export type Listener = (event: RehearsalEvent) => void;

/** What a journal is made with. */
export interface JournalProps {
  /** What the rehearsal has so far. */
  readonly spans: readonly Span[];
  readonly listener: Listener;
  readonly now: () => Date;
}

/** The milliseconds from one moment to another; none where the clock was set back in between. */
export const msBetween = (begun: Date, ended: Date): number => Math.max(0, ended.getTime() - begun.getTime());

/** Times the parts of a rehearsal and tells of them. Which part is within which, it knows by itself. */
export class Journal {
  readonly #spans: Span[];
  readonly #listener: Listener;
  readonly #now: () => Date;
  readonly #current = new AsyncLocalStorage<number>();
  #lastId: number;

  constructor({ spans, listener, now }: JournalProps) {
    this.#spans = [...spans];
    this.#listener = listener;
    this.#now = now;
    this.#lastId = spans.reduce((last, { id }) => Math.max(last, id), 0);
  }

  /** Those that have ended, in order of their beginning. */
  get spans(): readonly Span[] {
    return this.#spans.toSorted((a, b) => a.id - b.id);
  }

  /** The id of the span that was begun last. */
  get lastId(): number {
    return this.#lastId;
  }

  /** One line of progress. */
  tell(message: string): void {
    const span = this.#current.getStore() ?? null;
    this.#listener({ at: this.#now().toISOString(), event: 'told', span, message });
  }

  /** How a call of a step is followed and stopped. */
  watch(signal: AbortSignal): Watch {
    return {
      signal,
      tell: (message) => this.tell(message),
      span: (name, work) => this.span(name, work, signal),
    };
  }

  /** Times a part of the work. What throws after the signal was aborted counts as stopped. */
  async span<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const id = ++this.#lastId;
    const parent = this.#current.getStore() ?? null;
    const begun = this.#now();
    const startedAt = begun.toISOString();
    this.#listener({ at: startedAt, event: 'begun', span: id, parent, name });
    const end = (outcome: Span['outcome']): void => {
      const ended = this.#now();
      const ms = msBetween(begun, ended);
      this.#spans.push({ id, parent, name, startedAt, ms, outcome });
      this.#listener({ at: ended.toISOString(), event: 'ended', span: id, parent, name, ms, outcome });
    };
    try {
      const result = await this.#current.run(id, work);
      end('done');
      return result;
    } catch (error) {
      end(signal?.aborted ? 'stopped' : 'failed');
      throw error;
    }
  }
}
