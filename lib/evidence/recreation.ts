import { showDuration, spreadOf } from '../duration';
import type { Evidence, Span } from './evidence';
import type { TierState } from '../targets/target';

/** How an environment came into being: what a rehearsal shows of the day on which production has to be made again. */
export interface Recreation {
  /** From its definition and its backups until the release that production runs answered; undefined where it did not come so far. */
  readonly ms: number | undefined;
  /** How old the oldest backup was; undefined where none was restored, and where production's cluster had to be there for its clone. */
  readonly dataLossMs: number | undefined;
  /** How far apart the times are that its data are of; undefined where less than two are known. */
  readonly dataSpreadMs: number | undefined;
}

/** What there is to measure a recreation by. */
export interface Recreated {
  readonly startedAt?: string;
  readonly spans?: readonly Span[];
  readonly tiers: readonly TierState[];
}

/** The steps in which an environment comes into being. */
const STEPS = ['seed', 'stand up'];

/** How long it took, and how much was lost. */
export function recreationOf({ startedAt, spans = [], tiers }: Recreated): Recreation {
  const steps = spans.filter(({ parent, name }) => parent === null && STEPS.includes(name));
  const isDone = STEPS.every((name) => steps.some((it) => it.name === name && it.outcome === 'done'));
  const backups = timesOf(tiers, 'dataAt');
  const clones = timesOf(tiers, 'clonedAt');
  const isKnown = startedAt !== undefined && backups.length > 0 && clones.length === 0;
  const taken = [...backups, ...clones];
  return {
    ms: isDone ? steps.reduce((sum, { ms }) => sum + ms, 0) : undefined,
    dataLossMs: isKnown ? Math.max(0, Date.parse(startedAt) - Math.min(...backups)) : undefined,
    dataSpreadMs: taken.length > 1 ? spreadOf(taken) : undefined,
  };
}

const timesOf = (tiers: readonly TierState[], key: 'dataAt' | 'clonedAt'): number[] =>
  tiers.flatMap((it) => {
    const at = it.skipped ? undefined : it[key];
    return at === undefined ? [] : [Date.parse(at)];
  });

/** The same in sentences; none where nothing stood. */
export function recreationSentences(evidence: Evidence): string[] {
  const { ms, dataLossMs, dataSpreadMs } = recreationOf(evidence);
  if (ms === undefined) return [];
  const { target, environments, tiers, parity } = evidence;
  const clones = tiers.flatMap((it) => (it.skipped || it.clonedAt === undefined ? [] : [it.tier]));
  const why =
    clones.length === 0 ? 'no backup was restored' : `${clones.join(', ')} is a clone, and no backup`;
  const data =
    dataLossMs === undefined
      ? `${why}, so what would be lost is not known`
      : `at a loss of at most ${showDuration(dataLossMs)} of data, the age of the oldest backup`;
  const skipped = tiers.filter((it) => it.skipped).map(({ tier }) => tier);
  const outside = (parity.checks?.outside ?? []).map(({ text }) => text);
  return [
    `${environments.staging.environment} was made from its definition on the ${target} target in ${showDuration(ms)}; ${data}`,
    ...(dataSpreadMs === undefined
      ? []
      : [
          `the data of its tiers are of one time, as near as it could be: ${showDuration(dataSpreadMs)} apart`,
        ]),
    ...(skipped.length === 0 ? [] : [`not made: ${skipped.join(', ')}`]),
    ...(outside.length === 0 ? [] : [`not part of it, and has to be there: ${outside.join(', ')}`]),
  ];
}
