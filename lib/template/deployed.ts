import { isObject, listOf, onlyKey, own, type Json, type JsonObject } from '../json';
import { Evaluator, isKnown, type DeploymentFacts } from './evaluate';
import { parametersOf } from './parameters';
import { NO_VALUE } from './pseudo';
import { subOf, subPartsOf } from './sub';

/**
 * A template as it would be deployed, as far as that is known: what is behind a condition that does not hold is absent, `Fn::If` is
 * its branch, a look-up its value, and a parameter what it is given. Pseudo parameters stay as they are written: whatever they stand
 * for, they mean the same. The template itself is left as it was.
 *
 * @param given - what its parameters are given, as texts: their defaults say nothing then. @default - not known
 * @param other - the template that it is compared with: what everything there has been decided by is left out here too. @default - none
 */
export function asDeployed(
  template: JsonObject,
  facts: DeploymentFacts,
  given?: ReadonlyMap<string, string>,
  other: Json = {},
): JsonObject {
  return new Folding(template, facts, given).template(isObject(other) ? other : {});
}

/** The sections whose entries are made, or exported. */
const MADE = ['Resources', 'Outputs'] as const;

class Folding {
  readonly #evaluator: Evaluator;
  /** The parameters whose values take their places. */
  readonly #values: ReadonlyMap<string, Json>;

  constructor(
    private readonly whole: JsonObject,
    facts: DeploymentFacts,
    private readonly given: ReadonlyMap<string, string> | undefined,
  ) {
    this.#evaluator = new Evaluator(whole, facts);
    const hidden = new Set(parametersOf(whole).flatMap(({ isHidden, name }) => (isHidden ? [name] : [])));
    this.#values = new Map([...(facts.parameters ?? [])].filter(([name]) => !hidden.has(name)));
  }

  template(other: JsonObject): JsonObject {
    const sections = MADE.flatMap((section) => {
      const entries = this.whole[section];
      return isObject(entries) ? [[section, this.entries(entries)] as const] : [];
    });
    const parameters = this.parameters();
    const folded = {
      ...this.whole,
      ...Object.fromEntries(sections),
      ...(parameters && { Parameters: parameters }),
    };
    return withoutSettled(folded, [this.whole, other]);
  }

  /** Where values are given, defaults say nothing; what is given for a value in Parameter Store is its name there. */
  private parameters(): JsonObject | undefined {
    const { given } = this;
    if (!given || !isObject(this.whole['Parameters'])) return undefined;
    const entries = parametersOf(this.whole).map(({ name, rules, isStored }) => {
      const { Default: standard, ...others } = rules;
      const stored = given.get(name) ?? standard;
      return [name, isStored && stored !== undefined ? { ...others, Default: stored } : others] as const;
    });
    return Object.fromEntries(entries);
  }

  private entries(entries: JsonObject): JsonObject {
    const kept = Object.entries(entries).flatMap(([id, entry]): [string, Json][] => {
      if (!isObject(entry)) return [[id, entry]];
      const { Condition: name, ...rest } = entry;
      const holds = typeof name === 'string' ? this.#evaluator.condition(name) : undefined;
      const isSettled = holds !== undefined && isKnown(holds);
      if (isSettled && holds.value !== true) return [];
      return [[id, this.fold(isSettled ? rest : entry) ?? {}]];
    });
    return Object.fromEntries(kept);
  }

