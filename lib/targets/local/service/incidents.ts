import type { Incident } from '../../target';

/** The incidents of a tier. Of a tier that fails again and again the first ones are kept, and the others counted. */
export class Incidents {
  private readonly first: Incident[] = [];
  private last: Incident | undefined;
  private others = 0;

  add(what: string): void {
    const incident = { at: new Date().toISOString(), what };
    if (this.first.length < MOST) {
      this.first.push(incident);
      return;
    }
    this.others += 1;
    this.last = incident;
  }

  list(): readonly Incident[] {
    if (!this.last) return [...this.first];
    const { at, what } = this.last;
    return [...this.first, { at, what: `and ${this.others} more, the last: ${what}` }];
  }
}

/** How many incidents are kept. */
const MOST = 20;
