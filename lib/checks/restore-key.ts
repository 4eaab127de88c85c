import { RESTORES } from '../aws/life';
import { isObject, own, type Json, type JsonObject } from '../json';
import { textOf } from '../template/text';
import type { Breach } from './finding';
import { PART, type Scan } from './leaf';
import { hangsOnStack, PRODUCTION, type PlacedStack, type StackEnv } from './names';

/** A key as a template names it: by an alias, which an account has in each region, or by an id, which nothing else has. */
export interface NamedKey extends StackEnv {
  /** `alias/orders`, or `key/` and the id. */
  readonly name: string;
}

const ARN = new RegExp(String.raw`^arn:${PART}:kms:(${PART}):(${PART}):(.+)$`);

/** The key that a text names; undefined for what hangs on the stack. */
function keyNamed(text: string, env: StackEnv): NamedKey | undefined {
  if (hangsOnStack(text)) return undefined;
  const [, region, account, last = text] = ARN.exec(text) ?? [];
  const known = (part: string | undefined, its: string | undefined): string | undefined =>
    part === undefined || part.includes('${') ? its : part;
  const [itsAccount, itsRegion] = [known(account, env.account), known(region, env.region)];
  return {
    name: /^(?:alias|key)\//.test(last) ? last : `key/${last}`,
    ...(itsAccount !== undefined && { account: itsAccount }),
    ...(itsRegion !== undefined && { region: itsRegion }),
  };
}

/** The keys that the data in a stack is under, of types that are restored with their key. An alias that it makes is a name of its own. */
export function keysOf({ template, env }: PlacedStack): NamedKey[] {
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  return Object.values(resources).flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry['Properties'])) return [];
    const type = textOf(entry['Type']) ?? '';
    const isData = own(RESTORES, type)?.keepsKey === true;
    const text = isData ? textOf(entry['Properties']['KmsKeyId']) : undefined;
    return text === undefined ? [] : (keyNamed(text, env) ?? []);
  });
}

/** A restored database stays under the key of its snapshot, which is production's, unless it is given another. */
export function restoreKeyFinding(type: string, properties: JsonObject, scan: Scan): Breach[] {
  const { from = [], keepsKey = false } = own(RESTORES, type) ?? {};
  const seed = keepsKey && from.find((name) => Object.hasOwn(properties, name));
  const wrong = seed ? wrongKey(properties['KmsKeyId'], scan) : undefined;
  if (!seed || wrong === undefined) return [];
  return [
    {
      rule: 'restore-key',
      path: ['Properties', seed],
      value: properties[seed]!,
      message: `got ${seed} ${wrong}; allowed is a key of staging's own`,
      fix: "Set KmsKeyId to staging's own long-lived key.",
    },
  ];
}

/** What is wrong with the key of a restored database: goes on from how it is restored. */
function wrongKey(given: Json | undefined, { account, region, prodKeys }: Scan): string | undefined {
  if (given === undefined) return "without KmsKeyId, which leaves the data under production's key";
  const text = textOf(given) ?? '';
  const key = keyNamed(text, {
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
  if (key === undefined) return undefined;
  if (key.name.startsWith('alias/aws/')) return `under "${text}", which everything in the account shares`;
  const isTheirs = OF_PRODUCTION.test(key.name) || prodKeys.some((it) => isSameKey(it, key));
  return isTheirs ? `under "${text}", which is production's key` : undefined;
}

/** An alias that says whose it is. */
const OF_PRODUCTION = new RegExp(String.raw`^alias/(?:.*[/_-])?${PRODUCTION}(?:[/_-]|$)`, 'i');

/** An id is the only one of its kind; of two aliases what is not known may be the same. */
function isSameKey(a: NamedKey, b: NamedKey): boolean {
  const isSame = (one: string | undefined, other: string | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  const isAlias = a.name.startsWith('alias/');
  return a.name === b.name && (!isAlias || (isSame(a.account, b.account) && isSame(a.region, b.region)));
}
