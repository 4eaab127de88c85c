import { propertiesOf } from '../lib/aws/properties';
import { isObject, listOf, type Json, type JsonObject } from '../lib/json';
import { ANY, TEXT, type ListShape, type Shape } from '../lib/shape';

/**
 * A template that says the same in other words: keys and sets the other way round, `Fn::Join` for `Fn::Sub` and the other way round,
 * one item for a list of it, numbers and booleans as texts and texts as numbers where the property's type says that they are one, and
 * defaults written out. Nothing of what compares templates is used.
 */
export function inAnotherSpelling(template: JsonObject): JsonObject {
  return new Writer(template).template();
}

class Writer {
  /** Parameters that are lists: they stand in no text. */
  readonly #lists: ReadonlySet<string>;

  constructor(private readonly whole: JsonObject) {
    const parameters = Object.entries(isObject(whole['Parameters']) ? whole['Parameters'] : {});
    this.#lists = new Set(
      parameters.flatMap(([name, it]) =>
        isObject(it) && /List</.test(String(it['Type']))
          ? [name]
          : String((it as JsonObject | null)?.['Type']) === 'CommaDelimitedList'
            ? [name]
            : [],
      ),
    );
  }

  template(): JsonObject {
    const entries = Object.entries(this.whole).map(([section, value]): [string, Json] => {
      if (section === 'Resources' && isObject(value))
        return [section, turned(value, (entry) => this.resource(entry))];
      if ((section === 'Conditions' || section === 'Outputs') && isObject(value))
        return [section, turned(value, (entry) => this.value(entry, ANY))];
      return [section, turnedDeeply(value)];
    });
    const version =
      'AWSTemplateFormatVersion' in this.whole ? [] : [['AWSTemplateFormatVersion', '2010-09-09'] as const];
    return Object.fromEntries([...entries.toReversed(), ...version]);
  }

  private resource(entry: Json): Json {
    if (!isObject(entry)) return turnedDeeply(entry);
    const type = String(entry['Type']);
    const written = turned(entry, (value, key) => {
      if (key === 'Properties') return this.value(value, propertiesOf(type) ?? ANY);
      if (key === 'DependsOn') return otherList(value);
      return key === 'Metadata' ? turnedDeeply(value) : this.value(value, ANY);
    });
    const isDatabase = type === 'AWS::RDS::DBCluster' || type === 'AWS::RDS::DBInstance';
    if (isDatabase || 'Fn::Transform' in entry) return written;
    const { DeletionPolicy: policy, ...others } = written;
    return policy === undefined
      ? { ...written, DeletionPolicy: 'Delete' }
      : policy === 'Delete'
        ? others
        : written;
  }

  private value(node: Json, shape: Shape): Json {
    if (isCall(node)) return this.call(node, shape);
    if (shape.kind === 'choice')
      return typeof node === 'string' ? node : this.value(node, shape.choose(node));
    if (Array.isArray(node)) return this.list(node as Json[], shape);
    if (isObject(node)) return turned(node, (child, key) => this.value(child, memberOf(shape, key)));
    if (shape.kind === 'list' && shape.isOneOrMany === true) return [this.value(node, shape.element)];
    return otherScalar(node, shape);
  }

  private list(items: readonly Json[], shape: Shape): Json {
    const list: ListShape =
      shape.kind === 'list'
        ? shape
        : { kind: 'list', element: shape.kind === 'any' ? shape : ANY, order: 'kept' };
    const written = items.map((item) => this.value(item, list.element));
    const [only] = written;
    if (list.isOneOrMany === true && items.length === 1 && !Array.isArray(only) && !isCall(only!))
      return only!;
    return isSet(items, list) ? written.toReversed() : written;
  }

  private call(node: JsonObject, shape: Shape): Json {
    const [[name, argument]] = Object.entries(node) as [[string, Json]];
    const all = listOf(argument);
    if (name === 'Ref')
      return this.isText(shape) && this.standsInText(argument)
        ? { 'Fn::Sub': `\${${String(argument)}}` }
        : node;
    if (name === 'Fn::GetAtt') return { 'Fn::GetAtt': otherAttribute(argument) };
    if (name === 'Fn::If' && all.length === 3)
      return { 'Fn::If': [all[0]!, this.value(all[1]!, shape), this.value(all[2]!, shape)] };
    if (name === 'Fn::Select' && all.length === 2) {
      const [index, list] = all as [Json, Json];
      return {
        'Fn::Select': [
          typeof index === 'number' ? String(index) : index,
          Array.isArray(list) ? (list as Json[]).map((it) => this.value(it, ANY)) : this.value(list, ANY),
        ],
      };
    }
    if (!Array.isArray(argument) && /^Fn::(?:And|Or|Equals|Not)$/.test(name)) return node; // CloudFormation refuses it
    if (name === 'Fn::And' || name === 'Fn::Or')
      return { [name]: all.map((it) => this.value(it, ANY)).toReversed() };
    if (name === 'Fn::Equals' || name === 'Fn::Not') return { [name]: all.map((it) => this.value(it, ANY)) };
    if (name === 'Fn::Sub') return this.sub(node, argument);
    if (name === 'Fn::Join') return this.join(node, all);
    if (name === 'Fn::Base64') return { [name]: this.value(argument, TEXT) };
    return node;
  }

  private isText(shape: Shape): boolean {
    return shape.kind === 'text';
  }

  /** Whether a parameter or resource is a text: `AWS::NoValue` is nothing, and some pseudo parameters are lists. */
  private standsInText(name: Json | undefined): boolean {
    return (
      typeof name === 'string' &&
      /^(?:AWS::)?\w+$/.test(name) &&
      !/^AWS::(?:NoValue|NotificationARNs)$/.test(name) &&
      !this.#lists.has(name)
    );
  }

  private sub(node: JsonObject, argument: Json): Json {
    const [text, names] = Array.isArray(argument) ? (argument as Json[]) : [argument];
    const variables = isObject(names) ? names : {};
    if (typeof text !== 'string') return node;
    const pieces: Json[] = [];
    let end = 0;
    for (const match of text.matchAll(/\$\{(!?)([^}]*)\}/g)) {
      const [whole, escaped, written = ''] = match;
      const name = written.trim();
      if (match.index > end) pieces.push(text.slice(end, match.index));
      end = match.index + whole.length;
      if (escaped === '!') pieces.push(`\${${written}}`);
      else if (Object.hasOwn(variables, name)) pieces.push(variables[name]!);
      else if (name.includes('.'))
        pieces.push({ 'Fn::GetAtt': [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)] });
      else if (this.standsInText(name)) pieces.push({ Ref: name });
      else return node;
    }
    if (end < text.length) pieces.push(text.slice(end));
    return pieces.length === 0 ? node : { 'Fn::Join': ['', pieces] };
  }

  private join(node: JsonObject, [delimiter, items]: readonly Json[]): Json {
    if (typeof delimiter !== 'string' || !Array.isArray(items)) return node;
    const pieces = (items as Json[]).map((item) => this.inSub(item));
    return pieces.every((it) => it !== undefined) ? { 'Fn::Sub': pieces.join(literal(delimiter)) } : node;
  }

  private inSub(item: Json): string | undefined {
    if (typeof item === 'string') return literal(item);
    if (!isCall(item)) return undefined;
    const { Ref: name, 'Fn::GetAtt': attribute } = item;
    if (this.standsInText(name)) return `\${${String(name)}}`;
    if (!Array.isArray(attribute) || !attribute.every((it) => typeof it === 'string')) return undefined;
    return `\${${attribute.join('.')}}`;
  }
}

