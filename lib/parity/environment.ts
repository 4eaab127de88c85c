import { TwinError } from '../error';
import { own } from '../json';
import type { Definition, ManifestEnvironment } from './manifest';

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
    fix: 'Run cdk synth again: twin.json is written, never edited.',
  });
}
