import { codeOf, type RehearsalRecord } from './record';
import { groupBy } from './statistics';

/** A check or drill that passed and failed on the same release and code. */
export interface Flaky {
  readonly kind: 'check' | 'drill';
  readonly name: string;
  readonly target: string;
  readonly release: string;
  /** A commit, or the digests of images. */
  readonly code: string;
  readonly passed: number;
  readonly failed: number;
}

/** The flaky ones, and of how many releases that were run it cannot be said. */
export interface FlakyFigures {
  readonly flaky: readonly Flaky[];
  /** How often a release ran of which evidence names neither a commit nor the digests of its images. */
  readonly unnamed: number;
  /** How often a release ran. */
  readonly runs: number;
}

/** A rehearsal runs two releases: what production runs is tested again and again, and shows flaky checks first. */
export function flakyFigures(records: readonly RehearsalRecord[]): FlakyFigures {
  const runs = records.flatMap(({ evidence }) => {
    const { target, from, to, ran, baseline, checks, drills } = evidence;
    const of = (kind: Flaky['kind'], results: readonly Result[]) =>
      results.map(({ name, outcome }) => ({ kind, name, outcome }));
    return [
      { target, release: from, code: codeOf(ran.from), results: of('check', baseline) },
      {
        target,
        release: to,
        code: codeOf(ran.to),
        results: [...of('check', checks), ...of('drill', drills)],
      },
    ].filter(({ results }) => results.length > 0);
  });
  const named = runs.flatMap(({ results, code, target, release }) =>
    code === undefined
      ? []
      : results.map(({ kind, name, outcome }) => ({ kind, name, outcome, code, target, release })),
  );
  const flaky = groupBy(named, ({ outcome: _, ...it }) => JSON.stringify(it)).flatMap(([, group]) => {
    const { outcome: _, ...what } = group[0]!;
    const passed = group.filter(({ outcome }) => outcome === 'passed').length;
    const failed = group.filter(({ outcome }) => outcome === 'failed').length;
    return passed > 0 && failed > 0 ? [{ ...what, passed, failed }] : [];
  });
  return { flaky, unnamed: runs.filter(({ code }) => code === undefined).length, runs: runs.length };
}

interface Result {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}
