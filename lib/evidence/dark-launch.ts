import { plural } from '../report/words';
import type { AnswerDifference, DarkLaunch, Evidence } from './evidence';

const counted = (count: number): string => count.toLocaleString('en-US');

/** Such as `40 of 200 answers differ (first: GET /orders/{id}, total: nothing -> number)`. */
export function showAnswers({ differing, compared, differences: [first] }: DarkLaunch): string {
  if (differing === 0 || !first) return `none of ${counted(compared)} answers differs`;
  return `${counted(differing)} of ${counted(compared)} answers differ (first: ${first.route}, ${first.where}: ${first.what})`;
}

/** A difference in a line. */
export const differenceLine = ({ route, where, what, example, answers }: AnswerDifference): string =>
  `${route}, ${where}: ${what}${example === undefined ? '' : `, such as ${example}`} (in ${plural(answers, 'answer')})`;

/** How many places that vary, and requests that are left out, are named. */
const MOST_NAMED = 10;

/** What was compared and what was not, in sentences; each difference is one. */
export function answerSentences({ darkLaunch }: Pick<Evidence, 'darkLaunch'>): string[] {
  if (!darkLaunch) return [];
  const { problem } = darkLaunch;
  if (problem !== undefined) return [`not compared: ${problem}`];
  return [showAnswers(darkLaunch), ...darkLaunch.differences.map(differenceLine), ...answerNotes(darkLaunch)];
}

/** What was not compared. */
export function answerNotes({ unanswered, leftOut, varying }: DarkLaunch): string[] {
  const named = varying.slice(0, MOST_NAMED).map(({ route, where }) => `${route}, ${where}`);
  const more = varying.length > MOST_NAMED ? `; and ${varying.length - MOST_NAMED} more` : '';
  return [
    ...(unanswered === 0
      ? []
      : [`${counted(unanswered)} were not compared, since the baseline did not answer`]),
    ...(varying.length === 0
      ? []
      : [`not compared, since they differ between two answers of the baseline: ${named.join('; ')}${more}`]),
    ...leftOut.map(
      ({ what, requests }) => `${what} is not sent, since it may write (${counted(requests)} of the load)`,
    ),
  ];
}
