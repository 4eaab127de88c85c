import type { IConstruct } from 'constructs';
import { patternOf, textOfOutside, type Outside } from '../../checks/outside';
import type { Names } from './names';
import { whenWritten } from './written';

/** What stands in the place of something outside. */
export type StandIn = Outside & { readonly standIn: string };

/** The entries with a stand-in. */
export const standInsIn = (outside: readonly Outside[]): StandIn[] =>
  outside.filter((entry): entry is StandIn => entry.standIn !== undefined);

/** Puts stand-ins in the place of what they stand for, wherever the templates of an environment name it. */
export function putStandIns(top: IConstruct, entries: readonly StandIn[]): void {
  if (entries.length > 0) whenWritten(top, (template) => replaced(template, entries) as object);
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
