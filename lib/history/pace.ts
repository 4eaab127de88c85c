import type { Verdict } from '../evidence/evidence';
import { judgedAt, stepsOf, workedMs, type RehearsalRecord } from './record';
import { groupBy, median } from './statistics';

/** The rehearsals of a month. */
export interface Month {
  /** `2026-11`, UTC. */
  readonly month: string;
  readonly rehearsals: number;
  readonly releases: number;
  readonly verdicts: Verdicts;
  readonly medianMs: number;
  readonly usd: number;
}

/** How many rehearsals had each verdict. */
export type Verdicts = Readonly<Record<Verdict, number>>;

/** How long rehearsals on a target take, and what they would cost on AWS. */
export interface TargetPace {
  readonly target: string;
  readonly rehearsals: number;
  readonly medianMs: number;
  readonly longestMs: number;
  readonly medianUsd: number;
  readonly totalUsd: number;
  readonly steps: readonly StepPace[];
}

/** How long a step takes. */
export interface StepPace {
  readonly step: string;
  readonly rehearsals: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** Every month with a rehearsal, the first first. */
export function monthsOf(records: readonly RehearsalRecord[]): Month[] {
  return groupBy(records, ({ evidence }) => judgedAt(evidence).slice(0, MONTH)).map(([month, group]) => ({
    month,
    rehearsals: group.length,
    releases: new Set(group.map(({ evidence }) => evidence.to)).size,
    verdicts: verdictsOf(group),
    medianMs: median(group.map(({ evidence }) => workedMs(evidence)))!,
    usd: totalUsd(group),
  }));
}

const MONTH = 'yyyy-mm'.length;

/** How often each verdict was given. */
export function verdictsOf(records: readonly RehearsalRecord[]): Verdicts {
  const verdicts: Record<Verdict, number> = { GO: 0, 'NO-GO': 0, 'BASELINE FAILED': 0, UNDECIDED: 0 };
  for (const { evidence } of records) verdicts[evidence.verdict]++;
  return verdicts;
}

/** By target: what runs on a machine is as fast as that machine. */
export function paceOf(records: readonly RehearsalRecord[]): TargetPace[] {
  return groupBy(records, ({ evidence }) => evidence.target).map(([target, group]) => {
    const all = group.map(({ evidence }) => workedMs(evidence));
    return {
      target,
      rehearsals: group.length,
      medianMs: median(all)!,
      longestMs: Math.max(...all),
      medianUsd: median(group.map(({ evidence }) => evidence.cost.rehearsalUsd))!,
      totalUsd: totalUsd(group),
      steps: stepPaces(group),
    };
  });
}

/** A retry runs on the environment of the attempt before, which is paid for once. */
const totalUsd = (records: readonly RehearsalRecord[]): number =>
  groupBy(records, ({ evidence }) => `${evidence.rehearsal} ${evidence.startedAt}`).reduce(
    (sum, [, attempts]) => sum + attempts.at(-1)!.evidence.cost.rehearsalUsd,
    0,
  );

function stepPaces(records: readonly RehearsalRecord[]): StepPace[] {
  const steps = records.flatMap(({ evidence }) => stepsOf(evidence));
  return groupBy(steps, ({ name }) => name).map(([step, spans]) => ({
    step,
    rehearsals: spans.length,
    medianMs: median(spans.map(({ ms }) => ms))!,
    longestMs: Math.max(...spans.map(({ ms }) => ms)),
  }));
}
