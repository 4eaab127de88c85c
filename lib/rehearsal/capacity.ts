import { TwinError } from '../error';
import type { Capacity, CapacityRound } from '../evidence/evidence';
import { areAlike, showRate } from '../evidence/capacity';
import { mixOfLoad, type Level, type LoadMix } from '../probes/load-level';
import type { Zod } from '../field';
import { nonBlank, timeLimit } from '../field';
import type { CapacityConfig } from '../config/types';
import type { Watch } from '../targets/target';
import { CONTRACT } from './drills/contract';
import { findCapacity, isCarried } from './find-capacity';
import { CAPACITY } from './gates/capacity';
import { resultsOf } from './gates/gate';
import { ratioOf } from './scale-ratio';
import { checkStanding, deploymentOf, proofOf, type Step, type StepContext } from './step';

/** What `capacity` takes where a config does not say. */
const CAPACITY_DEFAULTS = {
  maxErrorRate: 0.01,
  startRequestsPerSecond: 20,
  maxRequestsPerSecond: 1000,
  secondsEach: 5,
  warmUpSeconds: 2,
  precision: 0.1,
} as const;

/** The schema of `capacity`. */
export const capacitySchema = (z: Zod) =>
  z
    .strictObject({
      of: nonBlank(z).describe('The name of the load or replay check whose requests are sent.'),
      maxP95Ms: z
        .number()
        .gt(0)
        .describe('A load is carried while the 95th percentile of the response time is at most this.'),
      maxErrorRate: z
        .number()
        .min(0)
        .max(1)
        .default(CAPACITY_DEFAULTS.maxErrorRate)
        .describe('And while at most this share of the requests fails, 0 to 1.'),
      startRequestsPerSecond: z
        .number()
        .gt(0)
        .max(100_000)
        .default(CAPACITY_DEFAULTS.startRequestsPerSecond)
        .describe('The load that is tried first; then twice as much until a limit breaks.'),
      maxRequestsPerSecond: z
        .number()
        .gt(0)
        .max(100_000)
        .default(CAPACITY_DEFAULTS.maxRequestsPerSecond)
        .describe('More is not tried.'),
      secondsEach: timeLimit(z)
        .default(CAPACITY_DEFAULTS.secondsEach)
        .describe('How long each load is measured.'),
      warmUpSeconds: z
        .number()
        .min(0)
        .max(3600)
        .default(CAPACITY_DEFAULTS.warmUpSeconds)
        .describe('How long each load is sent before it is measured.'),
      precision: z
        .number()
        .min(0.01)
        .max(1)
        .default(CAPACITY_DEFAULTS.precision)
        .describe('How near the load that is carried and the one that is not have to be: 0.1 is one tenth.'),
      scale: z
        .union([nonBlank(z), z.number().gt(0).max(100)])
        .optional()
        .meta({
          expected: 'a number up to 100, or the name of a scale factor',
          description: "Staging's size over production's: a number, or a scale factor whose values give it.",
          absent: 'what the scale factors give: docs/load.md says how',
        }),
    })
    .meta({
      name: 'CapacityConfig',
      about: 'How the largest load is found that each release carries.',
    });

/**
 * Checks that the baseline can be brought once everything else is done.
 *
 * @throws TwinError `capacity`
 */
export function checkCapacity({ script, parts }: StepContext): void {
  const { contract = CONTRACT.default } = script.drills ?? {};
  if (!script.capacity || !parts.target.contracts || !contract) return;
  throw new TwinError({
    code: 'capacity',
    message:
      'the capacity of the baseline could not be measured: the drill "contract" leaves a schema that it does not run on',
    fix: 'Set drills.contract: false for rehearsals that look for the capacity, or leave capacity out.',
  });
}

/** How often a release is measured again where its measurements differ, or the gate fails: as with load. */
const MORE_ROUNDS = 2;

/**
 * Finds the largest load that each release carries: of the candidate, of the baseline until two measurements are alike, of the candidate again, so that a machine that
 * becomes slower or faster meanwhile favours neither. It comes after everything else, because an overload can do harm.
 */
