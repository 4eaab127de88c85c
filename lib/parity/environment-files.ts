import { didYouMean, TwinError } from '../error';
import { own } from '../json';
import { pairsIn, type Assembly } from './assembly';
import type { ManifestPair } from './manifest';
import { stacksOn, type StackFile } from './side-stacks';

/**
 * The templates of an environment that is compared with another.
 *
 * @throws TwinError `unknown-environment`, and those of {@link pairsIn}
 */
export function filesOf(assembly: Assembly, environment: string): readonly StackFile[] {
  const pairs = pairsIn(assembly).map(({ pair }) => pair);
  const sideOf = (pair: ManifestPair): readonly StackFile[] | undefined => {
    if (pair.staging === environment) return stacksOn(pair, 'staging');
    return pair.prod === environment ? stacksOn(pair, 'prod') : undefined;
  };
  const found = pairs.map(sideOf).find((files) => files !== undefined);
  if (found) return found;
  throw unknownEnvironment(environment, [...new Set(pairs.flatMap(({ prod, staging }) => [prod, staging]))]);
}

/** What the parameters of an environment are given. */
export function givenTo({ manifest }: Assembly, environment: string): Readonly<Record<string, string>> {
  const found = manifest.definitions.map(({ environments }) => own(environments, environment));
  return found.find((it) => it !== undefined)?.parameters ?? {};
}

/** The error of a name that no environment has. */
export const unknownEnvironment = (name: string, known: readonly string[]): TwinError =>
  new TwinError({
    code: 'unknown-environment',
    message: `there is no environment "${name}" in the assembly; ${didYouMean(name, known)}`,
    fix: 'Name an environment that the app makes with twins.prod(...) or twins.staging(...).',
  });
