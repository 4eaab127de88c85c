import type { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { TwinError } from '../error';
import type { JsonObject } from '../json';
import { topOf } from './environments';
import type { Findings } from './experiments/experiments';
import { stacksOf } from './instances/instance';
import { shapeOf } from './manifest/shape-of';
import { synthesize } from './synthesize';

const FINDINGS = new WeakMap<Stack, () => Findings>();

/** Registers how to find what the stacks of an environment follow. */
export function register(root: IConstruct, findings: () => Findings): void {
  for (const stack of stacksOf(topOf(root))) FINDINGS.set(stack, findings);
}

/**
 * The shape of a stack: its template with what each place follows in the place of its value, and one member for all of a
 * tier. It is the same for every environment of a definition, so that one snapshot serves them all.
 *
 * @throws TwinError `not-an-environment` for a stack that Twins did not make
 */
export function shape(stack: Stack): JsonObject {
  const findings = FINDINGS.get(stack);
  if (!findings) {
    throw new TwinError({
      code: 'not-an-environment',
      message: `the stack "${stack.node.path}" is no environment of Twins, so nothing is known of its factors`,
      fix: 'Pass the stack of an environment that twins.prod or twins.staging made.',
    });
  }
  synthesize(stack);
  const found = findings();
  return shapeOf(found, found.pairing.of(stack).index);
}
