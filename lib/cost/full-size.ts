import type { Blueprint, BlueprintStack } from '../blueprint/blueprint';
import { blueprintOfTemplates } from '../blueprint/read-blueprint';
import { isObject, type Json, type JsonObject } from '../json';
import type { FactorReport, ParityReport, Permitted } from '../parity/report';
import type { Path } from '../template/differences';
import type { EnvironmentCost, FullSizeCost } from './cost';
import { costOf, usdFor } from './cost-report';
import { roundUsd } from './prices';

/**
 * Estimates what each factor that is smaller would add to the cost of a rehearsal at production's size: by undoing the differences that
 * follow it, in the templates as they are. Nothing is synthesised for it.
 *
 * @param hours - how long the staging of a rehearsal exists
 */
export function fullSizeCosts(
  staging: Blueprint,
  { factors, permitted }: Pick<ParityReport, 'factors' | 'permitted'>,
  hours: number,
): FullSizeCost[] {
  const differences = permitted.filter(({ by }) => by === 'scale');
  const now = costOf(staging);
  return factors.filter(isSmaller).map(({ name, growing = [] }) => {
    const larger = costOf(atFullSize(staging, differences, [name, ...growing]));
    const unpriced = unpricedIn(larger).filter((it) => !unpricedIn(now).includes(it));
    return {
      factor: name,
      ...(growing.length > 0 && { growing }),
      addsUsd: roundUsd(usdFor(larger, hours) - usdFor(now, hours)),
      ...(unpriced.length > 0 && { unpriced }),
    };
  });
}

/** A factor hides something where its values differ. */
const isSmaller = ({ blindSpot }: FactorReport): boolean => blindSpot !== undefined;

const unpricedIn = ({ unknown }: EnvironmentCost): string[] =>
  unknown.filter(({ because }) => because === 'no price').map(({ what }) => what);

/** An environment with what follows some factors as production has it. */
function atFullSize(
  { environment, stacks }: Blueprint,
  differences: readonly Permitted[],
  names: readonly string[],
): Blueprint {
  const [own, others] = [
    differences.filter(({ factor }) => names.includes(factor)),
    differences.filter(({ factor }) => !names.includes(factor)),
  ];
  const grown = stacks.map((stack) => ({ ...stack, template: grow(stack, own, others) }));
  return blueprintOfTemplates(environment, grown);
}

function grow(
  { path, template }: BlueprintStack,
  own: readonly Permitted[],
  others: readonly Permitted[],
): JsonObject {
  const resources: Record<string, Json> = { ...(template['Resources'] as JsonObject) };
  for (const it of own) {
    if (it.stack !== path || it.path[0] === '(json)') continue;
    const value = it.path.length === 0 && it.prod !== undefined ? asMember(it, it.prod, others) : it.prod;
    const before = resources[it.logicalId];
    const after =
      it.path.length === 0 ? value : before === undefined ? undefined : put(before, it.path, value);
    if (after === undefined) delete resources[it.logicalId];
    else resources[it.logicalId] = after;
  }
  return { ...template, Resources: resources };
}

/** A member that production alone has, as staging would make it: what follows other factors is as in staging's nearest member. */
function asMember({ type, stack, construct }: Permitted, made: Json, others: readonly Permitted[]): Json {
  const near = others
    .filter((it) => it.type === type && it.stack === stack && it.path.length > 0)
    .toSorted((a, b) => sharedLength(b.construct, construct) - sharedLength(a.construct, construct));
  const nearest = near.filter(({ logicalId }) => logicalId === near[0]?.logicalId);
  return nearest.reduce((member, { path, staging }) => put(member, path, staging), made);
}

function sharedLength(a = '', b = ''): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** A value with another one in a place of it; as it is where that place is inside a text, or not there. */
function put(node: Json, [key, ...rest]: Path, value: Json | undefined): Json {
  if (Array.isArray(node) && typeof key === 'number') {
    const list = [...(node as readonly Json[])];
    const item =
      rest.length === 0 ? value : list[key] === undefined ? undefined : put(list[key], rest, value);
    list.splice(key, 1, ...(item === undefined ? [] : [item]));
    return list;
  }
  if (!isObject(node) || typeof key !== 'string') return node;
  const before = node[key];
  if (rest.length > 0) return before === undefined ? node : { ...node, [key]: put(before, rest, value) };
  const { [key]: _, ...others } = node;
  return value === undefined ? others : { ...others, [key]: value };
}
