import { didYouMean, TwinError } from '../error';
import type { Evidence, GateResult } from '../evidence/evidence';
import type { FactorReport } from '../parity/report';
import { best, loadsOf } from '../rehearsal/gates/load';
import { isFullSize } from './coverage';
import { checkAny } from './history';
import { candidateCode, judgedAt, workedMs, type RehearsalRecord } from './record';
import type { Found } from './sources';

/** Two rehearsals side by side. Plain JSON. */
export interface Comparison {
  readonly a: Compared;
  readonly b: Compared;
  readonly gates: readonly Pair<Omit<GateResult, 'gate'>>[];
  /** The checks and drills of the candidates. */
  readonly outcomes: readonly Pair<'passed' | 'failed' | 'skipped'>[];
  /** What was measured: p95, error rates, recoveries, failed requests, time, cost. */
  readonly figures: readonly Figure[];
  readonly tiers: readonly Pair<'covered' | 'by a stand-in' | 'skipped'>[];
  readonly factors: readonly Pair<FactorSizes>[];
}

/** One of the two. */
export interface Compared {
  readonly rehearsal: string;
  readonly attempt: number;
  readonly from: string;
  readonly to: string;
  readonly target: string;
  readonly verdict: Evidence['verdict'];
  readonly reasons: readonly string[];
  readonly judgedAt: string;
  readonly tearDown: Evidence['tearDown']['outcome'];
  /** @default - evidence names none */
  readonly code?: string;
  readonly staging: string;
  readonly gatesDigest: string;
  readonly tool: string;
  readonly where: string;
}

/** Something of that name in both; absent where it is not. */
export interface Pair<T> {
  readonly name: string;
  readonly a?: T;
  readonly b?: T;
}

/** A figure of both. */
export interface Figure extends Pair<number> {
  readonly unit: 'ms' | 'share' | 'usd' | 'count';
}

/** A factor's values, and what the smaller one can hide. */
export type FactorSizes = Pick<FactorReport, 'prod' | 'staging' | 'blindSpot'>;

/**
 * Sets two rehearsals side by side.
 *
 * @param names - of rehearsals, or of releases: then the newest rehearsal of each, in the same staging where there is one
 * @throws TwinError `no-rehearsal`, `not-evidence`, `several-rehearsals`, `same-rehearsal`
 */
export function compare(found: Found, names: readonly [string, string]): Comparison {
  checkAny(found);
  const [a, b] = pickBoth(found, names);
  if (a === b)
    throw new TwinError({
      code: 'same-rehearsal',
      message: `${names.join(' and ')} are the same rehearsal, ${a.evidence.rehearsal}`,
      fix: 'Name two rehearsals, or two releases; twin list shows them.',
    });
  const [one, other] = [a.evidence, b.evidence];
  return {
    a: comparedOf(a),
    b: comparedOf(b),
    gates: paired(gatesIn(one), gatesIn(other)),
    outcomes: paired(outcomesIn(one), outcomesIn(other)),
    figures: figuresOf(one, other),
    tiers: paired(tiersIn(one), tiersIn(other)),
    factors: paired(factorsIn(one), factorsIn(other)),
  };
}

/** A release that was rehearsed in several stagings is compared in that of the other one. */
function pickBoth(
  found: Found,
  [first, second]: readonly [string, string],
): readonly [RehearsalRecord, RehearsalRecord] {
  const isRehearsal = found.records.some(({ evidence }) => evidence.rehearsal === first);
  const leading = pick(found, isRehearsal ? first : second);
  const other = pick(found, isRehearsal ? second : first, leading.evidence.parity.staging);
  return isRehearsal ? [leading, other] : [other, leading];
}

/** @param staging - that of a release is taken where there is one. @default - any */
function pick({ records, places }: Found, name: string, staging?: string): RehearsalRecord {
  const named = records.filter(({ evidence }) => evidence.rehearsal === name);
  const starts = new Set(named.map(({ evidence }) => evidence.startedAt));
  if (starts.size > 1)
    throw new TwinError({
      code: 'several-rehearsals',
      message: `${starts.size} rehearsals are called "${name}": ${named.map(({ where }) => where).join(', ')}`,
      fix: 'Give --from the place of the one that is meant.',
    });
  const ofRelease = records.filter(({ evidence }) => evidence.to === name);
  const found =
    named.at(-1) ??
    ofRelease.findLast(({ evidence }) => evidence.parity.staging === staging) ??
    ofRelease.at(-1);
  if (found) return found;
  const known = [...new Set(records.flatMap(({ evidence }) => [evidence.to, evidence.rehearsal]))];
  throw new TwinError({
    code: 'no-rehearsal',
    message: `there is no evidence of "${name}" in ${places.join(', ')}; ${didYouMean(name, known)}`,
    fix: 'Name a rehearsal or a release that twin list shows.',
  });
}

