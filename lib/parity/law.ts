import type { Outside } from '../checks/outside';
import { equalJson, type Json } from '../json';
import type { Way } from '../scale/rules';
import { at, keyOf, type Difference, type Path } from '../template/differences';
import type { Model } from '../template/model';
import { fullSide } from './alike';
import { choosing } from './choosing';
import { environment, sideNames, wayOf, type SideNames } from './environment';
import type { Fault, Reason } from './findings';
import { illegalFactors } from './illegal-factors';
import { illegalNames, illegalWord, isDeclared } from './illegal-names';
import { explainLifecycle, SEED } from './lifecycle';
import {
  REWRITE,
  type Definition,
  type ManifestEnvironment,
  type ManifestPair,
  type ManifestStacks,
  type Members,
  type PermittedPlace,
  type RenamedKey,
} from './manifest';
import { isNestedTemplate, NESTED_TEMPLATE } from './nested-template';
import { sharedMembers } from './shared-members';
import { disagrees, pluralOf, TextLaw, type SideValues } from './text-law';
import { fill, fillsTo, placeholder, placeholdersOf, readExpression, unwritten, type Values } from './text';

/** What a manifest permits between two environments, whoever wrote it. */
export class Law {
  /** What the two are called in messages. */
  readonly called: SideNames;
  readonly #way: Way;
  readonly #illegal: ReadonlyMap<string, Reason>;
  readonly #prod: ManifestEnvironment;
  readonly #staging: ManifestEnvironment;
  readonly #values: SideValues;
  readonly #texts: TextLaw;
  /** What is wrong with the manifest itself. */
  readonly faults: readonly Fault[];

  /** Whether one of the two may have something of the life list: a staging is ephemeral, a second production may be restored. */
  allowsLifecycle(what: string): boolean {
    return this.#way === 'smaller' || what === SEED;
  }

