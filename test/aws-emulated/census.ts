import { DATA_CENSUS } from './data-census';
import type { Emulator } from './emulator';
import type { Lists } from './list';
import { NETWORK_CENSUS } from './network-census';
import { SERVICE_CENSUS } from './service-census';

/** How everything is listed. */
export const LISTS: Lists = { ...DATA_CENSUS, ...NETWORK_CENSUS, ...SERVICE_CENSUS };

/** What the services have: names by type. A type about which they do not answer is not in it. */
export type Census = ReadonlyMap<string, ReadonlySet<string>>;

/** What the services of an emulator list of some types. */
export async function census(
  { use }: Emulator,
  types: readonly string[] = Object.keys(LISTS),
): Promise<Census> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const type of types) {
    try {
      found.set(type, new Set((await LISTS[type]!(use))?.map(String)));
    } catch {
      // An emulator without that list: who compares with an earlier census sees that the type is missing.
    }
  }
  return found;
}

/** Something that a service lists. */
export interface Listed {
  readonly type: string;
  readonly name: string;
}

/** What is in one census and is not in an earlier one. */
export const added = (earlier: Census, later: Census): Listed[] =>
  [...later].flatMap(([type, names]) =>
    [...names].filter((name) => earlier.get(type)?.has(name) !== true).map((name) => ({ type, name })),
  );

/** The types of which the services no longer answer: whatever is left of them would not be seen. */
export const silenced = (earlier: Census, later: Census): string[] =>
  [...earlier.keys()].filter((type) => !later.has(type));

const serviceOf = (type: string): string => type.split('::').slice(0, 2).join('::');

/** The types to ask for around a stack: all of the services that its resources are of, logs, and what no template has. */
export function typesAround(types: Iterable<string>): string[] {
  const services = new Set(['AWS::Logs', ...[...types].map(serviceOf)]);
  return Object.keys(LISTS).filter((type) => !type.startsWith('AWS::') || services.has(serviceOf(type)));
}
