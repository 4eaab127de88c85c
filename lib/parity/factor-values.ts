import { isObject, own, type Json } from '../json';
import type { FactorKind } from '../scale/kinds';
import type { Path } from '../template/differences';
import { numberOf } from '../scale/property-kinds';

/** The properties of a holder that a kind of several values is made of, each with the part of the value that it is. */
export type Parts = Readonly<Record<string, string>>;

/** The holders of a kind's values on both sides. */
export interface Holders {
  readonly prod: Json | undefined;
  readonly staging: Json | undefined;
}

/** Whether a kind's value is made of several properties of one holder. */
export const hasParts = (kind: FactorKind): boolean => kind === 'fargateSize' || Object.hasOwn(ENDS, kind);

/**
 * The properties that make up a kind's value, of those that stand in a holder on either side.
 *
 * @param property - one of them: a holder may have several ranges
 * @returns undefined when the property is none of them
 */
export function partsFor(kind: FactorKind, property: string, holders: Holders): Parts | undefined {
  if (kind === 'fargateSize') return Object.hasOwn(FARGATE, property) ? FARGATE : undefined;
  const names = own(ENDS, kind);
  const range = names && rangeOf(property, holders);
  if (!names || !range) return undefined;
  const { min, max, desired } = range;
  if (kind === 'capacityRange' && endOf(min)?.rest !== 'Capacity') return undefined;
  const isDesired = desired === property;
  if (isDesired && names.desired === undefined) return undefined;
  return {
    [min]: names.min,
    ...(desired !== undefined && names.desired !== undefined && { [desired]: names.desired }),
    [max]: names.max,
  };
}

/** Every property of a holder that is a part of a kind's value. */
export const partNames = (kind: FactorKind, holders: Holders): string[] =>
  keysOf(holders).filter((property) => partsFor(kind, property, holders) !== undefined);

/** The value of a kind that a holder has, as far as its parts are there. */
export function valueOfParts(kind: FactorKind, parts: Parts, holder: Json | undefined): Json {
  const value = isObject(holder) ? holder : {};
  const found = Object.fromEntries(
    Object.entries(parts).flatMap(([property, name]) =>
      Object.hasOwn(value, property) ? [[name, numberOrAsIs(value[property]!)]] : [],
    ),
  );
  // Amazon EC2 Auto Scaling API Reference, CreateAutoScalingGroup: "If you do not specify a desired capacity, the default is
  // the minimum size of the group." One that only one side has is a part of its own, and missed on the other.
  const isUnset = kind === 'groupSize' && !Object.values(parts).includes('desired');
  return isUnset && found['min'] !== undefined ? { ...found, desired: found['min'] } : found;
}

/**
 * What a place is called: its property, or, where that is a `Value`, the name or the key beside it, as of a variable.
 *
 * @param holder - what the place stands in
 */
export function calledAt(path: Path, holder: Json | undefined): string {
  const property = path.findLast((step) => typeof step === 'string') ?? '';
  return (/^Value$/i.test(property) ? nameOf(holder) : undefined) ?? property;
}

/** The name or the key of an item in a list of such; undefined for any other. */
export function nameOf(item: Json | undefined): string | undefined {
  const name = isObject(item) ? (item['Name'] ?? item['Key']) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Both values of a kind of one value: classes without the database service's prefix, numbers that are written as texts. */
export function plainValues(kind: FactorKind, values: readonly (Json | undefined)[]): (Json | undefined)[] {
  if (kind === 'cacheNode') return [...values];
  if (kind !== 'instanceClass') return values.map((it) => (it === undefined ? it : numberOrAsIs(it)));
  const isDatabase = values.every((value) => typeof value === 'string' && value.startsWith('db.'));
  return values.map((value) => (isDatabase ? (value as string).slice('db.'.length) : value));
}

const numberOrAsIs = (value: Json): Json => numberOf(value) ?? value;

/** A Fargate task definition's. */
const FARGATE: Parts = { Cpu: 'cpu', Memory: 'memoryMiB' };

interface EndNames {
  readonly min: string;
  readonly max: string;
  readonly desired?: string;
}

const ENDS: Readonly<Partial<Record<FactorKind, EndNames>>> = {
  autoscalingRange: { min: 'min', max: 'max' },
  throughputRange: { min: 'min', max: 'max' },
  groupSize: { min: 'min', desired: 'desired', max: 'max' },
  capacityRange: { min: 'minAcu', max: 'maxAcu' },
};

/** `MinSize`, `MaximumUnits`, `DesiredvCpus`: which end of a range, and of what. */
const END = /^(Min|Max|Desired)(?:imum)?((?:[A-Z]|vC).*)?$/;
/**
 * What the CloudFormation resource specification calls what such ranges count; other ranges, of ports, lengths and times to
 * live, are no sizes.
 */
const COUNTED =
  /^$|(?:Size|Capacity|Count|Units|Workers|Webservers|vCpus|Instances|EC2Instances|Pollers|Environments|Tasks|Nodes|Replicas)$/;

/** Whether a property is called like something that is counted. */
export const isCalledCount = (property: string): boolean => COUNTED.test(property);

function endOf(property: string): { readonly end: string; readonly rest: string } | undefined {
  const [, end, rest = ''] = END.exec(property) ?? [];
  return end !== undefined && COUNTED.test(rest) ? { end, rest } : undefined;
}

/** The range that a property is an end of, or the desired number of. */
function rangeOf(property: string, holders: Holders) {
  const it = endOf(property);
  if (!it) return undefined;
  const keys = keysOf(holders);
  const find = (end: string, rest: string) =>
    keys.find((key) => endOf(key)?.end === end && endOf(key)?.rest === rest);
  const pairs = keys.flatMap((min) => {
    const least = endOf(min);
    const max = least?.end === 'Min' ? find('Max', least.rest) : undefined;
    return max === undefined ? [] : [{ min, max, rest: least!.rest }];
  });
  const isDesired = it.end === 'Desired';
  const pair = isDesired ? pairs[0] : pairs.find(({ rest }) => rest === it.rest);
  if (!pair || (isDesired && pairs.length > 1)) return undefined;
  const desired = pairs.length === 1 ? keys.filter((key) => endOf(key)?.end === 'Desired') : [];
  return { ...pair, desired: desired.length === 1 ? desired[0] : undefined };
}

const keysOf = ({ prod, staging }: Holders): string[] => [
  ...new Set([prod, staging].flatMap((it) => (isObject(it) ? Object.keys(it) : []))),
];
