import { inWords } from '../report/words';
import { EXIT, type Outcome } from './outcome';

/** A rehearsal beside one of several releases, and how it ended. */
interface Beside {
  readonly from: string;
  readonly outcome: Outcome;
}

/**
 * Rehearses beside several releases that run, one after the other, as one rehearsal with one verdict: it ends with the first that is not
 * GO, because nothing that follows could make it one.
 */
export async function besideEach(
  to: string,
  running: readonly string[],
  isJson: boolean,
  rehearse: (from: string) => Promise<Outcome>,
): Promise<Outcome> {
  const ended: Beside[] = [];
  for (const from of running) {
    const outcome = await rehearse(from);
    ended.push({ from, outcome });
    if (outcome.exitCode !== EXIT.ok) break;
  }
  const last = ended.at(-1)!;
  if (running.length === 1) return last.outcome;
  const texts = ended.map(({ outcome }) => outcome.text);
  const problems = ended.flatMap(({ outcome }) => outcome.problems ?? []);
  return {
    text: isJson
      ? `[${texts.map((text) => text.trimEnd()).join(',\n')}]\n`
      : [...texts, verdictOf(to, ended, running)].join('\n'),
    exitCode: last.outcome.exitCode,
    ...(problems.length > 0 && { problems }),
    ...(last.outcome.page !== undefined && { page: last.outcome.page }),
  };
}

function verdictOf(to: string, ended: readonly Beside[], running: readonly string[]): string {
  const { from, outcome } = ended.at(-1)!;
  if (outcome.exitCode === EXIT.ok) return `GO beside ${inWords(running)}: ${to} may follow each\n`;
  const left = running.slice(ended.length);
  const rest = left.length === 0 ? '' : `; nor was it tried beside ${inWords(left)}`;
  return `no GO: ${to} was not given GO beside ${from}${rest}\n`;
}
