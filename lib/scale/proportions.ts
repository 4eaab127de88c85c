import { TwinError } from '../error';
import type { RuleViolation } from './keeps';

/**
 * A relation between tiers that scaling must keep: connections asked for against connections offered, a working set
 * against the cache's memory.
 */
export interface Proportion<V> {
  /** What it is, such as `orders connections`. */
  readonly name: string;
  /** What one tier asks for. */
  readonly asked: (values: V) => number;
  /** What the other offers, in the same unit. */
  readonly offered: (values: V) => number;
  /** How far asked / offered may be from production's, as a share of it from 0 to 1: 0.5 allows from half to one and a half times. */
  readonly tolerance: number;
}

/** A proportion at an environment's values. */
export interface ProportionResult {
  /** What it is. */
  readonly name: string;
  /** How far it may be from production's, as a share of it. */
  readonly tolerance: number;
  /** Asked / offered. */
  readonly value: number;
}

/**
 * Checks what proportions are declared with.
 *
 * @throws TwinError `proportion` for what is none, a name that is missing or given twice, or a tolerance that would permit
 * anything
 */
export function checkDeclared(proportions: readonly unknown[]): void {
  const names = new Set<string>();
  for (const proportion of proportions) {
    // A JavaScript app may give anything.
    const { name, asked, offered, tolerance } = (proportion ?? {}) as Partial<Proportion<never>>;
    if (typeof name !== 'string' || name.trim() === '' || names.has(name)) {
      throw new TwinError({
        code: 'proportion',
        message: names.has(name ?? '') ? `two proportions are called "${name}"` : 'a proportion has no name',
        fix: 'Give each proportion a name of its own.',
      });
    }
    names.add(name);
    if (typeof asked !== 'function' || typeof offered !== 'function') {
      throw new TwinError({
        code: 'proportion',
        message: `the proportion "${name}" has no function ${typeof asked === 'function' ? 'offered' : 'asked'}`,
        fix: 'Give it two functions of the factors, asked and offered.',
      });
    }
    if (typeof tolerance !== 'number') {
      throw new TwinError({
        code: 'proportion',
        message: `the proportion "${name}" has no tolerance`,
        fix: "Give the tolerance as a share of production's proportion, such as 0.3.",
      });
    }
    if (tolerance >= 0 && tolerance <= 1) continue;
    throw new TwinError({
      code: 'proportion',
      message: `the proportion "${name}" has the tolerance ${tolerance}; allowed is 0 to 1`,
      fix: "Give the tolerance as a share of production's proportion, such as 0.3.",
    });
  }
}

/**
 * The proportion at an environment's values.
 *
 * @throws TwinError `proportion` when it is no number there, and whatever its functions throw
 */
export function measure<V>({ name, tolerance, asked, offered }: Proportion<V>, values: V): ProportionResult {
  const [a, o] = [asked(values), offered(values)];
  if (a >= 0 && o > 0 && Number.isFinite(a / o)) return { name, tolerance, value: a / o };
  throw new TwinError({
    code: 'proportion',
    message: `${a} is asked and ${o} is offered; allowed are numbers, asked from 0 up and offered above 0`,
    fix: "Let the proportion's functions return such numbers for every legal value.",
  });
}

/** What keeps a proportion from having a value, such as a class whose limits are not known. */
export function checkMeasurable<V>(proportion: Proportion<V>, values: V): RuleViolation[] {
  try {
    measure(proportion, values);
    return [];
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    const { name } = proportion;
    return [{ factor: name, rule: 'proportion', message: `${name}: ${error.message}`, fix: error.fix }];
  }
}

/** Whether a scaled environment holds production's proportion. */
export function checkProportion(prod: ProportionResult, scaled: ProportionResult): RuleViolation[] {
  const { name, tolerance } = prod;
  if (Math.abs(scaled.value - prod.value) <= (tolerance + ROUNDING) * prod.value) return [];
  const [low, high] = [prod.value * (1 - tolerance), prod.value * (1 + tolerance)].map(round);
  return [
    {
      factor: name,
      rule: 'proportion',
      message: `${name}: asked / offered is ${round(scaled.value)} where production's is ${round(prod.value)}; ${low} to ${high} is allowed`,
      fix: 'Scale both sides of the proportion alike.',
    },
  ];
}

/** Floating-point numbers miss a bound that they should meet: 1.3 - 1 is more than 0.3. */
const ROUNDING = 1e-9;

const round = (n: number): number => Number(n.toPrecision(3));