function comparedOf({ evidence, attempt, where }: RehearsalRecord): Compared {
  const { rehearsal, from, to, target, verdict, reasons, tearDown, parity, gatesDigest, tool } = evidence;
  const code = candidateCode(evidence);
  return {
    rehearsal,
    attempt,
    from,
    to,
    target,
    verdict,
    reasons,
    judgedAt: judgedAt(evidence),
    tearDown: tearDown.outcome,
    ...(code !== undefined && { code }),
    staging: parity.staging,
    gatesDigest,
    tool,
    where,
  };
}

type Named<T> = ReadonlyMap<string, T>;

/** In the order of the first, then what only the second has. */
function paired<T>(a: Named<T>, b: Named<T>): Pair<T>[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    return { name, ...(one !== undefined && { a: one }), ...(other !== undefined && { b: other }) };
  });
}

const gatesIn = ({ gates }: Evidence): Named<Omit<GateResult, 'gate'>> =>
  new Map(gates.map(({ gate, rule, measured, passed }) => [gate, { rule, measured, passed }]));

const outcomesIn = ({ checks, drills }: Evidence): Named<'passed' | 'failed' | 'skipped'> =>
  new Map([...checks, ...drills].map(({ name, outcome }) => [name, outcome]));

const tiersIn = ({ tiers }: Evidence): Named<'covered' | 'by a stand-in' | 'skipped'> =>
  new Map(
    tiers.map((it) => [
      it.tier,
      it.skipped ? 'skipped' : it.standIn === undefined ? 'covered' : 'by a stand-in',
    ]),
  );

const factorsIn = ({ parity }: Evidence): Named<FactorSizes> =>
  new Map(
    parity.factors.map(({ name, prod, staging, blindSpot }) => [
      name,
      { prod, staging, ...(blindSpot !== undefined && !isFullSize({ prod, staging }) && { blindSpot }) },
    ]),
  );

function figuresOf(a: Evidence, b: Evidence): Figure[] {
  const of = (unit: Figure['unit'], figuresIn: (evidence: Evidence) => Named<number>): Figure[] =>
    paired(figuresIn(a), figuresIn(b)).map((it) => ({ ...it, unit }));
  return [
    ...of('ms', p95In),
    ...of('share', errorRatesIn),
    ...of('ms', recoveriesIn),
    ...of('count', failuresIn),
    ...of('ms', (it) => new Map([['time', workedMs(it)]])),
    ...of('usd', (it) => new Map([['estimate on AWS', it.cost.rehearsalUsd]])),
  ];
}

const p95In = (evidence: Evidence): Named<number> =>
  new Map((loadsOf(evidence, 'p95Ms') ?? []).map(({ name, now }) => [`p95 of ${name}`, best(now)]));

const errorRatesIn = (evidence: Evidence): Named<number> =>
  new Map(
    (loadsOf(evidence, 'errorRate') ?? []).map(({ name, now }) => [`errors of ${name}`, Math.max(...now)]),
  );

const recoveriesIn = ({ drills }: Evidence): Named<number> =>
  new Map(
    drills.flatMap(({ name, recoveryMs }) =>
      recoveryMs === undefined ? [] : [[`recovery: ${name}`, recoveryMs] as const],
    ),
  );

/** Where a drill broke something, requests may fail: that is its recovery. */
const failuresIn = ({ watched, drills }: Evidence): Named<number> => {
  const broken = new Set(drills.map(({ name }) => name));
  const quiet = watched.filter(({ during }) => !broken.has(during));
  const failures = quiet.reduce((sum, { traffic }) => sum + traffic.failures, 0);
  return quiet.length === 0 ? new Map() : new Map([['failed requests outside drills', failures]]);
};
