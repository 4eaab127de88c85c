import { TwinError } from '../../error';
import type { Deployment } from '../target';
import type { Clients } from './clients';
import { stacksOf } from './environment-stacks';
import type { StackRef } from './handle';
import { stackState } from './stack-state';

/**
 * Why stagings of an assembly could not delete themselves: their schedules may ask for the deletion of their stacks and for nothing
 * else, and CloudFormation deletes with the role that a stack was deployed with.
 */
export const withoutRole = (deployment: Deployment): string[] =>
  stacksOf(deployment)
    .filter(({ hasRole }) => !hasRole)
    .map(
      ({ name }) => `the stack ${name} would be deployed without a role of CloudFormation's: ${THEN}; ${FIX}`,
    );

/**
 * Checks that stacks that stand can delete themselves. It is an error, no warning: when the runner and its folder are lost, the schedule
 * is what ends an environment that costs money, and the first sign that it cannot would be the bill.
 *
 * @throws TwinError `self-destruct`
 */
export async function checkSelfDestruct(
  refs: readonly StackRef[],
  clientsIn: (region: string | undefined) => Clients,
  signal: AbortSignal,
): Promise<void> {
  for (const ref of refs) {
    const stack = await stackState(clientsIn(ref.region), ref, signal);
    if (stack !== undefined && stack.RoleARN === undefined) throw cannotDelete(ref);
  }
}

const THEN = 'it could not delete itself when its time is over';
const FIX = "deploy it with the bootstrap's roles, as the CDK's DefaultStackSynthesizer does";

const cannotDelete = ({ name }: StackRef): TwinError =>
  new TwinError({
    code: 'self-destruct',
    message: `the stack ${name} was deployed without a role of CloudFormation's: ${THEN}`,
    fix: `Bootstrap the account, and ${FIX}.`,
  });
