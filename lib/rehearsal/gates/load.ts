import type { CheckResult } from '../../probes/check';
import { LOAD } from '../../probes/load';
import { REPLAY } from '../../probes/replay';
import { inFigures, type Measured, type Need } from './gate';

/** What load is judged by. */
export type LoadProps = Pick<Measured, 'from' | 'to' | 'gates' | 'baseline' | 'checks' | 'rounds'>;

/** The figures of a load check, of one round after the other: of the candidate and of the baseline. */
export interface Load {
  readonly name: string;
  readonly now: readonly number[];
  readonly before: readonly number[];
  /** What became of the first request that failed with the candidate. @default - none did */
  readonly firstError?: string;
}

/** One for each load check, in their order; undefined when there is none, or one of them has no figure in the first round. */
export function loadsOf(
  { from, to, baseline, checks, rounds = [] }: Omit<LoadProps, 'gates'>,
  name: 'p25Ms' | 'p95Ms' | 'errorRate',
): Load[] | undefined {
  const planned = [...checks, ...baseline].filter(isLoad);
  const names = [...new Set(planned.map((load) => load.name))];
  const figuresOf = (load: string, release: string, first: readonly CheckResult[]): number[] => {
    const others = rounds.filter((round) => round.release === release).map(({ results }) => results);
    return [first, ...others].flatMap(
      (results) => results.find((it) => isLoad(it) && it.name === load)?.measures?.[name] ?? [],
    );
  };
  const hasFigure = (results: readonly CheckResult[], load: string): boolean =>
    results.find((it) => isLoad(it) && it.name === load)?.measures?.[name] !== undefined;
  if (names.length === 0 || names.some((it) => !hasFigure(checks, it) || !hasFigure(baseline, it)))
    return undefined;
  const ofCandidate = [
    checks,
    ...rounds.filter(({ release }) => release === to).map(({ results }) => results),
  ];
  return names.map((it) => {
    const all = ofCandidate.flatMap((results) =>
      results.filter((check) => isLoad(check) && check.name === it),
    );
    const firstError = all.find((check) => check.firstError !== undefined)?.firstError;
    return {
      name: it,
      now: figuresOf(it, to, checks),
      before: figuresOf(it, from, baseline),
      ...(firstError !== undefined && { firstError }),
    };
  });
}

/** What gates of load need: either kind of it. */
export const LOAD_NEEDS: readonly Need[] = [
  ['checks', LOAD.key],
  ['checks', REPLAY.key],
];

const isLoad = ({ kind }: CheckResult): boolean => kind === LOAD.kind || kind === REPLAY.kind;

/** The best round: what else the machine does makes rounds slower, and never faster. */
export const best = (rounds: readonly number[]): number => Math.min(...rounds);

/** The rounds of both releases, where there are several. */
export function roundsOf({ now, before }: Load): string {
  if (now.length === 1 && before.length === 1) return '';
  const list = (rounds: readonly number[]): string => rounds.map(inFigures).join(', ');
  return ` (the best of ${list(now)}, and of ${list(before)})`;
}
