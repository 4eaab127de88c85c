import { equalJson, isObject, type Json, type JsonObject } from '../../json';
import { SECTIONS, type Model } from '../../template/model';
import { alignItems, sampleItems } from './align';
import type { Fit, FittedKey, FittedMembers, FittedPlace, Misfit, Observation, Steps } from './fitted';
import { Rows, type Followed, type SourcesOf, type Wanted } from './follow';
import { formOf, Forms } from './forms';
import { groupMembers } from './group-members';
import { MisfitJudge } from './misfits';
import type { Paired } from './pairing';
import { areReferences, relationOf, waitForOthers, type SeenReference } from './references';
import { fitTexts, type Rivals, type Seen } from './text-fit';

/** Finds what every place of a stack follows, from all observations of it. */
export function fitStack(
  stack: number,
  observations: readonly Observation[],
  construct: (index: number) => Paired,
  sourcesOf: SourcesOf,
): Fit {
  const fitter = new Fitter(observations, construct, sourcesOf);
  const models = observations.map(({ documents }) => documents.get(stack));
  for (const section of [...SECTIONS, 'top'] as const) {
    const values = models.map((model: Model | undefined) => model?.[section]);
    fitter.visit(section === 'top' ? [] : [observations.map(() => section)], values);
  }
  fitter.visitReferences();
  return fitter;
}

class Fitter implements Fit {
  readonly places: FittedPlace[] = [];
  readonly members: FittedMembers[] = [];
  readonly keys: FittedKey[] = [];
  readonly misfits: Misfit[] = [];
  readonly rivals: Rivals[] = [];
  readonly wanted: Wanted[] = [];

  private readonly forms: Forms;
  private readonly judge: MisfitJudge;
  /** Those that decide what a place follows. */
  readonly #voting: readonly number[];
  readonly #references: SeenReference[] = [];
  readonly #rows: Rows;

  constructor(
    private readonly observations: readonly Observation[],
    construct: (index: number) => Paired,
    private readonly sourcesOf: SourcesOf,
  ) {
    this.forms = new Forms(observations, construct);
    this.#voting = observations.flatMap(({ isPassive }, i) => (isPassive ? [] : [i]));
    this.#rows = new Rows(
      observations.map(({ scale }) => scale),
      sourcesOf,
    );
    this.judge = new MisfitJudge(observations, this.#voting);
  }

  /** Looks at one place in all observations; absent is what has nothing there because it has nothing above it. */
  visit(steps: Steps, values: readonly (Json | undefined)[]): void {
    const there = this.voters(values);
    const [first, ...others] = there;
    if (first === undefined || others.every((i) => equalJson(values[i], values[first]))) return;
    if (areReferences(values, there)) this.#references.push({ steps, values });
    else this.visitWithin(steps, values);
  }

  private visitWithin(steps: Steps, values: readonly (Json | undefined)[]): void {
    const given = values.filter((value) => value !== undefined);
    if (given.every((value) => isObject(value))) this.visitKeys(steps, values as (JsonObject | undefined)[]);
    else if (given.every((value) => Array.isArray(value)))
      this.visitItems(steps, values as (readonly Json[] | undefined)[]);
    else this.visitLeaf(steps, values);
  }

  /** The observations that decide, of those that have something. */
  private voters(values: readonly unknown[]): number[] {
    return this.#voting.filter((i) => values[i] !== undefined);
  }

