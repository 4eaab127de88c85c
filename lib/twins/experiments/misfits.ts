import type { Json } from '../../json';
import { equalJson } from '../../json';
import type { Misfit, MisfitRule, Observation, Steps } from './fitted';
import { anonymizer } from '../instances/names';
import { isSameScale, RANDOM } from './text-fit';

/** How many instances of other scales tell what a place follows, beside the environments themselves. */
const LEAST_NEUTRAL = 3;

/** Says of a place that follows nothing what is wrong with it: chance, the environment's name, or a switch. */
export class MisfitJudge {
  /** Two instances of one name and one scale. */
  readonly #repeated: readonly [number, number] | undefined;

  /** @param voting - the observations that decide what a place follows */
  constructor(
    private readonly observations: readonly Observation[],
    private readonly voting: readonly number[],
  ) {
    const isRepeated = (a: Observation, b: Observation): boolean =>
      a.names.get('name') === b.names.get('name') && isSameScale(a.scale, b.scale);
    const all = observations.flatMap(({ isNeutral }, i) => (isNeutral ? [i] : []));
    const pairs = all.flatMap((i) => all.filter((j) => j > i).map((j) => [i, j] as const));
    this.#repeated = pairs.find(([i, j]) => isRepeated(observations[i]!, observations[j]!));
  }

  /**
   * @param why - why it follows nothing, unless it is chance
   * @param seen - what stands there in each observation
   * @param isScarce - whether too little was seen to decide
   */
  misfit(steps: Steps, why: string, seen: readonly (Json | undefined)[], isScarce: boolean): Misfit {
    const isRandom = this.isRandom(seen);
    const rule = isRandom
      ? 'random'
      : this.dependsOnName(seen)
        ? 'own-name'
        : isScarce
          ? 'undecided'
          : 'switch';
    return {
      steps,
      rule,
      why: rule === 'random' ? RANDOM : rule === 'undecided' ? UNDECIDED : why,
      seen,
      isScarce: isScarce && !isRandom,
      isRare: !isRandom && this.neutralScales(seen) < LEAST_NEUTRAL,
    };
  }

  /** Whether what is made twice has something else there the second time. */
  private isRandom(seen: readonly (Json | undefined)[]): boolean {
    if (!this.#repeated) return false;
    const [again, before] = this.#repeated.map((i) => seen[i]);
    return again === undefined || before === undefined ? again !== before : !equalJson(again, before);
  }

  /** Whether what is made under another name, and otherwise the same, has something else at a place. */
  private dependsOnName(seen: readonly (Json | undefined)[]): boolean {
    const form = (i: number): string | undefined =>
      seen[i] === undefined
        ? undefined
        : anonymizer(this.observations[i]!.names.values())(JSON.stringify(seen[i]));
    const isSameButForItsName = (i: number, j: number): boolean => {
      const [real, neutral] = [this.observations[i]!, this.observations[j]!];
      return !real.isNeutral && neutral.isNeutral && isSameScale(real.scale, neutral.scale);
    };
    return this.voting.some((i) => this.voting.some((j) => isSameButForItsName(i, j) && form(i) !== form(j)));
  }

  /** How many scales the neutral instances have that have something there. */
  private neutralScales(seen: readonly (Json | undefined)[]): number {
    const scales = this.observations.flatMap(({ isNeutral, scale }, i) =>
      isNeutral && seen[i] !== undefined ? [scale] : [],
    );
    return scales.filter((scale, i) => scales.findIndex((other) => isSameScale(scale, other)) === i).length;
  }
}

const UNDECIDED = 'it may follow a scale factor: too little was tried to tell';

const IN_SCALE =
  'Make both environments alike here, with no `if` on which one it is or on the value of a factor; let what differs be a scale factor, a rising linear function of one, or a value that the definition declares as derived.';

/** What to do about a misfit, by the rule that it breaks. */
export const FIXES: Readonly<Record<MisfitRule, string>> = {
  switch: IN_SCALE,
  undecided: IN_SCALE,
  'own-name':
    'Let nothing here depend on which environment it is: make both alike, or declare a scale factor with a reason and use its value.',
  random:
    'Make it of what the construct is given alone: of no random source, and of nothing that a module keeps from one environment to the next.',
};
