import { isObject, own, type Json, type JsonObject } from '../json';
import type { Difference, Path } from '../template/differences';
import type { Match } from './match';
import { SECTIONS, type Model } from '../template/model';

/** What an environment and its stacks are called, each with what it is: `{ Prod: 'environment' }`. */
export type OwnNames = Readonly<Record<string, string>>;

/** The names by which production and staging call themselves. */
export interface Names {
  readonly prod: OwnNames;
  readonly staging: OwnNames;
}

/**
 * The closed list of places that may hold an environment's own name. A difference there is permitted when nothing is
 * left of it once each side's name is replaced.
 */
const PLACES: readonly { readonly what: string; readonly is: (path: Path) => boolean }[] = [
  {
    what: 'tag',
    is: ([section, , ...below]) =>
      section === 'Resources' && below.at(-1) === 'Value' && below.at(-3) === 'Tags',
  },
  {
    what: 'name',
    is: ([section, , key, name, ...rest]) =>
      section === 'Resources' && key === 'Properties' && rest.length === 0 && NAME.test(String(name)),
  },
  { what: 'description', is: (path) => path.at(-1) === 'Description' && path.length !== 2 },
  { what: 'export', is: ([section, , ...rest]) => section === 'Outputs' && rest.join() === 'Export,Name' },
  { what: 'import', is: ([section, ...rest]) => isSection(section) && rest.includes('Fn::ImportValue') },
  { what: 'import', is: ([section, ...rest]) => isSection(section) && rest.includes('Fn::GetStackOutput') },
];

const isSection = (section: unknown): boolean => section === 'Resources' || section === 'Outputs';

/** Properties that name or describe the resource itself. */
const NAME =
  /^(Name|Family|Description|(Alarm|Bucket|Cluster|Dashboard|Db|DB|Function|Group|LoadBalancer|Log|LogGroup|Policy|Queue|ReplicationGroup|Repository|Role|Rule|Service|StateMachine|Table|Topic)(Name|Description|Identifier)|DB(Cluster|Instance)Identifier|DBSubnetGroup(Name|Description)|ReplicationGroupId)$/;

/** The rule for the address of a nested stack's template: permitted where that stack is compared itself. */
export const NESTED_TEMPLATE = 'nested template';

/** What the identity list says of a difference: which kind of name it is, or nothing. */
export function explainIdentity({ path, prod, staging }: Difference, names: Names): string | undefined {
  if (isNestedTemplate(path, prod) && isNestedTemplate(path, staging)) return NESTED_TEMPLATE;
  if (prod === undefined || staging === undefined) return undefined;
  const place = PLACES.find(({ is }) => is(importPath(path, prod)));
  if (place && sameBesideNames(prod, staging, names)) return place.what;
  const where = { prod: whereabouts(names.prod), staging: whereabouts(names.staging) };
  return isSection(path[0]) && sameBesideNames(prod, staging, where) ? 'account or region' : undefined;
}

/** What an account and a region look like: nothing else may be told as one. */
const WHEREABOUTS: Readonly<Record<string, RegExp>> = {
  account: /^\d{12}$/,
  region: /^[a-z]{2}(-[a-z]+)+-\d$/,
};

/** The account and region that an environment is made for: the CDK writes them into ARNs and names, anywhere. */
const whereabouts = (names: OwnNames): OwnNames =>
  Object.fromEntries(Object.entries(names).filter(([name, what]) => own(WHEREABOUTS, what)?.test(name)));

/** What an environment calls itself, without where it is. */
const callings = (names: OwnNames): OwnNames =>
  Object.fromEntries(Object.entries(names).filter(([, what]) => !Object.hasOwn(WHEREABOUTS, what)));

/** A nested stack's template is named for its content: what differs in it is found where it is compared itself. */
const isNestedTemplate = (path: Path, value: Json | undefined): boolean =>
  path[0] === 'Resources' &&
  path[2] === 'Properties' &&
  path[3] === 'TemplateURL' &&
  typeof value === 'string' &&
  /^\/[0-9a-f]{64}\.json$/.test(value);

/** A difference inside an import is told as one of the whole import. */
function importPath(path: Path, value: Json | undefined): Path {
  const isImport = typeof value === 'object' && value !== null && Object.hasOwn(value, 'Fn::ImportValue');
  return isImport ? [...path, 'Fn::ImportValue'] : path;
}

/** Whether two values are equal once each side's own name is replaced. */
function sameBesideNames(prod: Json, staging: Json, names: Names): boolean {
  const [p, s] = [anonymous(prod, names.prod), anonymous(staging, names.staging)];
  return p === s && p !== JSON.stringify(prod) && s !== JSON.stringify(staging);
}