  /** A value as it would be deployed; undefined for `AWS::NoValue`. What is the same is the same object. */
  private fold(node: Json): Json | undefined {
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node))
      return changed(
        node as Json[],
        (node as Json[]).map((it) => this.fold(it)),
      );
    const name = onlyKey(node as JsonObject);
    if (name !== undefined) {
      const folded = this.call(name, node as JsonObject);
      if (folded !== CALLED_NOTHING) return folded;
    }
    return this.foldEntries(node as JsonObject);
  }

  /** Most objects stay what they are: entries are only gathered from the first that does not. */
  private foldEntries(node: JsonObject): JsonObject {
    const keys = Object.keys(node);
    let entries: [string, Json][] | undefined;
    for (const [i, key] of keys.entries()) {
      const child = node[key]!;
      const folded = this.fold(child);
      if (folded !== child) entries ??= keys.slice(0, i).map((it) => [it, node[it]!]);
      if (folded !== undefined) entries?.push([key, folded]);
    }
    return entries ? Object.fromEntries(entries) : node;
  }

  private call(name: string, node: JsonObject): Json | undefined | typeof CALLED_NOTHING {
    const argument = node[name]!;
    if (name === 'Ref' && typeof argument === 'string')
      return argument === NO_VALUE ? undefined : (this.#values.get(argument) ?? node);
    if (name === 'Fn::If') return this.if(node, listOf(argument));
    if (name === 'Fn::FindInMap') {
      const found = this.#evaluator.value(node);
      return isKnown(found) ? found.value : CALLED_NOTHING;
    }
    if (name === 'Fn::Sub') return this.sub(node, argument);
    return CALLED_NOTHING;
  }

  private if(node: JsonObject, [name, yes, no]: readonly Json[]): Json | undefined {
    const holds = this.#evaluator.condition(String(name));
    if (isKnown(holds)) return this.fold((holds.value === true ? yes : no) ?? '');
    const keep = (it: Json | undefined): Json =>
      it === undefined ? '' : (this.fold(it) ?? { Ref: NO_VALUE });
    const branches = [name!, keep(yes), keep(no)];
    return branches[1] === yes && branches[2] === no ? node : { 'Fn::If': branches };
  }

  private sub(node: JsonObject, argument: Json): Json {
    const [text, names]: readonly Json[] = Array.isArray(argument) ? (argument as Json[]) : [argument];
    const variables = isObject(names) ? names : undefined;
    let isSame = true;
    const pieces = subPartsOf(String(text ?? '')).map((piece) => {
      const value =
        'name' in piece && !own(variables ?? {}, piece.name) ? this.#values.get(piece.name) : undefined;
      if (value === undefined || typeof value === 'object') return piece;
      isSame = false;
      return { text: String(value) };
    });
    const folded = variables && this.fold(variables);
    if (isSame && folded === variables) return node;
    const written = subOf(pieces);
    return { 'Fn::Sub': folded === undefined ? written : [written, folded] };
  }
}

/** For functions that stay what they are, but for their arguments. */
const CALLED_NOTHING = Symbol('called nothing');

/** A list without what became nothing; the list itself when nothing changed. */
function changed(before: readonly Json[], after: readonly (Json | undefined)[]): readonly Json[] {
  if (after.every((it, i) => it === before[i])) return before;
  return after.filter((it): it is Json => it !== undefined);
}

/** A template without the conditions and mappings that everything in it has been decided by. */
function withoutSettled(folded: JsonObject, wholes: readonly JsonObject[]): JsonObject {
  const sections = (['Conditions', 'Mappings'] as const).filter((section) => isObject(folded[section]));
  if (sections.length === 0) return folded;
  const after = namedIn(folded);
  let named: readonly ReturnType<typeof namedIn>[] | undefined;
  const before = () => (named ??= wholes.map(namedIn)); // which is seldom asked
  const kept = sections.map((section) => {
    const isSettled = (name: string): boolean =>
      !after[section].has(name) && before().some((it) => it[section].has(name));
    const entries = Object.entries(folded[section] as JsonObject);
    return [section, Object.fromEntries(entries.filter(([name]) => !isSettled(name)))] as const;
  });
  return { ...folded, ...Object.fromEntries(kept) };
}

/** The conditions and mappings that a template's entries hang on, by their names. */
function namedIn(template: JsonObject): Readonly<Record<'Conditions' | 'Mappings', ReadonlySet<string>>> {
  const [conditions, mappings] = [new Set<string>(), new Set<string>()];
  const written = isObject(template['Conditions']) ? template['Conditions'] : {};
  const note = (name: string): void => {
    if (conditions.has(name)) return;
    conditions.add(name);
    walk(own(written, name) ?? null);
  };
  const walk = (node: Json): void => {
    if (Array.isArray(node)) return (node as Json[]).forEach(walk);
    if (!isObject(node)) return;
    for (const key in node) {
      const child = node[key]!;
      const first = Array.isArray(child) ? (child as Json[])[0] : undefined;
      if (key === 'Condition' && typeof child === 'string') note(child);
      if (key === 'Fn::If' && typeof first === 'string') note(first);
      if (key === 'Fn::FindInMap') {
        if (typeof first === 'string') mappings.add(first);
        else
          Object.keys(isObject(template['Mappings']) ? template['Mappings'] : {}).forEach((it) =>
            mappings.add(it),
          );
      }
      walk(child);
    }
  };
  for (const section of MADE) walk(template[section] ?? null);
  return { Conditions: conditions, Mappings: mappings };
}
