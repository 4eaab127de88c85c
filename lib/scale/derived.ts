import { didYouMean, messageOf, TwinError } from '../error';
import { own } from '../json';
import { isName } from './declaration';
import type { Factors, FactorValue, ScaleValues } from './kinds';

/** A value that the definition derives from one or several factors. */
export interface DerivedValue<
  F extends Factors,
  N extends keyof F & string = keyof F & string,
  R extends number | string = number | string,
> {
  /** The factors that it comes from: its function is given these and no others. */
  readonly from: readonly N[];
  /** The same factors' values always give the same result, and never a switch: it follows the factors' size. */
  readonly value: (values: Pick<ScaleValues<F>, N>) => R;
  /** Why it may be larger than production's where a factor is smaller. @default - it may not */
  readonly largerBecause?: string;
}

/** The derived values of a scale, by name. */
export type DerivedValues<F extends Factors> = Readonly<Record<string, DerivedValue<F>>>;

/** For each derived value, by name, the factors that it comes from. */
export type DerivedNames<F extends Factors> = Readonly<Record<string, keyof F & string>>;

/** Derived values whose functions see exactly the factors that their `from` names. */
export type DerivedFrom<F extends Factors, S> = {
  readonly [N in keyof S]: DerivedValue<F, S[N] & keyof F & string>;
};

/**
 * Checks how a derived value is declared.
 *
 * @throws TwinError `derived-from` for factors that do not exist, or none; `derived-value` for one without a function
 */
export function checkDerived(name: string, derived: DerivedValue<Factors>, factors: Factors): void {
  const { from, value, largerBecause } = (derived as Partial<DerivedValue<Factors>> | undefined) ?? {};
  if (!Array.isArray(from) || from.length === 0) {
    throw new TwinError({
      code: 'derived-from',
      message: `the derived value "${name}" names no factor that it comes from; allowed is a list of one or more`,
      fix: "Name the factors in its from, such as from: ['ordersInstance'].",
    });
  }
  for (const factor of from as readonly string[]) {
    if (Object.hasOwn(factors, factor)) continue;
    throw new TwinError({
      code: 'derived-from',
      message: `the derived value "${name}" comes from "${factor}", which is not a declared factor; ${didYouMean(factor, Object.keys(factors))}`,
      fix: 'Name declared factors in its from.',
    });
  }
  if (typeof value !== 'function') {
    throw new TwinError({
      code: 'derived-value',
      message: `the derived value "${name}" has no function; got ${typeof value} as its value`,
      fix: 'Give it a function of the factors, such as value: ({ ordersReaders }) => 1 + ordersReaders.',
    });
  }
  if (largerBecause !== undefined && (typeof largerBecause !== 'string' || largerBecause.trim() === '')) {
    throw new TwinError({
      code: 'derived-value',
      message: `the derived value "${name}" gives no reason in largerBecause`,
      fix: "Say in one sentence why it may be larger than production's, or leave largerBecause out.",
    });
  }
  const unknown = Object.keys(derived).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new TwinError({
      code: 'derived-value',
      message: `the derived value "${name}" has "${unknown}", which is not known; ${didYouMean(unknown, KEYS)}`,
      fix: `Use ${KEYS.join(', ')}.`,
    });
  }
}

const KEYS = ['from', 'value', 'largerBecause'];

/**
 * A derived value at an environment's values.
 *
 * @throws TwinError `derived-value` when it is no number and no string, or not the same when asked twice, or when its
 * function throws; `derived-from` when the function reads a factor that `from` does not name
 */
export function derive(
  name: string,
  derived: DerivedValue<Factors>,
  values: ScaleValues<Factors>,
): number | string {
  const [result, again] = [ask(name, derived, values), ask(name, derived, values)];
  const isFit = typeof result === 'string' || Number.isFinite(result);
  if (isFit && Object.is(result, again)) return result as number | string;
  const what = isFit ? `${String(result)} once and ${String(again)} the next time` : shown(result);
  throw new TwinError({
    code: 'derived-value',
    message: `the derived value "${name}" is ${what} for ${inWords(derived.from, values)}; allowed is a finite number or a string, the same each time`,
    fix: 'Derive it from the values that the function is given, and from nothing else.',
  });
}

function ask(name: string, derived: DerivedValue<Factors>, values: ScaleValues<Factors>): unknown {
  try {
    return derived.value(onlyFrom(name, derived, values));
  } catch (error) {
    if (error instanceof TwinError && error.code === 'derived-from') throw error;
    throw new TwinError({
      code: 'derived-value',
      message: `the derived value "${name}" has no value for ${inWords(derived.from, values)}: ${messageOf(error)}`,
      fix:
        error instanceof TwinError
          ? error.fix
          : 'Let its function return a number or a string for every legal value.',
      cause: error,
    });
  }
}

/** The values that a derived value may read: the types say so, and plain JavaScript is told. */
function onlyFrom(
  name: string,
  { from }: DerivedValue<Factors>,
  values: ScaleValues<Factors>,
): ScaleValues<Factors> {
  const seen = Object.freeze(Object.fromEntries(from.map((factor) => [factor, frozenCopy(values[factor]!)])));
  return new Proxy(seen, {
    get(target, key, receiver) {
      if (!isName(key) || key in target) return Reflect.get(target, key, receiver) as unknown;
      throw new TwinError({
        code: 'derived-from',
        message: `the derived value "${name}" reads "${key}", which its from does not name: ${from.join(', ')}`,
        fix: own(values, key) === undefined ? 'Read declared factors only.' : `Add "${key}" to its from.`,
      });
    },
  });
}

const frozenCopy = (value: FactorValue): FactorValue =>
  typeof value === 'object' ? Object.freeze({ ...value }) : value;

/** Factors with their values, as `readers 3, size {"cpu":256}`. */
export function inWords(factors: readonly string[], values: ScaleValues<Factors>): string {
  return factors.map((factor) => `${factor} ${JSON.stringify(values[factor])}`).join(', ');
}

function shown(result: unknown): string {
  if (typeof result === 'number' || result === null || result === undefined) return String(result);
  return `of type ${typeof result}`;
}
