import { didYouMean, TwinError } from '../error';
import type { Assembly } from '../parity/assembly';
import { environmentsOf } from './read-blueprint';

/**
 * The name of a production.
 *
 * @param environment - that is asked for; undefined for the only one that has a staging
 * @throws TwinError `environment` where there is none of that name, or none is asked for and not one has a staging
 */
export function productionIn(assembly: Assembly, environment: string | undefined): string {
  const all = productionsIn(assembly);
  if (environment !== undefined) {
    if (all.includes(environment)) return environment;
    throw new TwinError({
      code: 'environment',
      message: `the assembly has no production "${environment}"; ${didYouMean(environment, all)}`,
      fix: NAME_IT,
    });
  }
  const [only, ...others] = [...new Set(environmentsOf(assembly).map(({ prod }) => prod))];
  if (only !== undefined && others.length === 0) return only;
  throw new TwinError({
    code: 'environment',
    message: `the app has ${only === undefined ? 0 : 1 + others.length} productions with a staging, of these: ${all.join(', ')}`,
    fix: NAME_IT,
  });
}

const NAME_IT = 'Name the one that is meant with --environment.';

const productionsIn = ({ manifest }: Assembly): readonly string[] =>
  manifest.definitions.flatMap(({ environments }) =>
    Object.keys(environments).filter((name) => environments[name]!.role === 'production'),
  );
