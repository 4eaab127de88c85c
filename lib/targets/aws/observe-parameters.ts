import { isObject } from '../../json';
import type { RunningProperty, RunningResource } from '../observe';
import { gone, ifThere, running, type Declared, type Sight } from './observe-sight';
import { databases, type Vendor } from './observe-vendors';
import { allPages } from './pages';

/** A parameter, as three services describe it. */
export interface Parameter {
  readonly ParameterName?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly Source?: string | undefined;
}

/** Describes the parameter groups that a stack has for databases. */
export async function parameterGroups(vendor: Vendor, sight: Sight): Promise<RunningResource[]> {
  const described: RunningResource[] = [];
  const of = (kind: string): Declared[] => sight.of(`${vendor.prefix}::${kind}`);
  for (const it of of('DBClusterParameterGroup')) {
    const all = await ifThere(() =>
      allPages(async (Marker) => {
        const page = await databases(vendor, sight).describeDBClusterParameters({
          DBClusterParameterGroupName: it.physicalId,
          Marker,
        });
        return { items: page.Parameters, next: page.Marker };
      }),
    );
    described.push(all ? running(it, values(it, 'Parameters', all)) : gone(it));
  }
  for (const it of of('DBParameterGroup')) {
    const all = await ifThere(() =>
      allPages(async (Marker) => {
        const page = await databases(vendor, sight).describeDBParameters({
          DBParameterGroupName: it.physicalId,
          Marker,
        });
        return { items: page.Parameters, next: page.Marker };
      }),
    );
    described.push(all ? running(it, values(it, 'Parameters', all)) : gone(it));
  }
  return described;
}

/**
 * The values of a parameter group that are not the engine's own: those that were set, and those that the template sets.
 *
 * @param key - of the property that has them
 */
export function values({ properties }: Declared, key: string, all: readonly Parameter[]): RunningProperty[] {
  const declared = isObject(properties[key]) ? Object.keys(properties[key]) : [];
  const set = new Map(
    all.flatMap(({ ParameterName: name, ParameterValue: value, Source: source = '' }) =>
      name !== undefined && (/^(user|customer)$/i.test(source) || declared.includes(name))
        ? [[name, value ?? null] as const]
        : [],
    ),
  );
  return [...new Set([...declared, ...set.keys()])].map((name) => ({
    path: ['Properties', key, name],
    value: set.get(name) ?? null,
    default: null,
  }));
}
