import Module from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Unit } from './observation';

type Exported = Unit['exported'];

/** What a class is called that is all that a module of CommonJS exports. */
export const WHOLE = 'module.exports';

/** What modules export, by their files. */
export type LoadedModules = ReadonlyMap<string, unknown>;

/**
 * The modules that a process has loaded.
 *
 * @param entry - the file that the process was started with: importing it would make its app again
 * @param files - other files that may be modules of ECMAScript, which nothing lists
 */
export async function loadedModules(entry: string, files: readonly string[]): Promise<LoadedModules> {
  const modules = new Map<string, unknown>();
  for (const [file, loaded] of Object.entries(
    (Module as unknown as { readonly _cache: Readonly<Record<string, { readonly exports: unknown }>> })
      ._cache,
  ))
    modules.set(file, loaded.exports);
  for (const file of new Set(files))
    // what is loaded already is not run again
    if (!modules.has(file)) modules.set(file, await import(pathToFileURL(file).href));
  modules.delete(entry);
  return modules;
}

/** Finds the module of the app that exports a class: the very class, whatever it is called there. */
export function exportsIn(modules: LoadedModules): (constructor: unknown) => Exported {
  const own = [...modules].filter(([file]) => !file.includes(`${sep}node_modules${sep}`));
  return (constructor) => {
    for (const [file, exported] of own) {
      const name = nameIn(exported, constructor);
      if (name !== undefined) return { file, name };
    }
    return undefined;
  };
}

function nameIn(exported: unknown, value: unknown): string | undefined {
  if (exported === value) return WHOLE;
  if (typeof exported !== 'object' || exported === null) return undefined;
  return Object.entries(exported).find(([, it]) => it === value)?.[0];
}

/** The file of the innermost constructor of a class in a trace; undefined where the trace has none. */
export function fileOfConstructor(className: string, trace: string): string | undefined {
  const place = trace
    .split('\n')
    .map((line) => /^\s*at new (\S+) \((.+):\d+:\d+\)$/.exec(line))
    .find((it) => it?.[1] === className)?.[2];
  const path = place?.replace(/\?.*$/, '');
  return path?.startsWith('file:') ? fileURLToPath(path) : path;
}
