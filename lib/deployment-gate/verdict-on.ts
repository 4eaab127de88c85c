import { showDuration } from '../duration';
import type { Evidence } from '../evidence/evidence';
import type { StoredEvidence } from '../evidence/read';
import type { Deployed } from '../parity/deployed';
import { plural } from '../report/words';
import { changesBetween, type Change } from './changes';

/** What is asked of the rehearsals that are on record. */
export interface Question {
  /** What is about to be deployed. */
  readonly production: Deployed;
  readonly now: Date;
  /** How old a GO may be. */
  readonly maxAgeHours: number;
  /** The release that is about to be deployed. @default - whatever release was rehearsed as this production */
  readonly release?: string | undefined;
  /** Where it has to have been rehearsed. @default - on any target */
  readonly target?: string | undefined;
}

/** Whether there is a GO for what is about to be deployed. */
export interface Answer {
  readonly isOpen: boolean;
  /** Why it is not open, the most important first. */
  readonly reasons: readonly string[];
  /** What to do then. @default - it is open */
  readonly fix?: string;
  /** The rehearsal that decides. @default - there is none */
  readonly decisive?: StoredEvidence;
  /** Those that decide beside it, where a GO is needed in several places. @default - none */
  readonly others?: readonly StoredEvidence[];
  /** What has changed since, where it is not what was rehearsed. */
  readonly changes: readonly Change[];
}

/** A GO is as old as the hours after which nobody would still rely on it. */
export const MAX_AGE_HOURS = 24;

/**
 * Asks whether GO was given to exactly what is about to be deployed. The newest rehearsal of it that was judged decides: a NO-GO after
 * a GO takes it back.
 */
export function verdictOn(question: Question, rehearsals: readonly StoredEvidence[]): Answer {
  const { production, release, target } = question;
  const about = rehearsals
    .filter(({ evidence: { to } }) => release === undefined || to === release)
    .filter(({ evidence }) => target === undefined || evidence.target === target)
    .toSorted((a, b) => Date.parse(b.evidence.endedAt) - Date.parse(a.evidence.endedAt));
  const judged = about.filter(({ evidence: { verdict } }) => verdict === 'GO' || verdict === 'NO-GO');
  const same = judged.find(({ evidence }) => isSame(evidence.subject.prod, production));
  if (same) return answerOf(same, reasonsAgainst(same.evidence, question));
  const [newest] = judged;
  if (!newest)
    return { isOpen: false, reasons: [nothingJudged(question, about)], fix: fixOf(release), changes: [] };
  if (newest.evidence.verdict === 'NO-GO') return answerOf(newest, reasonsAgainst(newest.evidence, question));
  const changes = changesBetween(newest.evidence.subject.prod, production);
  return { ...answerOf(newest, [changedSince(newest.evidence, production, changes)]), changes };
}

const isSame = (rehearsed: Deployed, production: Deployed): boolean =>
  rehearsed.environment === production.environment && rehearsed.digest === production.digest;

const answerOf = (decisive: StoredEvidence, reasons: readonly string[]): Answer => ({
  isOpen: reasons.length === 0,
  reasons,
  ...(reasons.length > 0 && { fix: fixOf(decisive.evidence.to) }),
  decisive,
  changes: [],
});

function reasonsAgainst(evidence: Evidence, { now, maxAgeHours }: Question): string[] {
  const { verdict, rehearsal, to, reasons, endedAt } = evidence;
  if (verdict !== 'GO') return [`${rehearsal} gave ${to} ${verdict}`, ...reasons];
  const hours = (now.getTime() - Date.parse(endedAt)) / HOUR_MS;
  if (hours < -TOLERANCE_HOURS)
    return [`${rehearsal} ended at ${endedAt}, which is in the future: one of the two clocks is wrong`];
  if (hours > maxAgeHours)
    return [
      `${rehearsal} gave GO ${showDuration(hours * HOUR_MS)} ago; allowed is ${showDuration(maxAgeHours * HOUR_MS)}`,
    ];
  return [];
}

const HOUR_MS = 3_600_000;
/** By how much the clocks of two machines may differ. */
const TOLERANCE_HOURS = 5 / 60;

function changedSince({ rehearsal, subject }: Evidence, now: Deployed, changes: readonly Change[]): string {
  if (subject.prod.environment !== now.environment)
    return `${now.environment} was never rehearsed: ${rehearsal} gave GO to ${subject.prod.environment}`;
  return `${now.environment} is not what was rehearsed: ${plural(changes.length, 'entry', 'entries')} changed since ${rehearsal} gave GO`;
}

function nothingJudged({ release, target }: Question, about: readonly StoredEvidence[]): string {
  const what = `${release ?? 'what is about to be deployed'}${target === undefined ? '' : ` on ${target}`}`;
  const [newest] = about;
  if (!newest) return `there is no rehearsal of ${what} on record`;
  const { rehearsal, verdict } = newest.evidence;
  return `no rehearsal of ${what} was judged: the newest, ${rehearsal}, ended with ${verdict}`;
}

const fixOf = (release = '<release>'): string => `Rehearse it: twin rehearse --to ${release}.`;
