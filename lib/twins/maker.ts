import { Stack, Stage, type App } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { TwinError } from '../error';
import type { EnvironmentOptions } from './environments';
import type { GivenDefinition } from './given';

/** Makes an environment, with the values of a scale. */
export type Make<E> = (app: App, id: string, scale: unknown, options: EnvironmentOptions) => E;

/** How a definition's environments are made. */
export function makerOf(definition: GivenDefinition) {
  const { environment, constructId = 'Default', props = {} } = definition;
  const isClass =
    typeof environment === 'function' &&
    Construct.isConstruct((environment as { prototype?: unknown }).prototype);
  const make = environment as (...given: unknown[]) => unknown;
  const Class = environment as new (...given: unknown[]) => Construct;
  const isItself = isClass && (Class.prototype instanceof Stack || Class.prototype instanceof Stage);
  return (app: App, id: string, scale: unknown, options: EnvironmentOptions): IConstruct => {
    if (!isClass) return checkMade(app, id, make(app, id, scale, options));
    if (isItself) {
      if (Class.prototype instanceof Stage) checkStageOptions(id, options);
      return new Class(app, id, { ...options, ...props, scale });
    }
    return new Class(new Stack(app, id, { ...options }), constructId, { ...props, scale });
  };
}

/** What a function made: a stack or a stage, where it was asked to make it. */
function checkMade(app: App, id: string, made: unknown): IConstruct {
  const fix =
    'Write environment: (scope, id, values, options) => new ShopStack(scope, id, { ...options, ...values }).';
  if (!Stack.isStack(made) && !Stage.isStage(made)) {
    throw new TwinError({
      code: 'environment',
      message: `the function that makes "${id}" returned ${made === undefined ? 'nothing' : 'neither a stack nor a stage'}`,
      fix,
    });
  }
  if (made.node.scope === app && made.node.id === id) return made;
  throw new TwinError({
    code: 'environment',
    message: `the function that makes "${id}" made "${made.node.path}" in ${made.node.scope === app ? 'its scope' : 'another scope than it was given'}; expected is its scope, with the id that it was given`,
    fix,
  });
}

/** A stage has no name or description of its own to give to its stacks. */
function checkStageOptions(id: string, { stackName, description, tags }: EnvironmentOptions): void {
  if (stackName === undefined && description === undefined && tags === undefined) return;
  throw new TwinError({
    code: 'stage-options',
    message: `"${id}" is a stage of several stacks, which take neither a stackName nor a description nor tags from it`,
    fix: 'Leave them out, or make the stage in a function that hands them on.',
  });
}
