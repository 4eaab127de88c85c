import { showDuration } from '../duration';
import type { Evidence } from '../evidence/evidence';
import type { Baseline, Forecast, ForecastRatio, Verification } from '../evidence/verification';
import type { SafeChecks } from '../probes/in-production';
import { nameOf } from '../probes/http';
import type { StreamFigures } from '../probes/traffic-figures';
import { best, loadsOf } from '../rehearsal/gates/load';
import { BASELINE } from '../rehearsal/watched';

/** The production that is verified. */
export interface Subject {
  readonly environment: string;
  readonly target: string;
  readonly release: string;
  /** Of what is sent. */
  readonly watchDigest: string;
  readonly now: Date;
}

/** A day: what production did the week before says little of what it would do now. */
const MAX_HOURS = 24;
const HOUR_MS = 3_600_000;

/** What is on record of a production before a release. */
export interface OnRecord {
  /** @default - there is none that can be used */
  readonly baseline?: Baseline;
  /** Why what is on record cannot be used. */
  readonly why?: string;
}

/** Finds what was recorded before the release: the newest of it. @param verifications - the oldest first */
export function baselineOf(
  { environment, target, watchDigest, now }: Subject,
  verifications: readonly Verification[],
): OnRecord {
  const found = verifications.findLast(
    (it) =>
      it.moment === 'before' &&
      it.environment === environment &&
      it.target === target &&
      it.watched !== undefined &&
      it.verdict !== 'UNDECIDED',
  );
  if (!found) return {};
  const { verification, release, ran, startedAt, checks, watched, clients, seal } = found;
  const ageMs = now.getTime() - Date.parse(startedAt);
  if (ageMs > MAX_HOURS * HOUR_MS)
    return {
      why: `${verification}, the last record, is ${showDuration(ageMs)} old, and ${MAX_HOURS} h are allowed`,
    };
  if (found.watchDigest !== watchDigest)
    return {
      why: `the checks that are safe in production, or how they are sent, have changed since ${verification}, the last record`,
    };
  const baseline = { verification, release, ran, startedAt, checks, watched: watched!, seal };
  return { baseline: { ...baseline, ...(clients && { clients }) } };
}

/**
 * What the newest rehearsal of a release had seen of it beside its baseline.
 *
 * @param subject - the production, or those that are it but for names
 * @returns undefined where none that tested it is on record
 */
export function forecastOf(
  { environments, release }: Pick<Subject, 'release'> & { readonly environments: readonly string[] },
  evidence: readonly Evidence[],
): Forecast | undefined {
  const found = evidence
    .filter(
      ({ to, checks, subject }) =>
        to === release && checks.length > 0 && environments.includes(subject.prod.environment),
    )
    .toSorted((a, b) => (a.endedAt < b.endedAt ? -1 : 1))
    .at(-1);
  if (!found) return undefined;
  const { rehearsal, seal, verdict, from, target, ran } = found;
  const code = (ran.to?.services ?? []).map((it) => ({ service: it.service, code: it.code }));
  return { rehearsal, seal, verdict, from, target, ratios: ratiosOf(found), code };
}

function ratiosOf(evidence: Evidence): ForecastRatio[] {
  const streamsOf = (during: string): readonly StreamFigures[] =>
    evidence.watched.findLast((it) => it.during === during)?.traffic.streams ?? [];
  const before = streamsOf(BASELINE);
  const sent = streamsOf('verify').flatMap(({ name, p95Ms }): ForecastRatio[] => {
    const baseline = before.find((it) => it.name === name)?.p95Ms;
    return p95Ms === undefined || !baseline ? [] : [{ name, ratio: p95Ms / baseline }];
  });
  const loads = (loadsOf(evidence, 'p95Ms') ?? []).map(({ name, now, before: rounds }) => ({
    name,
    ratio: best(now) / best(rounds),
  }));
  return [...sent, ...loads];
}

/** The names under which figures of checks are measured. */
export const measuredNames = ({ smoke = [], readYourWrites = [], load = [] }: SafeChecks): string[] => [
  ...new Set([...smoke, ...load].map((it) => nameOf(it))),
  ...[...readYourWrites, ...load].map(({ name }) => name),
];
