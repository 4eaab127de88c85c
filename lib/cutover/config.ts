import { nonBlank, type Zod } from '../field';
import { gatesSchema } from './gates/registry';

/** How traffic is moved where a config does not say. */
export const CUTOVER_DEFAULTS = {
  steps: [5, 25, 50, 100] as readonly number[],
  stepMinutes: 5,
  data: {} as Readonly<Record<string, string>>,
} as const;

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
      data: z.record(z.string(), nonBlank(z)).default({}).meta({
        description:
          'How the data of each tier that both productions have for themselves get from one to the other, by tier, or why they need not: for a cutover on AWS.',
        absent: 'such a tier is refused',
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
