import { nonBlank } from '../../field';
import type { Gate, Measured } from './gate';

/** What was not covered. */
interface Skipped {
  /** What is not allowed: tiers, and checks. */
  readonly forbidden: readonly string[];
  readonly tiers: readonly string[];
}

/** Tiers and checks that were not covered. */
export const SKIPPED: Gate<'allowSkipped', Skipped> = {
  name: 'skipped',
  key: 'allowSkipped',
  schema: (z) =>
    z.array(nonBlank(z)).meta({
      description:
        'Tiers that may be skipped where they cannot be stood up, or whose checks cannot run there.',
      absent: 'none',
    }),
  default: [],
  rule: (allowed) => (allowed.length === 0 ? 'none' : `only ${allowed.join(', ')}`),
  measure: (measured, allowed) => [
    { figure: measured.tiers.length === 0 ? undefined : skippedOf(measured, allowed) },
  ],
  passes: ({ forbidden }) => forbidden.length === 0,
  show: ({ forbidden, tiers }) => (forbidden.length > 0 ? forbidden : tiers).join(', ') || 'none',
};

function skippedOf({ tiers, checks, baseline, notRun = [] }: Measured, allowed: readonly string[]): Skipped {
  const skipped = tiers.filter((tier) => tier.skipped).map(({ tier }) => tier);
  // the checks of a skipped tier are covered by the tier's own entry, and those of another one may be allowed as it is
  const unchecked = checks.filter(
    ({ outcome, tier }) => outcome === 'skipped' && ![...skipped, ...allowed].some((it) => it === tier),
  );
  const dropped = baseline.filter(
    ({ name }) => !notRun.includes(name) && !checks.some((check) => check.name === name),
  );
  const names = [...unchecked, ...dropped].map(({ name }) => name);
  return { forbidden: [...skipped.filter((tier) => !allowed.includes(tier)), ...names], tiers: skipped };
}
