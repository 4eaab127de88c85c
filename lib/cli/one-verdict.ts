import { inWords } from '../report/words';
import { EXIT, type Outcome } from './outcome';

/** One of the rehearsals that a release takes. */
export interface Part {
  /** @default - the only staging that the app has */
  readonly staging: string | undefined;
  /** What runs there first. */
  readonly from: string;
}

/** One of them, and how it ended. */
export interface EndedPart extends Part {
  readonly outcome: Outcome;
}

/** Whether it was given GO, and nothing is left. */
export const isGo = ({ outcome }: EndedPart): boolean => outcome.exitCode === EXIT.ok;

/** Rehearses one after the other, up to the first that is not GO: nothing that follows could make it one. */
export async function inTurn(
  planned: readonly Part[],
  rehearse: (part: Part) => Promise<Outcome>,
): Promise<readonly EndedPart[]> {
  const ended: EndedPart[] = [];
  for (const part of planned) {
    ended.push({ ...part, outcome: await rehearse(part) });
    if (!isGo(ended.at(-1)!)) break;
  }
  return ended;
}

/** Makes one rehearsal with one verdict of several: GO where each is. */
export function oneVerdict(
  to: string,
  ended: readonly EndedPart[],
  planned: readonly Part[],
  isJson: boolean,
): Outcome {
  const last = ended.at(-1)!;
  if (planned.length === 1) return last.outcome;
  const texts = ended.map(({ outcome }) => outcome.text);
  const problems = ended.flatMap(({ outcome }) => outcome.problems ?? []);
  return {
    text: isJson
      ? `[${texts.map((text) => text.trimEnd()).join(',\n')}]\n`
      : [...texts, verdictOf(to, ended, planned)].join('\n'),
    exitCode: last.outcome.exitCode,
    ...(problems.length > 0 && { problems }),
    ...(last.outcome.page !== undefined && { page: last.outcome.page }),
  };
}

function verdictOf(to: string, ended: readonly EndedPart[], planned: readonly Part[]): string {
  const last = ended.at(-1)!;
  const [stagings, running] = [namesOf(planned, 'staging'), namesOf(planned, 'from')];
  const placeOf = ({ staging, from }: Part): string =>
    [
      ...(stagings.length > 1 ? [`in ${staging}`] : []),
      ...(running.length > 1 ? [`beside ${from}`] : []),
    ].join(' ');
  if (isGo(last)) {
    const places = [
      ...(stagings.length > 1 ? [`in ${inWords(stagings)}`] : []),
      ...(running.length > 1 ? [`beside ${inWords(running)}`] : []),
    ];
    return `GO ${places.join(' ')}: ${to} may follow ${running.length > 1 ? 'each' : last.from}\n`;
  }
  const left = planned.slice(ended.length).map(placeOf);
  const rest = left.length === 0 ? '' : `; nor was it tried ${inWords(left)}`;
  return `no GO: ${to} was not given GO ${placeOf(last)}${rest}\n`;
}

const namesOf = (planned: readonly Part[], key: keyof Part): string[] => [
  ...new Set(planned.map((it) => it[key] ?? '')),
];
