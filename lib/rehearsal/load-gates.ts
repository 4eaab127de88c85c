import type { GateResult, Round } from '../evidence/evidence';
import type { CheckResult } from '../probes/check';
import type { P95Gate } from './config';
import { figure, resultOf } from './gate-result';

/** What these gates judge. */
export interface LoadProps {
  readonly from: string;
  readonly to: string;
  readonly baseline: readonly CheckResult[];
  readonly checks: readonly CheckResult[];
  /** Load of both releases, in turns. @default - none */
  readonly rounds?: readonly Round[] | undefined;
}

/**
 * Judges the response time by the best round of each release: what else the machine does makes rounds slower, and never faster,
 * so that a noisy minute blames no candidate and hides none.
 */
export function p95Gate(props: LoadProps, { maxRatio, ignoreBelowMs = 0 }: P95Gate): GateResult {
  const loads = loadsOf(props, 'p95Ms');
  const rule = `at most ${maxRatio} times the baseline's${ignoreBelowMs > 0 ? `, or below ${ignoreBelowMs} ms` : ''}`;
  const isWithin = ({ now, before }: Load): boolean =>
    best(now) <= best(before) * maxRatio || best(now) < ignoreBelowMs;
  const isNoisy = ({ now, before }: Load): boolean =>
    [now, before].some((rounds) => Math.max(...rounds) > best(rounds) * maxRatio);
  const show = (load: Load): string => {
    const noise =
      isWithin(load) || !isNoisy(load)
        ? ''
        : '; too noisy to judge, since rounds of one release differ by more than that';
    return `${figure(best(load.now))} ms, the baseline ${figure(best(load.before))} ms${roundsOf(load)}${noise}`;
  };
  return resultOf('p95', rule, loads?.map(show).join('; '), loads?.every(isWithin));
}

/** Judges errors by the worst round of each release. */
export function errorGate(props: LoadProps, most: number): GateResult {
  const loads = loadsOf(props, 'errorRate');
  const isWithin = ({ now, before }: Load): boolean => Math.max(...now) - Math.max(...before) <= most;
  const show = ({ now, before }: Load): string =>
    `${percent(Math.max(...now))}, the baseline ${percent(Math.max(...before))}`;
  const rule = `at most ${percent(most)} over the baseline's`;
  return resultOf('error rate', rule, loads?.map(show).join('; '), loads?.every(isWithin));
}

/** The figures of a load check, of one round after the other: of the candidate and of the baseline. */
interface Load {
  readonly now: readonly number[];
  readonly before: readonly number[];
}

/** One for each load check; undefined when there is none, or one of them has no figure in the first round. */
function loadsOf(
  { from, to, baseline, checks, rounds = [] }: LoadProps,
  name: 'p95Ms' | 'errorRate',
): Load[] | undefined {
  const planned = [...checks, ...baseline].filter(({ kind }) => kind === 'load');
  const names = [...new Set(planned.map((load) => load.name))];
  const figuresOf = (load: string, release: string, first: readonly CheckResult[]): number[] => {
    const others = rounds.filter((round) => round.release === release).map(({ results }) => results);
    return [first, ...others].flatMap(
      (results) => results.find((it) => it.kind === 'load' && it.name === load)?.measures?.[name] ?? [],
    );
  };
  const hasFigure = (results: readonly CheckResult[], load: string): boolean =>
    results.find((it) => it.kind === 'load' && it.name === load)?.measures?.[name] !== undefined;
  if (names.length === 0 || names.some((it) => !hasFigure(checks, it) || !hasFigure(baseline, it)))
    return undefined;
  return names.map((it) => ({ now: figuresOf(it, to, checks), before: figuresOf(it, from, baseline) }));
}

const best = (rounds: readonly number[]): number => Math.min(...rounds);

function roundsOf({ now, before }: Load): string {
  if (now.length === 1 && before.length === 1) return '';
  const list = (rounds: readonly number[]): string => rounds.map(figure).join(', ');
  return ` (the best of ${list(now)}, and of ${list(before)})`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
