import { blueprintOf, environmentsOf } from '../../blueprint/read-blueprint';
import type { Deployment } from '../target';
import type { Clients } from './clients';
import { accountsOf, stacksOf } from './environment-stacks';
import { exists, stackState } from './stack-state';

/** The production of a staging's assembly; undefined where it has none. */
export function productionIn({ release, assembly, environment }: Deployment): Deployment | undefined {
  const prod = environmentsOf(assembly).find(({ staging }) => staging === environment)?.prod;
  if (prod === undefined || blueprintOf(assembly, prod).stacks.length === 0) return undefined;
  return { release, assembly, environment: prod };
}

/**
 * Why an account is production's: production's stacks say so, or are there.
 *
 * @returns undefined when it is not, as far as that is known
 */
export async function productionOf(
  deployment: Deployment,
  account: string,
  clientsIn: (region: string | undefined) => Clients,
  signal: AbortSignal,
): Promise<string | undefined> {
  const production = productionIn(deployment);
  if (production === undefined) return undefined;
  const { environment: prod } = production;
  const allow = 'if that is meant, say why in aws.allowProductionAccount of twin.config.ts';
  if (accountsOf(production).has(account)) return `the account ${account} is that of ${prod}; ${allow}`;
  for (const stack of stacksOf(production)) {
    const found = await stackState(clientsIn(stack.region), { ...stack, id: undefined }, signal);
    if (exists(found)) return `the account ${account} has the stack ${stack.name} of ${prod}; ${allow}`;
  }
  return undefined;
}
