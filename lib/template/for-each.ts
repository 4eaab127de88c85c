import { isObject, listOf, type Json, type JsonObject } from '../json';
import { lookUp } from './look-up';
import { NO_VALUE } from './pseudo';
import { hasLanguageExtensions } from './transforms';

const LOOP = 'Fn::ForEach::';

/** Whether a key is that of a loop: `Fn::ForEach::Topics`. */
export const isLoop = (key: string): boolean => key.startsWith(LOOP);

/** Where loops may be. */
const SECTIONS = ['Conditions', 'Resources', 'Outputs'] as const;

/**
 * A template with each `Fn::ForEach` replaced by what it makes, as the transform `AWS::LanguageExtensions` does. A loop whose
 * collection is not known before deployment, such as that of a parameter without a value, stays as it is written, and so does one
 * around it. The template itself is left as it was.
 *
 * Sources: AWS CloudFormation Template Reference, "Fn::ForEach" and its examples; aws/aws-sam-cli,
 * `samcli/lib/cfn_language_extensions/processors/foreach.py`, which has the identifier replaced in every text; for
 * `&{Identifier}` aws-cloudformation/cfn-lint, `_language_extensions.py`.
 *
 * @param parameters - the values of parameters that are known. @default - none
 */
export function expandLoops(template: unknown, parameters: ReadonlyMap<string, Json> = new Map()): unknown {
  if (!isObject(template) || !hasLanguageExtensions(template)) return template;
  const loops = new Loops(isObject(template['Mappings']) ? template['Mappings'] : {}, parameters);
  const expanded = SECTIONS.flatMap((section) =>
    template[section] === undefined ? [] : [[section, loops.expand(template[section])] as const],
  );
  return { ...template, ...Object.fromEntries(expanded) };
}

/** More than a template may hold: what makes more is compared as it is written. */
const MAX_VALUES = 200_000;
const MAX_DEPTH = 500;

/** The texts that stand for the identifiers of loops. */
type Items = ReadonlyMap<string, string>;

class Loops {
  /** How many values have been made of fragments. */
  #made = 0;

  constructor(
    private readonly mappings: JsonObject,
    private readonly parameters: ReadonlyMap<string, Json>,
  ) {}

  /** A value with its loops expanded. */
  expand(node: Json, depth = 0): Json {
    if (typeof node !== 'object' || node === null || depth > MAX_DEPTH) return node;
    if (Array.isArray(node)) return (node as Json[]).map((item) => this.expand(item, depth + 1));
    const entries = new Map<string, Json>();
    const loops: [string, Json][] = [];
    for (const [key, value] of Object.entries(node as JsonObject)) {
      if (isLoop(key)) loops.push([key, value]);
      else entries.set(key, this.expand(value, depth + 1));
    }
    for (const [key, value] of loops) {
      const made = this.entriesOf(value, depth + 1);
      // CloudFormation refuses two entries of one key: neither is lost here
      const isClear =
        made?.every(([name]) => !entries.has(name)) &&
        new Set(made.map(([name]) => name)).size === made.length;
      for (const [name, entry] of isClear ? made! : [[key, value] as const]) entries.set(name, entry);
    }
    return Object.fromEntries(entries);
  }

