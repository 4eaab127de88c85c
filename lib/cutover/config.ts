import type { DataWay } from '../config/types';
import { nonBlank, type Zod } from '../field';
import { gatesSchema } from './gates/registry';

/** How traffic is moved where a config does not say. */
export const CUTOVER_DEFAULTS = {
  steps: [5, 25, 50, 100] as readonly number[],
  stepMinutes: 5,
  data: {} as Readonly<Record<string, DataWay>>,
} as const;

/** A copy of what the old production has: what is written to it afterwards is not in the copy. */
const seed = (z: Zod) =>
  z
    .union([
      z
        .strictObject({
          maxLossMinutes: z
            .number()
            .min(0)
            .max(30 * 24 * 60)
            .describe(
              'For how long at the most the old production may be written to after the copy, until all clients are at the other one: what is written then is lost to them.',
            ),
        })
        .meta({
          name: 'SeedWithLoss',
          about: 'A copy, and how much of what is written after it may be lost.',
        }),
      z
        .strictObject({
          writesStopped: nonBlank(z).describe(
            'How the team stops what writes, from before the copy until all clients are at the other production.',
          ),
        })
        .meta({ name: 'SeedWithoutWrites', about: 'A copy after which nothing is written.' }),
    ])
    .meta({
      name: 'CutoverSeed',
      about: "How much of the old production's data may be missing in a copy of them.",
      expected: '{ maxLossMinutes: 15 } or { writesStopped: how }',
    });

const way = (z: Zod) =>
  z
    .union([
      z
        .string()
        .regex(/\S\s+\S/)
        .describe('How the team brings them, such as by a logical replication.')
        .meta({ expected: 'a sentence that says how' }),
      z
        .strictObject({ seed: seed(z).describe('What may be missing in the copy.') })
        .meta({ name: 'SeededData', about: "The new production begins with a copy of the old one's data." }),
      z
        .strictObject({ none: nonBlank(z).describe('Why the new production needs none of them.') })
        .meta({ name: 'NoData', about: 'Data that need not get there: the new production begins empty.' }),
    ])
    .meta({
      name: 'DataWay',
      about:
        'How the data of a tier get from one production to another: by the team, as a copy, or not at all.',
      expected: 'a text, { seed: { maxLossMinutes: 15 } }, { seed: { writesStopped: how } } or { none: why }',
    });

/** The schema of `cutover`. */
export const cutoverSchema = (z: Zod) =>
  z
    .strictObject({
      steps: z
        .array(z.int().min(1).max(100))
        .refine(isRising, { error: 'do not rise to 100; expected shares such as 5, 25, 50, 100' })
        .default([...CUTOVER_DEFAULTS.steps])
        .describe(
          "What share of clients' requests goes to the new production in each step, in per cent: rising, and 100 at the end.",
        ),
      stepMinutes: z
        .number()
        .gt(0)
        .max(24 * 60)
        .default(CUTOVER_DEFAULTS.stepMinutes)
        .describe('How long the new production is watched in each step.'),
      data: z.record(z.string(), way(z)).default({}).meta({
        description:
          'How the data of each tier that both productions have for themselves get from one to the other, by tier. On this machine a tier that is seeded, or that needs no data, is one of each production.',
        absent: 'such a tier is refused on AWS, and both use the same on this machine',
      }),
      gates: gatesSchema(z).prefault({}).meta({
        description: 'The rules by which clients judge a step, beside those of `verification`.',
        absent: 'the defaults of its keys',
      }),
    })
    .meta({
      name: 'CutoverConfig',
      about: 'How the traffic of clients is moved from one production to another: `twin cutover`.',
    });

/** Whether shares rise, up to all. */
function isRising(steps: readonly number[]): boolean {
  return steps.at(-1) === 100 && steps.every((it, i) => i === 0 || it > steps[i - 1]!);
}
