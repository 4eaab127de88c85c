import type { Stack } from 'aws-cdk-lib';
import { TwinError } from '../error';
import type { JsonObject } from '../json';
import { shapeOf } from '../parity/shape';
import type { BuiltEnvironment } from './environments';
import { markedStack, ownNames } from './marked-stack';
import { synthesize } from './synthesize';

const ENVIRONMENTS = new WeakMap<Stack, BuiltEnvironment>();

/** Remembers which environment a stack belongs to. */
export function remember(environment: BuiltEnvironment): void {
  for (const stack of environment.stacks()) ENVIRONMENTS.set(stack, environment);
}

/**
 * The shape of a stack: its template with the name of each factor in the place of its value, and nothing of what
 * scaling, being ephemeral or having another name changes. Made for a snapshot that every environment must meet.
 *
 * @throws TwinError `not-an-environment` for a stack that Twins did not make
 */
export function shape(stack: Stack): JsonObject {
  const environment = ENVIRONMENTS.get(stack);
  if (!environment) {
    throw new TwinError({
      code: 'not-an-environment',
      message: `the stack "${stack.node.path}" is no environment of Twins, so nothing is known of its factors`,
      fix: 'Pass the stack of an environment that twins.prod or twins.staging made.',
    });
  }
  synthesize(stack);
  return shapeOf(markedStack(environment, stack), ownNames(environment));
}
