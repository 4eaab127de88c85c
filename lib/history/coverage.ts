import type { Evidence } from '../evidence/evidence';
import { equalJson } from '../json';
import type { FactorReport } from '../parity/report';
import { inRotation } from '../rehearsal/rotation';
import type { TierState } from '../targets/target';
import { isTested, judgedAt, type RehearsalRecord } from './record';
import { groupBy } from './statistics';

/** How often a tier was covered. */
export interface TierCoverage {
  /** Of the environment. */
  readonly staging: string;
  readonly tier: string;
  readonly kind: TierState['kind'];
  /** In how many of the rehearsals that have the tier. */
  readonly covered: number;
  /** Those of them in which a stand-in ran, which shows a part alone. */
  readonly byStandIn: number;
  readonly of: number;
  /** When it was covered last: ISO 8601, UTC. @default - never */
  readonly lastAt?: string;
  /** Why it was skipped last. @default - it never was */
  readonly because?: string;
}

/** How often a factor had production's value in staging. */
export interface FactorCoverage {
  readonly staging: string;
  readonly factor: string;
  readonly kind: FactorReport['kind'];
  /** Both values in the last of the rehearsals. */
  readonly prodValue: FactorReport['prod'];
  readonly stagingValue: FactorReport['staging'];
  readonly fullSize: number;
  readonly of: number;
  /** When it was full size last: ISO 8601, UTC. @default - never */
  readonly lastAt?: string;
  /** What a smaller value can hide. @default - it never was smaller */
  readonly blindSpot?: string;
  /** Its turn in `twin rehearse --rotate`, from 1 on. @default - it never was smaller */
  readonly due?: number;
}

/** The tiers of the rehearsals that tested their candidate: those never covered first, then those not covered for longest. */
export function tierCoverage(records: readonly RehearsalRecord[]): TierCoverage[] {
  const all = tested(records).flatMap((evidence) => evidence.tiers.map((tier) => ({ evidence, tier })));
  const key = ({ evidence, tier }: (typeof all)[number]) => keyOf(evidence.parity.staging, tier.tier);
  const tiers = groupBy(all, key).map(([, group]) => {
    const last = group.at(-1)!;
    const covered = group.filter(({ tier }) => !tier.skipped);
    const skipped = group.findLast(({ tier }) => tier.skipped)?.tier;
    return {
      staging: last.evidence.parity.staging,
      tier: last.tier.tier,
      kind: last.tier.kind,
      covered: covered.length,
      byStandIn: covered.filter(({ tier }) => !tier.skipped && tier.standIn !== undefined).length,
      of: group.length,
      ...lastOf(covered.at(-1)?.evidence),
      ...(skipped?.skipped && { because: skipped.because }),
    };
  });
  return longestAgoFirst(tiers);
}

/** The factors of the same rehearsals, in the same order. */
export function factorCoverage(records: readonly RehearsalRecord[]): FactorCoverage[] {
  const all = tested(records).flatMap((evidence) =>
    evidence.parity.factors.map((factor) => ({ evidence, factor })),
  );
  const key = ({ evidence, factor }: (typeof all)[number]) => keyOf(evidence.parity.staging, factor.name);
  const due = turnsIn(records);
  const factors = groupBy(all, key).map(([name, group]) => {
    const last = group.at(-1)!;
    const turn = due.get(name);
    const full = group.filter(({ factor }) => isFullSize(factor));
    const blindSpot = group.findLast(({ factor }) => factor.blindSpot !== undefined)?.factor.blindSpot;
    return {
      staging: last.evidence.parity.staging,
      factor: last.factor.name,
      kind: last.factor.kind,
      prodValue: last.factor.prod,
      stagingValue: last.factor.staging,
      fullSize: full.length,
      of: group.length,
      ...lastOf(full.at(-1)?.evidence),
      ...(blindSpot !== undefined && { blindSpot }),
      ...(turn !== undefined && { due: turn }),
    };
  });
  return longestAgoFirst(factors);
}

/** The turns of the factors of each staging. */
function turnsIn(records: readonly RehearsalRecord[]): ReadonlyMap<string, number> {
  const byStaging = groupBy(records, ({ evidence }) => evidence.parity.staging);
  return new Map(
    byStaging.flatMap(([staging, group]) =>
      inRotation(group.map(({ evidence }) => evidence)).map(
        ({ factor }, i) => [keyOf(staging, factor), i + 1] as const,
      ),
    ),
  );
}

const keyOf = (staging: string, name: string): string => JSON.stringify([staging, name]);

/** Whether staging had production's value. */
export const isFullSize = ({ prod, staging }: Pick<FactorReport, 'prod' | 'staging'>): boolean =>
  equalJson(prod, staging);

const tested = (records: readonly RehearsalRecord[]): Evidence[] =>
  records.map(({ evidence }) => evidence).filter(isTested);

const lastOf = (evidence: Evidence | undefined): { readonly lastAt?: string } =>
  evidence === undefined ? {} : { lastAt: judgedAt(evidence) };

const longestAgoFirst = <T extends { readonly lastAt?: string }>(all: readonly T[]): T[] =>
  all.toSorted((a, b) =>
    (a.lastAt ?? '') < (b.lastAt ?? '') ? -1 : (a.lastAt ?? '') > (b.lastAt ?? '') ? 1 : 0,
  );
