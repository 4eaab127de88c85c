import type { Blueprint, Tier } from '../blueprint/blueprint';
import type { CutoverConfig, DataWay } from '../config/types';
import { showDuration, showMinute } from '../duration';
import { TwinError } from '../error';
import type { Cutover, CutoverData, CutoverStep, CutoverVerdict } from '../evidence/cutover';
import type { SeededTier } from '../targets/production';
import type { OwnData } from '../targets/target';

/** The kinds of tiers that hold data. */
export const STATEFUL: readonly Tier['kind'][] = ['sql', 'document', 'cache', 'storage'];

type Ways = Readonly<Record<string, DataWay>>;

/**
 * Checks that the config says of each tier that a production has for itself, and that holds data, how these get from one to the other.
 *
 * @param data - what the config says, by tier
 * @throws TwinError `data` where it says nothing: clients would meet other data than they left
 */
export function checkData(
  { environment, tiers }: Pick<Blueprint, 'environment' | 'tiers'>,
  data: Ways,
): void {
  const unsaid = tiers.filter(({ kind, name }) => STATEFUL.includes(kind) && data[name] === undefined);
  if (unsaid.length === 0) return;
  const names = unsaid.map(({ name, kind }) => `${name} (${kind})`).join(', ');
  throw new TwinError({
    code: 'data',
    message: `${environment} has data of its own, and nothing says how they get from one production to the other: ${names}`,
    fix: `Say it in cutover.data of twin.config.ts, such as ${unsaid[0]!.name}: { seed: { maxLossMinutes: 15 } } or a sentence such as 'replicated by ...', or put what holds data into a stack that both use.`,
  });
}

/** What of its data a second production on this machine has for itself. */
export const ownOf = (data: Ways): OwnData =>
  Object.fromEntries(
    Object.entries(data).flatMap(([tier, way]) => {
      if (typeof way === 'string') return []; // nobody brings them here
      return [[tier, 'seed' in way ? 'copy' : 'empty'] as const];
    }),
  );

/** What is known of the data of two productions before traffic is moved. */
export interface DataPlan {
  readonly from: string;
  readonly to: string;
  /** The name of the one that began with copies of the other's data. */
  readonly second: string;
  readonly data: Ways;
  /** Of the second. */
  readonly seeds: readonly SeededTier[];
  /** When clients came to the one that they are to leave again. @default - they were there before the copies were made */
  readonly metAt?: Date | undefined;
  /** How much may be lost, in the place of what the config says. @default - what that says */
  readonly maxLossMinutes?: number | undefined;
  readonly now: Date;
  /** How long it takes until all clients have moved, as planned. */
  readonly minutes: number;
}

/**
 * What clients find of their data where they are to go: a copy of what they leave has nothing of what is written after it.
 *
 * @throws TwinError `data` for a copy that the config or the production does not know of, `data-loss` where too much would be missing
 */
export function plannedData(plan: DataPlan): readonly CutoverData[] {
  const { data, seeds, second } = plan;
  const other = seeds.find(({ tier }) => !isSeed(data[tier]));
  if (other)
    throw new TwinError({
      code: 'data',
      message: `${other.tier} of ${second} began with a copy of ${other.from}, and nothing says how much of what is written after it may be lost`,
      fix: `Say it in cutover.data of twin.config.ts: ${other.tier}: { seed: { maxLossMinutes: 15 } } or { seed: { writesStopped: 'how' } }.`,
    });
  return Object.entries(data).map(([tier, way]) => plannedOf(plan, tier, way));
}

const isSeed = (way: DataWay | undefined) => typeof way === 'object' && 'seed' in way;

function plannedOf(plan: DataPlan, tier: string, way: DataWay): CutoverData {
  if (typeof way === 'string') return { tier, way: 'team', because: way };
  if ('none' in way) return { tier, way: 'none', because: way.none };
  const { from, to, second, seeds, metAt, now, minutes } = plan;
  const copy = seeds.find((it) => it.tier === tier);
  if (!copy)
    throw new TwinError({
      code: 'data',
      message: `cutover.data says that ${tier} is seeded, and ${second} did not begin with a copy of it`,
      fix: `Tear ${second} down and stand it up again, or correct cutover.data.${tier}.`,
    });
  const seeded = { tier, way: 'seed', copyOf: copy.from, copiedAt: copy.at } as const;
  const { seed } = way;
  if ('writesStopped' in seed) return { ...seeded, because: seed.writesStopped };
  const since = to === second ? new Date(copy.at) : (metAt ?? new Date(copy.at));
  const lost = (now.getTime() - since.getTime()) / MINUTE + minutes;
  const most = plan.maxLossMinutes ?? seed.maxLossMinutes;
  if (lost > most)
    throw new TwinError({
      code: 'data-loss',
      message:
        `what is written to ${tier} of ${from} since ${showMinute(since)} is not in ${to}: ` +
        `${showDuration(lost * MINUTE)} when all clients are there; allowed: at most ${showDuration(most * MINUTE)}`,
      fix:
        to === second
          ? `Seed ${to} anew and move at once, move in fewer steps, or stop what writes and say so in cutover.data.${tier}.seed.writesStopped.`
          : `Bring what is missing to ${to} first; or accept the loss with --max-loss-minutes ${Math.ceil(lost)}.`,
    });
  return { ...seeded, since: since.toISOString() };
}

const MINUTE = 60_000;

/** How long it takes until all clients have moved: the old one is recorded, the new one verified, and every share but the last watched. */
export const plannedMinutes = (
  { steps, stepMinutes }: Pick<Required<CutoverConfig>, 'steps' | 'stepMinutes'>,
  watchMinutes: number,
): number => 2 * watchMinutes + (steps.length - 1) * stepMinutes;

/** What became of the data: for how long what was written is not where clients are now. */
export function dataAfter(
  planned: readonly CutoverData[],
  verdict: CutoverVerdict,
  {
    done: steps,
    unwritten,
  }: { readonly done: readonly CutoverStep[]; readonly unwritten: readonly string[] },
  end: Date,
): Pick<Cutover, 'data'> {
  if (planned.length === 0) return {};
  const first = steps.find(({ percent }) => percent > 0);
  const last = steps.at(-1);
  const lostOf = ({ since }: CutoverData): number | undefined => {
    if (since === undefined || !first || !last) return undefined;
    const [from, to] =
      verdict === 'MOVED'
        ? [Date.parse(since), Date.parse(last.startedAt)]
        : [Date.parse(first.startedAt), end.getTime()];
    return Math.round(((to - from) / MINUTE) * 100) / 100;
  };
  return {
    data: planned.map((it) => {
      const lossMinutes = lostOf(it);
      return {
        ...it,
        ...(lossMinutes !== undefined && { lossMinutes }),
        ...(unwritten.includes(it.tier) && { unwritten: true as const }),
      };
    }),
  };
}