  /** The entries that a loop makes; undefined when that is not known. */
  private entriesOf(loop: Json, depth: number): [string, Json][] | undefined {
    const [identifier, collection, fragment, ...more] = listOf(loop);
    if (identifier === undefined || collection === undefined || !isObject(fragment) || more.length > 0)
      return undefined;
    const items = this.itemsOf(identifier, collection);
    const made: [string, Json][] = [];
    for (const item of items ?? []) {
      const copy = this.expand(this.replaced(fragment, item, depth), depth) as JsonObject;
      if (this.#made > MAX_VALUES || Object.keys(copy).some(isLoop)) return undefined;
      for (const entry of Object.entries(copy)) made.push(entry);
    }
    return items && made;
  }

  /** What stands for the identifiers in each round: with several identifiers each item is a list. */
  private itemsOf(identifier: Json, collection: Json): Items[] | undefined {
    const names = typeof identifier === 'string' ? [identifier] : listOf(identifier);
    const looked = this.known(collection);
    if (names.length === 0 || !Array.isArray(looked)) return undefined;
    const items = (looked as Json[]).map((it) => {
      const item = this.known(it) ?? null;
      const values = typeof identifier === 'string' ? [item] : listOf(item);
      return names.map((name, i) => [name, values[i]] as const);
    });
    const isKnown = items.flat().every(([name, value]) => typeof name === 'string' && isScalar(value));
    return isKnown
      ? items.map((item) => new Map(item.map(([name, value]) => [String(name), String(value)])))
      : undefined;
  }

  /** A value without its function; undefined when it is not known. */
  private known(value: Json): Json | undefined {
    if (!isObject(value)) return value;
    const ref = value['Ref'];
    return typeof ref === 'string' ? this.parameters.get(ref) : this.lookedUp(value);
  }

  /** A fragment with the items in place of their identifiers. */
  private replaced(node: Json, items: Items, depth: number): Json {
    if (++this.#made > MAX_VALUES || depth > MAX_DEPTH) return node;
    if (typeof node === 'string') return replacedIn(node, items);
    if (Array.isArray(node)) return mapped(node as Json[], (item) => this.replaced(item, items, depth + 1));
    if (!isObject(node)) return node;
    const keys = Object.keys(node);
    const ref = keys.length === 1 ? node['Ref'] : undefined;
    if (typeof ref === 'string' && items.has(ref)) return items.get(ref)!;
    let isChanged = false;
    const entries = keys.flatMap((key): [string, Json][] => {
      const value = this.replaced(node[key]!, items, depth + 1);
      const name = replacedIn(key, items);
      isChanged ||= value !== node[key] || name !== key;
      return value !== node[key] && isNoValue(value) ? [] : [[name, value]];
    });
    return isChanged ? this.folded(Object.fromEntries(entries)) : node;
  }

  /** The value of a function that has become plain by what was put into it. */
  private folded(node: JsonObject): Json {
    const [name, ...others] = Object.keys(node);
    if (name === undefined || others.length > 0) return node;
    const argument = node[name]!;
    if (name === 'Fn::Sub') {
      const text = Array.isArray(argument) ? (argument as Json[])[0] : argument;
      return typeof text === 'string' && !text.includes('${') ? text : node;
    }
    if (name === 'Fn::Join') {
      const [separator, parts] = listOf(argument);
      const isPlain =
        typeof separator === 'string' &&
        Array.isArray(parts) &&
        (parts as Json[]).every((part) => typeof part === 'string');
      return isPlain ? (parts as string[]).join(separator) : node;
    }
    return this.lookedUp(node) ?? node;
  }

  /** What a look-up with plain keys gives; undefined when it is another value, or not known. */
  private lookedUp(node: JsonObject): Json | undefined {
    const [map, first, second, options] = listOf(node['Fn::FindInMap']);
    if (typeof map !== 'string' || typeof first !== 'string' || typeof second !== 'string') return undefined;
    const found = lookUp(this.mappings, [map, first, second]);
    return found ?? (isObject(options) ? options['DefaultValue'] : undefined);
  }
}

const isScalar = (value: Json | undefined): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const isNoValue = (value: Json): boolean => isObject(value) && value['Ref'] === NO_VALUE;

/** In a key only letters and digits may be: `&{Identifier}` leaves out all others. */
const replacedIn = (text: string, items: Items): string =>
  /[$&]\{/.test(text)
    ? text.replaceAll(/([$&])\{([^{}]+)\}/g, (written, sign: string, name: string) => {
        const item = items.get(name);
        return item === undefined ? written : sign === '$' ? item : item.replaceAll(/[^\dA-Za-z]/g, '');
      })
    : text;

function mapped(items: readonly Json[], map: (item: Json) => Json): readonly Json[] {
  const after = items.map(map);
  return after.some((item, i) => item !== items[i]) ? after : items;
}
