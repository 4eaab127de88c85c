import type { Evidence } from '../evidence/evidence';
import { FAILED_CHECKS } from '../rehearsal/gates/failed-checks';
import { judgedAt, stepsOf, type RehearsalRecord } from './record';
import { groupBy } from './statistics';

/** Something that kept a rehearsal from a GO. */
export interface Stop {
  readonly kind: 'check' | 'drill' | 'gate' | 'baseline check' | 'step' | 'not known';
  /** Of the check, the drill, the gate or the step; the reason where none of them is known. */
  readonly name: string;
}

/** The same over all rehearsals. */
export interface StopFigures extends Stop {
  readonly rehearsals: number;
  readonly releases: readonly string[];
  /** ISO 8601, UTC. */
  readonly lastAt: string;
}

/** What kept a rehearsal from a GO: what failed, by its name. Several may have. */
export function stopsOf(evidence: Evidence): Stop[] {
  const { verdict, gates, checks, drills, baseline, reasons } = evidence;
  if (verdict === 'GO') return [];
  const ofBaseline = verdict === 'BASELINE FAILED' ? failed(baseline, 'baseline check') : [];
  const ofCandidate = [
    ...failed(checks, 'check'),
    ...failed(drills, 'drill'),
    // its checks are named by themselves
    ...gates
      .filter(({ gate, passed }) => !passed && gate !== FAILED_CHECKS.name)
      .map(({ gate }) => ({ kind: 'gate' as const, name: gate })),
  ];
  const found = verdict === 'NO-GO' ? ofCandidate : ofBaseline;
  if (found.length > 0) return found;
  const step = stepsOf(evidence).find(({ outcome }) => outcome !== 'done');
  if (step) return [{ kind: 'step', name: `${step.name} ${step.outcome}` }];
  return [{ kind: 'not known', name: reasons[0]?.split('\n')[0] ?? 'no reason was given' }];
}

const failed = (
  results: readonly { readonly name: string; readonly outcome: string }[],
  kind: Stop['kind'],
): Stop[] => results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => ({ kind, name }));

/** What kept rehearsals from a GO, the most frequent first. @param records - the oldest first */
export function stopFigures(records: readonly RehearsalRecord[]): StopFigures[] {
  const all = records.flatMap(({ evidence }) => stopsOf(evidence).map((stop) => ({ stop, evidence })));
  const figures = groupBy(all, ({ stop }) => JSON.stringify([stop.kind, stop.name])).map(([, group]) => ({
    ...group[0]!.stop,
    rehearsals: group.length,
    releases: [...new Set(group.map(({ evidence }) => evidence.to))],
    lastAt: judgedAt(group.at(-1)!.evidence),
  }));
  return figures.toSorted(
    (a, b) => b.rehearsals - a.rehearsals || Date.parse(b.lastAt) - Date.parse(a.lastAt),
  );
}
