import type { Lines } from '../report/lines';
import type { Next } from './next';

/** How a report ends in a terminal. */
export interface LastLines {
  readonly verdict: string;
  /** The meaning of the verdict, in one sentence. */
  readonly headline: string;
  readonly color: 'green' | 'red' | 'yellow';
  /** @default - there is nothing left to do */
  readonly next?: Next;
}

/** Ends a report with its verdict and the next command: what began it is above the screen by then. */
export function writeLastLines(page: Lines, { verdict, headline, color, next }: LastLines): void {
  page.words('');
  page.words(`${verdict}: ${headline}`, { style: ['bold', color] });
  if (next) page.words(`${next.command}, ${next.when}`, { lead: 'Next  ' });
}
