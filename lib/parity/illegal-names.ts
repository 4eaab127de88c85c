import { textOfOutside, wrongWith, type Outside } from '../checks/outside';
import { own } from '../json';
import type { ManifestEnvironment, ManifestStacks } from './manifest';

/** What there is in a region: a fact of the AWS CDK, a zone by its place among those that the app looked up, or what else it looked up. */
const OF_REGION = /^region\.(fact|zone|lookup)-[^@]+(?:@([\w-]+))?$/;
/** An account, an ARN, a host, a hosted zone or a range of addresses; a word could be a switch. */
const FACT =
  /^(?:\d{12}|arn:\S+|[\w-]+(?:\.[\w-]+)*\.amazonaws\.com(?:\.cn)?|Z[A-Z\d]{9,}|\d+(?:\.\d+){3}\/\d+)$/;

/** Whether a fact of the AWS CDK names something that AWS has in a region. */
export const isFactOfRegion = (text: string): boolean => FACT.test(text);

/** An id of a network or of a hosted zone; an image or a parameter could be another program, or a switch. */
const LOOKED_UP = /^(?:(?:vpc|subnet|rtb|sg|igw|vgw)-[0-9a-f]{8,17}|Z[A-Z\d]{9,})$/;

/** Whether a text that was looked up says where something is, and not what it is. */
export const isLookedUp = (text: string): boolean => LOOKED_UP.test(text);

const isZoneOf = (region: string | undefined, text: string): boolean =>
  region !== undefined && text.startsWith(region) && /^[a-z]$/.test(text.slice(region.length));

/** What a placeholder that is no scale's may be called: the rest are spellings of these. */
const BASE = /^(?:name|stackName(?:\.[\w-]+)?|(?:account|region)(?:\.of-[\w-]+)?)$/;
const SPELLING = /\.[a-z]+$/;
/** Where an environment is, in AWS's own form. */
const FORMS: Readonly<Record<string, RegExp>> = { account: /^\d+$/, region: /^[a-z]+(?:-[a-z]+)*(?:-\d+)?$/ };

/** The placeholders that are called a name in the manifest and are none of an environment's, with what is wrong. */
export function illegalNames(
  id: string,
  { names, declared }: ManifestEnvironment,
  other: ManifestEnvironment,
  outside: readonly Outside[],
): ReadonlyMap<string, string> {
  const illegal = new Map<string, string>();
  const refuse = (key: string, why: string) => illegal.set(key, `${key} of ${id} ${why}`);
  for (const [key, text] of Object.entries(names)) {
    const base = key.replace(SPELLING, '');
    const spelt = base === key ? undefined : own(names, base); // which is looked at by itself
    if (spelt !== undefined) {
      if (letters(spelt) !== letters(text)) refuse(key, `is "${text}", which is no spelling of "${spelt}"`);
    } else if (OF_REGION.test(key)) {
      const [, kind, stack] = OF_REGION.exec(key)!;
      const region = own(names, stack === undefined ? 'region' : `region.of-${stack}`);
      const isThere = {
        fact: isFactOfRegion,
        lookup: isLookedUp,
        zone: (it: string) => isZoneOf(region, it),
      };
      if (!isThere[kind as keyof typeof isThere](text))
        refuse(key, `is "${text}", which is nothing of a region's`);
    } else if (!BASE.test(key)) refuse(key, 'is no name of an environment');
    else if (key === 'name' && text !== id) refuse(key, `is "${text}", which is not what it is called`);
    else if (FORMS[key.split('.', 1)[0]!]?.test(text) === false)
      refuse(key, `is "${text}", which is no ${key.split('.', 1)[0]}`);
  }
  for (const [key, text] of Object.entries(declared)) {
    if (!isDeclared(key)) refuse(key, 'is neither a tag nor a description nor a stand-in');
    else if (key.startsWith('standIn.') && !outside.some((it) => stands(it, text, other.declared[key])))
      refuse(key, `is "${text}", which nothing names or stands in for`);
    else if (!Object.hasOwn(other.declared, key)) refuse(key, 'is given to one of the two alone');
  }
  return illegal;
}

/** Whether a placeholder is for what an environment is given on purpose. */
export const isDeclared = (key: string): boolean => /^(?:tag|standIn)\.|^description$/.test(key);

/** Whether an entry is about one of two texts, of which the other is the same or stands in its place. */
function stands(entry: Outside, text: string, other: string | undefined): boolean {
  const named = textOfOutside(entry);
  return wrongWith(entry) === undefined && [text, other].every((it) => it === named || it === entry.standIn);
}

/** A name without what spellings change. */
const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * What is wrong with a pair of generated words: hashes and cut names keep their kind and their length, but for a word that
 * holds a whole name in an unknown way. A number is never one, unless it has the eight digits of the CDK's hashes.
 */
export function illegalWord(
  { prod, staging }: ManifestStacks['generated'][number],
  p: ManifestEnvironment,
  s: ManifestEnvironment,
): string | undefined {
  const isAsLong =
    prod.length === staging.length || calledBy(p, s).some(([a, b]) => keepsLength(prod, a, staging, b));
  const isWord =
    [prod, staging].every((word) => /^[A-Za-z0-9]+$/.test(word)) || (isNamed(prod, p) && isNamed(staging, s));
  const isNumber = [prod, staging].every((word) => /^\d+$/.test(word)) && prod.length !== 8;
  if (isAsLong && isWord && !isNumber) return undefined;
  return `"${prod}" and "${staging}" are not of the length and kind of generated words`;
}

/** What two environments are called, in pairs: names that generated words are made of. */
const calledBy = (p: ManifestEnvironment, s: ManifestEnvironment): [string, string][] =>
  Object.entries(p.names).flatMap(([key, name]) => {
    const other = /^(?:name|stackName)(?:\.|$)/.test(key) ? own(s.names, key) : undefined;
    return other === undefined ? [] : [[name, other] as [string, string]];
  });

/**
 * Whether words are as long as the names in them make them: one is as much longer as its name is, or less, when it is cut to
 * a length that the other has not reached. A word that is cut in its middle loses as much on both sides, and so may miss
 * that by one.
 */
function keepsLength(a: string, nameA: string, b: string, nameB: string): boolean {
  if (nameA.length > nameB.length) return keepsLength(b, nameB, a, nameA);
  const beyond = b.length - nameB.length - (a.length - nameA.length);
  if (beyond === 0) return true;
  const isCut = nameA.length < nameB.length && beyond < 0 && b.length >= a.length - 1;
  return isCut && letters(a).includes(letters(nameA)) && letters(b).includes(letters(nameB).slice(0, 4));
}

/** Whether a text begins with an environment's name, or with what is left of it: as one that is cut to a length does. */
const isNamed = (text: string, { names }: ManifestEnvironment): boolean =>
  /^[\w./:-]+$/.test(text) &&
  Object.values(names).some((name) => name !== '' && common(text, name) >= Math.min(name.length, 4));

/** How many characters two texts begin with alike. */
function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
