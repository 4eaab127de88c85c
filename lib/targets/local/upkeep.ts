import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../error';
import type { Incident } from '../target';
import { Incidents } from './incidents';

/** A member that runs as a program, as far as it is looked after. */
export interface Kept {
  readonly name: string;
  /** Whether it has its place, so that nothing is to be done. */
  readonly isInPlace: boolean;
}

/**
 * Replaces members of a tier that end by themselves, one after another, and not while something else is done to the tier. A member that
 * ends again and again is replaced after a growing delay.
 */
export class Upkeep<M extends Kept> {
  private readonly seen = new Incidents();
  private readonly closing = new AbortController();
  private readonly ends = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();

  /** @param replace - puts one back in its place */
  constructor(private readonly replace: (member: M, signal: AbortSignal) => Promise<void>) {}

  /** What happened to members, the first first. */
  get incidents(): readonly Incident[] {
    return this.seen.list();
  }

  /** Does something to the tier once all is done that was asked for before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** A member has ended by itself. */
  hasEnded(member: M, how: number | NodeJS.Signals): void {
    this.seen.add(`${member.name} ended with ${how}, and is replaced`, true);
    void this.bringBack(member);
  }

  /** Replaces none from now on. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the tier is closed'));
    await this.last;
  }

  private async bringBack(member: M): Promise<void> {
    const { signal } = this.closing;
    const ends = 1 + (this.ends.get(member.name) ?? 0);
    this.ends.set(member.name, ends);
    try {
      await pause(Math.min(FIRST_DELAY_MS * 2 ** (ends - 1), MOST_DELAY_MS), undefined, { signal });
      await this.inTurn(async () => {
        signal.throwIfAborted();
        if (!member.isInPlace) await this.replace(member, signal);
      });
    } catch (error) {
      if (signal.aborted) return;
      this.seen.add(`${member.name} could not be replaced: ${messageOf(error)}`);
      void this.bringBack(member);
    }
  }
}

const FIRST_DELAY_MS = 50;
const MOST_DELAY_MS = 30_000;
