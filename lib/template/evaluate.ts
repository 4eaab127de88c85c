import { canonical, equalJson, isObject, listOf, own, type Json, type JsonObject } from '../json';
import { lookUp } from './look-up';
import { NO_VALUE } from './pseudo';
import { subPartsOf } from './sub';

/** Something that is known only when a template is deployed. */
export interface Hinge {
  readonly kind: 'parameter' | 'pseudo' | 'resource' | 'import' | 'macro' | 'mapping';
  /** `Env`, `AWS::StackName`, `Orders.Endpoint`. */
  readonly name: string;
}

/** What is known before a template is deployed. */
export interface DeploymentFacts {
  /** The values of parameters: texts, and lists for parameters of lists. @default - none is known */
  readonly parameters?: ReadonlyMap<string, Json>;
  /** The values of pseudo parameters, such as `AWS::Region`. @default - none is known */
  readonly pseudo?: Readonly<Record<string, string>>;
}

/** What a value comes to. */
export interface Evaluated {
  /** The value; undefined when it is not known, and for `AWS::NoValue`. */
  readonly value: Json | undefined;
  /** What it would take to know it; empty when it is known. */
  readonly unknown: readonly Hinge[];
  /** Everything that decides it, known or not. */
  readonly hangsOn: readonly Hinge[];
}

/** The sections of a template that decide what its intrinsic functions give. */
export type Logic = Readonly<Partial<Record<'Parameters' | 'Mappings' | 'Conditions', Json>>>;

/** Whether a value is known before it is deployed. */
export const isKnown = ({ unknown }: Evaluated): boolean => unknown.length === 0;

/**
 * Evaluates the intrinsic functions of one template, as far as they are known before it is deployed. Sources: AWS CloudFormation
 * Template Reference, "Intrinsic functions" and "Condition functions".
 */
export class Evaluator {
  readonly #conditions = new Map<string, Evaluated>();

  constructor(
    private readonly logic: Logic,
    private readonly facts: DeploymentFacts,
  ) {}

  /** What a value comes to; texts, lists and objects may hold intrinsic functions. */
  value(node: Json): Evaluated {
    if (Array.isArray(node)) return this.items(node as Json[]);
    if (!isObject(node)) return known(node);
    const [name, ...others] = Object.keys(node);
    if (name === undefined || others.length > 0) return this.entries(node);
    if (name === 'Ref' && typeof node[name] === 'string') return this.ref(node[name]);
    return name.startsWith('Fn::') ? this.call(name, node[name]!) : this.entries(node);
  }

  get mappings(): JsonObject {
    return sectionOf(this.logic, 'Mappings');
  }

  /** Whether a condition holds, by its name. */
  condition(name: string): Evaluated {
    const found = this.#conditions.get(name);
    if (found) return found;
    // What a condition would say of itself is never asked again: CloudFormation refuses circles.
    this.#conditions.set(name, unknown({ kind: 'mapping', name }));
    const written = own(sectionOf(this.logic, 'Conditions'), name);
    const result = written === undefined ? unknown({ kind: 'mapping', name }) : this.holds(written);
    this.#conditions.set(name, result);
    return result;
  }

  /** Whether what is written in `Conditions`, or in a function of them, holds. */
  private holds(node: Json): Evaluated {
    if (!isObject(node)) return known(node === true || node === 'true');
    const [[name, argument] = ['', null], ...more] = Object.entries(node);
    const all = listOf(argument);
    // What CloudFormation refuses is nothing that could be decided.
    const isRefused = name === '' || more.length > 0 || all.length !== (own(ARITY, name) ?? all.length);
    if (isRefused) return unknown({ kind: 'mapping', name });
    if (name === 'Condition') return this.condition(String(argument));
    if (name === 'Fn::Equals') return this.areEqual(all[0] ?? '', all[1] ?? '');
    if (name === 'Fn::Not') return map(this.holds(all[0] ?? false), (it) => it !== true);
    if (name === 'Fn::And' || name === 'Fn::Or')
      return any(
        all.map((it) => this.holds(it)),
        name === 'Fn::Or',
      );
    return this.value(node);
  }