  private visitKeys(steps: Steps, values: readonly (JsonObject | undefined)[]): void {
    const there = this.voters(values);
    const all = new Set(values.flatMap((value) => (value ? Object.keys(value) : [])));
    const optional: string[] = [];
    for (const key of all) {
      const has = there.filter((i) => Object.hasOwn(values[i]!, key));
      if (has.length === 0) continue; // only a passive one has it
      if (has.length === there.length) this.visitKey(steps, values, key);
      else optional.push(key);
    }
    if (optional.length === 0) return;
    const renamed = this.visitRenamed(steps, values, optional);
    const left = optional.filter((key) => !renamed.has(key));
    const unexplained = this.visitMembers(
      steps,
      [...all].filter((key) => !renamed.has(key)),
      new Set(left),
      (key, i) => values[i] !== undefined && Object.hasOwn(values[i], key),
      there,
      (key) => this.forms.ofMember(key, values),
    );
    for (const key of left) {
      if (!unexplained.has(key)) this.visitKey(steps, values, key);
      else
        this.misfit(
          [...steps, this.stepOf(values, key)],
          'it is not there in all of them, and follows no scale factor',
          values.map((value) => value?.[key]),
        );
    }
  }

  private visitKey(steps: Steps, values: readonly (JsonObject | undefined)[], key: string): void {
    const children = values.map((value) => (value && Object.hasOwn(value, key) ? value[key] : undefined));
    if (key === 'DependsOn') return this.visitSet([...steps, this.stepOf(values, key)], children);
    this.visit([...steps, this.stepOf(values, key)], children);
  }

  private stepOf(values: readonly (JsonObject | undefined)[], key: string) {
    return values.map((value) => (value && Object.hasOwn(value, key) ? key : undefined));
  }

  /** What a resource waits for. */
  private visitSet(steps: Steps, values: readonly (Json | undefined)[]): void {
    if (waitForOthers(values, this.voters(values), this.observations))
      this.misfit(steps, 'not all of them wait for the same resources', values);
  }

  /** Looks at references once all members are known. */
  visitReferences(): void {
    for (const { steps, values } of this.#references) {
      const found = relationOf(values, this.voters(values), this.members);
      if (found === 'others') this.misfit(steps, 'they refer to different resources', values);
      else if (found !== 'fellows') this.visitWithin(steps, values);
    }
  }

  /** Keys of which every observation has one of its own, equal but for names. */
  private visitRenamed(
    steps: Steps,
    values: readonly (JsonObject | undefined)[],
    optional: readonly string[],
  ): Set<string> {
    const taken = new Set<string>();
    const there = this.voters(values);
    const own = values.map((value) => optional.filter((key) => value && Object.hasOwn(value, key)));
    const first = there.find((i) => this.observations[i]!.isNeutral);
    for (const key of first === undefined ? [] : own[first]!) {
      const keys = own.map((mine, i) =>
        values[i] === undefined
          ? undefined
          : mine.find((other) => !taken.has(other) && this.forms.areRenamed(key, first!, other, i)),
      );
      if (there.some((i) => keys[i] === undefined) || new Set(there.map((i) => keys[i])).size < 2) continue;
      const fit = fitTexts(this.seen(keys), this.sourcesOf);
      if (!fit.parts) continue;
      this.rivals.push(...fit.rivals);
      for (const it of keys) if (it !== undefined) taken.add(it);
      this.keys.push({ steps, keys, parts: fit.parts });
      this.visit(
        [...steps, keys],
        values.map((value, i) => (keys[i] === undefined ? undefined : value?.[keys[i]])),
      );
    }
    return taken;
  }

  /**
   * Keys or items that are not everywhere, as members whose number follows a factor.
   *
   * @param optional - those that have to be explained; the others may be members that are always there
   * @returns those that are not explained
   */
  private visitMembers<K extends string | number>(
    steps: Steps,
    all: readonly K[],
    optional: ReadonlySet<K>,
    has: (key: K, observation: number) => boolean,
    there: readonly number[],
    formsIn: (key: K) => readonly string[],
    indexIn: (key: K, observation: number) => string | number = (key) => key,
    isPlural = true,
  ): Set<K> {
    const { groups, left, wanted } = groupMembers(
      all.map((key) => [key, formsIn(key)] as const),
      optional,
      (keys) =>
        this.follow(
          there.map((i) => keys.filter((key) => has(key, i)).length),
          there,
        ),
    );
    this.wanted.push(...wanted);
    for (const { keys, followed } of groups) {
      const members = this.observations.map((_, i) =>
        keys.map((key) => (has(key, i) ? indexIn(key, i) : undefined)),
      );
      const { expression: count, rivals } = followed;
      this.members.push({ steps, count, rivals, members, isPlural });
    }
    return left;
  }

