import { isObject, isParent, listOf, mentions, onlyKey, type Json, type JsonObject } from '../json';
import { keyOf, type Path } from './differences';
import { isLoop } from './for-each';
import { Evaluator, isKnown, type DeploymentFacts, type Evaluated } from './evaluate';
import { transformsOf } from './transforms';

/** A place of a template where something decides what is deployed. */
export interface Decision {
  /**
   * A condition, a look-up in a mapping, the index of a list, the name of a value in Parameter Store, a part of a template, or the
   * items of a loop.
   */
  readonly kind: 'condition' | 'look-up' | 'choice' | 'stored value' | 'macro' | 'loop';
  /** A condition's own place; for others where they stand. */
  readonly path: Path;
  /** What it comes to, as far as that is known. */
  readonly outcome: Evaluated;
  /** The places that hang on it. */
  readonly decides: readonly Path[];
}

/** The sections of a template, as models and templates have them. */
export type Sections = Readonly<
  Partial<Record<'Resources' | 'Outputs' | 'Parameters' | 'Mappings' | 'Conditions' | 'Transform', Json>>
>;

/** The decisions of a template that anything hangs on, by the key of their path. */
export function decisionsOf(sections: Sections, facts: DeploymentFacts): ReadonlyMap<string, Decision> {
  const found = new Finder(new Evaluator(sections, facts));
  for (const section of ['Resources', 'Outputs'] as const) {
    const entries = sections[section];
    if (isObject(entries))
      for (const [id, entry] of Object.entries(entries))
        if (isLoop(id)) found.loop(entry, [section, id]);
        else found.entry(entry, [section, id]);
  }
  transformsOf(sections).forEach((it, i) => found.macro(isObject(it) ? it : { Name: it }, ['Transform', i]));
  return found.decisions;
}

/** A dynamic reference that reads a value out of Parameter Store; secrets are an environment's own. */
const STORED = '{{resolve:ssm:';

class Finder {
  readonly decisions = new Map<string, Decision>();

  constructor(private readonly evaluator: Evaluator) {}

  entry(entry: Json, path: Path): void {
    if (!isObject(entry)) return;
    const { Condition: name, ...rest } = entry;
    const isAlive = typeof name !== 'string' || this.condition(name, path) !== false;
    if (isAlive) this.walk(rest, path);
  }

  /** A macro of the account's own may make anything of each stack; AWS's own do what they are told. */
  macro(macro: JsonObject, path: Path): void {
    const { Name: called = '', Parameters: parameters = {} } = macro;
    const told = this.evaluator.value([called, parameters]);
    const isOfAws = typeof called === 'string' && called.startsWith('AWS::');
    const own = isOfAws ? [] : [{ kind: 'macro' as const, name: String(called) }];
    const [unknown, hangsOn] = [
      [...own, ...told.unknown],
      [...own, ...told.hangsOn],
    ];
    if (hangsOn.length > 0)
      this.add({ kind: 'macro', path, outcome: { ...told, unknown, hangsOn }, decides: [path] });
  }

  /** A loop that could not be expanded: its items decide what exists. */
  loop(loop: Json, path: Path): void {
    const [, collection, fragment] = listOf(loop);
    if (collection === undefined) return;
    const outcome = this.evaluator.value(collection);
    if (outcome.hangsOn.length > 0) this.add({ kind: 'loop', path, outcome, decides: [path] });
    if (isObject(fragment))
      for (const [key, entry] of Object.entries(fragment)) this.inLoop(key, entry, [...path, 2, key]);
  }

  private inLoop(key: string, entry: Json, path: Path): void {
    if (isLoop(key)) this.loop(entry, path);
    else this.walk(entry, path);
  }

  /** What a condition comes to; undefined when that is not known. */
  private condition(name: string, decides: Path): boolean | undefined {
    const outcome = this.evaluator.condition(name);
    this.add({ kind: 'condition', path: ['Conditions', name], outcome, decides: [decides] });
    return isKnown(outcome) ? outcome.value === true : undefined;
  }

  private add(decision: Decision): void {
    const key = keyOf(decision.path);
    const before = this.decisions.get(key);
    this.decisions.set(
      key,
      before ? { ...before, decides: [...before.decides, ...decision.decides] } : decision,
    );
  }

  private walk(node: Json, path: Path): void {
    if (Array.isArray(node)) {
      for (const [i, item] of (node as Json[]).entries()) if (isParent(item)) this.walk(item, [...path, i]);
    } else if (isObject(node)) {
      const name = onlyKey(node);
      if (name !== undefined && this.call(name, node, path)) return;
      for (const key in node) {
        const child = node[key]!;
        if (isParent(child)) this.inLoop(key, child, [...path, key]);
      }
    }
  }

  /** Notes what a function decides; true when there is nothing else to look for in it. */
  private call(name: string, node: JsonObject, path: Path): boolean {
    const argument = node[name]!;
    const [first] = listOf(argument);
    if (name === 'Fn::If' && typeof first === 'string') {
      const holds = this.condition(first, path);
      [true, false].forEach((branch, i) => {
        const value = listOf(argument)[i + 1];
        if (value !== undefined && holds !== !branch) this.walk(value, [...path, name, i + 1]);
      });
      return true;
    }
    const note = (kind: Decision['kind'], of: Json): void => {
      const outcome = this.evaluator.value(of);
      if (outcome.hangsOn.length > 0) this.add({ kind, path, outcome, decides: [path] });
    };
    if (name === 'Fn::FindInMap') {
      const keys = listOf(argument).slice(0, 3);
      const outcome = this.evaluator.value(node);
      const { hangsOn } = this.evaluator.value(keys);
      if (hangsOn.length > 0)
        this.add({ kind: 'look-up', path, outcome: { ...outcome, hangsOn }, decides: [path] });
    }
    if (name === 'Fn::Select' && first !== undefined) note('choice', first);
    if (name === 'Fn::Transform' && isObject(argument)) this.macro(argument, path);
    if ((name === 'Fn::Sub' || name === 'Fn::Join') && mentions(argument, STORED)) note('stored value', node);
    return false;
  }
}
