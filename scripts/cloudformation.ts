import { isObject, listOf, type Json, type JsonObject } from '../lib/json';

/** What a template is deployed with: everything is known. */
export interface Deployment {
  /** Texts, by name; others have their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The values of pseudo parameters. */
  readonly pseudo: Readonly<Record<string, string>>;
}

/**
 * What CloudFormation makes of a template, as far as templates decide it: which resources and outputs there are, with which values.
 * Written from the documentation alone, and without anything of lib: what parity says is held against it. Attributes and references to
 * resources stay what they are. Undefined for what CloudFormation refuses.
 *
 * Source: AWS CloudFormation Template Reference, "Intrinsic functions" and "Condition functions".
 */
export function deploy(template: JsonObject, deployment: Deployment): JsonObject | undefined {
  try {
    return new Stack(template, deployment).made();
  } catch (error) {
    if (error === REFUSED) return undefined;
    throw error;
  }
}

const REFUSED = new Error('CloudFormation refuses this');
const refuse = (): never => {
  throw REFUSED;
};

/** What is done where nothing is said, with all but databases. */
const DEFAULTS = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };

const NOTHING = Symbol('AWS::NoValue');
type Value = Json | typeof NOTHING;

class Stack {
  constructor(
    private readonly template: JsonObject,
    private readonly deployment: Deployment,
  ) {}

  made(): JsonObject {
    this.check();
    const entries = (section: string): Json => {
      const made = Object.entries(this.section(section)).flatMap(([id, entry]): [string, Json][] => {
        if (!isObject(entry)) return refuse();
        const { Condition: condition, Metadata: metadata, ...written } = entry;
        const rest = section === 'Resources' ? { ...DEFAULTS, ...written } : written;
        if (condition !== undefined && !this.holds({ Condition: condition })) return [];
        const scripts = Object.entries(isObject(metadata) ? metadata : {}).filter(([key]) =>
          /^AWS::CloudFormation::(?:Init|Authentication)$/.test(key),
        );
        const value = this.value({
          ...rest,
          ...(scripts.length > 0 && { Metadata: Object.fromEntries(scripts) }),
        });
        return [[id, value as Json]];
      });
      return Object.fromEntries(made);
    };
    return { Resources: entries('Resources'), Outputs: entries('Outputs') };
  }

  private section(name: string): JsonObject {
    const section = this.template[name] ?? {};
    return isObject(section) ? section : refuse();
  }

  /** Refuses what CloudFormation refuses before it makes anything. */
  private check(): void {
    const given = Object.keys(this.deployment.parameters);
    if (given.some((name) => !Object.hasOwn(this.section('Parameters'), name))) refuse();
    for (const section of ['Parameters', 'Conditions', 'Mappings', 'Resources', 'Outputs'])
      if (!Object.values(this.section(section)).every(isObject)) refuse();
    for (const mapping of Object.values(this.section('Mappings')))
      if (!Object.values(mapping as JsonObject).every(isObject)) refuse();
    for (const rules of Object.values(this.section('Parameters')))
      if (typeof (rules as JsonObject)['Type'] !== 'string') refuse();
    for (const entry of Object.values(this.section('Resources')))
      if (typeof (entry as JsonObject)['Type'] !== 'string') refuse();
    for (const section of ['Conditions', 'Resources', 'Outputs']) this.checkCalls(this.section(section));
    Object.keys(this.section('Conditions')).forEach((name) => this.holds({ Condition: name }));
  }

  private checkCalls(node: Json): void {
    if (Array.isArray(node)) (node as Json[]).forEach((it) => this.checkCalls(it));
    if (!isObject(node)) return;
    const isKnown = (name: Json | undefined, ...sections: string[]): boolean =>
      typeof name === 'string' && sections.some((it) => Object.hasOwn(this.section(it), name));
    const calls = Object.keys(node).filter((key) => key === 'Ref' || key.startsWith('Fn::'));
    if (calls.length > 0 && Object.keys(node).length > 1) refuse();
    for (const [name, argument] of Object.entries(node)) {
      const [first] = listOf(argument);
      const isPseudo = typeof argument === 'string' && argument.startsWith('AWS::');
      if (name === 'Ref' && !isPseudo && !isKnown(argument, 'Parameters', 'Resources')) refuse();
      if (name === 'Fn::FindInMap' && typeof first === 'string' && !isKnown(first, 'Mappings')) refuse();
      if (name === 'Fn::If' && !isKnown(first, 'Conditions')) refuse();
      const arity = Object.hasOwn(ARITY, name) ? ARITY[name] : undefined;
      if (arity !== undefined && (!Array.isArray(argument) || argument.length !== arity)) refuse();
      this.checkCalls(argument);
    }
  }

  private parameter(name: string): Json {
    const rules = this.section('Parameters')[name];
    if (!isObject(rules)) return refuse();
    const text = this.deployment.parameters[name] ?? rules['Default'];
    if (text === undefined || isObject(text) || Array.isArray(text)) return refuse();
    const type = String(rules['Type']);
    const value = String(text);
    if (type.startsWith('AWS::SSM::')) return { stored: value };
    return /^(?:CommaDelimitedList|List<)/.test(type) ? value.split(',').map((it) => it.trim()) : value;
  }