  private areEqual(left: Json, right: Json): Evaluated {
    if (canonical(left) === canonical(right)) return known(true);
    const [a, b] = [this.value(left), this.value(right)];
    if (isKnown(a) && isKnown(b)) return joined([a, b], () => textual(a.value) === textual(b.value));
    for (const [open, other, written] of [
      [a, b, left],
      [b, a, right],
    ] as const)
      if (isKnown(other) && !isKnown(open) && this.cannotBe(written, other.value)) return known(false);
    return joined([a, b], () => false);
  }

  /** Whether a value is none of those that its parameter allows. */
  private cannotBe(written: Json, value: Json | undefined): boolean {
    const name = isObject(written) && Object.keys(written).length === 1 ? written['Ref'] : undefined;
    const parameter = typeof name === 'string' ? this.parameter(name) : undefined;
    const allowed = listOf(parameter?.['AllowedValues']);
    return allowed.length > 0 && !allowed.some((it) => textual(it) === textual(value));
  }

  private parameter(name: string): JsonObject | undefined {
    const found = own(sectionOf(this.logic, 'Parameters'), name);
    return isObject(found) ? found : undefined;
  }

  /** The value of `Ref`. */
  ref(name: string): Evaluated {
    if (name === NO_VALUE) return known(undefined);
    if (name.startsWith('AWS::')) return given({ kind: 'pseudo', name }, this.facts.pseudo?.[name]);
    if (this.parameter(name)) return given({ kind: 'parameter', name }, this.facts.parameters?.get(name));
    return unknown({ kind: 'resource', name });
  }

  private items(items: readonly Json[]): Evaluated {
    const all = items.map((it) => this.value(it));
    return joined(all, () => all.flatMap(({ value }) => (value === undefined ? [] : [value])));
  }

  private entries(node: JsonObject): Evaluated {
    const all = Object.entries(node).map(([key, child]) => [key, this.value(child)] as const);
    return joined(
      all.map(([, it]) => it),
      () =>
        Object.fromEntries(all.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]]))),
    );
  }

  private call(name: string, argument: Json): Evaluated {
    const evaluate = own(FUNCTIONS, name);
    return evaluate ? evaluate(argument, this) : this.opaque(name, argument);
  }

  /** What only AWS can evaluate: it hangs on its arguments too. */
  private opaque(name: string, argument: Json): Evaluated {
    const kind = own(OPAQUE, name) ?? 'macro';
    const inner = name === 'Fn::GetAtt' ? [] : this.value(argument).hangsOn;
    const of = name === 'Fn::GetAtt' ? [argument].flat(2).map(String).join('.') : name;
    const hinges = [{ kind, name: of }, ...inner];
    return { value: undefined, unknown: hinges, hangsOn: hinges };
  }
}

/** How many conditions or values a function of conditions takes that takes no other number. */
const ARITY: Readonly<Record<string, number>> = { 'Fn::Equals': 2, 'Fn::Not': 1 };

/** Evaluates one function. */
type Evaluate = (argument: Json, evaluator: Evaluator) => Evaluated;

