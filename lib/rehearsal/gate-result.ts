import type { GateResult } from '../evidence/evidence';

/** What a gate says whose figure was not measured. */
export const NOT_MEASURED = 'not measured';

/** A gate that a figure must not exceed. */
export function upTo(
  gate: string,
  most: number,
  value: number | undefined,
  show: (value: number) => string,
): GateResult {
  const isWithin = value !== undefined && value <= most;
  return resultOf(gate, `at most ${show(most)}`, value === undefined ? undefined : show(value), isWithin);
}

/** A gate with its measurement; without one it fails. */
export function resultOf(
  gate: string,
  rule: string,
  measured: string | undefined,
  passed: boolean | undefined,
): GateResult {
  return {
    gate,
    rule,
    measured: measured ?? NOT_MEASURED,
    passed: measured !== undefined && passed === true,
  };
}

/** A figure with two places at the most. */
export const figure = (value: number): string => String(Number(value.toFixed(2)));
