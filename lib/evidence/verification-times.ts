import type { CheckResult } from '../probes/check';
import { LOAD } from '../probes/load';
import type { TrafficFigures } from '../probes/traffic-figures';
import type { Verification } from './verification';

/** A figure of what was sent, after the release and before it. */
export interface ComparedTime {
  /** Of a page `GET /orders/1`, otherwise the name of the check. */
  readonly name: string;
  /** @default - not measured */
  readonly now: number | undefined;
  /** @default - not measured */
  readonly before: number | undefined;
  /** How many times the baseline's it was in the rehearsal. @default - not known */
  readonly forecast: number | undefined;
}

/** What is compared. */
type Compared = Pick<Verification, 'release' | 'checks' | 'watched' | 'baseline' | 'forecast'>;

/** What was measured of one thing that was sent. */
interface Sent {
  readonly name: string;
  readonly p95Ms?: number | undefined;
  readonly errorRate?: number | undefined;
}

/** The 95th percentiles of response times, in milliseconds: of requests in the background, and under load. */
export const comparisonOf = (verification: Compared): ComparedTime[] =>
  comparedBy(verification, ({ p95Ms }) => p95Ms);

/** The 95th percentiles of the response times of clients, by service. */
export const clientTimesOf = ({
  clients = [],
  baseline,
}: Pick<Verification, 'baseline'> & {
  readonly clients?: Verification['clients'] | undefined;
}): ComparedTime[] =>
  clients.map(({ tier, p95Ms }) => ({
    name: tier,
    now: p95Ms,
    before: baseline?.clients?.find((it) => it.tier === tier)?.p95Ms,
    forecast: undefined,
  }));

/** The shares of requests that failed. */
export const errorRatesOf = (verification: Compared): ComparedTime[] =>
  comparedBy(verification, ({ errorRate }) => errorRate);

function comparedBy(
  { release, checks, watched, baseline, forecast }: Compared,
  figureOf: (sent: Sent) => number | undefined,
): ComparedTime[] {
  const now = sentIn(watched?.traffic, checks);
  const before = baseline ? sentIn(baseline.watched.traffic, baseline.checks) : [];
  const names = [...new Set([...now, ...before].map(({ name }) => name))];
  const figure = (all: readonly Sent[], name: string): number | undefined => {
    const found = all.find((it) => it.name === name);
    return found && figureOf(found);
  };
  // what ran before, and runs again, is expected to be as it was
  const isAgain = baseline?.release === release;
  return names.map((name) => ({
    name,
    now: figure(now, name),
    before: figure(before, name),
    forecast: isAgain ? 1 : forecast?.ratios.find((it) => it.name === name)?.ratio,
  }));
}

function sentIn(traffic: TrafficFigures | undefined, checks: readonly CheckResult[]): Sent[] {
  const streams = (traffic?.streams ?? []).map(({ name, requests, failures, p95Ms }) => ({
    name,
    p95Ms,
    errorRate: requests === 0 ? undefined : failures / requests,
  }));
  const loads = checks.filter(({ kind }) => kind === LOAD.kind);
  return [...streams, ...loads.map(({ name, measures }) => ({ name, ...measures }))];
}
