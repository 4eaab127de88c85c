import { didYouMean, TwinError } from '../error';
import { EVERY_FACTOR, FULL_SIZE } from '../full-size';

/**
 * A staging's values without those of the factors that are to be at production's size, and of those that have to grow with them: a
 * proportion that holds between declared values, such as connections asked for and offered, is kept by the factors on its other side.
 *
 * @param context - what the app was given under {@link FULL_SIZE}
 * @param factors - the names of all factors
 * @param broken - how many rules the values of a staging break
 * @throws TwinError `full-size` for a name that is no factor's
 */
export function withoutFullSize<T extends object>(
  scale: T,
  context: unknown,
  factors: readonly string[],
  broken: (values: T) => number,
): T {
  if (context === undefined) return scale;
  const names = typeof context === 'string' ? context.split(',').map((name) => name.trim()) : [''];
  if (names.includes(EVERY_FACTOR)) return {} as T;
  const unknown = names.find((name) => !factors.includes(name));
  if (unknown !== undefined) throw unknownFactor(context, unknown, factors);
  const isSound = broken(scale) === 0; // what breaks a rule as it is declared is told as it is
  if (!isSound) return without(scale, names);
  const added: string[] = [];
  let own = without(scale, names);
  while (broken(own) > 0) {
    const left = Object.keys(own);
    if (left.length === 0) return own;
    const after = left.map((name) => broken(without(scale, [...names, ...added, name])));
    added.push(left[after.indexOf(Math.min(...after))]!);
    own = without(scale, [...names, ...added]);
  }
  // what was added on the way to others may not be needed with them
  const needed = added.reduceRight<readonly string[]>((all, name) => {
    const fewer = all.filter((it) => it !== name);
    return broken(without(scale, [...names, ...fewer])) === 0 ? fewer : all;
  }, added);
  return without(scale, [...names, ...needed]);
}

/**
 * The factors that have to be at production's size where another one is, by that one's name.
 *
 * @param scale - a staging's values, which break no rule
 * @param broken - how many rules the values of a staging break
 */
export function growingIn<T extends object>(
  scale: T,
  broken: (values: T) => number,
): Readonly<Record<string, readonly string[]>> {
  const names = Object.keys(scale);
  const all = names.map((name) => {
    const own = withoutFullSize(scale, name, names, broken);
    return [name, names.filter((it) => it !== name && !Object.hasOwn(own, it))] as const;
  });
  return Object.fromEntries(all.filter(([, growing]) => growing.length > 0));
}

const without = <T extends object>(scale: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(scale).filter(([name]) => !names.includes(name))) as T;

const unknownFactor = (context: unknown, name: string, factors: readonly string[]): TwinError =>
  new TwinError({
    code: 'full-size',
    message: `the context ${FULL_SIZE} is ${JSON.stringify(context)}; ${didYouMean(name, factors)}`,
    fix: `Give the names of factors, separated by commas, or ${EVERY_FACTOR} for all.`,
  });
