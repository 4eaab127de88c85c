import type { Json } from '../json';

/** What each of two environments is called, as the user says. */
export interface DeclaredNames {
  readonly prod: string;
  readonly staging: string;
}

/**
 * Whether two values are the same text but for the environments' own names, and for the hashes that the CDK makes of them.
 */
export function differInNames(
  prod: Json | undefined,
  staging: Json | undefined,
  names: DeclaredNames,
): boolean {
  if (prod === undefined || staging === undefined) return false;
  const [p, s] = [anonymous(prod, names.prod), anonymous(staging, names.staging)];
  return p === s && p.includes(NAME);
}

const NAME = '\uE004';

/** A value as text without a name; of ids that begin with the name also without the hash at their end. */
function anonymous(value: Json, name: string): string {
  const forms = [...new Set([name, name.toLowerCase(), name.replaceAll(/[^A-Za-z0-9]/g, '')])].filter(
    (form) => form !== '',
  );
  return JSON.stringify(value, (_, leaf: Json) => {
    if (typeof leaf !== 'string') return leaf;
    const text = forms.reduce((rest, form) => rest.replaceAll(form, NAME), leaf);
    return text.replaceAll(/(\uE004[A-Za-z0-9]*?)[0-9A-F]{8}(?![A-Za-z0-9])/g, '$1<hash>');
  });
}
