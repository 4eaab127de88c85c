import { didYouMean, TwinError } from '../error';
import { isObject, listOf, type Json, type JsonObject } from '../json';

/** A parameter of a template. */
export interface Parameter {
  readonly name: string;
  /** Such as `String`, `List<AWS::EC2::Subnet::Id>` or `AWS::SSM::Parameter::Value<String>`. */
  readonly type: string;
  /** The text that it has when none is given. @default - one must be given */
  readonly default?: string;
  /** The only values that it may have. @default - any */
  readonly allowed?: readonly string[];
  /** Whether its value is in Parameter Store, and what is given only names it there. */
  readonly isStored: boolean;
  /** Whether its value is a secret, which no report may show. */
  readonly isHidden: boolean;
  readonly rules: JsonObject;
}

/** The parameters of a template. */
export function parametersOf(template: unknown): readonly Parameter[] {
  const section = isObject(template) ? template['Parameters'] : undefined;
  return Object.entries(isObject(section) ? section : {}).flatMap(([name, rules]) =>
    isObject(rules) ? [parameter(name, rules)] : [],
  );
}

function parameter(name: string, rules: JsonObject): Parameter {
  const { Type: type, Default: standard, AllowedValues: allowed, NoEcho: hidden } = rules;
  return {
    name,
    type: typeof type === 'string' ? type : 'String',
    ...(standard !== undefined && { default: inText(standard) }),
    ...(Array.isArray(allowed) && { allowed: (allowed as Json[]).map(inText) }),
    isStored: typeof type === 'string' && type.startsWith('AWS::SSM::Parameter::Value<'),
    isHidden: hidden === true || hidden === 'true',
    rules,
  };
}

/** The text of a parameter's value: a list is written with commas. */
export const inText = (value: Json): string =>
  Array.isArray(value)
    ? (value as Json[]).map(inText).join(',')
    : isObject(value)
      ? JSON.stringify(value)
      : String(value);

/**
 * The values that a template's parameters have, as far as they are known before it is deployed: those in Parameter Store never are.
 *
 * @param given - texts by name; parameters that are not among them have their defaults. @default - nothing is known, and those alone
 * have a value that may have only one
 */
export function valuesOf(template: unknown, given?: ReadonlyMap<string, string>): ReadonlyMap<string, Json> {
  const values = parametersOf(template).flatMap((it): [string, Json][] => {
    const only = it.allowed?.length === 1 ? it.allowed[0] : undefined;
    const text = (given && (given.get(it.name) ?? it.default)) ?? only;
    return text === undefined || it.isStored ? [] : [[it.name, valueOf(it, text)]];
  });
  return new Map(values);
}

/** Lists are split at commas, and lose the spaces around their items. */
const valueOf = ({ type }: Parameter, text: string): Json =>
  /^(?:CommaDelimitedList|List<)/.test(type) ? text.split(',').map((item) => item.trim()) : text;

/**
 * Checks values that are given to templates.
 *
 * @param origin - where they are from, for messages
 * @throws TwinError `parameters` with the first that no template has, or that its template does not allow
 */
export function checkValues(
  templates: readonly unknown[],
  given: ReadonlyMap<string, string>,
  origin: string,
): void {
  const all = templates.flatMap(parametersOf);
  for (const [name, text] of given) {
    const found = all.filter((it) => it.name === name);
    if (found.length === 0) throw notThere(name, origin, all);
    for (const it of found) checkValue(it, text, origin);
  }
}

function notThere(name: string, origin: string, all: readonly Parameter[]): TwinError {
  const names = [...new Set(all.map((it) => it.name))];
  return new TwinError({
    code: 'parameters',
    message: `${origin} gives the parameter "${name}", which the template has not; ${names.length > 0 ? didYouMean(name, names) : 'it has none'}`,
    fix: 'Give the parameters of the template, or take this one out.',
  });
}

function checkValue(
  { name, allowed, isStored, isHidden, type, rules }: Parameter,
  text: string,
  origin: string,
): void {
  const refuse = (expected: string): never => {
    throw new TwinError({
      code: 'parameters',
      message: `${origin} gives ${isHidden ? 'a value' : JSON.stringify(text)} as the parameter "${name}"; ${expected}`,
      fix: 'Give a value that the template allows: CloudFormation would refuse this one.',
    });
  };
  if (isStored) return;
  const items = /^List<|^CommaDelimitedList$/.test(type) ? text.split(',').map((it) => it.trim()) : [text];
  if (allowed && !items.every((it) => allowed.includes(it))) refuse(`allowed are ${allowed.join(', ')}`);
  if (/^(?:Number|List<Number>)$/.test(type)) {
    if (!items.every((it) => it !== '' && Number.isFinite(Number(it)))) refuse('a number is expected');
    const [least, most] = [Number(rules['MinValue'] ?? -Infinity), Number(rules['MaxValue'] ?? Infinity)];
    if (!items.every((it) => Number(it) >= least && Number(it) <= most))
      refuse(`${least} to ${most} is allowed`);
    return;
  }
  const [shortest, longest] = [Number(rules['MinLength'] ?? 0), Number(rules['MaxLength'] ?? Infinity)];
  if (text.length < shortest || text.length > longest)
    refuse(`${shortest} to ${longest} characters are allowed`);
  const pattern = rules['AllowedPattern'];
  if (typeof pattern === 'string' && matches(text, pattern) === false) refuse(`it must match ${pattern}`);
}

/** Whether all of a text matches a pattern; undefined for a pattern that JavaScript does not know. */
function matches(text: string, pattern: string): boolean | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text);
  } catch {
    return undefined; // Java's own syntax: CloudFormation judges it
  }
}

/** The names of parameters that a part of a template refers to. */
export function parametersIn(node: Json, names: ReadonlySet<string>, found = new Set<string>()): Set<string> {
  if (Array.isArray(node)) listOf(node).forEach((it) => parametersIn(it, names, found));
  if (!isObject(node)) return found;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'Ref' && typeof child === 'string' && names.has(child)) found.add(child);
    const text = key === 'Fn::Sub' ? (Array.isArray(child) ? child[0] : child) : undefined;
    if (typeof text === 'string')
      for (const [, name] of text.matchAll(/\$\{\s*([A-Za-z0-9]+)\s*\}/g))
        if (names.has(name!)) found.add(name!);
    parametersIn(child, names, found);
  }
  return found;
}