/** The value as text, with the environment's names taken out of it. */
function anonymous(value: Json, names: OwnNames): string {
  const forms = Object.entries(names).flatMap(([name, what]) =>
    [name, name.toLowerCase()].map((form) => ({ form, as: `<${what}>` })),
  );
  const longestFirst = forms.sort((a, b) => b.form.length - a.form.length);
  return JSON.stringify(value, (_, leaf: Json) => {
    if (typeof leaf !== 'string') return leaf;
    const text = longestFirst.reduce((rest, { form, as }) => rest.replaceAll(wholeWord(form), as), leaf);
    return text === leaf ? withoutHash(leaf, names) : text;
  });
}

/**
 * Takes the names out of the ids that the CDK makes of a construct's path: the path without punctuation, then eight
 * digits of its hash.
 */
function withoutHash(leaf: string, names: OwnNames): string {
  return leaf.replaceAll(/[A-Za-z0-9]+/g, (word) => {
    const [, path, hash] = /^([A-Za-z0-9]+)([0-9A-F]{8})$/.exec(word) ?? [];
    const [calling] = Object.keys(callings(names))
      .filter((name) => path?.startsWith(alphanumeric(name)))
      .sort((a, b) => b.length - a.length);
    return hash && path && calling
      ? `<${names[calling]}>${path.slice(alphanumeric(calling).length)}<hash>`
      : word;
  });
}

/**
 * The entries that have an environment's own name in their logical id, as the CDK gives it to rules between security
 * groups and to generated secrets: production's ids with staging's.
 *
 * @returns only ids that exist on one side, and only where it is clear which belongs to which
 */
export function renamedIds(prod: Model, staging: Model, names: Names): Match[] {
  return (['Resources', 'Outputs'] as const).flatMap((section) => {
    const p = only(prod[section], staging[section]);
    const s = only(staging[section], prod[section]);
    const found = unambiguous(p, s, names, withoutHashes);
    const isLeft = (side: keyof Match) => (id: string) => !found.some((match) => match[side] === id);
    return [
      ...found,
      ...unambiguous(p.filter(isLeft('prod')), s.filter(isLeft('staging')), names, withoutHexRuns),
    ];
  });
}

/** The ids of which one on each side has the same form. */
function unambiguous(
  prod: readonly string[],
  staging: readonly string[],
  names: Names,
  strip: (id: string) => string,
): Match[] {
  const formsOf = (ids: readonly string[], mine: OwnNames): Map<string, string[]> => {
    const forms = new Map<string, string[]>();
    for (const id of ids) {
      const form = strip(anonymousId(id, mine));
      if (form !== id) forms.set(form, [...(forms.get(form) ?? []), id]);
    }
    return forms;
  };
  const [p, s] = [formsOf(prod, names.prod), formsOf(staging, names.staging)];
  return [...p].flatMap(([form, [id, ...more]]) => {
    const [twin, ...others] = s.get(form) ?? [];
    return twin !== undefined && more.length + others.length === 0 ? [{ prod: id!, staging: twin }] : [];
  });
}

const only = (entries: JsonObject, others: JsonObject): string[] =>
  Object.keys(entries).filter((id) => !Object.hasOwn(others, id));

/** Whether two logical ids are equal beside the environments' own names and the hashes made of them. */
export function areSameId({ prod, staging }: Match, names: Names): boolean {
  const [p, s] = [anonymousId(prod, names.prod), anonymousId(staging, names.staging)];
  return p !== prod && s !== staging && withoutHexRuns(p) === withoutHexRuns(s);
}

function anonymousId(id: string, names: OwnNames): string {
  const longestFirst = Object.entries(callings(names)).sort(([a], [b]) => b.length - a.length);
  return longestFirst.reduce((rest, [name, what]) => rest.replaceAll(alphanumeric(name), `<${what}>`), id);
}

/** Without the id's own hash and those of the ids in it; a port or a count after a hash stays. */
const withoutHashes = (id: string): string =>
  id.replace(/[0-9A-F]{8}$/, '<hash>').replaceAll(/[0-9A-F]{8}/g, '<hash>');

/** Without anything that could be part of a hash: a name that ends like one hides where the hash begins. */
const withoutHexRuns = (id: string): string => id.replaceAll(/[0-9A-F]{8,}/g, '<hash>');

const alphanumeric = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '');

function wholeWord(name: string): RegExp {
  return new RegExp(
    `(?<![A-Za-z0-9])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![A-Za-z0-9])`,
    'g',
  );
}

/** The model with the environment's names taken out of every place that may hold them. */
export function anonymousPlaces(model: Model, names: OwnNames): Model {
  const where = whereabouts(names);
  const walk = (node: Json, path: Path): Json => {
    if (PLACES.some(({ is }) => is(importPath(path, node))))
      return JSON.parse(anonymous(node, names)) as Json;
    if (Array.isArray(node)) return (node as Json[]).map((item, i) => walk(item, [...path, i]));
    if (typeof node === 'string' && Object.keys(where).length > 0)
      return JSON.parse(anonymous(node, where)) as Json;
    if (!isObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child, [...path, key])]));
  };
  const sections = SECTIONS.map((section) => [section, walk(model[section], [section])]);
  return { ...Object.fromEntries(sections), top: walk(model.top, []) as JsonObject } as Model;
}
