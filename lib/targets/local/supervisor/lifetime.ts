import { showDuration } from '../../../duration';
import { TwinError } from '../../../error';

/** How long an environment exists: until its end, which can be moved within a day of its start. */
export class Lifetime {
  private readonly started = Date.now();

  constructor(private end: number) {}

  /** @returns when it ends: ISO 8601 @throws TwinError `lifetime` */
  extend(hours: number): string {
    const end = Math.max(this.end, Date.now() + hours * HOUR_MS);
    const latest = this.started + MAX_HOURS * HOUR_MS;
    if (end > this.end && end > latest) throw tooLong(hours, latest - Date.now());
    this.end = end;
    return new Date(end).toISOString();
  }

  onEnd(run: () => void): void {
    // timers cannot wait for longer than 24 days, and the end may have been moved meanwhile
    const wait = Math.min(Math.max(this.end - Date.now(), 0), LONGEST_TIMER_MS);
    setTimeout(() => (Date.now() >= this.end ? run() : this.onEnd(run)), wait);
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const HOUR_MS = 3_600_000;
const MAX_HOURS = 24;

const tooLong = (hours: number, leftMs: number): TwinError =>
  new TwinError({
    code: 'lifetime',
    message: `the environment may stand at most ${showDuration(Math.max(leftMs, 0))} from now, got ${hours} h: its lifetime is limited to ${MAX_HOURS} h`,
    fix: 'Ask for less, or rehearse again.',
  });
