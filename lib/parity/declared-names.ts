import { isObject, type Json } from '../json';
import { isWhole } from '../template/differences';

/** What each of two environments is called, as the user says. */
export interface DeclaredNames {
  readonly prod: string;
  readonly staging: string;
}

/**
 * Whether two texts, or references, are the same but for the environments' own names, and for the hashes that the CDK makes
 * of them. What holds such texts is looked into, so that each is told where it stands.
 */
export function differInNames(
  prod: Json | undefined,
  staging: Json | undefined,
  names: DeclaredNames,
): boolean {
  const isText = (value: Json | undefined): value is Json =>
    typeof value === 'string' || (isObject(value) && isWhole(value));
  if (!isText(prod) || !isText(staging)) return false;
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