  constructor(
    definition: Definition,
    pair: ManifestPair,
    private readonly stacks: ManifestStacks,
  ) {
    this.#prod = environment(definition, pair.prod);
    this.#staging = environment(definition, pair.staging);
    this.#way = wayOf(definition, pair);
    this.called = sideNames(pair, this.#staging.role);
    this.#illegal = illegalFactors(definition, this.#prod, this.#staging, this.#way, this.called);
    const words = stacks.generated.map((word) => illegalWord(word, this.#prod, this.#staging));
    const outside = outsideOf(definition, pair);
    const names = {
      prod: illegalNames(pair.prod, this.#prod, this.#staging, outside),
      staging: illegalNames(pair.staging, this.#staging, this.#prod, outside),
    };
    const valuesOf = (side: 'prod' | 'staging', of: ManifestEnvironment): Values =>
      new Map<string, number | string>([
        ...Object.entries({ ...of.names, ...of.declared }).filter(([name]) => !names[side].has(name)),
        ...Object.entries(of.expressions),
        ...stacks.generated.flatMap((word, i) =>
          words[i] === undefined ? [[`generated.${i}`, word[side]] as const] : [],
        ),
      ]);
    this.#values = { prod: valuesOf('prod', this.#prod), staging: valuesOf('staging', this.#staging) };
    this.#texts = new TextLaw(definition, this.#prod, this.#values, new Set(this.#illegal.keys()));
    const fault = (why: string, prod?: Json, staging?: Json): Fault => ({
      path: [],
      prod,
      staging,
      rule: 'manifest',
      why,
      fix: REWRITE,
    });
    const lives = stacks.places.filter(
      ({ by, factor }) => by === 'lifecycle' && !this.allowsLifecycle(factor),
    );
    this.faults = [
      ...[...this.#illegal].map(([factor, { rule, why }]) => ({
        ...fault(
          why,
          this.#prod.scale[factor] as Json | undefined,
          this.#staging.scale[factor] as Json | undefined,
        ),
        rule,
        ...(rule === 'shape-rule' && {
          fix: `Give ${this.called.staging} a value that keeps the shape, and run cdk synth again.`,
        }),
      })),
      ...[...names.prod.values(), ...names.staging.values()].map((why) => fault(why)),
      ...stacks.generated.flatMap(({ prod, staging }, i) =>
        words[i] === undefined ? [] : [fault(words[i], prod, staging)],
      ),
      ...lives.map(({ path, factor }) => ({ ...fault(onlyInStaging(factor)), path })),
      ...sharedMembers(stacks.members, 'prod'),
      ...(this.#way === 'either' ? sharedMembers(stacks.members, 'staging') : []),
    ];
  }

  get #names() {
    return { prod: Object.entries(this.#prod.names), staging: Object.entries(this.#staging.names) };
  }

  /** Why a place does not permit a difference; undefined when it does. */
  refusal(place: PermittedPlace, { prod, staging }: Difference, p: Model, s: Model): Reason | undefined {
    const difference = { path: place.path, prod, staging };
    const { by, factor } = place;
    if (by === 'lifecycle' && !this.allowsLifecycle(factor)) return disagrees(onlyInStaging(factor));
    const isListed =
      by === 'lifecycle'
        ? explainLifecycle(difference, p, s) === factor
        : by === 'naming' && factor === NESTED_TEMPLATE
          ? isNestedTemplate(difference, this.#names) &&
            typeAt(s, place.path) === 'AWS::CloudFormation::Stack'
          : undefined;
    if (isListed === undefined) return this.misfit(place, prod, staging) ?? this.choice(place, p);
    // No text gives these values: they are the ones that were synthesized.
    const isAsWritten = equalJson(place.prod, prod) && equalJson(place.staging, staging);
    return isListed && isAsWritten
      ? undefined
      : {
          rule: 'other-value',
          why: `the manifest permits it by ${by} ("${factor}"), which gives other values`,
        };
  }

  /** Why a factor may not stand at a place: its property says what something is, and not how much of it. */
  private choice({ path, by, factor, text = '' }: PermittedPlace, prod: Model): Reason | undefined {
    const scaled = by === 'scale' ? placeholdersOf(text).flatMap((it) => readExpression(it) ?? []) : [];
    const isNumber = scaled.some((it) => typeof unwritten(it, this.#values.prod) === 'number');
    const property = isNumber ? choosing(path, prod, text) : undefined;
    return property === undefined
      ? undefined
      : {
          rule: 'decides',
          why: `${property} says what it is, not how much of it, and may not follow ${factor}`,
          fix: 'Give it the same value in both environments: a factor decides how much there is, never what.',
        };
  }

  /** Why a place's text does not give what stands on both sides, or does not explain it; undefined when it does. */
  misfit(place: PermittedPlace, prod: Json | undefined, staging: Json | undefined): Reason | undefined {
    const { text, factor, by } = place;
    const wrong = this.#texts.wrong(text ?? '', by, factor) ?? wrongPlace(place);
    if (wrong) return { ...wrong, why: `the manifest permits it by ${by} ("${factor}"), but ${wrong.why}` };
    const isGiven =
      typeof prod === typeof staging &&
      fillsTo(text!, this.#values.prod, prod) &&
      fillsTo(text!, this.#values.staging, staging);
    if (isGiven) return undefined;
    return {
      rule: 'other-value',
      why: onlyAs(factor, text!),
    };
  }

  /** What is wrong with a key that is renamed. */
  faultsOfKey({ path, prod, staging, text }: RenamedKey): Fault[] {
    const isGiven = fillsTo(text, this.#values.prod, prod) && fillsTo(text, this.#values.staging, staging);
    const cause = placeholdersOf(text).some(
      (it) => this.#texts.causeOf(readExpression(it)?.name ?? '') === 'declared',
    );
    const wrong = this.#texts.wrong(text, cause ? 'declared' : 'naming', declaredIn(text));
    if (isGiven && !wrong) return [];
    const told = wrong?.why ?? `${JSON.stringify(text)} gives other keys`;
    return [
      {
        path: [...path, staging],
        prod,
        staging,
        rule: 'manifest',
        why: `the manifest takes the key "${prod}" for "${staging}", but ${told}`,
        fix: REWRITE,
      },
    ];
  }

  /**
   * What is wrong with the number of members.
   *
   * @param model - that of the side which has most of them
   * @param there - where they stand in it
   */
  faultsOfMembers(members: Members, model: Model, there: Path): Fault[] {
    const { path, factor, count, prod, staging, isSeparator } = members;
    if (this.isLeftOut(path)) return []; // whatever it holds
    const fault = (why: string, rule: Fault['rule'] = 'member-count'): Fault[] => [
      {
        path,
        prod: prod.length,
        staging: staging.length,
        rule,
        why,
        fix: 'Let a factor decide how many members there are, and keep many many.',
      },
    ];
    const isGiven =
      fillsTo(count, this.#values.prod, prod.length) && fillsTo(count, this.#values.staging, staging.length);
    if (!isGiven) {
      const [p, s] = [fill(count, this.#values.prod), fill(count, this.#values.staging)];
      return fault(
        `there are ${prod.length} and ${staging.length} members of ${factor}, where it gives ${p} and ${s}`,
      );
    }
    const told = `${factor} makes ${prod.length} in ${this.called.prod} and ${staging.length} in ${this.called.staging}`;
    if (this.#way === 'smaller' && staging.length > prod.length)
      return fault(`${told}: a staging has no more of them than production`);
    const isBetween = isSeparator === true && this.isBetweenMembers(members, model, there);
    // How many there are of what is written between members means nothing: those are counted themselves.
    const wrong = this.#texts.wrong(isBetween ? withoutNumbers(count) : count, 'scale', factor);
    if (wrong)
      return fault(
        `the members follow ${factor} by ${JSON.stringify(count)}, but ${wrong.why}`,
        wrong.rule === 'shape-rule' ? undefined : wrong.rule,
      );
    if (isBetween || pluralOf(prod.length, true) === pluralOf(staging.length, true)) return [];
    return fault(`${told}: many must stay many, and one one`);
  }

  /** Whether members are texts that stand between the items of a text, of which no more are left out than items. */
  private isBetweenMembers(members: Members, model: Model, there: Path): boolean {
    const { path } = members;
    const side = fullSide(members);
    const left = ({ prod, staging, [side]: all }: Members) =>
      all.slice(Math.min(prod.length, staging.length));
    const items = this.stacks.members.filter((it) => !it.isSeparator && keyOf(it.path) === keyOf(path));
    return (
      path.at(-1) === 1 &&
      path.at(-2) === 'Fn::Join' &&
      members[side].every((member) => typeof at(model, [...there, member]) === 'string') &&
      left(members).length <= new Set(items.flatMap(left)).size
    );
  }

  /** Whether a place is within a member that staging has not. */
  isLeftOut(path: Path): boolean {
    return this.stacks.members.some(
      (members) =>
        members.path.length < path.length &&
        members.path.every((step, i) => step === path[i]) &&
        members.prod.indexOf(path[members.path.length]!) >= members.staging.length,
    );
  }
}

/** Why a value is forbidden at a place that may differ. */
export const onlyAs = (factor: string, text: string): string =>
  `${factor} may differ here, but only as ${JSON.stringify(text)} gives it`;

const onlyInStaging = (factor: string): string =>
  `the manifest permits it by lifecycle ("${factor}"), which no production has`;

/** The names of an expression without what it does to their numbers. */
const withoutNumbers = (text: string): string =>
  text.replaceAll(/\$\{[^}]*\}/g, (written) => {
    const { name, times } = readExpression(written.slice(2, -1)) ?? { name: written };
    return placeholder({ name, ...(times && { times }) });
  });

const typeAt = (model: Model, [section, id]: Path): Json | undefined => at(model, [section!, id!, 'Type']);

const declaredIn = (text: string): string => placeholdersOf(text).find(isDeclared) ?? '';

/** A tag's value is any text: where no tag stands it could switch anything. */
function wrongPlace({ by, factor, path }: PermittedPlace): Reason | undefined {
  if (by !== 'declared' || factor.startsWith('standIn.')) return undefined;
  const words = factor === 'description' ? /description/i : /tag/i;
  if (path.some((step) => typeof step === 'string' && words.test(step))) return undefined;
  return disagrees(factor === 'description' ? 'no description stands here' : 'no tag stands here');
}

/**
 * What may have a stand-in. Productions have none: both have what stands outside itself, wherever a staging has another.
 */
function outsideOf({ pairs }: Definition, { checks }: ManifestPair): readonly Outside[] {
  if (checks) return checks.outside;
  return pairs.flatMap((pair) => pair.checks?.outside ?? []).map(({ standIn: _standIn, ...named }) => named);
}
