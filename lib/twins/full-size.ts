import { didYouMean, TwinError } from '../error';
import { EVERY_FACTOR, FULL_SIZE } from '../full-size';

/**
 * A staging's values without those of the factors that are to be at production's size.
 *
 * @param context - what the app was given under {@link FULL_SIZE}
 * @param factors - the names of all factors
 * @throws TwinError `full-size` for a name that is no factor's
 */
export function withoutFullSize<T extends object>(scale: T, context: unknown, factors: readonly string[]): T {
  if (context === undefined) return scale;
  const names = typeof context === 'string' ? context.split(',').map((name) => name.trim()) : [''];
  if (names.includes(EVERY_FACTOR)) return {} as T;
  const unknown = names.find((name) => !factors.includes(name));
  if (unknown === undefined)
    return Object.fromEntries(Object.entries(scale).filter(([name]) => !names.includes(name))) as T;
  throw new TwinError({
    code: 'full-size',
    message: `the context ${FULL_SIZE} is ${JSON.stringify(context)}; ${didYouMean(unknown, factors)}`,
    fix: `Give the names of factors, separated by commas, or ${EVERY_FACTOR} for all.`,
  });
}
