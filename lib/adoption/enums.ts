import { sep } from 'node:path';
import type { LoadedModules } from './exports';

/** A member of an enum: `InstanceClass.R7G`, of `aws-cdk-lib/aws-ec2` or of a file of the app. */
export interface EnumMember {
  readonly name: string;
  readonly member: string;
  /** A package's module, or the path of a file. */
  readonly module: string;
}

/** Finds the member that a prop was given; undefined where the value is no enum's, or several enums could be meant. */
export type FindMember = (prop: string, value: unknown) => EnumMember | undefined;

/**
 * Finds members of enums in the modules that were loaded. A process has their values alone, and TypeScript takes no text for a
 * member: the enum is the one that has the value and is called as the prop is, such as `InstanceClass` for `instanceClass`.
 */
export function enumsIn(modules: LoadedModules): FindMember {
  const known = new Map<string, readonly (readonly [module: string, exported: object])[]>();
  for (const [file, exported] of modules) {
    const module = moduleOf(file);
    if (module === undefined || typeof exported !== 'object' || exported === null) continue;
    for (const name of Object.keys(exported).filter((it) => /^[A-Z]/.test(it)))
      known.set(name, [...(known.get(name) ?? []), [module, exported]]);
  }
  return (prop, value) => {
    const found = [...known].flatMap(([name, all]) =>
      isAlike(name, prop) ? all.flatMap(([module, exported]) => memberOf(name, module, exported, value)) : [],
    );
    const exact = found.filter(({ name }) => name.toLowerCase() === prop.toLowerCase());
    const best = exact.length > 0 ? exact : found;
    return new Set(best.map(({ name, member }) => `${name}.${member}`)).size === 1 ? best[0] : undefined;
  };
}

/** Shorter words are parts of many names. */
const FEWEST_LETTERS = 4;

function isAlike(name: string, prop: string): boolean {
  const [one, other] = [name.toLowerCase(), prop.toLowerCase()].toSorted((a, b) => a.length - b.length);
  return one === other || (one!.length >= FEWEST_LETTERS && other!.includes(one!));
}

function memberOf(name: string, module: string, exported: object, value: unknown): EnumMember[] {
  const it = (exported as Record<string, unknown>)[name];
  if (typeof it !== 'object' || it === null || Object.getPrototypeOf(it) !== Object.prototype) return [];
  const entries = Object.entries(it);
  if (!entries.every(([, member]) => ['string', 'number'].includes(typeof member))) return [];
  // an enum of numbers has its names as values too
  const members = entries.filter(([key, member]) => member === value && !/^\d+$/.test(key));
  return members.slice(0, 1).map(([member]) => ({ name, member, module }));
}

/** What a file is imported as: a module of the AWS CDK, or itself where it is the app's. */
function moduleOf(file: string): string | undefined {
  const parts = file.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return file;
  const [library, module, index, ...more] = parts.slice(at + 1);
  if (library !== 'aws-cdk-lib' || more.length > 0) return undefined;
  if (module === 'index.js' || (module === 'core' && index === 'index.js')) return library;
  return index === 'index.js' ? `${library}/${module}` : undefined;
}
