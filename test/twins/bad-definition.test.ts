import { Stack, Stage, type App } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { count, replicas, shape, Twins, TwinError } from '../../lib';
import { Database, expires, newApp, production, scale, small, twinsOf } from './pair';

const thrown = (run: () => unknown): TwinError => {
  try {
    run();
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

/** Twins as a JavaScript app calls it, without types. */
const Untyped = Twins as unknown as new (...given: unknown[]) => {
  prod(...given: unknown[]): unknown;
  staging(...given: unknown[]): unknown;
};

const one = { tasks: count({ reason: 'less traffic' }) };
const makeStack = (scope: App, id: string): Stack => new Stack(scope, id);

describe('a definition is refused', () => {
  it.each<[string, unknown[], string]>([
    ['without an app', [undefined, {}], 'Twins was not given an App of the AWS CDK'],
    ['with a stack for its app', [new Stack(), {}], 'Twins was not given an App of the AWS CDK'],
    ['that is none', [newApp()], 'Twins was given no definition'],
    ['without a scale', [newApp(), { environment: makeStack }], 'the definition has no scale'],
    [
      'without an environment',
      [newApp(), { scale: one }],
      'the definition has no environment: a function or a class is expected',
    ],
    [
      'whose environment is made already',
      [newApp(), { scale: one, environment: new Stack() }],
      'the definition has no environment: a function or a class is expected',
    ],
  ])('%s', (_, given, message) => {
    const error = thrown(() => new Untyped(...given));
    expect(error).toMatchObject({ code: 'definition', message });
    expect(error.fix).toMatch(/^(Write|Give) /);
  });

  it('with a factor that is no factor', () => {
    expect(
      thrown(() => new Untyped(newApp(), { scale: { tasks: 4 }, environment: makeStack })),
    ).toMatchObject({
      code: 'factor-kind',
    });
  });

  it('with a derived value that is none', () => {
    const derived = { half: { from: ['task'], value: () => 1 } };
    expect(
      thrown(() => new Untyped(newApp(), { scale: one, derived, environment: makeStack })),
    ).toMatchObject({
      code: 'derived-from',
      message: expect.stringContaining('did you mean "tasks"?') as string,
    });
  });

  it.each<[string, (scope: App, id: string) => unknown, string]>([
    ['nothing', () => undefined, 'the function that makes "Prod" returned nothing'],
    [
      'a construct that is no stack',
      (scope, id) => new Construct(scope, id),
      'the function that makes "Prod" returned neither a stack nor a stage',
    ],
    [
      'a stack of another name',
      (scope) => new Stack(scope, 'Shop'),
      'the function that makes "Prod" made "Shop" in its scope; expected is its scope, with the id that it was given',
    ],
    [
      'a stack somewhere else',
      (scope, id) => new Stack(new Stage(scope, 'Stage'), id),
      'the function that makes "Prod" made "Stage/Prod" in another scope than it was given; expected is its scope, with the id that it was given',
    ],
  ])('whose function returns %s', (_, environment, message) => {
    const twins = new Untyped(newApp(), { scale: one, environment });
    expect(thrown(() => twins.prod('Prod', { scale: { tasks: 4 } }))).toMatchObject({
      code: 'environment',
      message,
    });
  });

  it('when it makes other stacks in one environment than in the other', () => {
    const { app } = twinsOf({ tasks: [4, 2] }, (stack, { tasks }) => {
      new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
      if (stack.node.id === 'Prod') new Stack(stack, 'Extra');
    });
    expect(thrown(() => app.synth())).toMatchObject({
      code: 'other-stacks',
      message: expect.stringMatching(/^Prod has a stack "Extra" that Staging.* has not$/) as string,
    });
  });

  it('when it cannot be made under another name', () => {
    const { app } = twinsOf({ tasks: [4, 2] }, (stack, { tasks }) => {
      const names: Record<string, number> = { Prod: 1, Staging: 2 };
      if (!(stack.stackName in names)) throw new Error(`no configuration for ${stack.stackName}\nat all`);
      new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
    });
    expect(thrown(() => app.synth())).toMatchObject({
      code: 'asks-name',
      message: expect.stringMatching(
        /^the environment cannot be made under another name, with production's own values: no configuration for [A-Z][a-z]{3}$/,
      ) as string,
    });
  });

  it('when it uses a construct that was made outside of it', () => {
    const app = newApp();
    const shared = new Stack(app, 'Shared');
    const queue = new CfnQueue(shared, 'Queue');
    const twins = new Twins(app, {
      scale: one,
      environment: (scope, id, { tasks }) => {
        const stack = new Stack(scope, id);
        new CfnQueue(stack, 'Jobs', { delaySeconds: tasks, redrivePolicy: { to: queue.attrArn } });
        return stack;
      },
    });
    twins.prod('Prod', { scale: { tasks: 4 } });
    twins.staging('Staging', { scale: { tasks: 2 }, expires });
    const error = thrown(() => app.synth());
    expect(error).toMatchObject({ code: 'outside-construct' });
    expect(error.message).toMatch(/^the environment uses a construct that was made outside of it: /);
    expect(error.fix).toContain('inside the function or class that makes the environment');
  });
});

describe('an environment is refused', () => {
  const twins = () => new Twins(newApp(), { scale, environment: Database });

  it.each<[string, unknown[], string]>([
    ['without an id', [undefined, { scale: production }], 'twins.prod was given no id'],
    ['with an empty id', ['', { scale: production }], 'twins.prod was given no id'],
    ['without props', ['Prod'], 'twins.prod was given no values for the scale factors'],
    ['without a scale', ['Prod', {}], 'twins.prod was given no values for the scale factors'],
    [
      'with a scale that is none',
      ['Prod', { scale: 3 }],
      'twins.prod was given no values for the scale factors',
    ],
  ])('%s', (_, given, message) => {
    const untyped = twins() as unknown as InstanceType<typeof Untyped>;
    expect(thrown(() => untyped.prod(...given))).toMatchObject({
      code: 'environment-props',
      message,
      fix: "Write twins.prod('Prod', { scale: { ... } }).",
    });
  });

  it('as a staging that has no props', () => {
    const made = twins();
    made.prod('Prod', { scale: production });
    const untyped = made as unknown as InstanceType<typeof Untyped>;
    expect(thrown(() => untyped.staging('Staging'))).toMatchObject({
      code: 'environment-props',
      fix: "Write twins.staging('Staging', { scale: { ... }, expires: '2026-12-01T18:00:00' }).",
    });
  });

  it('with an id that another has, of whichever definition', () => {
    const app = newApp();
    new Twins(app, { scale, environment: Database }).prod('Prod', { scale: production });
    const others = new Twins(app, { scale: one, environment: makeStack });
    expect(thrown(() => others.prod('Prod', { scale: { tasks: 4 } }))).toMatchObject({
      code: 'environment-id',
      message: 'the app has an environment "Prod" already',
    });
  });

  it('as a staging before its production', () => {
    const made = twins();
    expect(thrown(() => made.staging('Staging', { expires }))).toMatchObject({
      code: 'no-production',
      message: '"Staging" has nothing to be a twin of: no production was made before it',
    });
    made.prod('Prod', { scale: production });
    expect(thrown(() => made.staging('Staging', { twinOf: 'Prd', expires })).message).toBe(
      '"Staging" has nothing to be a twin of: there is no production "Prd"; did you mean "Prod"?',
    );
  });

  it('with values that break a rule, before anything is made', () => {
    const made = twins();
    made.prod('Prod', { scale: production });
    const error = thrown(() => made.staging('Staging', { scale: { ...small, readers: 0 }, expires }));
    expect(error.message).toContain('readers: got 0 where production has 3; allowed is 2 or more');
  });

  it('with names for the stacks of a stage', () => {
    class Shop extends Stage {}
    const made = new Twins(newApp(), {
      scale: { readers: replicas({ reason: 'r' }) },
      environment: Shop,
    });
    const props = { scale: { readers: 3 }, stackName: 'shop' };
    expect(thrown(() => made.prod('Prod', props as never)).message).toBe(
      '"Prod" is a stage of several stacks, which take neither a stackName nor a description nor tags from it',
    );
  });
});

it('shape is refused for a stack that is no environment', () => {
  const stack = new Stack(newApp(), 'Elsewhere');
  expect(thrown(() => shape(stack)).message).toBe(
    'the stack "Elsewhere" is no environment of Twins, so nothing is known of its factors',
  );
});