  private visitItems(steps: Steps, values: readonly (readonly Json[] | undefined)[]): void {
    const there = this.voters(values);
    const columns = alignItems(
      values,
      (item, i) => this.forms.textOfItem(item, i),
      (item, i) => this.forms.ofItem(item, i),
    );
    const isThere = (column: number, i: number): boolean => columns[column]![i] !== undefined;
    const all = columns.map((_, column) => column);
    const optional = new Set(
      all.filter((column) => {
        const has = there.filter((i) => isThere(column, i));
        return has.length > 0 && has.length < there.length;
      }),
    );
    const samples = sampleItems(columns, values);
    const isInText = steps.at(-2)?.includes('Fn::Join') === true;
    const isText = (column: number): boolean => isInText && typeof samples[column]!.item === 'string';
    const unexplained = new Set<number>();
    for (const isPlural of [true, false]) {
      const mine = all.filter((column) => isText(column) !== isPlural);
      const wanted = new Set(mine.filter((column) => optional.has(column)));
      const left = this.visitMembers(
        steps,
        mine,
        wanted,
        isThere,
        there,
        (column) => {
          const { item, i } = samples[column]!;
          // Items that count with letters have a form in common when their texts are left out: zones, device names.
          return [this.forms.ofItem(item, i), formOf(item, () => '')];
        },
        (column, i) => columns[column]![i]!,
        isPlural,
      );
      left.forEach((column) => unexplained.add(column));
    }
    for (const column of all) {
      const items = values.map((value, i) =>
        columns[column]![i] === undefined ? undefined : value![columns[column]![i]],
      );
      if (unexplained.has(column))
        this.misfit(
          [...steps, columns[column]!],
          'it is not in all of the lists, and follows no scale factor',
          items,
        );
      else this.visit([...steps, columns[column]!], items);
    }
  }

  private visitLeaf(steps: Steps, values: readonly (Json | undefined)[]): void {
    const there = this.voters(values);
    const leaves = there.map((i) => values[i]!);
    if (leaves.every((leaf) => typeof leaf === 'number')) {
      const followed = this.follow(leaves, there);
      if (followed.expression) {
        const { expression, rivals } = followed;
        this.places.push({ steps, parts: [{ is: 'scale', expression }], rivals });
      } else this.misfit(steps, followed.why, values, followed);
      return;
    }
    if (!leaves.every((leaf) => typeof leaf === 'string')) {
      this.misfit(steps, 'it is of another kind in some of them, and follows no scale factor', values);
      return;
    }
    const fit = fitTexts(this.seen(values as (string | undefined)[]), this.sourcesOf);
    if (fit.parts) {
      this.rivals.push(...fit.rivals);
      this.places.push({ steps, parts: fit.parts, rivals: fit.rivals.map(([, rival]) => rival) });
    } else this.misfit(steps, fit.why, values, fit);
  }

  private follow(numbers: readonly number[], there: readonly number[]): Followed {
    const followed = this.#rows.follow(numbers, there);
    if (followed.expression)
      for (const rival of followed.rivals) this.rivals.push([followed.expression.name, rival]);
    return followed;
  }

  private seen(values: readonly (string | undefined)[]): Seen[] {
    return this.voters(values).map((i) => {
      const { names, scale, isNeutral } = this.observations[i]!;
      return { text: values[i]!, names, scale, isNeutral };
    });
  }

  private misfit(
    steps: Steps,
    why: string,
    seen: readonly (Json | undefined)[],
    { wanted, isScarce }: Pick<Misfit & Fit, 'wanted' | 'isScarce'> = { wanted: [], isScarce: false },
  ): void {
    this.wanted.push(...wanted);
    this.misfits.push(this.judge.misfit(steps, why, seen, isScarce));
  }
}
