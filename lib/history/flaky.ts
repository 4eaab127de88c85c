import { candidateCode, codeOf, type RehearsalRecord } from './record';
import { groupBy } from './statistics';

/** A check or drill that passed and failed on the same release and code. */
export interface Flaky {
  readonly kind: 'check' | 'drill';
  readonly name: string;
  readonly target: string;
  readonly release: string;
  /** A commit, the digests of images, or that of the files. */
  readonly code: string;
  readonly passed: number;
  readonly failed: number;
}

/** The flaky ones, and of how many releases that were run it cannot be said. */
export interface FlakyFigures {
  readonly flaky: readonly Flaky[];
  /** How often a release ran of which evidence names neither a commit, nor the digests of its images, nor its files. */
  readonly unnamed: number;
  /** How often a release ran. */
  readonly runs: number;
}

/** A rehearsal runs two releases: what production runs is tested again and again, and shows flaky checks first. */
export function flakyFigures(records: readonly RehearsalRecord[]): FlakyFigures {
  const runs = records.flatMap(({ evidence }) => {
    const { target, from, to, ran, baseline, checks, drills, subject } = evidence;
    const { scriptDigest } = subject;
    const of = (kind: Flaky['kind'], results: readonly Result[]) =>
      results.map(({ name, outcome }) => ({ kind, name, outcome }));
    return [
      { target, scriptDigest, release: from, code: codeOf(ran.from), results: of('check', baseline) },
      {
        target,
        scriptDigest,
        release: to,
        code: candidateCode(evidence),
        results: [...of('check', checks), ...of('drill', drills)],
      },
    ].filter(({ results }) => results.length > 0);
  });
  const named = runs.flatMap(({ results, code, target, release, scriptDigest }) =>
    code === undefined
      ? []
      : results.map(({ kind, name, outcome }) => ({
          kind,
          name,
          outcome,
          code,
          target,
          release,
          scriptDigest,
        })),
  );
  const flaky = groupBy(named, ({ outcome: _outcome, ...it }) => JSON.stringify(it)).flatMap(([, group]) => {
    const { outcome: _outcome, scriptDigest: _script, ...what } = group[0]!;
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
