import type { Next } from '../next';
import { markup, type Content, type Markup } from './syntax';

/** How a verdict is shown. */
export type Tone = 'go' | 'no-go' | 'baseline-failed' | 'undecided';

/** The sign of each, in a square of 24: a tick, a cross, an exclamation mark. */
const SIGNS: Readonly<Record<Tone, string>> = {
  go: 'M4 13l5.5 5.5L20 6',
  'no-go': 'M5 5l14 14M19 5L5 19',
  'baseline-failed': 'M12 3v11M12 18.5v2.5',
  undecided: 'M12 3v11M12 18.5v2.5',
};

/** What is seen first. */
export interface VerdictBox {
  readonly tone: Tone;
  readonly word: string;
  readonly headline: string;
  readonly reasons: readonly string[];
  /** What it is about, by words such as `Ran`. */
  readonly about: readonly (readonly [lead: string, text: Content])[];
  /** @default - nothing */
  readonly next?: Next;
}

/** The verdict, its reasons, what it is about, and the command that comes next. */
export function verdictBox({ tone, word, headline, reasons, about, next }: VerdictBox): Markup {
  const list = reasons.map((reason) => markup`<li>${reason}</li>`);
  const lines = [
    ...about,
    ...(next ? ([['Next', markup`<code>${next.command}</code>, ${next.when}.`]] as const) : []),
  ].map(([lead, text]) => markup`<p><b>${lead}</b> ${text}</p>\n`);
  return markup`<div class="verdict ${tone}">
<h1><span class="word"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[tone]}" fill="none" stroke="currentColor" stroke-width="4"/></svg>${word}</span> <span class="headline">${capital(headline)}.</span></h1>
${list.length > 0 ? markup`<ol>${list}</ol>\n` : undefined}${lines.length > 0 ? markup`<div class="ran">${lines}</div>\n` : undefined}</div>
`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A few figures beside each other; the last of each is smaller, and may be empty. */
export const factsList = (rows: readonly (readonly [term: string, value: string, more: string])[]): Markup =>
  markup`<dl class="facts">${rows.map(
    ([term, value, more]) =>
      markup`<div><dt>${term}</dt><dd>${value}${more === '' ? undefined : markup`<small>${more}</small>`}</dd></div>`,
  )}</dl>
`;
