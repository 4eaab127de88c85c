import type { Blueprint, Tier } from '../blueprint/blueprint';
import { TwinError } from '../error';

/** The kinds of tiers that hold data. */
export const STATEFUL: readonly Tier['kind'][] = ['sql', 'document', 'cache', 'storage'];

/**
 * Checks that the config says of each tier that a production has for itself, and that holds data, how these get from one to the other.
 *
 * @param data - what the config says, by tier
 * @throws TwinError `data` where it says nothing: clients would meet other data than they left
 */
export function checkData(
  { environment, tiers }: Pick<Blueprint, 'environment' | 'tiers'>,
  data: Readonly<Record<string, string>>,
): void {
  const unsaid = tiers.filter(({ kind, name }) => STATEFUL.includes(kind) && data[name] === undefined);
  if (unsaid.length === 0) return;
  const names = unsaid.map(({ name, kind }) => `${name} (${kind})`).join(', ');
  throw new TwinError({
    code: 'data',
    message: `${environment} has data of its own, and nothing says how they get from one production to the other: ${names}`,
    fix: `Say it in cutover.data of twin.config.ts, such as ${unsaid[0]!.name}: 'replicated by ...', or put what holds data into a stack that both use.`,
  });
}
