import type { Json } from '../../json';
import { at, type Path } from '../../template/differences';
import type { Findings } from '../experiments/experiments';
import type { Fit, Steps } from '../experiments/fitted';

/** A text that refers to what one environment made, in another one too. */
export interface LiteralReference {
  readonly steps: Steps;
  /** What it refers to. */
  readonly text: string;
  /** The environment that made it. */
  readonly owner: string;
}

/**
 * Finds texts of neutral instances that hold a name which belongs to a real environment: what a module remembered of the
 * first environment that it made, or a reference that was written by hand.
 *
 * @param sides - the observations of the two environments
 */
export function literalReferences(
  fit: Fit,
  findings: Findings,
  stack: number,
  sides: readonly number[],
): LiteralReference[] {
  const { observations } = findings;
  const owners = sides.flatMap((side) => {
    const { label, names } = observations[side]!;
    const texts = ownTexts(fit, findings, stack, side);
    return texts.length === 0 ? [] : [{ owner: label, texts, name: names.get('name')!.toLowerCase() }];
  });
  if (owners.length === 0) return [];
  const neutral = observations.findIndex(({ isNeutral, documents }) => isNeutral && documents.has(stack));
  const found: LiteralReference[] = [];
  const visit = (node: Json, steps: (string | number)[]): void => {
    if (typeof node === 'string') {
      for (const { owner, texts, name } of owners) {
        if (!node.toLowerCase().includes(name)) continue;
        const text = texts.find((it) => node.includes(it));
        if (text !== undefined)
          found.push({ owner, text, steps: steps.map((step) => observations.map(() => step)) });
      }
    } else if (typeof node === 'object' && node !== null) {
      const isList = Array.isArray(node);
      for (const [key, child] of Object.entries(node)) visit(child, [...steps, isList ? Number(key) : key]);
    }
  };
  const model = observations[neutral]!.documents.get(stack)!;
  for (const [section, entries] of Object.entries(model)) visit(entries, section === 'top' ? [] : [section]);
  return found;
}

/** The texts that an environment's own name is part of, as it has them: long enough to be nobody else's. */
function ownTexts(fit: Fit, { observations }: Findings, stack: number, side: number): string[] {
  const { names, documents } = observations[side]!;
  const own = new Set(names.values());
  return fit.places.flatMap(({ steps, parts }) => {
    if (!parts.some((part) => part.is === 'name' && /^(name|stackName)/.test(part.keys[0]!))) return [];
    const path = steps.map((step) => step[side]);
    const text = path.some((step) => step === undefined)
      ? undefined
      : at(documents.get(stack)!, path as Path);
    return typeof text === 'string' && text.length >= 6 && !own.has(text) && !text.includes('\uE001')
      ? [text]
      : [];
  });
}
