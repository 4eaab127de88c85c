import { isDeepStrictEqual } from 'node:util';
import type { Factor, FactorKind, FactorValue, FargateSize } from './kinds';
import { amountLimits, isAmount, isRange, limitsOf, rangeLimits, type Limits } from './limits';
import { checkShape, checkValue } from './rules';
import { FARGATE_CPU, partsOf, resized, sizesOf } from './sizes';

/**
 * A value that keeps production's shape and costs less: the fewest of what is counted, half of what is measured, the smallest
 * class that most families come in.
 *
 * @returns undefined where no rule allows a smaller one
 */
export function smallerValue<K extends FactorKind>(
  factor: Factor<K>,
  prod: FactorValue,
): FactorValue | undefined {
  if (checkValue('', factor, prod).length > 0) return undefined;
  return proposals(factor, prod).find(
    (value) =>
      !isDeepStrictEqual(value, prod) &&
      checkValue('', factor, value).length === 0 &&
      checkShape('', factor, prod, value).length === 0,
  );
}

function proposals(factor: Factor, prod: FactorValue): FactorValue[] {
  const { kind } = factor;
  if (isAmount(kind)) return amounts(prod as number, limitsOf(factor, kind));
  if (isRange(kind)) {
    const { parts, ...limits } = rangeLimits(kind);
    return ranges(prod as Readonly<Record<string, number>>, parts, limits) as FactorValue[];
  }
  if (kind === 'fargateSize') {
    const { cpu, memoryMiB } = prod as FargateSize;
    return FARGATE_CPU.map((it) => ({ cpu: it, memoryMiB: (it * memoryMiB) / cpu }));
  }
  const parts = partsOf(prod as string)!;
  return sizesOf(parts.family, [parts.size]).map((size) => resized(parts, size));
}

/** From the smallest that is worth a try: the rules decide. */
function amounts(prod: number, { least, step, keeps }: Limits): number[] {
  const multiple = (n: number): number => Math.ceil(Math.max(n, least, step) / step) * step;
  return keeps === 'plurality' ? [multiple(2)] : [multiple(prod / 2)];
}

/** Each number as small as it may be by itself; the last one a step above the first, so that the range still moves. */
function ranges(
  prod: Readonly<Record<string, number>>,
  parts: readonly string[],
  limits: Limits,
): Readonly<Record<string, number>>[] {
  const small = (n: number): number => (n === 0 ? 0 : Math.min(n, amounts(n, limits)[0]!));
  const values = parts.map((part) => small(prod[part]!));
  const moving = Math.max(values.at(-1)!, values[0]! + limits.step);
  return [values, [...values.slice(0, -1), moving]].map((it) =>
    Object.fromEntries(parts.map((part, i) => [part, it[i]!])),
  );
}

/** Whether values of a kind are counted, not measured. */
export const isCounted = (kind: FactorKind): boolean =>
  isAmount(kind)
    ? amountLimits(kind).keeps === 'plurality'
    : isRange(kind) && rangeLimits(kind).keeps === 'plurality';
