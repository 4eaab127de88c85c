import { isObject, type Json, type JsonObject } from '../../json';
import { literal, placeholder } from '../../parity/text';
import { keyOf, type Path } from '../../template/differences';
import { isBesideTemplate } from '../../template/deployment';
import { SECTIONS, STACK_TAGS } from '../../template/model';
import { indexOf, replaceTokens } from '../experiments/canonical';
import type { Findings } from '../experiments/experiments';
import { HASH, NAME } from '../instances/names';
import { formPath, type Paired } from '../experiments/pairing';
import type { Part } from '../experiments/text-fit';

/** The shape of the stack with an index, from what all instances of it have in common. */
export function shapeOf(findings: Findings, stack: number): JsonObject {
  const { observations, pairing } = findings;
  const { places, members, keys } = findings.fit(stack);
  const seen = observations.findIndex(({ isNeutral, documents }) => isNeutral && documents.has(stack));
  const pathOf = (steps: readonly (readonly (string | number | undefined)[])[]): Path | undefined => {
    const path = steps.map((step) => step[seen]);
    return path.includes(undefined) ? undefined : (path as Path);
  };
  const ids = logicalIds(findings);
  const decode = (text: string): string =>
    replaceTokens(text, (index) => ids.get(index) ?? `<${shownPath(pairing.at(index))}>`);
  const texts = new Map<string, string>();
  for (const { steps, parts } of places) {
    const path = pathOf(steps);
    if (path) texts.set(keyOf(path), shownOf(parts, decode));
  }
  const names = new Map<string, string>();
  for (const it of keys) {
    const [path, key] = [pathOf(it.steps), it.keys[seen]];
    if (path && key !== undefined) names.set(keyOf([...path, key]), shownOf(it.parts, decode));
  }
  const dropped = new Set<string>();
  for (const { steps, members: all } of members) {
    const path = pathOf(steps);
    const mine = all[seen]!.filter((key) => key !== undefined);
    if (path) for (const key of inOrder(mine).slice(1)) dropped.add(keyOf([...path, key]));
  }
  const walk = (node: Json, path: Path): Json => {
    const text = texts.get(keyOf(path));
    if (text !== undefined) return text;
    if (typeof node === 'string') return decode(node);
    if (Array.isArray(node)) {
      return (node as Json[])
        .map((item, i) => ({ item, at: [...path, i] }))
        .filter(
          ({ at, item }) =>
            !dropped.has(keyOf(at)) &&
            !(path.at(-1) === 'DependsOn' && dropped.has(keyOf(['Resources', String(item)]))),
        )
        .map(({ item, at }) => walk(item, at));
    }
    if (!isObject(node)) return node;
    const entries = Object.entries(node)
      .filter(([key]) => !dropped.has(keyOf([...path, key])))
      .map(
        ([key, child]) =>
          [names.get(keyOf([...path, key])) ?? decode(key), walk(child, [...path, key])] as const,
      );
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const model = observations[seen]!.documents.get(stack)!;
  const sections = SECTIONS.map((section) => [section, walk(model[section], [section])] as const);
  // How a stack is deployed changes with the version of the AWS CDK, and is compared at every synth.
  const shaped = Object.entries(model.top).filter(([key]) => key === STACK_TAGS || !isBesideTemplate([key]));
  const top = shaped.map(([key, value]) => [key, walk(value, [key])] as const);
  return Object.fromEntries([...top, ...sections].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A construct's path as a shape shows it. */
const shownPath = (paired: Paired): string =>
  formPath(paired).replaceAll(NAME, '${name}').replaceAll(HASH, '<generated>');

/** Logical ids that are the same in two instances: others hold a name. */
function logicalIds({ neutral, pairing }: Findings): ReadonlyMap<number, string> {
  const [first, second] = neutral.map(
    ({ stacks }) =>
      new Map(
        stacks.flatMap(({ elements }) =>
          [...elements].map(([id, element]) => [pairing.of(element).index, id] as const),
        ),
      ),
  );
  return new Map([...(first ?? [])].filter(([index, id]) => !second?.has(index) || second.get(index) === id));
}

const inOrder = (keys: readonly (string | number)[]): (string | number)[] =>
  [...keys].sort((a, b) => (indexOf(String(a)) ?? Number(a)) - (indexOf(String(b)) ?? Number(b)));

function shownOf(parts: readonly Part[], decode: (text: string) => string): string {
  return parts
    .map((part) => {
      if (part.is === 'literal') return literal(decode(part.text));
      if (part.is === 'scale') return placeholder(part.expression);
      return part.is === 'name' ? placeholder({ name: part.keys[0]! }) : '<generated>';
    })
    .join('');
}