  private ref(name: Json): Value {
    if (typeof name !== 'string') return refuse();
    if (name === 'AWS::NoValue') return NOTHING;
    if (Object.hasOwn(this.section('Parameters'), name)) return this.parameter(name);
    return this.deployment.pseudo[name] ?? { Ref: name };
  }

  /** Whether what is written in conditions holds. */
  private holds(node: Json): boolean {
    if (!isObject(node)) return refuse();
    const [[name, argument] = ['', null], ...more] = Object.entries(node);
    if (more.length > 0) return refuse();
    const all = listOf(argument);
    if (name === 'Condition') {
      const written = this.section('Conditions')[String(argument)];
      return written === undefined ? refuse() : this.holds(written);
    }
    if (name === 'Fn::Equals')
      return JSON.stringify(this.texts(all[0]!)) === JSON.stringify(this.texts(all[1]!));
    if (name === 'Fn::Not') return !this.holds(all[0] ?? null);
    if (name === 'Fn::And') return all.map((it) => this.holds(it)).every(Boolean);
    return name === 'Fn::Or' ? all.map((it) => this.holds(it)).some(Boolean) : refuse();
  }

  private texts(node: Json): Json {
    const value = this.value(node);
    return typeof value === 'object' || typeof value === 'symbol' ? (value as Json) : String(value);
  }

  private value(node: Json): Value {
    if (Array.isArray(node))
      return (node as Json[]).map((it) => this.value(it)).filter((it) => it !== NOTHING);
    if (!isObject(node)) return node;
    const [[name, argument] = ['', null], ...more] = Object.entries(node);
    if (more.length === 0) {
      if (name === 'Ref') return this.ref(argument);
      if (name === 'Fn::GetAtt') return node;
      if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!(listOf(argument), this.with(argument));
    }
    const entries = Object.entries(node).map(([key, child]) => [key, this.value(child)] as const);
    return Object.fromEntries(entries.filter(([, it]) => it !== NOTHING)) as JsonObject;
  }

  private with(argument: Json) {
    return {
      argument,
      value: (node: Json): Value => this.value(node),
      holds: (name: Json): boolean => this.holds({ Condition: name }),
      ref: (name: string): Value => this.ref(name),
      mapping: (keys: readonly Json[]): Json => {
        let found: Json | undefined = this.section('Mappings');
        for (const key of keys) found = isObject(found) ? found[String(this.value(key))] : undefined;
        return found ?? refuse();
      },
    };
  }
}

/** How many arguments functions take that take no other number. */
const ARITY: Readonly<Record<string, number>> = {
  'Fn::Equals': 2,
  'Fn::FindInMap': 3,
  'Fn::If': 3,
  'Fn::Join': 2,
  'Fn::Not': 1,
  'Fn::Select': 2,
};

type Call = ReturnType<Stack['with']>;

const FUNCTIONS: Readonly<Record<string, (all: readonly Json[], call: Call) => Value>> = {
  'Fn::If': ([name, yes, no], { holds, value }) => value((holds(name ?? null) ? yes : no) ?? refuse()),
  'Fn::FindInMap': (all, { mapping }) => mapping(all),
  'Fn::Select': ([index, list], { value }) => {
    const items = value(list ?? refuse());
    return (Array.isArray(items) ? (items as Json[])[Number(index)] : undefined) ?? refuse();
  },
  'Fn::Base64': (_, { argument, value }) => ({ base64: value(argument) as Json }),
  'Fn::Join': ([delimiter, list], { value }) => {
    const items = value(list ?? refuse());
    return Array.isArray(items) ? joined(items as Json[], String(delimiter)) : refuse();
  },
  'Fn::Sub': (all, { argument, value, ref }) => {
    const [text, names] = Array.isArray(argument) ? all : [argument, {}];
    const variables = isObject(names) ? names : {};
    const pieces = String(text)
      .split(/(\$\{[^}]*\})/)
      .map((piece): Json => {
        const name = /^\$\{([^!}][^}]*)\}$/.exec(piece)?.[1]?.trim();
        if (name === undefined) return piece.replace('${!', '${');
        if (Object.hasOwn(variables, name)) return value(variables[name]!) as Json;
        return name.includes('.') ? { 'Fn::GetAtt': name } : (ref(name) as Json);
      });
    return joined(pieces, '');
  },
};

/** Items as one text, as far as they are known: what is known is in one piece. */
function joined(items: readonly Json[], delimiter: string): Json {
  const pieces: Json[] = [];
  items.forEach((item, i) => {
    for (const piece of i === 0 ? [item] : [delimiter, item]) {
      const last = pieces.at(-1);
      if (typeof piece === 'object' && piece !== null) pieces.push(piece);
      else if (typeof last === 'string') pieces[pieces.length - 1] = `${last}${String(piece)}`;
      else pieces.push(String(piece));
    }
  });
  const known = pieces.filter((piece) => piece !== '');
  return known.length < 2 && typeof (known[0] ?? '') === 'string' ? (known[0] ?? '') : { text: known };
}
