import type { Zod } from '../field';
import { gatesSchema } from './gates/registry';

/** How production is watched where a config does not say. */
export const WATCH_DEFAULTS = { watchMinutes: 10, connections: 1, everyMs: 1_000 } as const;

/** The schema of `verification`. */
export const verificationSchema = (z: Zod) =>
  z
    .strictObject({
      watchMinutes: z
        .number()
        .gt(0)
        .max(24 * 60)
        .default(WATCH_DEFAULTS.watchMinutes)
        .describe('How long production is watched, before the release and after it.'),
      connections: z
        .int()
        .min(1)
        .max(16)
        .default(WATCH_DEFAULTS.connections)
        .describe('How many requests of each check are under way at once while it is watched.'),
      everyMs: z
        .int()
        .min(10)
        .max(60_000)
        .default(WATCH_DEFAULTS.everyMs)
        .describe('How often each of these sends one, at the most.'),
      gates: gatesSchema(z).prefault({}).meta({
        description: 'The rules for GO ON.',
        absent: 'the defaults of its keys',
      }),
    })
    .meta({
      name: 'VerificationConfig',
      about: 'How production is verified after a release, with the checks that are `safeInProduction`.',
    });
