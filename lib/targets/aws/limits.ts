import type { TargetCall } from '../target';

/** AWS promises no durations: these are several times what was seen. */
export const LIMIT_SECONDS: Readonly<Record<TargetCall, number>> = {
  reach: 120,
  preflight: 120,
  seed: 4 * 3600,
  up: 3 * 3600,
  describe: 300,
  probes: 300,
  checkpoint: 3600,
  restore: 4 * 3600,
  release: 3 * 3600,
  contract: 1800,
  disrupt: 1800,
  logs: 600,
  stop: 3 * 3600,
  down: 3 * 3600,
  inventory: 600,
  extend: 300,
  find: 600,
};
