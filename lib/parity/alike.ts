import { isObject, type Json } from '../json';
import { canonical } from '../template/references';
import { at, keyOf, type Path } from '../template/differences';
import type { Model } from '../template/model';
import type { Members } from './manifest';
import { round } from './text';

/** A member that is not like its fellows. */
export interface UnlikeMember {
  readonly members: Members;
  /** Which of them, in order. */
  readonly index: number;
  /** From the member down to where it differs. */
  readonly path: Path;
}

/**
 * Finds members that are not like the others of their group: each may have its own name, references to what is its own,
 * and numbers that rise with its place in the row.
 *
 * @param model - production's, with staging's logical ids
 */
export function unlikeMembers(model: Model, groups: readonly Members[]): UnlikeMember[] {
  const rows = new Rows(groups);
  return groups.flatMap((members) => {
    const all = members.prod.map((member) => at(model, [...members.path, member]));
    if (all.length < 2 || all.some((member) => member === undefined)) return [];
    const unlike = unlikeText(all.map((member, i) => rows.anonymous(member!, i, members)));
    if (unlike === undefined) return [];
    return [{ members, index: unlike, path: differingPath(all[unlike === 0 ? 1 : 0]!, all[unlike]!) }];
  });
}

/** Which group and place a logical id has. */
class Rows {
  readonly #places = new Map<string, { readonly factor: string; readonly index: number }>();

  constructor(groups: readonly Members[]) {
    for (const { path, factor, prod } of groups) {
      if (path.length !== 1) continue;
      prod.forEach((id, index) => this.#places.set(String(id), { factor, index }));
    }
  }

  /** A member as text, its keys in order, with what is its own taken out of it. */
  anonymous(member: Json, index: number, { factor, words }: Members): string {
    const word = words[index];
    const own =
      word === undefined
        ? undefined
        : new RegExp(`(?<![A-Za-z0-9])${escape(word)}|${escape(word)}(?![A-Za-z0-9])`, 'g');
    return canonical(member, (leaf) => {
      if (typeof leaf !== 'string') return leaf;
      const referred = leaf.replaceAll(/[A-Za-z0-9]+/g, (id) => {
        const place = this.#places.get(id);
        return place?.factor === factor && place.index === index ? `<${factor}>` : id;
      });
      return own ? referred.replaceAll(own, '<member>') : referred;
    });
  }
}

const PIECES = /(\d+(?:\.\d+)?)/;

/** Which of several texts is not like the others; undefined when all are alike. */
function unlikeText(texts: readonly string[]): number | undefined {
  const split = texts.map((text) => withoutOwn(text).split(PIECES));
  const [first] = split;
  for (const [i, parts] of split.entries()) {
    if (
      parts.length !== first!.length ||
      parts.some((part, k) => k % 2 === 0 && !areAlike(part, first![k]!, i))
    )
      return oddOneOut(
        split.map((it) => it.length + it.filter((_, k) => k % 2 === 0).join('')),
        i,
      );
  }
  for (let k = 1; k < first!.length; k += 2) {
    const unlike = offLine(split.map((parts) => Number(parts[k])));
    if (unlike !== undefined) return unlike;
  }
  return undefined;
}

/** Hashes are made of a member's address: every member has its own. */
const withoutOwn = (text: string): string =>
  text.replaceAll(/[0-9A-F]{8}(?![0-9A-F])|[0-9a-f]{32,}/g, '<hash>');

/** Zones and the like count with letters. */
function areAlike(part: string, first: string, index: number): boolean {
  if (part === first) return true;
  if (part.length !== first.length) return false;
  const differing = [...part].flatMap((char, i) => (char === first[i] ? [] : [i]));
  return differing.every(
    (i) =>
      /[a-z]/i.test(part[i]!) &&
      !/[a-z]/i.test(part[i + 1] ?? '') &&
      !/[a-z]/i.test(part[i - 1] ?? '') &&
      part.charCodeAt(i) - first.charCodeAt(i) === index,
  );
}

function oddOneOut(forms: readonly string[], found: number): number {
  const isAlone = (i: number): boolean => forms.filter((form) => form === forms[i]).length === 1;
  return found === 1 && isAlone(0) && !isAlone(1) ? 0 : found;
}

/** The first number that does not lie on the line through the others; undefined when all do. */
function offLine(numbers: readonly number[]): number | undefined {
  const [first, second] = numbers;
  if (second === undefined || numbers.every((number) => number === first)) return undefined;
  const step = round(second - first!);
  const off = numbers.findIndex(
    (number, i) => Math.abs(number - (first! + step * i)) > 1e-9 * Math.max(1, Math.abs(number)),
  );
  if (off < 0) return undefined;
  // Of 5, 60, 5, 5 the second is the odd one, not the third.
  const commonest = numbers.filter((number) => number === first).length * 2 >= numbers.length;
  return commonest ? numbers.findIndex((number) => number !== first) : off;
}

/** Where two members begin to differ by more than an index, as far as that can be told. */
function differingPath(a: Json, b: Json, path: Path = []): Path {
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const key = keys.find(
      (it) => keyOf([JSON.stringify(a[it]) ?? '']) !== keyOf([JSON.stringify(b[it]) ?? '']),
    );
    if (key !== undefined && a[key] !== undefined && b[key] !== undefined)
      return differingPath(a[key], b[key], [...path, key]);
    return key === undefined ? path : [...path, key];
  }
  return path;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
