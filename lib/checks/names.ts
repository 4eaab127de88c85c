import { physicalNameOf, type Scope } from '../aws/types';
import { isObject, type Json, type JsonObject } from '../json';
import { textOf } from '../template/text';
import type { Breach } from './finding';

/** Where a stack is, as far as that is known before it is deployed. */
export interface StackEnv {
  readonly account?: string;
  readonly region?: string;
}

/** A stack of an environment, with where it is. */
export interface PlacedStack {
  readonly template: unknown;
  readonly env: StackEnv;
}

/** The physical name of a resource, as a template gives it. */
export interface GivenName {
  readonly logicalId: string;
  readonly type: string;
  /** The property that gives it. */
  readonly property: string;
  readonly name: string;
  /** The name, with what else has to be equal for two resources to be one. */
  readonly whole: string;
  readonly scope: Scope;
  /** Whether CloudFormation generates another one when it is left out. */
  readonly isGenerated: boolean;
}

/** The names that a template gives, and that hang on nothing in the stack: two environments that give one would share it. */
export function givenNames(template: unknown): GivenName[] {
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  return Object.entries(resources).flatMap(([logicalId, entry]): GivenName[] => {
    if (!isObject(entry)) return [];
    const type = textOf(entry['Type']) ?? '';
    const named = physicalNameOf(type);
    const properties: JsonObject = isObject(entry['Properties']) ? entry['Properties'] : {};
    if (!named) return [];
    const { property, beside, scope, isGenerated } = named;
    const name = textOf(properties[property]);
    const others = beside.map((other) => (properties[other] === undefined ? '' : textOf(properties[other])));
    if (
      name === undefined ||
      name === '' ||
      [name, ...others].some((it) => it === undefined || hangsOnStack(it))
    )
      return [];
    return [{ logicalId, type, property, name, whole: [name, ...others].join('\n'), scope, isGenerated }];
  });
}

/** A resource that CloudFormation gives a name: the stack's, the logical id and a random text. */
export interface Unnamed {
  readonly type: string;
  readonly logicalId: string;
}

/** The resources of a template that are given no name and get one. */
export function unnamedIn(template: unknown): Unnamed[] {
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  return Object.entries(resources).flatMap(([logicalId, entry]): Unnamed[] => {
    const type = isObject(entry) ? (textOf(entry['Type']) ?? '') : '';
    const named = physicalNameOf(type);
    const properties = isObject(entry) && isObject(entry['Properties']) ? entry['Properties'] : {};
    return named?.isGenerated === true && properties[named.property] === undefined
      ? [{ type, logicalId }]
      : [];
  });
}

/** The names of production's stacks that are unique where another stack is, so that they mean production's resource there too. */
export const namesNear = (env: StackEnv, prods: readonly NamedStack[]): GivenName[] =>
  prods.flatMap((prod) => prod.names.filter(({ scope }) => meet(scope, env, prod.env)));

/** Whether a text refers to something of the stack, or to what it is called or given at deployment. */
export const hangsOnStack = (text: string): boolean =>
  /\$\{(?!!|AWS::(?:AccountId|Region|Partition|URLSuffix)\})/.test(text);

/** A name that production has too, where the two cannot both have it. */
export interface SharedName extends Breach {
  readonly logicalId: string;
  readonly type: string;
}

/** What a stack of production gives names to. */
export interface NamedStack {
  readonly env: StackEnv;
  readonly names: readonly GivenName[];
  /** The names, each after its type, with what they need beside them. */
  readonly keys: ReadonlySet<string>;
  readonly exports: ReadonlySet<string>;
}

/** Equal for names that two resources cannot both have. */
export const keyOf = ({ type, whole }: GivenName): string => `${type} ${whole}`;

/** Reads the names of a stack, once for all that is compared with them. */
export function namedStack({ template, env }: PlacedStack): NamedStack {
  const names = givenNames(template);
  const exports = new Set(exportsOf(template).map(({ name }) => name));
  return { env, names, keys: new Set(names.map(keyOf)), exports };
}

/** The names and exports of a staging's stack that one of production's stacks has too. */
export function sharedNames({ template, env }: PlacedStack, prods: readonly NamedStack[]): SharedName[] {
  const names = givenNames(template).flatMap((given): SharedName[] => {
    if (!prods.some((prod) => prod.keys.has(keyOf(given)) && meet(given.scope, env, prod.env))) return [];
    const { logicalId, type, property, name } = given;
    const message = `got ${property} "${name}", which production gives to its own ${WHERE[given.scope]}; allowed is one that is staging's alone`;
    const fix = `Set physicalNames: 'generated' where the staging is made; production keeps its name.`;
    return [
      { rule: 'same-name', logicalId, type, path: ['Properties', property], value: name, message, fix },
    ];
  });
  const near = prods.filter((prod) => meet('region', env, prod.env));
  const shared = exportsOf(template).filter(
    ({ name }) => !hangsOnStack(name) && near.some(({ exports }) => exports.has(name)),
  );
  return [
    ...names,
    ...shared.map(({ output, name }): SharedName => ({
      rule: 'same-name',
      logicalId: output,
      type: 'Outputs',
      path: ['Export', 'Name'],
      value: name,
      message: `got the export "${name}", which production has in the same account and region; allowed is one that is staging's alone`,
      fix: "Let the stack's name be part of the export's name.",
    })),
  ];
}

/** Names by the first word in each, so that those in a text are found without trying all of them. */
export function byFirstWord(names: readonly GivenName[]): ReadonlyMap<string, readonly GivenName[]> {
  const found = new Map<string, GivenName[]>();
  for (const given of names) {
    const [word = ''] = WORD.exec(given.name) ?? [];
    found.set(word, [...(found.get(word) ?? []), given]);
  }
  return found;
}

const WORD = /[\w-]+/;

/**
 * A word that says production, and none before it that it is not: `non-prod`, `pre-prod`. The source of a regular expression in
 * any case.
 */
export const PRODUCTION = String.raw`(?<!(?<![a-z])(?:non|not|pre)[-_])(?:prod|prd|production)`;

/** The words of a text, as {@link byFirstWord} takes them. */
export const wordsIn = (text: string): readonly string[] => text.match(WORDS) ?? [];
const WORDS = new RegExp(WORD, 'g');

const WHERE: Readonly<Record<Scope, string>> = {
  region: 'in the same account and region',
  account: 'in the same account',
  world: 'and which the whole of AWS has once',
};

/** Whether two stacks are where no two resources may have one name: what is not known may be the same. */
function meet(scope: Scope, a: StackEnv, b: StackEnv): boolean {
  const isSame = (one: string | undefined, other: string | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  if (scope === 'world') return true;
  return isSame(a.account, b.account) && (scope === 'account' || isSame(a.region, b.region));
}

/** The exports of a template, by output, as far as their names are known before it is deployed. */
export function exportsOf(template: unknown): { readonly output: string; readonly name: string }[] {
  const outputs = isObject(template) && isObject(template['Outputs']) ? template['Outputs'] : {};
  return Object.entries(outputs).flatMap(([output, entry]) => {
    const exported: Json | undefined =
      isObject(entry) && isObject(entry['Export']) ? entry['Export']['Name'] : undefined;
    const name = textOf(exported);
    return name === undefined ? [] : [{ output, name }];
  });
}
