import { createHash } from 'node:crypto';
import { TwinError } from '../error';
import type { Cutover } from '../evidence/cutover';
import { checkedCutover, isCutover } from '../evidence/cutovers';
import type { Evidence, Span } from '../evidence/evidence';
import { tookMs as betweenMs } from '../evidence/figures';
import type { Ran } from '../evidence/ran';
import { checkedEvidence } from '../evidence/read';
import type { Verification } from '../evidence/verification';
import { checkedVerification, isVerification } from '../evidence/verifications';
import { parseJson } from '../json';

/** The evidence of one attempt of a rehearsal, and where it lies. */
export interface RehearsalRecord {
  /** Without what no figure over several rehearsals uses, which is most of it. */
  readonly evidence: Evidence;
  /** From 1 on; above 1 for a retry. */
  readonly attempt: number;
  /** Its folder, or its place in a zip file or a bucket. */
  readonly where: string;
  /** Its page, where it lies beside it. */
  readonly page?: string;
  /** The SHA-256 of the file. */
  readonly sha256: string;
}

/** The record of a verification, and where it lies. */
export interface VerificationRecord {
  readonly verification: Verification;
  readonly where: string;
  /** Its page, where it lies beside it. */
  readonly page?: string;
  /** The SHA-256 of the file. */
  readonly sha256: string;
}

/** The record of a cutover, and where it lies. */
export interface CutoverRecord {
  readonly cutover: Cutover;
  readonly where: string;
  /** The SHA-256 of the file. */
  readonly sha256: string;
}

/** An evidence.json, a verification.json or a cutover.json that could not be read. */
export interface Unread {
  readonly where: string;
  readonly why: string;
}

/** A file that may hold evidence. */
export interface EvidenceFile {
  readonly where: string;
  readonly page?: string;
  readonly bytes: Uint8Array;
}

/** The record in a file, or why there is none: one bad file must not hide the others. */
export function recordOf({
  bytes,
  ...found
}: EvidenceFile): RehearsalRecord | VerificationRecord | CutoverRecord | Unread {
  const { where } = found;
  const value = parseJson(new TextDecoder().decode(bytes));
  if (value === undefined) return { where, why: 'it is not JSON' };
  try {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (isVerification(value)) return { ...found, verification: checkedVerification(value, where), sha256 };
    if (isCutover(value)) return { cutover: checkedCutover(value, where), where, sha256 };
    const evidence = trimmed(checkedEvidence(value, where));
    return { ...found, evidence, attempt: evidence.attempts.length + 1, sha256 };
  } catch (error) {
    if (error instanceof TwinError) return { where, why: whyOf(error, where) };
    throw error;
  }
}

/** The place stands beside it already. */
const whyOf = ({ message, fix }: TwinError, where: string): string =>
  `${message.replace(`${where} `, 'it ')}. ${fix}`;

/** Of some 350 KB of evidence 20 are left: a year of it has to fit into memory. */
function trimmed(evidence: Evidence): Evidence {
  const { parity, environments, spans, subject } = evidence;
  return {
    ...evidence,
    parity: { ...parity, permitted: [], forbidden: [] },
    environments: {
      prod: { ...environments.prod, tiers: [] },
      staging: { ...environments.staging, tiers: [] },
    },
    subject: { ...subject, prod: { ...subject.prod, stacks: [] } },
    spans: spans.filter(({ parent }) => parent === null),
    files: [],
  };
}

/** The steps of a rehearsal, in their order. */
export const stepsOf = ({ spans }: Evidence): readonly Span[] =>
  spans.filter(({ parent }) => parent === null);

/**
 * How long a rehearsal worked, in milliseconds: the sum of its steps. Between them an environment may have been kept for a night, which is no
 * part of it.
 */
export function workedMs(evidence: Evidence): number {
  const steps = stepsOf(evidence);
  return steps.length === 0 ? betweenMs(evidence) : steps.reduce((sum, { ms }) => sum + ms, 0);
}

/** When a rehearsal was judged, ISO 8601: evidence is written again when an environment that was kept is torn down. */
export function judgedAt(evidence: Evidence): string {
  const judge = stepsOf(evidence).findLast(({ name }) => name === 'judge');
  return judge === undefined
    ? evidence.endedAt
    : new Date(Date.parse(judge.startedAt) + judge.ms).toISOString();
}

/** Whether the candidate was tested at all. */
export const isTested = ({ checks }: Evidence): boolean => checks.length > 0;

/**
 * What names the code that ran as a release: a commit, or the digests of images. Undefined where nothing does: a folder may hold other
 * code each time.
 */
export function codeOf(ran: Ran | undefined): string | undefined {
  if (ran?.code?.commit !== undefined) return ran.code.commit;
  const images = (ran?.services ?? []).flatMap(({ code }) => code);
  const isNamed = images.length > 0 && images.every((it) => it.startsWith(DIGEST));
  return isNamed ? [...new Set(images)].toSorted().join(' ') : undefined;
}

/** The same of the candidate, whose files are known where they are in a git repository. */
export const candidateCode = ({ ran, subject }: Evidence): string | undefined =>
  codeOf(ran.to) ?? subject.code?.digest;

const DIGEST = 'sha256:';
const SHOWN = 12;

/** Code as it is shown: the beginnings of a commit, or of digests. */
export const shortCode = (code: string): string =>
  code
    .split(' ')
    .map((it) => it.slice(0, it.startsWith(DIGEST) ? DIGEST.length + SHOWN : SHOWN))
    .join(' ');
