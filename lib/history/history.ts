import { candidateCode, isTested, judgedAt, type RehearsalRecord, type Unread } from './record';
import { factorCoverage, tierCoverage, type FactorCoverage, type TierCoverage } from './coverage';
import { flakyFigures, type FlakyFigures } from './flaky';
import { monthsOf, paceOf, verdictsOf, type Month, type TargetPace, type Verdicts } from './pace';
import { releaseFigures, releasesOf, type ReleaseFigures, type ReleaseHistory } from './releases';
import { cutoversOf, type CutoverLine } from './moved';
import { p95Of, recoveriesOf, recreationsOf, type Series } from './series';
import type { Found } from './sources';
import { verificationsOf, type VerificationLine } from './verified';
import { groupBy } from './statistics';
import { stopFigures, type StopFigures } from './stops';
import { TwinError } from '../error';
import type { Evidence } from '../evidence/evidence';

/** The figures over all rehearsals of which there is evidence. Plain JSON. */
export interface History {
  readonly version: 1;
  /** The places that were read. */
  readonly places: readonly string[];
  /** When the first and the last of them were judged: ISO 8601, UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** With evidence, a retry counted by itself. */
  readonly rehearsals: number;
  /** Those that tested their candidate: what was covered is a matter of these. */
  readonly tested: number;
  readonly verdicts: Verdicts;
  readonly figures: ReleaseFigures;
  readonly releases: readonly ReleaseHistory[];
  readonly months: readonly Month[];
  readonly targets: readonly TargetPace[];
  readonly stops: readonly StopFigures[];
  readonly p95: readonly Series[];
  readonly recoveries: readonly Series[];
  readonly recreations: readonly Series[];
  readonly flaky: FlakyFigures;
  readonly tiers: readonly TierCoverage[];
  readonly factors: readonly FactorCoverage[];
  readonly gates: readonly GatesPeriod[];
  /** Every rehearsal, the newest first. */
  readonly record: readonly RecordLine[];
  /** Of production after a release, the newest first. */
  readonly verifications: readonly VerificationLine[];
  /** From one production to another, the newest first. */
  readonly cutovers: readonly CutoverLine[];
  readonly unread: readonly Unread[];
}

/** A set of gates, and the rehearsals that it judged one after the other. */
export interface GatesPeriod {
  readonly gatesDigest: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly rehearsals: number;
}

/** A rehearsal, as an auditor looks it up. */
export interface RecordLine {
  readonly rehearsal: string;
  readonly attempt: number;
  readonly target: string;
  readonly from: string;
  readonly to: string;
  readonly verdict: Evidence['verdict'];
  readonly reasons: readonly string[];
  readonly judgedAt: string;
  readonly tearDown: Evidence['tearDown']['outcome'];
  /** @default - evidence names none */
  readonly code?: string;
  readonly gatesDigest: string;
  readonly tool: string;
  readonly sha256: string;
  readonly where: string;
  readonly page?: string;
}

/**
 * The figures over what was found.
 *
 * @throws TwinError `no-rehearsal` where nothing was, `not-evidence` where none of it could be read
 */
export function historyOf(found: Found): History {
  const { records, places, unread } = found;
  checkAny(found);
  return {
    version: 1,
    places,
    firstAt: judgedAt(records[0]!.evidence),
    lastAt: judgedAt(records.at(-1)!.evidence),
    rehearsals: records.length,
    tested: records.filter(({ evidence }) => isTested(evidence)).length,
    verdicts: verdictsOf(records),
    figures: releaseFigures(releasesOf(records)),
    releases: releasesOf(records),
    months: monthsOf(records),
    targets: paceOf(records),
    stops: stopFigures(records),
    p95: p95Of(records),
    recoveries: recoveriesOf(records),
    recreations: recreationsOf(records),
    flaky: flakyFigures(records),
    tiers: tierCoverage(records),
    factors: factorCoverage(records),
    gates: gatesOf(records),
    record: records.map(lineOf).toReversed(),
    verifications: verificationsOf(found),
    cutovers: cutoversOf(found),
    unread,
  };
}

/** @throws TwinError `no-rehearsal`, `not-evidence` */
export function checkAny({ records, places, unread }: Found): void {
  if (records.length > 0) return;
  const [first] = unread;
  if (!first)
    throw new TwinError({
      code: 'no-rehearsal',
      message: `there is no evidence of a rehearsal in ${places.join(', ')}`,
      fix: 'Run twin rehearse --to <release> first, or name where evidence lies with --from.',
    });
  throw new TwinError({
    code: 'not-evidence',
    message: `none of ${unread.length} evidence files can be read; ${first.where}: ${first.why.replace(/\.$/, '')}`,
    fix: 'Read them with the cdk-twin that wrote them.',
  });
}

/** Gates that were set back count again. */
function gatesOf(records: readonly RehearsalRecord[]): GatesPeriod[] {
  let period = 0;
  const numbered = records.map(({ evidence }, i) => {
    if (i > 0 && records[i - 1]!.evidence.gatesDigest !== evidence.gatesDigest) period++;
    return { evidence, period };
  });
  return groupBy(numbered, (it) => String(it.period)).map(([, group]) => ({
    gatesDigest: group[0]!.evidence.gatesDigest,
    firstAt: judgedAt(group[0]!.evidence),
    lastAt: judgedAt(group.at(-1)!.evidence),
    rehearsals: group.length,
  }));
}

function lineOf({ evidence, attempt, where, page, sha256 }: RehearsalRecord): RecordLine {
  const { rehearsal, target, from, to, verdict, reasons, tearDown, gatesDigest, tool } = evidence;
  const code = candidateCode(evidence);
  return {
    rehearsal,
    attempt,
    target,
    from,
    to,
    verdict,
    reasons,
    judgedAt: judgedAt(evidence),
    tearDown: tearDown.outcome,
    ...(code !== undefined && { code }),
    gatesDigest,
    tool,
    sha256,
    where,
    ...(page !== undefined && { page }),
  };
}
