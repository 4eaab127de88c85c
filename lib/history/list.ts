import type { Attempt, Evidence, TearDown, Verdict } from '../evidence/evidence';
import { tookMs } from '../evidence/figures';
import { tierLimitOf } from '../evidence/summary';
import type { Cutover } from '../evidence/cutover';
import type { Verification } from '../evidence/verification';
import {
  workedMs,
  type CutoverRecord,
  type RehearsalRecord,
  type Unread,
  type VerificationRecord,
} from './record';
import type { Found } from './sources';
import { groupBy } from './statistics';
import type { Unfinished } from './unfinished';

/** The rehearsals, verifications, cutovers and productions that were found, the newest first. Plain JSON. */
export interface RehearsalList {
  readonly rehearsals: readonly Listed[];
  readonly verifications: readonly ListedVerification[];
  readonly cutovers: readonly ListedCutover[];
  readonly unread: readonly Unread[];
}

/** A verification of production, which is no rehearsal. */
export interface ListedVerification extends Pick<
  Verification,
  'verification' | 'verdict' | 'moment' | 'environment' | 'target' | 'release' | 'startedAt'
> {
  /** The release before. @default - it was not recorded, or this is the record */
  readonly from?: string;
  readonly minutes: number;
  readonly where: string;
}

/** A cutover, which is neither. */
export interface ListedCutover extends Pick<
  Cutover,
  'cutover' | 'verdict' | 'target' | 'startedAt' | 'from' | 'to' | 'percent'
> {
  readonly minutes: number;
  readonly where: string;
}

/** One of them: its last attempt. */
export interface Listed {
  readonly rehearsal: string;
  /** Its verdict, or its state where it has none. */
  readonly state: Verdict | Unfinished['state'];
  /** What it is, where it is no rehearsal. @default - a rehearsal */
  readonly kind?: 'production';
  /** What a GO is limited to, such as `for 5 of 8 tiers`; or what is known of a state. @default - nothing */
  readonly detail?: string;
  /** @default - its ledger cannot be read */
  readonly from?: string;
  readonly to?: string;
  /** Where it is, or was. @default - nothing was planned */
  readonly staging?: string;
  /** What is left of its databases, by tier: a folder, or the names of snapshots. @default - nothing was kept */
  readonly snapshots?: Readonly<Record<string, string>>;
  /** What it is a part of. @default - it is all there is */
  readonly group?: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  /** @default - it has no evidence */
  readonly tearDown?: TearDown['outcome'];
  /** The sum of its steps. @default - it has no evidence */
  readonly minutes?: number;
  /** The estimate for staging on AWS. @default - it has no evidence */
  readonly usd?: number;
  /** Those before it, the oldest first. */
  readonly attempts: readonly Pick<Attempt, 'to' | 'verdict'>[];
  readonly where: string;
}

/** Lists what was found. */
export function listOf({ records, verifications, cutovers, unfinished, unread }: Found): RehearsalList {
  const judged = groupBy(records, ({ evidence }) => `${evidence.rehearsal} ${evidence.startedAt}`).map(
    ([, attempts]) => attempts,
  );
  // during a retry the evidence of the attempts before is there already
  const isOpen = (rehearsal: string): boolean => unfinished.some((it) => it.rehearsal === rehearsal);
  const ended = judged.filter((attempts) => !isOpen(attempts[0]!.evidence.rehearsal));
  const rows = [
    ...ended.map((attempts) => listedOf(attempts.at(-1)!)),
    ...unfinished.map((it) => openOf(it, judged.flat())),
  ];
  return {
    rehearsals: rows.toSorted(byStart),
    verifications: verifications.map(verificationOf).toReversed(),
    cutovers: cutovers.map(cutoverOf).toReversed(),
    unread,
  };
}

function listedOf({ evidence, where }: RehearsalRecord): Listed {
  const { rehearsal, verdict, from, to, startedAt, tearDown, cost, attempts, parity, group } = evidence;
  const limit = tierLimitOf(evidence);
  return {
    rehearsal,
    state: verdict,
    ...(limit !== '' && { detail: limit }),
    from,
    to,
    staging: parity.staging,
    ...(group && { group: group.name }),
    startedAt,
    tearDown: tearDown.outcome,
    minutes: workedMs(evidence) / 60_000,
    usd: cost.rehearsalUsd,
    attempts: attempts.map(attemptOf),
    where,
  };
}

function verificationOf({ verification: it, where }: VerificationRecord): ListedVerification {
  const { verification, verdict, moment, environment, target, release, startedAt, baseline } = it;
  return {
    verification,
    verdict,
    moment,
    environment,
    target,
    release,
    startedAt,
    ...(baseline && { from: baseline.release }),
    minutes: tookMs(it) / 60_000,
    where,
  };
}

function cutoverOf({ cutover: it, where }: CutoverRecord): ListedCutover {
  const { cutover, verdict, target, startedAt, from, to, percent } = it;
  const minutes = tookMs(it) / 60_000;
  return {
    cutover,
    verdict,
    target,
    startedAt,
    from,
    to,
    ...(percent !== undefined && { percent }),
    minutes,
    where,
  };
}

function openOf(open: Unfinished, records: readonly RehearsalRecord[]): Listed {
  const before = records.filter(({ evidence }) => evidence.rehearsal === open.rehearsal);
  return { ...open, attempts: before.map(({ evidence }) => attemptOf(evidence)) };
}

const attemptOf = ({ to, verdict }: Pick<Evidence, 'to' | 'verdict'>) => ({ to, verdict });

/** The newest first: names begin with the second, which is known of all; within it the moment decides. */
function byStart(a: Listed, b: Listed): number {
  const [one, other] = [a, b].map((it) => startKey(it.rehearsal, it.startedAt));
  return one! < other! ? 1 : one! > other! ? -1 : 0;
}

/** What rehearsals and verifications are ordered by. */
export const startKey = (name: string, startedAt = ''): string =>
  `${name.slice(0, STAMP)} ${startedAt} ${name}`;

const STAMP = 'yyyymmdd-hhmmss'.length;
