import type { Evidence, Verdict } from '../evidence/evidence';
import { recreationOf } from '../evidence/recreation';
import { best, loadsOf } from '../rehearsal/gates/load';
import { judgedAt, type RehearsalRecord } from './record';
import { groupBy } from './statistics';

/** A figure over time. */
export interface Series {
  readonly target: string;
  /** Of the load check, the step whose requests were watched, or the drill. */
  readonly name: string;
  /** The oldest first. */
  readonly points: readonly Point[];
}

/** The figure of one rehearsal. */
export interface Point {
  readonly rehearsal: string;
  readonly release: string;
  readonly verdict: Verdict;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly ms: number;
  /** The same figure of the release that production ran. @default - it has none */
  readonly baselineMs?: number;
}

type Figure = Pick<Point, 'ms' | 'baselineMs'> & { readonly name: string };

/** The response times of each load check and, beside them, of the requests in the background. */
export const p95Of = (records: readonly RehearsalRecord[]): Series[] => seriesOf(records, p95In);

/** How long requests failed in each drill that broke something. */
export const recoveriesOf = (records: readonly RehearsalRecord[]): Series[] =>
  seriesOf(records, ({ drills }) =>
    drills.flatMap(({ name, recoveryMs }) => (recoveryMs === undefined ? [] : [{ name, ms: recoveryMs }])),
  );

/** How long it took to make the environment from its definition and its backups, and how old those were. */
export const recreationsOf = (records: readonly RehearsalRecord[]): Series[] =>
  seriesOf(records, (evidence) => {
    const { ms, dataLossMs } = recreationOf(evidence);
    return [
      ...(ms === undefined ? [] : [{ name: `${evidence.parity.staging} made again`, ms }]),
      ...(dataLossMs === undefined ? [] : [{ name: 'age of the oldest backup', ms: dataLossMs }]),
    ];
  });

function p95In(evidence: Evidence): Figure[] {
  const ofLoad = (loadsOf(evidence, 'p95Ms') ?? []).map(({ name, now, before }) => ({
    name,
    ms: best(now),
    baselineMs: best(before),
  }));
  const during = (step: string): number | undefined =>
    evidence.watched.find((it) => it.during === step)?.traffic.p95Ms;
  const [verify, baseline] = [during('verify'), during('baseline')];
  if (verify === undefined) return ofLoad;
  return [
    ...ofLoad,
    { name: BACKGROUND, ms: verify, ...(baseline !== undefined && { baselineMs: baseline }) },
  ];
}

const BACKGROUND = 'requests in the background';

function seriesOf(
  records: readonly RehearsalRecord[],
  figuresIn: (evidence: Evidence) => Figure[],
): Series[] {
  const all = records.flatMap(({ evidence }) =>
    figuresIn(evidence).map(({ name, ...figure }) => {
      const { rehearsal, to: release, verdict, target } = evidence;
      const point: Point = { rehearsal, release, verdict, at: judgedAt(evidence), ...figure };
      return { target, name, point };
    }),
  );
  return groupBy(all, ({ target, name }) => JSON.stringify([target, name])).map(([, group]) => ({
    target: group[0]!.target,
    name: group[0]!.name,
    points: group.map(({ point }) => point),
  }));
}
