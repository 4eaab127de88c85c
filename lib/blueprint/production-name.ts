import { didYouMean, TwinError } from '../error';
import type { Assembly } from '../parity/assembly';
import { environmentsOf } from './read-blueprint';

/**
 * The name of a production with a staging.
 *
 * @param environment - that is asked for; undefined for the only one
 * @throws TwinError `environment` where there is none of that name, or several and none is asked for
 */
export function productionIn(assembly: Assembly, environment: string | undefined): string {
  const names = [...new Set(environmentsOf(assembly).map(({ prod }) => prod))];
  const [only, ...others] = names;
  const name = environment ?? (others.length === 0 ? only : undefined);
  if (name !== undefined && names.includes(name)) return name;
  throw new TwinError({
    code: 'environment',
    message:
      environment === undefined
        ? `the app has ${names.length} productions with a staging: ${names.join(', ')}`
        : `the assembly has no production "${environment}" with a staging; ${didYouMean(environment, names)}`,
    fix: 'Name the one that is about to be deployed with --environment.',
  });
}
