import { CfnOutput, RemovalPolicies, Stack } from 'aws-cdk-lib';
import { CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { count, Twins } from '../../lib';
import { synthesize } from '../../lib/twins/synthesize';
import { newApp } from '../app';
import type { Case } from './case';

/** A stack as it was synthesized. */
export interface Synthesized {
  readonly stackName: string;
  readonly template: { readonly Resources: Readonly<Record<string, { readonly Type: string }>> };
  /** The folder with its assets. */
  readonly assembly: string;
}

/** Long after every run of this test: the emulators have a scheduler. */
const expires = '2037-01-01T00:00:00';

/**
 * Production and its staging.
 *
 * @param removal - the removal policy that the topology gives to all of its resources
 */
export function pairOf(
  name: string,
  { make }: Case,
  removal: 'retain' | 'destroy' | 'snapshot',
): Readonly<Record<'prod' | 'staging', Synthesized>> {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { orders: count({ reason: 'staging is not busy' }) },
    environment: (scope, id, { orders }, options) => {
      const stack = new Stack(scope, id, options);
      make(stack);
      new CfnOutput(stack, 'AtMost', { value: `${orders}` });
      RemovalPolicies.of(stack)[removal]();
      return stack;
    },
  });
  const [prod, staging] = ['Prod', 'Staging'].map((it) => name[0]!.toUpperCase() + name.slice(1) + it);
  const made = twins.prod(prod!, { scale: { orders: 4 } });
  twins.staging(staging!, { scale: { orders: 2 }, expires });
  // What the synth itself says of the tear-down is no witness here: its templates are written also when it refuses them.
  const assembly = new CloudAssembly(synthesize(Stack.of(made)));
  const of = ({ stackName, template }: CloudFormationStackArtifact): Synthesized => ({
    stackName,
    template: template as Synthesized['template'],
    assembly: assembly.directory,
  });
  return { prod: of(assembly.getStackByName(prod!)), staging: of(assembly.getStackByName(staging!)) };
}
