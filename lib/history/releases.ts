import type { Verdict } from '../evidence/evidence';
import { judgedAt, type RehearsalRecord } from './record';
import { groupBy, median } from './statistics';

/** A release, and how it came to its verdict. */
export interface ReleaseHistory {
  readonly release: string;
  /** What production ran at its last rehearsal. */
  readonly from: string;
  readonly rehearsals: number;
  /** ISO 8601, UTC. */
  readonly firstStartedAt: string;
  /** Of its last rehearsal. */
  readonly verdict: Verdict;
  /** When GO was given first. @default - never */
  readonly goAt?: string;
  /** From the commit to the first GO, or from the start of the first rehearsal where that is not known. @default - there was no GO */
  readonly leadMs?: number;
  /** How many rehearsals it took to the first GO, with it. @default - there was none */
  readonly rehearsalsToGo?: number;
}

/** Figures over all releases. */
export interface ReleaseFigures {
  readonly releases: number;
  readonly withGo: number;
  /** Those with GO at the first rehearsal. */
  readonly atOnce: number;
  /** @default - no release had GO */
  readonly medianLeadMs?: number;
  /** From the first GO of one release to the first GO of the next. @default - fewer than two had GO */
  readonly medianBetweenMs?: number;
}

/** Every release, the first rehearsed first. @param records - the oldest first */
export function releasesOf(records: readonly RehearsalRecord[]): ReleaseHistory[] {
  return groupBy(records, ({ evidence }) => evidence.to).map(([release, group]) => {
    const last = group.at(-1)!.evidence;
    const starts = group.map(({ evidence }) => evidence.startedAt).toSorted();
    const firstStartedAt = starts[0]!;
    const go = group.findIndex(({ evidence }) => evidence.verdict === 'GO');
    const goAt = go < 0 ? undefined : judgedAt(group[go]!.evidence);
    return {
      release,
      from: last.from,
      rehearsals: group.length,
      firstStartedAt,
      verdict: last.verdict,
      ...(goAt !== undefined && {
        goAt,
        leadMs: Math.max(0, Date.parse(goAt) - Date.parse(committedAt(group[go]!) ?? firstStartedAt)),
        rehearsalsToGo: go + 1,
      }),
    };
  });
}

/** When what was rehearsed was committed; undefined where that is not known, or where it held changes that are in no commit. */
function committedAt({ evidence: { subject } }: RehearsalRecord): string | undefined {
  return subject.code?.isCommitted ? subject.code.committedAt : undefined;
}

/** What all releases come to. */
export function releaseFigures(releases: readonly ReleaseHistory[]): ReleaseFigures {
  const gone = releases.flatMap(({ goAt }) => goAt ?? []).toSorted();
  const between = gone.slice(1).map((at, i) => Date.parse(at) - Date.parse(gone[i]!));
  const medianLeadMs = median(releases.flatMap(({ leadMs }) => leadMs ?? []));
  const medianBetweenMs = median(between);
  return {
    releases: releases.length,
    withGo: gone.length,
    atOnce: releases.filter(({ rehearsalsToGo }) => rehearsalsToGo === 1).length,
    ...(medianLeadMs !== undefined && { medianLeadMs }),
    ...(medianBetweenMs !== undefined && { medianBetweenMs }),
  };
}
