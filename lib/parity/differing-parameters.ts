import { own } from '../json';
import { parametersOf } from '../template/parameters';
import { environment } from './environment';
import type { Fault, Finding, StackFindings } from './findings';
import type { Definition, ManifestEnvironment, ManifestPair } from './manifest';

/**
 * The parameters of a template that two environments are given different values for. One is permitted where both values are those
 * of a factor, or of the environments' own names; secrets are not compared.
 */
export function differingParameters(
  definition: Definition,
  pair: ManifestPair,
  template: unknown,
): StackFindings {
  const [prod, staging] = [environment(definition, pair.prod), environment(definition, pair.staging)];
  const permitted: Finding[] = [];
  const forbidden: Fault[] = [];
  for (const { name, isHidden } of parametersOf(template)) {
    const [p, s] = [own(prod.parameters ?? {}, name), own(staging.parameters ?? {}, name)];
    if (isHidden || p === s) continue;
    const difference = { path: ['Parameters', name], prod: p, staging: s };
    const cause = p === undefined || s === undefined ? undefined : causeOf(definition, prod, staging, p, s);
    if (cause) permitted.push({ ...difference, ...cause });
    else
      forbidden.push({
        ...difference,
        rule: 'deployed-differently',
        why: 'it is given another value, and no scale factor explains it',
        fix: `Give "${name}" the same value in both environments, or the value of a scale factor.`,
      });
  }
  return { permitted, forbidden };
}

function causeOf(
  definition: Definition,
  prod: ManifestEnvironment,
  staging: ManifestEnvironment,
  p: string,
  s: string,
): Pick<Finding, 'by' | 'factor'> | undefined {
  const named = (values: (of: ManifestEnvironment) => Readonly<Record<string, number | string>>) =>
    Object.keys(values(prod)).find(
      (key) => String(values(prod)[key]) === p && String(own(values(staging), key)) === s,
    );
  const expression = named(({ expressions }) => expressions);
  if (expression !== undefined) {
    const [factor = expression] = own(definition.derived, expression)?.from ?? [expression.split('.', 1)[0]!];
    return { by: 'scale', factor };
  }
  const name = named(({ names }) => names);
  return name === undefined ? undefined : { by: 'naming', factor: name };
}
