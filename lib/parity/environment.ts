import { TwinError } from '../error';
import { own } from '../json';
import type { Way } from '../scale/rules';
import { REWRITE, type Definition, type ManifestEnvironment, type ManifestPair } from './manifest';

/**
 * The environment of a name.
 *
 * @throws TwinError `allowlist-environment` when the manifest has none
 */
export function environment({ environments }: Definition, name: string): ManifestEnvironment {
  const found = own(environments, name);
  if (found) return found;
  throw new TwinError({
    code: 'allowlist-environment',
    message: `twin.json has no environment "${name}"; it has ${Object.keys(environments).join(', ')}`,
    fix: REWRITE,
  });
}

/** The production that every further one is compared with. */
export const firstProduction = ({ environments }: Definition): string | undefined =>
  Object.keys(environments).find((name) => environments[name]!.role === 'production');

/** How large the second of a pair may be: a staging is no larger than production. */
export const wayOf = (definition: Definition, { staging }: Pick<ManifestPair, 'staging'>): Way =>
  environment(definition, staging).role === 'production' ? 'either' : 'smaller';

/** What the two sides of a comparison are called. */
export interface SideNames {
  readonly prod: string;
  readonly staging: string;
}

/** Production and staging; two productions are called by their own names. */
export const sideNames = ({ prod, staging }: SideNames, role: ManifestEnvironment['role']): SideNames =>
  role === 'production' ? { prod, staging } : { prod: 'production', staging: 'staging' };
