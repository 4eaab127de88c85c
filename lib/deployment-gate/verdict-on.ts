import { showDuration } from '../duration';
import type { Evidence } from '../evidence/evidence';
import type { StoredEvidence } from '../evidence/read';
import type { Deployed } from '../parity/deployed';
import type { FirstProduction } from '../parity/other-production';
import { plural } from '../report/words';
import { changesBetween, type Change } from './changes';

/** What is asked of the rehearsals that are on record. */
export interface Question {
  /** What is about to be deployed. */
  readonly production: Deployed;
  /** That which a further production is compared with: a GO to it counts where they are one but for names. @default - it is the first */
  readonly first?: FirstProduction | undefined;
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
  const { release, target } = question;
  const about = rehearsals
    .filter(({ evidence: { to } }) => release === undefined || to === release)
    .filter(({ evidence }) => target === undefined || evidence.target === target)
    .toSorted((a, b) => Date.parse(b.evidence.endedAt) - Date.parse(a.evidence.endedAt));
  const judged = about.filter(({ evidence: { verdict } }) => verdict === 'GO' || verdict === 'NO-GO');
  const same = judged.find(({ evidence }) => isAbout(evidence, question));
  if (same) return answerOf(same, reasonsAgainst(same.evidence, question));
  const [newest] = judged;
  if (!newest)
    return { isOpen: false, reasons: [nothingJudged(question, about)], fix: fixOf(release), changes: [] };
  if (newest.evidence.verdict === 'NO-GO') return answerOf(newest, reasonsAgainst(newest.evidence, question));
  return answerToOther(newest, question);
}

/** Whether a rehearsal was of this production, or of the first one, which it is but for names. */
const isAbout = ({ subject }: Evidence, { production, first }: Question): boolean =>
  isSame(subject.prod, production) ||
  (first !== undefined && !first.unlike && isSame(subject.prod, first.production));

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

/** Why a GO to something else says nothing of this production. */
function answerToOther(newest: StoredEvidence, { production, first }: Question): Answer {
  const { rehearsal, subject } = newest.evidence;
  const { environment } = production;
  const compared = [production, ...(first ? [first.production] : [])].find(
    (it) => it.environment === subject.prod.environment,
  );
  const never = `${environment} was never rehearsed: ${rehearsal} gave GO to ${subject.prod.environment}`;
  if (!compared) return answerOf(newest, [never]);
  if (compared !== production && first?.unlike) {
    const { why, fix } = first.unlike;
    return { ...answerOf(newest, [`${never}, and ${why}`]), fix };
  }
  const changes = changesBetween(subject.prod, compared);
  const name =
    compared === production ? environment : `${compared.environment}, which ${environment} is but for names,`;
  const count = plural(changes.length, 'entry', 'entries');
  return {
    ...answerOf(newest, [`${name} is not what was rehearsed: ${count} changed since ${rehearsal} gave GO`]),
    changes,
  };
}

function nothingJudged({ release, target }: Question, about: readonly StoredEvidence[]): string {
  const what = `${release ?? 'what is about to be deployed'}${target === undefined ? '' : ` on ${target}`}`;
  const [newest] = about;
  if (!newest) return `there is no rehearsal of ${what} on record`;
  const { rehearsal, verdict } = newest.evidence;
  return `no rehearsal of ${what} was judged: the newest, ${rehearsal}, ended with ${verdict}`;
}

const fixOf = (release = '<release>'): string => `Rehearse it: twin rehearse --to ${release}.`;
