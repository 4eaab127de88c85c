import { drawn, blueprintOf, environmentsOf, type EnvironmentPair } from '../blueprint/read-blueprint';
import { costReport } from '../cost/cost-report';
import { fullSizeCosts } from '../cost/full-size';
import { didYouMean, TwinError } from '../error';
import { Assembly } from '../parity/assembly';
import { deployedOf } from '../parity/deployed';
import { parityOfAssembly } from '../parity/assembly-parity';
import { COST_HOURS } from './gates/cost';
import type { Proof } from './parts';

/**
 * Proves that a staging is a twin, and reads its tiers and its cost, from the assembly alone.
 *
 * @param environment - the staging; undefined for the only one
 * @throws TwinError `environment` when there is no such staging, or none is named and there are several
 */
export function proveTwin(folder: string, environment: string | undefined): Proof {
  const assembly = new Assembly(folder);
  const pair = pairOf(environmentsOf(assembly), environment);
  const [prod, staging] = [blueprintOf(assembly, pair.prod), blueprintOf(assembly, pair.staging)];
  const parity = parityOfAssembly(assembly).find((report) => report.staging === pair.staging);
  if (!parity) throw new Error(`${folder} pairs ${pair.staging} and has no report of it`);
  return {
    environment: pair.staging,
    parity,
    staging,
    environments: { prod: drawn(prod), staging: drawn(staging) },
    deployed: () => ({
      prod: deployedOf(assembly, pair.prod),
      staging: deployedOf(assembly, pair.staging),
    }),
    cost: (hours = COST_HOURS) => ({
      ...costReport({ prod, staging, hours }),
      fullSize: fullSizeCosts(staging, parity, hours),
    }),
  };
}

function pairOf(pairs: readonly EnvironmentPair[], environment: string | undefined): EnvironmentPair {
  const names = pairs.map(({ staging }) => staging);
  const [only, ...others] = pairs;
  if (environment === undefined && only && others.length === 0) return only;
  const pair = pairs.find(({ staging }) => staging === environment);
  if (pair) return pair;
  throw environment === undefined ? undecided(names) : unknown(environment, names);
}

const unknown = (environment: string, names: readonly string[]): TwinError =>
  new TwinError({
    code: 'environment',
    message: `the assembly has no staging "${environment}"; ${didYouMean(environment, names)}`,
    fix: 'Correct "environment" or "environments" in the config, or --environment.',
  });

const undecided = (names: readonly string[]): TwinError =>
  new TwinError({
    code: 'environment',
    message: `the app has ${names.length} stagings and the config does not name one: ${names.join(', ')}`,
    fix: 'Set "environment" in the config to the one to rehearse; "environments" has others that it is rehearsed in too.',
  });
