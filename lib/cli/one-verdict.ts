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
  readonly outcome: RehearsalOutcome;
  /** How another one ended it, so that it decides nothing: before anything stood, or later. @default - it came to its own end */
  readonly cut?: 'held' | 'stopped';
}

/** How a rehearsal ended. */
export interface RehearsalOutcome extends Outcome {
  /** Whether it was stopped before it was judged. @default false */
  readonly isStopped?: boolean;
}

/** Whether it was given GO, and nothing is left. */
export const isGo = ({ outcome }: EndedPart): boolean => outcome.exitCode === EXIT.ok;

/**
 * Rehearses one after the other, up to the first that is not GO: nothing that follows could make it one.
 *
 * @param isDecided - whether no other is to start
 */
export async function inTurn(
  planned: readonly Part[],
  rehearse: (part: Part) => Promise<RehearsalOutcome>,
  isDecided: () => boolean = () => false,
): Promise<readonly EndedPart[]> {
  const ended: EndedPart[] = [];
  for (const part of planned) {
    ended.push({ ...part, outcome: await rehearse(part) });
    if (!isGo(ended.at(-1)!) || isDecided()) break;
  }
  return ended;
}

/** The worst first: leftovers cost money; NO-GO is final, whatever else is known; then what says nothing of the candidate. */
const BY_WEIGHT: readonly number[] = [EXIT.leftovers, EXIT.no, EXIT.bug, EXIT.baselineFailed, EXIT.badInput];

/** Makes one rehearsal with one verdict of several: GO where each is; otherwise the worst decides. */
export function oneVerdict(
  to: string,
  ended: readonly EndedPart[],
  planned: readonly Part[],
  isJson: boolean,
): Outcome {
  if (planned.length === 1) return ended[0]!.outcome;
  const texts = ended.map(({ outcome }) => outcome.text).filter((text) => text !== '');
  const problems = ended.flatMap(({ outcome }) => outcome.problems ?? []);
  const weightOf = ({ outcome: { exitCode }, cut }: EndedPart): number => {
    const place = cut !== undefined && exitCode === EXIT.no ? -1 : BY_WEIGHT.indexOf(exitCode);
    return place === -1 ? BY_WEIGHT.length : place;
  };
  const [worst] = ended.toSorted((a, b) => weightOf(a) - weightOf(b));
  const { exitCode, page } = (isGo(worst!) ? ended.at(-1)! : worst!).outcome;
  return {
    text: isJson
      ? `[${texts.map((text) => text.trimEnd()).join(',\n')}]\n`
      : [...texts, verdictOf(to, ended, planned)].join('\n'),
    exitCode,
    ...(problems.length > 0 && { problems }),
    ...(page !== undefined && { page }),
  };
}

function verdictOf(to: string, ended: readonly EndedPart[], planned: readonly Part[]): string {
  const [stagings, running] = [namesOf(planned, 'staging'), namesOf(planned, 'from')];
  const placeOf = ({ staging, from }: Part): string =>
    [
      ...(stagings.length > 1 ? [`in ${staging}`] : []),
      ...(running.length > 1 ? [`beside ${from}`] : []),
    ].join(' ');
  if (ended.length === planned.length && ended.every(isGo)) {
    const places = [
      ...(stagings.length > 1 ? [`in ${inWords(stagings)}`] : []),
      ...(running.length > 1 ? [`beside ${inWords(running)}`] : []),
    ];
    const { from } = planned[0]!;
    return `GO ${places.join(' ')}: ${to} may follow ${running.length > 1 ? 'each' : from}\n`;
  }
  const failed = ended.filter((it) => !isGo(it) && it.cut === undefined);
  const stopped = ended.filter(({ cut }) => cut === 'stopped');
  const isTried = (part: Part): boolean =>
    ended.some(({ staging, from, cut }) => cut !== 'held' && staging === part.staging && from === part.from);
  const untried = planned.filter((part) => !isTried(part));
  return [
    `no GO: ${to} was not given GO ${inWords(failed.map(placeOf))}`,
    ...(stopped.length === 0 ? [] : [`; it was stopped ${inWords(stopped.map(placeOf))}`]),
    ...(untried.length === 0 ? [] : [`; nor was it tried ${inWords(untried.map(placeOf))}`]),
    '\n',
  ].join('');
}

const namesOf = (planned: readonly Part[], key: keyof Part): string[] => [
  ...new Set(planned.map((it) => it[key] ?? '')),
];
