import { isObject, listOf, type Json, type JsonObject } from '../../json';
import { commonItems } from '../../template/common-items';
import { partOf } from './parts';
import { plural, printable } from '../../report/words';

/** A line of two values beside each other. */
export type DiffLine =
  | { readonly is: 'same' | 'prod' | 'staging'; readonly text: string }
  | {
      readonly is: 'left-out';
      /** How many lines that are the same in both. */
      readonly count: number;
      /** What the next line that differs stands in, as far as it is left out. */
      readonly within: readonly string[];
    };

/** What differs between two long values, line by line. */
export interface ValueDiff {
  readonly lines: readonly DiffLine[];
  /** How many lines differ, and of how many. */
  readonly differing: number;
  readonly of: number;
  /** Whether there is more than the lines show. */
  readonly isShortened: boolean;
}

/** A line with its mark: `-` for production's, `+` for staging's. */
export function marked(line: DiffLine): [mark: '-' | '+' | ' ', text: string] {
  if (line.is === 'left-out') return [' ', [`… ${plural(line.count, 'line')}`, ...line.within].join(' > ')];
  return [line.is === 'prod' ? '-' : line.is === 'staging' ? '+' : ' ', line.text];
}

/** How much of a diff is shown. */
export interface DiffRoom {
  /** How many characters fit in a line. */
  readonly width: number;
  /** How many lines that are the same stand around those that differ. */
  readonly context: number;
  /** How many lines there are at the most. */
  readonly most: number;
}

/**
 * The lines in which two values differ: of texts their own lines; of JSON, also of JSON inside a text, those that it has as
 * YAML, with what `Fn::Join` puts together as one text.
 *
 * @returns undefined where both fit in a line, or have no line that differs or none that is the same
 */
export function diffOf(
  { prod, staging }: { prod?: Json; staging?: Json },
  { width, context, most }: DiffRoom,
): ValueDiff | undefined {
  if (prod === undefined || staging === undefined) return undefined;
  const fits = Math.min(width, A_LINE);
  if ([prod, staging].every((value) => JSON.stringify(value).length <= fits)) return undefined;
  const [before, after] = [linesOf(prod), linesOf(staging)];
  if (before.length < 2 && after.length < 2) return undefined;
  const blocks = blocksOf(before, after);
  const changed = blocks.filter((block) => block.is === 'changed');
  if (changed.length === 0 || changed.length === blocks.length) return undefined;
  const differing = changed.reduce((sum, { prod: p, staging: s }) => sum + Math.max(p.length, s.length), 0);
  const same = blocks.reduce((sum, block) => sum + (block.is === 'same' ? block.lines.length : 0), 0);
  const all = blocks.flatMap((block, i) => {
    if (block.is === 'changed') return changedLines(block, width);
    const next = blocks[i + 1];
    const end = block.at + block.lines.length;
    const [first = ''] = next?.is === 'changed' ? [...next.prod, ...next.staging] : [];
    return sameLines(block.lines, i > 0 ? context : 0, next ? context : 0, width, (shown) =>
      around(before, end, first, shown + block.at),
    );
  });
  return {
    lines: all.slice(0, most),
    differing,
    of: same + differing,
    isShortened: all.length > most || [...before, ...after].some(({ length }) => length > width),
  };
}

/** What needs no lines, however wide they may be. */
const A_LINE = 80;

/** Lines that both have, or those of each in the place of the other's. */
type Block =
  | { readonly is: 'same'; readonly at: number; readonly lines: string[] }
  | {
      readonly is: 'changed';
      readonly at: number;
      readonly prod: readonly string[];
      readonly staging: readonly string[];
    };

type Changed = Extract<Block, { is: 'changed' }>;

/** Each pair of lines is shown where it begins to differ. */
function changedLines({ prod, staging }: Changed, width: number): DiffLine[] {
  const shown = (side: 'prod' | 'staging', texts: readonly string[], others: readonly string[]): DiffLine[] =>
    texts.map((text, i) => ({ is: side, text: partOf(text, others[i], width) }));
  return [...shown('prod', prod, staging), ...shown('staging', staging, prod)];
}

function sameLines(
  lines: readonly string[],
  after: number,
  before: number,
  width: number,
  within: (shown: number) => readonly string[],
): DiffLine[] {
  const show = (text: string): DiffLine => ({ is: 'same', text: partOf(text, undefined, width) });
  const count = lines.length - after - before;
  if (count <= 1) return lines.map(show);
  return [
    ...lines.slice(0, after).map(show),
    { is: 'left-out', count, within: within(lines.length - before) },
    ...lines.slice(lines.length - before).map(show),
  ];
}

/** A value in lines. */
function linesOf(value: Json): string[] {
  const shown = inOneText(value);
  const json = typeof shown === 'string' ? parsed(shown) : shown;
  const text = json === undefined ? String(shown) : inYaml(json);
  return text.replace(/\n$/, '').split('\n').map(printable);
}

/** The object or list that a text is in JSON. */
function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // it is shown as the text that it is
  }
}

function inYaml(value: Json): string {
  // Loaded here because few reports need it.
  const { stringify } = require('yaml') as typeof import('yaml');
  return stringify(value, { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false });
}

/** A value in which texts that are put together are one, with references as `Fn::Sub` writes them. */
function inOneText(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(inOneText);
  if (!isObject(value)) return value;
  const [separator, parts] = Object.keys(value).length === 1 ? listOf(value['Fn::Join']) : [];
  if (typeof separator === 'string' && Array.isArray(parts))
    return (parts as Json[]).map(pieceOf).join(separator);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inOneText(child)]));
}

function pieceOf(part: Json): string {
  if (typeof part === 'string') return part;
  const { Ref: ref, 'Fn::GetAtt': attribute } = isObject(part) ? part : ({} as JsonObject);
  if (typeof ref === 'string') return `\${${ref}}`;
  if (typeof attribute === 'string') return `\${${attribute}}`;
  if (Array.isArray(attribute)) return `\${${attribute.join('.')}}`;
  return `\${${JSON.stringify(inOneText(part))}}`;
}

/** What two lists of lines have in common, and what not. */
function blocksOf(before: readonly string[], after: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let [i, j] = [0, 0];
  const common = commonItems(before, after, (a, b) => a === b);
  for (const [p, s] of [...common, [before.length, after.length] as const]) {
    if (p > i || s > j)
      blocks.push({ is: 'changed', at: i, prod: before.slice(i, p), staging: after.slice(j, s) });
    if (p === before.length) break;
    const last = blocks.at(-1);
    if (last?.is === 'same') last.lines.push(before[p]!);
    else blocks.push({ is: 'same', at: p, lines: [before[p]!] });
    [i, j] = [p + 1, s + 1];
  }
  return blocks;
}

/** What a line stands in, by its indentation, as far as that is above another line. */
function around(lines: readonly string[], at: number, line: string, above: number): string[] {
  const labels: string[] = [];
  let indent = indentOf(line);
  for (let i = at - 1; i >= 0 && indent > 0; i--) {
    const text = lines[i]!;
    if (text.trim() === '' || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    if (i < above) labels.unshift(partOf(text.trim().replace(/^- /, '').replace(/:$/, ''), undefined, 40));
  }
  return labels;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
