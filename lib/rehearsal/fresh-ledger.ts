import type { Ledger } from './ledger';

/** What a ledger holds of an environment before anything was done with it. */
export const NOTHING_DONE = {
  steps: [],
  standing: 'none',
  tiers: [],
  baseline: [],
  checks: [],
  drills: [],
  watched: [],
  spans: [],
  attempts: [],
  files: [],
} as const satisfies Partial<Ledger>;
