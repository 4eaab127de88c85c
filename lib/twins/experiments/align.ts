import type { Json } from '../../json';

/** Which items of several lists are the same one: for each, its index in every list that has it. */
export type Column = readonly (number | undefined)[];

/**
 * Aligns lists of which some have more items: items with the same form are the same, from the front; where both have an
 * item of another form at one place, these are the same too.
 *
 * @param forms - each list's items by their forms
 */
export function alignLists(forms: readonly (readonly string[])[]): Column[] {
  const order = forms.map((_, i) => i).sort((a, b) => forms[b]!.length - forms[a]!.length);
  let columns: { form: string; at: (number | undefined)[] }[] = [];
  for (const which of order) {
    const list = forms[which]!;
    const pairs = common(
      columns.map(({ form }) => form),
      list,
    );
    const next: typeof columns = [];
    let [c, i] = [0, 0];
    for (const [column, item] of [...pairs, [columns.length, list.length] as const]) {
      while (c < column && i < item) next.push(placed(columns[c++]!, which, i++));
      while (c < column) next.push(columns[c++]!);
      while (i < item) next.push(placed({ form: list[i]!, at: forms.map(() => undefined) }, which, i++));
      if (column < columns.length) next.push(placed(columns[c++]!, which, i++));
    }
    columns = next;
  }
  return columns.map(({ at }) => at);
}

function placed<T extends { at: (number | undefined)[] }>(column: T, list: number, index: number): T {
  column.at[list] = index;
  return column;
}

/** The longest sequence that two lists have in common, as pairs of indices, the first ones where there is a choice. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  const length = a.map(() => new Uint32Array(b.length + 1));
  length.push(new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i]![j] =
        a[i] === b[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && length[i]![j]! > 0; i++) {
    const first = b.findIndex(
      (item, k) => k >= j && item === a[i] && length[i + 1]![k + 1]! + 1 === length[i]![j]!,
    );
    if (first < 0) continue;
    pairs.push([i, first]);
    j = first + 1;
  }
  return pairs;
}

/**
 * Aligns lists of items: those of one length item by item. The CDK sorts what policies name, the tenth member before the second: where all have one order, each item is
 * known by its text, elsewhere by its form.
 *
 * @param lists - one for each observation; absent where there is none
 * @returns columns: for each item where it stands in each list
 */
export function alignItems(
  lists: readonly (readonly Json[] | undefined)[],
  textOf: (item: Json, observation: number) => string,
  formOf: (item: Json, observation: number) => string,
): (number | undefined)[][] {
  const there = lists.flatMap((list, i) => (list ? [i] : []));
  const lengths = new Set(there.map((i) => lists[i]!.length));
  if (lengths.size === 1)
    return Array.from({ length: [...lengths][0]! }, (_, index) => lists.map((list) => list && index));
  const written = (write: typeof textOf): string[][] =>
    there.map((i) => lists[i]!.map((item) => write(item, i)));
  const texts = written(textOf);
  const byText = alignLists(texts);
  const isOneOrder = byText.every(
    (column) =>
      new Set(column.flatMap((index, k) => (index === undefined ? [] : [texts[k]![index]]))).size === 1,
  );
  return (isOneOrder ? byText : alignLists(written(formOf))).map((column) => {
    const wide: (number | undefined)[] = lists.map(() => undefined);
    column.forEach((index, k) => (wide[there[k]!] = index));
    return wide;
  });
}

/** An item of each column, as the longest list has it: items that hold lists themselves, of another factor, have other forms elsewhere. */
export function sampleItems(
  columns: readonly (readonly (number | undefined)[])[],
  lists: readonly (readonly Json[] | undefined)[],
): { readonly item: Json; readonly i: number }[] {
  const byLength = lists
    .flatMap((list, i) => (list ? [i] : []))
    .sort((a, b) => lists[b]!.length - lists[a]!.length);
  return columns.map((column) => {
    const i = byLength.find((it) => column[it] !== undefined)!;
    return { item: lists[i]![column[i]!]!, i };
  });
}
