import { round } from './text';

/** The members of a group in a row, some or all of them. */
export interface RowOf {
  /** How many of them both sides have: those that come first. */
  readonly kept: number;
  /** Where each stands in its group. */
  readonly indices: readonly number[];
  /** Whether it is not the whole group. */
  readonly isPart: boolean;
  /** The numbers of their ids, one list for each that all of them have: of `Queue2-0` 2 and 0. */
  readonly counters: readonly (readonly number[])[];
}

/** The first of which there are not most. */
export function rarest(forms: readonly string[]): number | undefined {
  const times = (form: string): number => forms.filter((it) => it === form).length;
  const most = forms.reduce((best, form) => (times(form) > times(best) ? form : best));
  const found = forms.findIndex((form) => form !== most);
  return found < 0 ? undefined : found;
}

/**
 * The first of several that is not like most; undefined when all are alike, or when each is like one that both sides have:
 * because they take turns, or because a number of their ids tells which.
 */
export function outOfTurn(forms: readonly string[], row: RowOf): number | undefined {
  return takeTurns(forms, row) || row.counters.some((counter) => isChosen(forms, counter, row))
    ? undefined
    : rarest(forms);
}

/** Whether values come again in turns that are no longer than what both sides have of them. */
const takeTurns = (values: readonly (string | number)[], { kept }: RowOf): boolean =>
  Array.from({ length: Math.min(kept, values.length - 1) }, (_, i) => i + 1).some((length) =>
    values.every((value, i) => value === values[i % length]),
  );

/** Whether a number of the ids tells each value, and both sides have members with all of those numbers. */
function isChosen(
  values: readonly (string | number)[],
  counter: readonly number[],
  { kept }: RowOf,
): boolean {
  const shared = counter.slice(0, kept);
  return values.every((value, i) => {
    const first = shared.indexOf(counter[i]!);
    return first >= 0 && values[first] === value;
  });
}

/** What counts: a number, and a letter by itself, as that of a zone. */
const PIECES = /(\d+(?:\.\d+)?|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))/;

/** Which of several texts is not like the others; undefined when all are alike. */
export function unlikeText(texts: readonly string[], row: RowOf): number | undefined {
  const plain = texts.map(withoutHashes);
  if (takeTurns(plain, row) || areLettered(plain)) return undefined;
  const split = plain.map((text) => text.split(PIECES));
  const unlike = outOfTurn(
    split.map((parts) => parts.filter((_, k) => k % 2 === 0).join('\uE003')),
    row,
  );
  if (unlike !== undefined) return unlike;
  const [first] = split;
  if (split.some((parts) => parts.length !== first!.length)) return outOfTurn(plain, row);
  for (let k = 1; k < first!.length; k += 2) {
    const pieces = split.map((parts) => parts[k]!);
    const numbers = pieces.map((piece) => (/^\d/.test(piece) ? Number(piece) : piece.charCodeAt(0)));
    const isOneKind = new Set(pieces.map((piece) => /^\d/.test(piece))).size === 1;
    // 16.1 and 16.10 are one number, and two versions.
    const isRow = isOneKind && new Set(pieces).size === new Set(numbers).size;
    const off = isRow ? offRow(numbers, row) : outOfTurn(pieces, row);
    if (off !== undefined) return off;
  }
  return undefined;
}

/** Whether texts differ in the last letter of a word alone, and that is the next one in each, as in `/dev/sdf` and `/dev/sdg`. */
function areLettered(texts: readonly string[]): boolean {
  const [first = ''] = texts;
  const place = first.split('').findIndex((letter, i) => texts.some((text) => text[i] !== letter));
  const start = first.charCodeAt(place);
  return (
    place >= 0 &&
    texts.every(
      (text, i) =>
        /^[A-Za-z](?![A-Za-z])/.test(text.slice(place)) &&
        text.charCodeAt(place) === start + i &&
        text.slice(0, place) + text.slice(place + 1) === first.slice(0, place) + first.slice(place + 1),
    )
  );
}

/**
 * Hashes are made of a member's address: every member has its own. Two may follow each other, and an attribute's name may
 * follow them. Eight digits alone are one behind letters, or behind a short number. The fingerprint of what `cfn-init` does, which
 * is compared where it stands, is a word of sixteen.
 */
export const withoutHashes = (text: string): string =>
  text.replaceAll(
    /(?=[0-9]*[A-F])(?:[0-9A-F]{8}){1,2}(?![0-9A-F](?![a-z]))|(?<=[A-Za-z]\d{0,3})(?:\d{8}){1,2}(?![0-9A-F](?![a-z]))|[0-9a-f]{32,}|(?<![A-Za-z0-9])(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{16,}(?![A-Za-z0-9])/g,
    '\uE002',
  );

/** The first number that is in no order with most of the others, by where its member stands or by the numbers of its id. */
export const offRow = (numbers: readonly number[], row: RowOf): number | undefined =>
  takeTurns(numbers, row) ||
  isCounted(numbers, row.counters, row) ||
  row.counters.some((counter) => isChosen(numbers, counter, row) || isCounted(numbers, [counter], row))
    ? undefined
    : offLine(numbers, row);

/** Whether numbers rise or fall in lines with the numbers of the ids. */
function isCounted(numbers: readonly number[], counters: RowOf['counters'], { kept }: RowOf): boolean {
  const steps = counters.map((counter, k) => {
    const differsAlone = (i: number): boolean =>
      counters.every((other, at) => (at === k) !== (other[i] === other[0]));
    const i = numbers.findIndex((_, at) => differsAlone(at));
    return i < 0 ? 0 : (numbers[i]! - numbers[0]!) / (counter[i]! - counter[0]!);
  });
  const at = (i: number): number =>
    counters.reduce((sum, counter, k) => sum + steps[k]! * (counter[i]! - counter[0]!), numbers[0]!);
  // Two points of which one side has one tell no line: they count, or are the same.
  const isTold = (counter: readonly number[], step: number): boolean => {
    const all = new Set(counter);
    const shared = new Set(counter.slice(0, kept));
    return all.size >= LEAST_OF_LINE || all.size === shared.size || Math.abs(step) === 1;
  };
  return (
    counters.length > 0 &&
    counters.every((counter, k) => steps[k] === 0 || isTold(counter, steps[k]!)) &&
    numbers.every((number, i) => isClose(number, at(i)))
  );
}

/** How many points tell a line: any two lie on one. */
const LEAST_OF_LINE = 3;

/** The first number that does not lie on a line with most of the others; undefined when all do. */
function offLine(numbers: readonly number[], { indices, isPart }: RowOf): number | undefined {
  const equal = rarest(numbers.map(String));
  const most = numbers[equal === 0 ? 1 : 0];
  if (numbers.filter((number) => number === most).length * 2 > numbers.length) return equal;
  let best: boolean[] = [];
  for (let i = 1; i < numbers.length; i++) {
    const step = round((numbers[i]! - numbers[i - 1]!) / (indices[i]! - indices[i - 1]!));
    const on = numbers.map((number, k) => isClose(number, numbers[i]! + step * (indices[k]! - indices[i]!)));
    if (on.filter(Boolean).length > best.filter(Boolean).length) best = on;
  }
  const off = best.indexOf(false);
  if (off >= 0) return off;
  // Two of a longer row tell no line: they count, or are the same.
  const isOpen = isPart && numbers.length < LEAST_OF_LINE;
  return isOpen && Math.abs(numbers[1]! - numbers[0]!) !== indices[1]! - indices[0]! ? 1 : undefined;
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
