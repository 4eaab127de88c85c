import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '../evidence/evidence';
import type { Watch } from '../targets/target';

/** What happens in a rehearsal, as it happens. */
export type RehearsalEvent = RunStart | SpanStart | SpanEnd | Log;

/** A process starts to work on a rehearsal. */
export interface RunStart {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: 'run-start';
  readonly rehearsal: string;
  /** The folder of the rehearsal. */
  readonly folder: string;
}

interface Event {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The span that it belongs to; null outside of every step. */
  readonly span: number | null;
}

/** A part of the work starts; a step when it has no parent. */
export interface SpanStart extends Event {
  readonly event: 'span-start';
  readonly span: number;
  readonly parent: number | null;
  readonly name: string;
}

/** A part of the work has ended. */
export interface SpanEnd extends Event {
  readonly event: 'span-end';
  readonly span: number;
  readonly parent: number | null;
  readonly name: string;
  readonly ms: number;
  readonly outcome: Span['outcome'];
}

/** One line of progress. */
export interface Log extends Event {
  readonly event: 'log';
  readonly message: string;
}

/** Follows a rehearsal. It never throws: a rehearsal does not depend on its listeners. */
export type Listener = (event: RehearsalEvent) => void;

/** What a journal is made with. */
export interface JournalProps {
  /** The spans that the rehearsal has so far. */
  readonly spans: readonly Span[];
  readonly listener: Listener;
  readonly now: () => Date;
}

/** The milliseconds from one moment to another; 0 where the clock was set back in between. */
export const msBetween = (start: Date, end: Date): number => Math.max(0, end.getTime() - start.getTime());

/** Times the parts of a rehearsal and emits their events. It keeps track of which part is inside which. */
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

  /** The spans that have ended, in the order of their start. */
  get spans(): readonly Span[] {
    return this.#spans.toSorted((a, b) => a.id - b.id);
  }

  /** The id of the span that was started last. */
  get lastId(): number {
    return this.#lastId;
  }

  /** One line of progress. */
  log(message: string): void {
    const span = this.#current.getStore() ?? null;
    this.#listener({ at: this.#now().toISOString(), event: 'log', span, message });
  }

  /** What work is followed and stopped with. */
  watch(signal: AbortSignal): Omit<Watch, 'learn'> {
    return {
      signal,
      log: (message) => this.log(message),
      span: (name, work) => this.span(name, work, signal),
    };
  }

  /** Times a part of the work. An error after the signal was aborted counts as stopped. */
  async span<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const id = ++this.#lastId;
    const parent = this.#current.getStore() ?? null;
    const start = this.#now();
    const startedAt = start.toISOString();
    this.#listener({ at: startedAt, event: 'span-start', span: id, parent, name });
    const finish = (outcome: Span['outcome']): void => {
      const end = this.#now();
      const ms = msBetween(start, end);
      this.#spans.push({ id, parent, name, startedAt, ms, outcome });
      this.#listener({ at: end.toISOString(), event: 'span-end', span: id, parent, name, ms, outcome });
    };
    try {
      const result = await this.#current.run(id, work);
      finish('done');
      return result;
    } catch (error) {
      finish(signal?.aborted ? 'stopped' : 'failed');
      throw error;
    }
  }
}