export const capacity: Step = async (context, watch) => {
  const { ledger } = context;
  const config = context.script.capacity!;
  const { from, to } = ledger.value;
  const { ratio, because } = ratioOf(proofOf(context).parity, proofOf(context).staging.tiers, config.scale);
  const { hardware } = context.parts.target;
  const record = (patch: Partial<Capacity>): void => {
    const before: Capacity = ledger.value.capacity ?? {
      of: config.of,
      maxP95Ms: config.maxP95Ms,
      maxErrorRate: config.maxErrorRate ?? CAPACITY_DEFAULTS.maxErrorRate,
      precision: config.precision ?? CAPACITY_DEFAULTS.precision,
      ratio,
      because,
      ...(hardware !== undefined && { hardware }),
      rounds: [],
    };
    ledger.change({ capacity: { ...before, ...patch } });
  };
  const measure = async (release: string): Promise<void> => {
    const round = await watch.span(`capacity of ${release}`, () => roundOf(context, config, release, watch));
    record({ rounds: [...(ledger.value.capacity?.rounds ?? []), round] });
    await checkStanding(context, watch);
  };
  record({});
  try {
    await measure(to);
    await bring(context, 'from', watch);
    await measure(from);
    await measure(from);
    for (let round = 0; round < MORE_ROUNDS && !isSettled(context); round++) await measure(from);
    await bring(context, 'to', watch);
    await measure(to);
    for (let round = 0; round < MORE_ROUNDS && failsGate(context); round++) {
      watch.log('the capacity of the candidate once more, because this machine may have been busy');
      await measure(to);
    }
  } catch (error) {
    // what cannot be measured fails the gate, if there is one, and no other figure
    if (watch.signal.aborted || !(error instanceof TwinError) || error.isMachineFault) throw error;
    record({ problem: error.message });
  }
  return {};
};

/** Whether two measurements of the baseline are alike. */
function isSettled({ ledger: { value } }: StepContext): boolean {
  const { capacity: seen, from, gates } = value;
  const rounds = (seen?.rounds ?? []).filter(({ release }) => release === from);
  return areAlike(rounds, gates.minCapacityRatio ?? ALIKE);
}

/** How alike they are to be where no gate says it. */
const ALIKE = 0.8;

const failsGate = ({ ledger: { value } }: StepContext): boolean =>
  resultsOf(CAPACITY, value).some(({ passed }) => !passed);

async function roundOf(
  context: StepContext,
  config: CapacityConfig,
  release: string,
  watch: Watch,
): Promise<CapacityRound> {
  const { secondsEach: seconds, warmUpSeconds, ...limits } = { ...CAPACITY_DEFAULTS, ...config };
  const mix = mixOf(context, config.of);
  const probes = await context.parts.target.probes(context.ledger.value.handle, watch);
  const levelAt = async (perSecond: number): Promise<Level> => {
    const level = await probes.sendLoad({ mix, perSecond, seconds, warmUpSeconds }, watch);
    const { p95Ms, errorRate } = level;
    const p95 = p95Ms === undefined ? 'no answer' : `p95 ${p95Ms} ms`;
    watch.log(
      `${showRate(perSecond)} requests a second: ${p95}, ${Number((errorRate * 100).toFixed(1))} % errors`,
    );
    return level;
  };
  const isShared = context.parts.target.hardware !== undefined;
  const found = await findCapacity(limits, isShared, levelAt);
  // what follows an overload, such as a deployment, must not suffer from it
  const little = Math.min(limits.startRequestsPerSecond, found.carried / 2);
  if (little > 0)
    for (let i = 0; i < MORE_LOOKS && !isCarried(await levelAt(little), limits); i++)
      watch.log('it has not recovered from the overload yet');
  return { release, ...found };
}

/** How often it is looked whether an overload is over. */
const MORE_LOOKS = 10;

/** The requests of a check. */
export function mixOf({ script, recordings = {} }: StepContext, name: string): LoadMix {
  const load = script.checks.load?.find((it) => it.name === name);
  if (load) return mixOfLoad(load);
  const check = script.checks.replay?.find((it) => it.name === name);
  const recording = recordings[name];
  if (!check || !recording) throw new Error(`the log of "${name}" was not read`);
  return { recording, ...(check.headers && { headers: check.headers }) };
}

async function bring(context: StepContext, which: 'from' | 'to', watch: Watch): Promise<void> {
  const { parts, ledger } = context;
  const deployment = deploymentOf(context, which);
  await watch.span(`release ${deployment.release}`, () =>
    parts.target.release(ledger.value.handle, deployment, watch),
  );
}
