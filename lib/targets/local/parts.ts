import type { Disrupted, RehearsedTier, Watch } from '../target';
import { notStanding } from './refusals';
import type { LocalTier } from './tier';
import { longestOutage } from './writes';

/** The state of a tier with further differences. */
export const withDifferences = (state: RehearsedTier, more: readonly string[]): RehearsedTier => ({
  ...state,
  differs: [...state.differs, ...more],
});

/** What something does to the members of a tier, and what else it says. */
export async function membersAround<T extends { state(): RehearsedTier }>(
  part: T,
  work: (part: T) => Promise<Omit<Disrupted, 'before' | 'after'>>,
): Promise<Disrupted> {
  const before = part.state().members;
  const said = await work(part);
  return { before, after: part.state().members, ...said };
}

/** What the failover of a data tier does: to its members, and to those who write to it. */
export async function failOver(tier: LocalTier, watch: Watch): Promise<Disrupted> {
  return membersAround(tier, async () => {
    const writer = await tier.writer?.();
    if (writer) return { unwritableMs: await longestOutage(writer, () => tier.failover(watch)) };
    await tier.failover(watch);
    return {};
  });
}

export function partOf<T>(parts: ReadonlyMap<string, T>, name: string): T {
  const part = parts.get(name);
  if (part === undefined) throw notStanding(name, [...parts.keys()]);
  return part;
}