const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  'Fn::Join': (argument, evaluator) => {
    const [separator, items] = listOf(argument);
    const all = evaluator.value(items ?? []);
    return map(all, (it) => listOf(it).map(textual).join(textual(separator)));
  },
  'Fn::Sub': (argument, evaluator) => {
    const [text, variables] = Array.isArray(argument) ? (argument as Json[]) : [argument, {}];
    const pieces = subPartsOf(String(text ?? '')).map((piece) => {
      if ('text' in piece) return known(piece.text);
      const variable = isObject(variables) ? own(variables, piece.name) : undefined;
      if (variable !== undefined) return evaluator.value(variable);
      return piece.name.includes('.')
        ? unknown({ kind: 'resource', name: piece.name })
        : evaluator.ref(piece.name);
    });
    return joined(pieces, () => pieces.map(({ value }) => textual(value)).join(''));
  },
  'Fn::Select': (argument, evaluator) => {
    const [index, items] = listOf(argument);
    const [i, all] = [evaluator.value(index ?? 0), evaluator.value(items ?? [])];
    return joined([i, all], () => listOf(all.value)[Number(i.value)]);
  },
  'Fn::Split': (argument, evaluator) => {
    const [separator, text] = listOf(argument);
    return map(evaluator.value(text ?? ''), (it) => textual(it).split(textual(separator)));
  },
  'Fn::FindInMap': (argument, evaluator) => {
    const [name, first, second, rest] = listOf(argument).map((it, i) =>
      i < 3 ? evaluator.value(it) : it,
    ) as [Evaluated?, Evaluated?, Evaluated?, Json?];
    const keys = [name, first, second].map((it) => it ?? known(''));
    if (!keys.every(isKnown)) return joined(keys, () => undefined);
    const [table, row, column] = keys.map(({ value }) => textual(value));
    const found = lookUp(evaluator.mappings, [table!, row!, column!]);
    const otherwise = isObject(rest) ? rest['DefaultValue'] : undefined;
    if (found !== undefined) return joined(keys, () => found);
    if (otherwise !== undefined)
      return joined([...keys, evaluator.value(otherwise)], () => evaluator.value(otherwise).value);
    return joined(
      [...keys, unknown({ kind: 'mapping', name: `${table}.${row}.${column}` })],
      () => undefined,
    );
  },
  'Fn::If': (argument, evaluator) => {
    const [name, yes, no] = listOf(argument);
    const decided = evaluator.condition(String(name));
    if (!isKnown(decided)) {
      const same = yes !== undefined && no !== undefined && equalJson(yes, no);
      return same ? evaluator.value(yes) : decided;
    }
    const chosen = evaluator.value((decided.value === true ? yes : no) ?? '');
    return joined([decided, chosen], () => chosen.value);
  },
  'Fn::Length': (argument, evaluator) => {
    return map(evaluator.value(argument), (it) => listOf(it).length);
  },
  'Fn::ToJsonString': (argument, evaluator) => {
    return map(evaluator.value(argument), (it) => JSON.stringify(it ?? null));
  },
  'Fn::Base64': (argument, evaluator) => {
    return map(evaluator.value(argument), (it) => Buffer.from(textual(it)).toString('base64'));
  },
};

/** Functions that AWS evaluates, by what their values come from. */
const OPAQUE: Readonly<Record<string, Hinge['kind']>> = {
  'Fn::GetAtt': 'resource',
  'Fn::GetAZs': 'resource',
  'Fn::Cidr': 'resource',
  'Fn::ImportValue': 'import',
  'Fn::GetStackOutput': 'import',
};

const known = (value: Json | undefined): Evaluated => ({ value, unknown: [], hangsOn: [] });
const unknown = (hinge: Hinge): Evaluated => ({ value: undefined, unknown: [hinge], hangsOn: [hinge] });

const given = (hinge: Hinge, value: Json | undefined): Evaluated =>
  value === undefined ? unknown(hinge) : { value, unknown: [], hangsOn: [hinge] };

/** The value of several parts: known when all of them are. */
function joined(parts: readonly Evaluated[], value: () => Json | undefined): Evaluated {
  const open = parts.flatMap((it) => it.unknown);
  return {
    value: open.length === 0 ? value() : undefined,
    unknown: distinct(open),
    hangsOn: distinct(parts.flatMap((it) => it.hangsOn)),
  };
}

const map = (part: Evaluated, value: (it: Json | undefined) => Json | undefined): Evaluated =>
  joined([part], () => value(part.value));

/** `Fn::Or`, or `Fn::And`: one part that settles it is enough, whatever the others are. */
function any(parts: readonly Evaluated[], settling: boolean): Evaluated {
  const settled = parts.find((it) => isKnown(it) && (it.value === true) === settling);
  return settled ? map(settled, () => settling) : joined(parts, () => !settling);
}

/** Each of several once. */
export function distinct(hinges: readonly Hinge[]): readonly Hinge[] {
  return hinges.filter(
    (it, i) => hinges.findIndex(({ kind, name }) => kind === it.kind && name === it.name) === i,
  );
}

/** A value as CloudFormation compares and joins it: numbers and booleans are texts. */
const textual = (value: Json | undefined): string =>
  typeof value === 'object' && value !== null ? canonical(value) : String(value ?? '');

function sectionOf(logic: Logic, name: keyof Logic): JsonObject {
  const section = logic[name];
  return isObject(section) ? section : {};
}
