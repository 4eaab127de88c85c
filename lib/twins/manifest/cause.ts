import { isDeclared } from '../../parity/illegal-names';
import type { Cause } from '../../parity/manifest';
import type { Part } from '../experiments/text-fit';

/** The cause that a place's parts tell, and its factor or rule. */
export function causeOf(
  parts: readonly Part[],
  factorOf: (expression: string) => string,
): { by: Cause; factor: string } {
  const scaled = parts.find((part) => part.is === 'scale');
  if (scaled) return { by: 'scale', factor: factorOf(scaled.expression.name) };
  const keys = parts.flatMap((part) => (part.is === 'name' ? [part.keys[0]!] : []));
  const declared = keys.find(isDeclared);
  if (declared !== undefined) return { by: 'declared', factor: declared };
  const [key] = keys;
  return { by: 'naming', factor: key === undefined ? 'generated name' : RULES[key.split('.')[0]!]! };
}

const RULES: Readonly<Record<string, string>> = {
  name: 'name',
  stackName: 'stack name',
  account: 'account',
  region: 'region',
};
