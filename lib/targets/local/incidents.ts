import type { Incident } from '../target';

/** The incidents of a tier. Of a tier that fails again and again the first ones are kept, and the others counted. */
export class Incidents {
  private readonly first: Incident[] = [];
  private last: Incident | undefined;
  private others = 0;

  /** @param isEnd - whether a program has ended by itself */
  add(what: string, isEnd = false): void {
    const incident: Incident = { at: new Date().toISOString(), what, ...(isEnd && { isEnd }) };
    if (this.first.length < MOST) {
      this.first.push(incident);
      return;
    }
    this.others += 1;
    this.last = incident;
  }

  list(): readonly Incident[] {
    if (!this.last) return [...this.first];
    const { what } = this.last;
    return [...this.first, { ...this.last, what: `and ${this.others} more, the last: ${what}` }];
  }
}

/** How many incidents are kept. */
const MOST = 20;
