import { equalJson, own } from '../json';
import { checkProportion } from '../scale/proportions';
import { checkShape, checkValue } from '../scale/rules';
import type { Manifest, ManifestEnvironment, ManifestExpression } from './manifest';

/** The factors whose values in the manifest break a rule, with what is wrong: they explain nothing. */
export function illegalFactors(
  manifest: Manifest,
  prod: ManifestEnvironment,
  staging: ManifestEnvironment,
): ReadonlyMap<string, string> {
  const illegal = new Map<string, string>();
  for (const [name, factor] of Object.entries(manifest.factors)) {
    const [p, s] = [prod.scale[name], staging.scale[name]];
    const broken = [...checkValue(name, factor, p), ...checkValue(name, factor, s)];
    if (broken.length === 0) broken.push(...checkShape(name, factor, p, s));
    if (broken.length > 0) illegal.set(name, broken.map(({ message }) => message).join('; '));
  }
  for (const side of [prod, staging]) {
    for (const [name, expression] of Object.entries(side.expressions)) {
      const wrong = wrongIn(name, expression, manifest, side) ?? unlike(name, expression, prod, staging);
      if (wrong !== undefined && !illegal.has(expression.factor)) illegal.set(expression.factor, wrong);
    }
  }
  prod.proportions.forEach((proportion) => {
    const scaled = staging.proportions.find(({ name }) => name === proportion.name);
    const broken = scaled ? checkProportion(proportion, scaled) : [];
    if (!scaled) illegal.set(proportion.name, `the proportion "${proportion.name}" is missing for staging`);
    for (const { factor, message } of broken) illegal.set(factor, message);
  });
  return illegal;
}

/** What is wrong with an expression: it is its factor's value, a part of it, or derived from it. */
function wrongIn(
  name: string,
  { factor, value }: ManifestExpression,
  { factors }: Manifest,
  { scale }: ManifestEnvironment,
): string | undefined {
  if (!Object.hasOwn(factors, factor)) return `${name} comes from "${factor}", which is no declared factor`;
  if (isDerived(name, factor)) return undefined; // what it must be is not known without the definition
  const all = own(scale, factor);
  const part = name.startsWith(`${factor}.`) ? name.slice(factor.length + 1) : '';
  const given = name === factor ? all : typeof all === 'object' ? own({ ...all }, part) : undefined;
  return given === value
    ? undefined
    : `${name} is ${value} in the manifest where the factor gives ${JSON.stringify(given) ?? 'nothing'}`;
}

/** What is derived from the same value is the same. */
function unlike(
  name: string,
  { factor }: ManifestExpression,
  prod: ManifestEnvironment,
  staging: ManifestEnvironment,
): string | undefined {
  const [p, s] = [own(prod.expressions, name), own(staging.expressions, name)];
  if (!p || !s) return undefined;
  if (p.factor !== s.factor)
    return `${name} comes from ${p.factor} in production and from ${s.factor} in staging`;
  if (isDerived(name, factor) && isSwitch(p.value, s.value))
    return `${name} is ${p.value} in production and ${s.value} in staging: a switch, where only a size may differ`;
  if (p.value === s.value || !equalJson(prod.scale[factor], staging.scale[factor])) return undefined;
  return `${name} is ${p.value} in production and ${s.value} in staging, but ${factor} is the same in both`;
}

/** Whether two derived values differ in kind: one is a text or 0 where the other is not, or texts differ in words. */
function isSwitch(p: number | string, s: number | string): boolean {
  if (typeof p === 'number' && typeof s === 'number') return (p === 0) !== (s === 0);
  return typeof p !== typeof s || withoutSizes(String(p)) !== withoutSizes(String(s));
}

const withoutSizes = (text: string): string =>
  text.replaceAll(/\d+(\.\d+)?|\b(nano|micro|small|medium|large|xlarge)\b/g, '#').replaceAll('#xlarge', '#');

const isDerived = (name: string, factor: string): boolean => name.startsWith(`${factor}: `);
