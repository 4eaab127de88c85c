import type { ZodType } from 'zod';
import type { GatesConfig } from '../../config/types';
import type { CostReport } from '../../cost/cost';
import type {
  Capacity,
  DarkLaunch,
  DrillResult,
  GateResult,
  Round,
  Span,
  Watched,
} from '../../evidence/evidence';
import type { RanReleases } from '../../evidence/ran';
import type { Zod } from '../../field';
import type { CheckResult } from '../../probes/check';
import type { TierState } from '../../targets/target';

/** What was measured of a release. */
export interface Measured {
  readonly from: string;
  readonly to: string;
  readonly gates: GatesConfig;
  /** @default - nothing */
  readonly ran?: RanReleases | undefined;
  readonly tiers: readonly TierState[];
  readonly baseline: readonly CheckResult[];
  readonly checks: readonly CheckResult[];
  readonly drills: readonly DrillResult[];
  readonly watched: readonly Watched[];
  /** Load of both releases, in turns. @default - none */
  readonly rounds?: readonly Round[] | undefined;
  /** The largest load of each release. @default - it was not looked for */
  readonly capacity?: Capacity | undefined;
  /** The answers of both releases. @default - they were not compared */
  readonly darkLaunch?: DarkLaunch | undefined;
  /** @default - not estimated */
  readonly cost?: CostReport | undefined;
  /** Of a rehearsal that fails fast: the checks and drills that have no result, by name. @default - none */
  readonly notRun?: readonly string[] | undefined;
  readonly minutes: number;
  /** ISO 8601, UTC. @default - not known */
  readonly startedAt?: string;
  /** The timed parts of the rehearsal. @default - none */
  readonly spans?: readonly Span[];
}

/**
 * A gate: all that configs, reports and documents know of it.
 *
 * @typeParam C - the gates of a config
 * @typeParam K - its key in them
 * @typeParam F - its figure: what is compared with the limit
 * @typeParam M - what it judges
 */
export interface GateOf<C, K extends keyof C, F, M> {
  /** Its name in reports, such as `stale reads`. */
  readonly name: string;
  readonly key: K;
  /** What a config may set, with the sentence that documents it. */
  schema(this: void, z: Zod): ZodType<NonNullable<C[K]>, NonNullable<C[K]>>;
  /** Keys of `gates` that belong to it, with their defaults. @default - none */
  settings?(this: void, z: Zod): Partial<Record<keyof C, ZodType>>;
  /** The limit where a config sets none. @default - then it does not judge */
  readonly default?: NonNullable<C[K]>;
  /**
   * Whether the default judges what could be seen, and what a config sets has to be seen. Then the default is not filled in, so that the
   * two are distinct. @default false
   */
  readonly isAssumed?: true;
  /** What a config has to have, so that there is something to judge. @default - nothing */
  readonly needs?: readonly Need[];
  /** What is allowed, such as `at most 0`. */
  rule(this: void, limit: NonNullable<C[K]>, measured: M): string;
  /** What was measured: nothing where there is nothing of the kind, and an undefined figure, which fails, where it was not measured. */
  measure(this: void, measured: M, limit: NonNullable<C[K]>): readonly Reading<F>[];
  passes(this: void, figure: F, limit: NonNullable<C[K]>): boolean;
  /** The figure in words. */
  show(this: void, figure: F, limit: NonNullable<C[K]>): string;
  /** Whether it says why checks and requests fail, such as that tasks were killed: then its reason comes before theirs. @default false */
  readonly isCause?: true;
  /** Whether it may fail for a while and pass in the end, because what is measured later counts as well. @default false */
  readonly mayStillPass?: true;
  /** Whether the checks and drills that failed, which the reasons name, explain that it failed. @default - never */
  isExplained?(this: void, measured: M): boolean;
}

/** What a config of a rehearsal sets. */
export type Limit<K extends keyof GatesConfig> = NonNullable<GatesConfig[K]>;

/** A gate of a rehearsal. */
export type Gate<K extends keyof GatesConfig, F, M extends Partial<Measured> = Measured> = GateOf<
  GatesConfig,
  K,
  F,
  M
>;

/** A list or a section of a config, such as `checks.load`, that measures what a gate judges. */
export type Need = readonly ['checks' | 'drills', string] | readonly ['capacity' | 'darkLaunch'];

/** One figure, or that there is none. */
export interface Reading<F> {
  /** Where a gate has several. @default - that of the gate */
  readonly name?: string;
  readonly figure: F | undefined;
}

/** Any gate. */
export type AnyGate = Gate<keyof GatesConfig, unknown>;

/** What a gate says whose figure was not measured. */
export const NOT_MEASURED = 'not measured';

/** The limit of a gate. @returns undefined where it does not judge */
export const limitOf = <K extends keyof GatesConfig, L extends Limit<K> | undefined>(
  { key, default: usual }: { readonly key: K; readonly default?: L },
  gates: GatesConfig,
): Limit<K> | L => (gates[key] ?? usual) as Limit<K> | L;

/** The results of a gate of a rehearsal. */
export const resultsOf = <
  K extends keyof GatesConfig,
  F,
  M extends Partial<Measured> & Pick<Measured, 'gates'>,
>(
  gate: Gate<K, F, M>,
  measured: M,
): readonly GateResult[] => resultsBy<GatesConfig, K, F, M>(gate, measured);

/** The results of a gate. One whose figure was not measured fails. */
export function resultsBy<C, K extends keyof C, F, M extends { readonly gates: C }>(
  gate: GateOf<C, K, F, M>,
  measured: M,
): readonly GateResult[] {
  const set: NonNullable<C[K]> | undefined = measured.gates[gate.key] ?? undefined;
  const limit = set ?? gate.default;
  if (limit === undefined) return [];
  const rule = gate.rule(limit, measured);
  const seen = gate.measure(measured, limit);
  const readings = seen.length === 0 && gate.isAssumed && set !== undefined ? [{ figure: undefined }] : seen;
  return readings.map(({ name = gate.name, figure }: Reading<F>) => ({
    gate: name,
    rule,
    measured: figure === undefined ? NOT_MEASURED : gate.show(figure, limit),
    passed: figure !== undefined && gate.passes(figure, limit),
  }));
}

/** The keys of a gate in a config's schema. */
export function fieldsOf<C>(
  { key, default: usual, isAssumed, schema: describe, settings }: GateOf<C, keyof C, unknown, unknown>,
  z: Zod,
): Readonly<Record<string, ZodType>> {
  const schema = describe(z);
  const own =
    usual === undefined
      ? schema.optional().meta({ absent: 'not judged' })
      : isAssumed
        ? schema.optional().meta({ default: usual })
        : schema.default(usual as never);
  return { [key]: own, ...settings?.(z) };
}

/** What is compared of a figure that must not exceed its limit. @param show - a figure in words */
export const atMost = (show: (figure: number) => string) => ({
  rule: (limit: number): string => `at most ${show(limit)}`,
  passes: (figure: number, limit: number): boolean => figure <= limit,
  show,
});

/** A figure with two places at the most. */
export const inFigures = (value: number): string => String(Number(value.toFixed(2)));