const literal = (text: string): string => text.replaceAll('${', '${!');

function isCall(node: Json): node is JsonObject {
  const keys = isObject(node) ? Object.keys(node) : [];
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0]!.startsWith('Fn::'));
}

const turned = (node: JsonObject, write: (value: Json, key: string) => Json): JsonObject =>
  Object.fromEntries(
    Object.entries(node)
      .toReversed()
      .map(([key, value]) => [key, write(value, key)]),
  );

const turnedDeeply = (node: Json): Json =>
  Array.isArray(node)
    ? (node as Json[]).map(turnedDeeply)
    : isObject(node)
      ? turned(node, turnedDeeply)
      : node;

const otherList = (value: Json): Json => {
  if (!Array.isArray(value)) return [value];
  return value.length === 1 ? (value[0] as Json) : value.toReversed();
};

function otherAttribute(argument: Json): Json {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 0 ? argument : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  return Array.isArray(argument) && argument.every((it) => typeof it === 'string')
    ? argument.join('.')
    : argument;
}

function memberOf(shape: Shape, key: string): Shape {
  if (shape.kind === 'object') return shape.member(key) ?? ANY;
  if (shape.kind === 'map') return shape.element;
  return shape.kind === 'any' ? shape : ANY;
}

/** Whether the order of a list means nothing: what may be given twice, or by a function, keeps its own. */
function isSet(items: readonly Json[], { order }: ListShape): boolean {
  if (typeof order === 'string') return order === 'none';
  const keys = items.map((item) => (isObject(item) ? item[order.unique] : undefined));
  return keys.every((key) => typeof key === 'string') && new Set(keys).size === keys.length;
}

const DIGITS = /^(?:0|[1-9]\d{0,14})$/;

function otherScalar(value: Json, { kind }: Shape): Json {
  if (kind !== 'text' && kind !== 'number' && kind !== 'boolean') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && DIGITS.test(String(value))))
    return String(value);
  if (typeof value !== 'string') return value;
  if (kind !== 'boolean' && DIGITS.test(value)) return Number(value);
  return kind !== 'number' && /^(?:true|false)$/.test(value) ? value === 'true' : value;
}
