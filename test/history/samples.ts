import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import type { Ran } from '../../lib/evidence/ran';
import { seal } from '../../lib/evidence/seal';
import { writeEvidence } from '../../lib/evidence/store';
import { baselineFailed, go, noGo } from '../evidence/samples';

const DAY = 86_400_000;
const FIRST = Date.parse('2026-09-01T08:00:00.000Z');

/** What is to be another than in the sample. */
export interface Change extends Partial<Evidence> {
  /** Days after 2026-09-01, 08:00 UTC, at which it starts. */
  readonly day: number;
  /** The 95th percentile under load. */
  readonly p95Ms?: number;
  readonly recoveryMs?: number;
  /** The commit of the candidate. */
  readonly commit?: string;
  /** Whether `health answers` fails on the baseline. */
  readonly isBaselineIll?: boolean;
}

/** What a rehearsal is about whose app is in no git repository. */
const withoutCode = ({ code: _code, ...subject }: Evidence['subject']): Evidence['subject'] => subject;

const KINDS = {
  GO: go,
  'NO-GO': noGo,
  'BASELINE FAILED': baselineFailed,
  UNDECIDED: baselineFailed,
} as const;

/** The evidence of a rehearsal at another time, with all its moments moved. */
export function rehearsed(verdict: Evidence['verdict'], to: string, change: Change): Evidence {
  const { day, p95Ms, recoveryMs, commit, isBaselineIll, ...fields } = change;
  const sample = KINDS[verdict];
  const startedAt = new Date(FIRST + day * DAY);
  const later = startedAt.getTime() - Date.parse(sample.startedAt);
  const moved = (iso: string): string => new Date(Date.parse(iso) + later).toISOString();
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const withCode = (ran: Ran | undefined, of: string | undefined): Ran | undefined =>
    ran && of !== undefined
      ? { ...ran, code: { from: `v${ran.release}`, commit: of, folder: '/code' } }
      : ran;
  const toRan = withCode(sample.ran.to && { ...sample.ran.to, release: to }, commit);
  const fromRan = withCode(sample.ran.from, commit === undefined ? undefined : 'base000000000000');
  return seal({
    ...sample,
    rehearsal: `${stamp}-${to}`,
    to,
    verdict,
    attempts: [],
    startedAt: startedAt.toISOString(),
    endedAt: moved(sample.endedAt),
    spans: sample.spans.map((span) => ({ ...span, startedAt: moved(span.startedAt) })),
    subject: withoutCode(sample.subject),
    ran: { ...(fromRan && { from: fromRan }), ...(toRan && { to: toRan }) },
    checks: sample.checks.map((it) =>
      it.kind === 'load' && p95Ms !== undefined ? { ...it, measures: { ...it.measures, p95Ms } } : it,
    ),
    baseline: sample.baseline.map((it) =>
      it.name === 'health answers' && isBaselineIll !== undefined
        ? { ...it, outcome: isBaselineIll ? 'failed' : 'passed' }
        : it,
    ),
    drills: sample.drills.map((it) =>
      it.recoveryMs !== undefined && recoveryMs !== undefined ? { ...it, recoveryMs } : it,
    ),
    ...fields,
  });
}

const fullReaders = {
  ...go.parity,
  factors: go.parity.factors.map(({ blindSpot, ...it }) =>
    it.name === 'ordersReaders'
      ? { ...it, staging: it.prod }
      : { ...it, ...(blindSpot !== undefined && { blindSpot }) },
  ),
};

/** An autumn: eight releases, of which six had GO. */
export const autumn: readonly Evidence[] = [
  rehearsed('GO', '1.36.0', { day: 0, p95Ms: 21, recoveryMs: 900, commit: 'c36' }),
  rehearsed('NO-GO', '1.37.0', { day: 7, p95Ms: 64, commit: 'c37a' }),
  rehearsed('NO-GO', '1.37.0', { day: 8, p95Ms: 40, commit: 'c37b', recoveryMs: 2100 }),
  rehearsed('GO', '1.37.0', { day: 9, p95Ms: 24, commit: 'c37c', recoveryMs: 1100 }),
  rehearsed('BASELINE FAILED', '1.38.0', { day: 16, commit: 'c38', isBaselineIll: true }),
  rehearsed('GO', '1.38.0', { day: 16.5, p95Ms: 25, commit: 'c38', parity: fullReaders }),
  rehearsed('UNDECIDED', '1.39.0', { day: 24, reasons: ['no space left on device'] }),
  rehearsed('GO', '1.39.0', { day: 24.2, p95Ms: 23, recoveryMs: 700 }),
  rehearsed('NO-GO', '1.40.0', { day: 31, p95Ms: 90, recoveryMs: 4200 }),
  rehearsed('GO', '1.41.1', { day: 40, p95Ms: 26, gatesDigest: 'b'.repeat(64) }),
  rehearsed('NO-GO', '1.42.0', { day: 61, p95Ms: 58, gatesDigest: 'b'.repeat(64) }),
  rehearsed('GO', '1.43.0', { day: 81.17, p95Ms: 22, gatesDigest: 'b'.repeat(64) }),
];

/** Writes evidence into a folder of rehearsals, each with the ledger of an environment that is gone. */
export function writeAll(root: string, all: readonly Evidence[]): void {
  for (const evidence of all) {
    writeEvidence(join(root, evidence.rehearsal), evidence);
    writeLedger(root, evidence.rehearsal, { from: evidence.from, to: evidence.to, standing: 'gone' });
  }
}

/** Writes a ledger into the folder of a rehearsal. */
export function writeLedger(
  root: string,
  rehearsal: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  mkdirSync(join(root, rehearsal), { recursive: true });
  const ledger = {
    version: 1,
    tool: '0.1.0',
    rehearsal,
    target: 'local',
    handle: {},
    from: '1.41.0',
    to: '1.42.0',
    startedAt: '2026-11-21T04:12:00.000Z',
    gates: {},
    assemblies: {},
    steps: [],
    standing: 'none',
    spans: [],
    attempts: [],
    ...fields,
  };
  writeFileSync(join(root, rehearsal, 'ledger.json'), JSON.stringify(ledger));
}
