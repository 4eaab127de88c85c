import type { RehearsalConfig } from '../config/types';
import type { Evidence } from '../evidence/evidence';
import type { StoredEvidence } from '../evidence/read';
import { judge } from '../rehearsal/judge';
import { scriptDigestOf } from '../rehearsal/rehearse';
import { verdictOn, type Answer, type Question } from './verdict-on';

/** The rules of the repository that a release is about to be deployed from. */
export interface Rules {
  readonly config: RehearsalConfig;
  /** What production runs now. */
  readonly from: string;
}

/** Where a GO is needed. */
export interface NeededGo {
  /** What production runs. */
  readonly from: string;
  /** @default - in whichever staging */
  readonly staging?: string | undefined;
}

/**
 * Asks whether a release may be deployed beside each release that runs somewhere, by what each staging said of it.
 *
 * @param needed - what production runs first
 */
export function gateBeside(
  question: Question,
  rehearsals: readonly StoredEvidence[],
  config: RehearsalConfig,
  needed: readonly NeededGo[],
): Answer {
  const [running, stagings] = [new Set(needed.map((it) => it.from)), new Set(needed.map((it) => it.staging))];
  const answers = needed.map(({ from, staging }): Answer => {
    const there = rehearsals.filter(
      ({ evidence }) => staging === undefined || evidence.parity.staging === staging,
    );
    const beside = there.filter(({ evidence }) => evidence.from === from && evidence.to === question.release);
    // one beside a release that runs nowhere says what is missing, where nothing else does
    const about = beside.length > 0 ? beside : there.filter(({ evidence }) => !running.has(evidence.from));
    const answer = gate(question, about, { config, from });
    const place = [
      ...(stagings.size > 1 ? [`in ${staging}`] : []),
      ...(running.size > 1 ? [`beside ${from}`] : []),
    ].join(' ');
    if (place === '') return answer;
    return { ...answer, reasons: answer.reasons.map((reason) => `${place}: ${reason}`) };
  });
  const closed = answers.filter(({ isOpen }) => !isOpen);
  const first = closed[0] ?? answers[0]!;
  const others = answers.filter((it) => it !== first).flatMap(({ decisive }) => decisive ?? []);
  return {
    ...first,
    reasons: closed.flatMap(({ reasons }) => reasons),
    ...(others.length > 0 && { others }),
  };
}

/**
 * Asks whether a release may be deployed: GO was given to exactly this production, in the place of what runs there now, by the checks of
 * the repository, and what was measured passes its gates as they are today.
 */
export function gate(question: Question, rehearsals: readonly StoredEvidence[], rules: Rules): Answer {
  const answer = verdictOn(question, rehearsals);
  if (!answer.isOpen || !answer.decisive) return answer;
  const { evidence } = answer.decisive;
  const reasons = [
    ...otherPast(evidence, rules),
    ...otherScript(evidence, rules),
    ...failedNow(evidence, rules),
  ];
  if (reasons.length === 0) return answer;
  return { ...answer, isOpen: false, reasons, fix: `Rehearse it again: twin rehearse --to ${evidence.to}.` };
}

function otherPast({ rehearsal, from, to }: Evidence, { from: running }: Rules): string[] {
  if (from === running) return [];
  return [`${rehearsal} has ${to} follow ${from}, and production runs ${running}`];
}

function otherScript({ rehearsal, subject }: Evidence, { config }: Rules): string[] {
  if (subject.scriptDigest === scriptDigestOf(config)) return [];
  return [`the checks, drills or traffic of the config are not those of ${rehearsal}`];
}

/** What was measured, judged by the gates of today: those that are stricter now may say NO-GO. */
function failedNow(evidence: Evidence, { config: { gates } }: Rules): string[] {
  const minutes =
    evidence.spans.reduce((sum, { parent, ms }) => sum + (parent === null ? ms : 0), 0) / 60_000;
  const { verdict, reasons } = judge({ ...evidence, gates, minutes });
  return verdict === 'GO' ? [] : reasons.map((reason) => `by the gates of today: ${reason}`);
}
