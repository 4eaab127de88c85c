import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { AppProject, Place } from './app';
import { WHOLE } from './exports';

/** What a module imports: names by module. A name may be `default as X` or {@link WHOLE} as X. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** How a file of an app is written: as its entry is. */
export interface Style {
  readonly isTypeScript: boolean;
  /** Whether `import` is written, and not `require`. */
  readonly usesImport: boolean;
  /** The extension of the files beside it. */
  readonly extension: string;
  /** What stands behind the path of a module of the app: nothing, or `.js`. */
  readonly specifierEnd: string;
}

export function styleOf({ folder }: AppProject, { entry, isEsm }: Place): Style {
  const extension = /\.[^.]+$/.exec(entry)![0];
  const isTypeScript = extension.endsWith('ts');
  const text = readFileSync(join(folder, entry), 'utf8');
  const own = /(?:from|require\()\s*['"]\.{1,2}\/[^'"]*?(\.[cm]?[jt]s)?['"]/.exec(text);
  const compiled = extension.replace('t', 'j');
  const needed = isEsm ? (isTypeScript ? compiled : extension) : '';
  return {
    isTypeScript,
    usesImport: isTypeScript || isEsm,
    extension,
    specifierEnd: own ? (own[1] ?? '') : needed,
  };
}

/** What a module is called in another one. */
export function specifier(from: string, to: string, { specifierEnd }: Style): string {
  const path = relative(dirname(from), to.replace(/\.[cm]?[jt]sx?$/, ''))
    .split(sep)
    .join('/');
  return `${path.startsWith('.') ? path : `./${path}`}${specifierEnd}`;
}

/** The statements that import what a file needs. A module without names is loaded for what it does. */
export const importsText = (imports: Imports, { usesImport }: Style): string =>
  [...imports]
    .map(([module, names]) => {
      if (names.length === 0) return usesImport ? `import '${module}';` : `require('${module}');`;
      const [whole] = names.flatMap((it) =>
        it.startsWith(`${WHOLE} as `) ? it.slice(WHOLE.length + 4) : [],
      );
      if (whole !== undefined)
        return usesImport ? `import ${whole} from '${module}';` : `const ${whole} = require('${module}');`;
      const listed = names.toSorted((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }));
      const all = listed.map((it) => (usesImport ? it : it.replace(' as ', ': '))).join(', ');
      return usesImport ? `import { ${all} } from '${module}';` : `const { ${all} } = require('${module}');`;
    })
    .join('\n');

/** A class as it is imported: under its own name. */
export const importedAs = (exportedName: string, className: string): string =>
  exportedName === className ? className : `${exportedName} as ${className}`;
