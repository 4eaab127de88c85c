import type { Disrupted, RehearsedTier } from '../target';
import { notStanding } from './refusals';

/** The state of a tier with further differences. */
export const withDifferences = (state: RehearsedTier, more: readonly string[]): RehearsedTier => ({
  ...state,
  differs: [...state.differs, ...more],
});

/** What something does to the members of a tier. */
export async function membersAround<T extends { state(): RehearsedTier }>(
  part: T,
  work: (part: T) => Promise<void>,
): Promise<Disrupted> {
  const before = part.state().members;
  await work(part);
  return { before, after: part.state().members };
}

export function partOf<T>(parts: ReadonlyMap<string, T>, name: string): T {
  const part = parts.get(name);
  if (part === undefined) throw notStanding(name, [...parts.keys()]);
  return part;
}
