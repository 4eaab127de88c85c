import type { IConstruct } from 'constructs';
import { patternOf, textOfOutside, type Outside } from '../checks/outside';
import { stacksOf } from './instance';
import type { Names } from './names';

/** What stands in the place of something outside. */
export type StandIn = Outside & { readonly standIn: string };

/** The entries with a stand-in. */
export const standInsIn = (outside: readonly Outside[]): StandIn[] =>
  outside.filter((entry): entry is StandIn => entry.standIn !== undefined);

/**
 * Puts stand-ins in the place of what they stand for, wherever the templates of an environment name it. Templates are changed
 * when they are written, and not constructs: the text may come from anywhere.
 */
export function putStandIns(top: IConstruct, entries: readonly StandIn[]): void {
  if (entries.length === 0) return;
  for (const stack of stacksOf(top)) {
    const own = stack as unknown as { _toCloudFormation(): object };
    const written = own._toCloudFormation.bind(stack);
    own._toCloudFormation = () => replaced(written(), entries) as object;
  }
}

/** A resolved template, or a part of it, with stand-ins. */
function replaced(node: unknown, entries: readonly StandIn[]): unknown {
  if (typeof node === 'string')
    return entries.reduce((text, it) => text.replaceAll(patternOf(it), () => it.standIn), node);
  if (Array.isArray(node)) return node.map((item) => replaced(item, entries));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaced(value, entries)]));
}

/**
 * What stands in an environment's templates where something of the outside has a stand-in in one of the environments, by name:
 * the stand-in, or itself.
 */
export function standInNames(all: readonly StandIn[], own: readonly Outside[]): Names {
  const texts = [...new Set(all.map(textOfOutside))];
  const standIns = standInsIn(own);
  return new Map(
    texts.map((text, i) => [
      `standIn.${i}`,
      standIns.find((it) => textOfOutside(it) === text)?.standIn ?? text,
    ]),
  );
}
