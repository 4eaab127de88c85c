import { equalJson, own, type Json } from '../json';
import { checkProportion } from '../scale/proportions';
import { checkShape, checkValue, type Way } from '../scale/rules';
import { partsOf, SIZE } from '../scale/sizes';
import type { SideNames } from './environment';
import type { Reason } from './findings';
import type { Definition, ManifestEnvironment } from './manifest';

/**
 * The factors whose values in the manifest break a rule, with what is wrong: they explain nothing.
 *
 * @param way - how large the second environment may be
 * @param called - what the two are called
 */
export function illegalFactors(
  definition: Definition,
  prod: ManifestEnvironment,
  staging: ManifestEnvironment,
  way: Way,
  called: SideNames,
): ReadonlyMap<string, Reason> {
  const illegal = new Map<string, Reason>();
  const breaks = (name: string, why: string) => illegal.set(name, { rule: 'shape-rule', why });
  const disagrees = (name: string, why: string) => illegal.set(name, { rule: 'manifest', why });
  for (const [name, factor] of Object.entries(definition.factors)) {
    const [p, s] = [prod.scale[name], staging.scale[name]];
    const broken = [...checkValue(name, factor, p), ...checkValue(name, factor, s)];
    if (broken.length === 0) broken.push(...checkShape(name, factor, p, s, way));
    if (broken.length > 0) breaks(name, broken.map(({ message }) => message).join('; '));
    else if (!equalJson(p, s) && !isTried(name, definition, prod, staging))
      disagrees(name, `${name} differs, and was tried with no other value`);
  }
  for (const side of [prod, staging]) {
    for (const [name, value] of Object.entries(side.expressions)) {
      const wrong = wrongIn(name, value, definition, side);
      const [factor] = own(definition.derived, name)?.from ?? [name.split('.', 1)[0]!];
      if (wrong !== undefined && factor !== undefined && !illegal.has(factor)) disagrees(factor, wrong);
    }
  }
  for (const [name, { from, largerBecause }] of Object.entries(definition.derived)) {
    const [p, s] = [own(prod.expressions, name), own(staging.expressions, name)];
    const strange = from.find((it) => !Object.hasOwn(definition.factors, it));
    if (Object.hasOwn(definition.factors, name) || from.length === 0 || strange !== undefined)
      disagrees(
        name,
        `${name} is derived from ${from.join(', ') || 'nothing'}, and not from other factors alone`,
      );
    const wrong = wrongDerived(
      p,
      s,
      way === 'either' || largerBecause !== undefined,
      from.every((it) => equalJson(prod.scale[it], staging.scale[it])),
      `${name} is ${p ?? 'nothing'} in ${called.prod} and ${s ?? 'nothing'} in ${called.staging}`,
    );
    if (wrong !== undefined) for (const factor of from) if (!illegal.has(factor)) breaks(factor, wrong);
  }
  prod.proportions.forEach((proportion) => {
    const scaled = staging.proportions.find(({ name }) => name === proportion.name);
    const broken = scaled ? checkProportion(proportion, scaled) : [];
    if (!scaled)
      disagrees(proportion.name, `the proportion "${proportion.name}" is missing for ${called.staging}`);
    for (const { factor, message } of broken) breaks(factor, message);
  });
  return illegal;
}

/** Whether a factor was tried with a value that neither environment has; unproven is one that has no other. */
function isTried(
  name: string,
  { tried, unproven }: Definition,
  prod: ManifestEnvironment,
  staging: ManifestEnvironment,
): boolean {
  const valueOf = (expressions: ManifestEnvironment['expressions']): Json =>
    Object.fromEntries(Object.entries(expressions).filter(([it]) => it.split('.', 1)[0] === name));
  const known = [prod, staging].map(({ expressions }) => valueOf(expressions));
  return (
    unproven.includes(name) ||
    tried.some((expressions) => known.every((it) => !equalJson(it, valueOf(expressions))))
  );
}

/** What is wrong with an expression that is its factor's value or a part of it. */
function wrongIn(
  name: string,
  value: number | string,
  { factors, derived }: Definition,
  { scale }: ManifestEnvironment,
): string | undefined {
  if (Object.hasOwn(derived, name)) return undefined;
  const [factor = '', part] = name.split('.', 2);
  if (!Object.hasOwn(factors, factor)) return `${name} comes from "${factor}", which is no declared factor`;
  const all = own(scale, factor);
  const given = part === undefined ? all : partOf(all, part);
  return given === value
    ? undefined
    : `${name} is ${value} in the manifest where the factor gives ${JSON.stringify(given) ?? 'nothing'}`;
}

function partOf(value: unknown, part: string): unknown {
  if (typeof value === 'string') return part === 'size' ? partsOf(value)?.size : undefined;
  return typeof value === 'object' && value !== null ? own({ ...value }, part) : undefined;
}

/** What is derived from the same values is the same; from smaller ones it is no larger, and there or not there alike. */
function wrongDerived(
  p: number | string | undefined,
  s: number | string | undefined,
  mayBeLarger: boolean,
  isSame: boolean,
  told: string,
): string | undefined {
  if (typeof p !== typeof s) return `${told}: a switch, where only a size may differ`;
  if (isSame && p !== s) return `${told}, but what it is derived from is the same in both`;
  if (typeof p !== 'number' || typeof s !== 'number')
    return sized(p) === sized(s) ? undefined : `${told}, which differ in more than numbers and sizes`;
  if ((p === 0) !== (s === 0)) return `${told}: a switch, where only a size may differ`;
  return s > p && !mayBeLarger ? `${told}, and may not be larger there` : undefined;
}

/** A text without its numbers and without the sizes of classes. */
const sized = (text: number | string | undefined): string => String(text).replaceAll(SIZES, '#');
const SIZES = new RegExp(`(?<![a-z0-9])(?:${SIZE})(?![a-z0-9])|\\d+(?:\\.\\d+)?`, 'g');
