import { Stack, Stage, type App } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { count, defineScale, replicas, shape, Twins, TwinError } from '../../lib';
import { newApp } from '../app';
import { Database, expires, production, scale, small, twinsOf } from './pair';

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
    [
      'whose environment is a class of something else',
      [newApp(), { scale: one, environment: class Shop extends URL {} }],
      'the environment is the class Shop, which is no construct',
    ],
    [
      'with proportions that are none',
      [newApp(), { scale: one, environment: makeStack, proportions: null }],
      'the definition has null as its proportions; a list is expected',
    ],
    [
      'with a list of derived values',
      [newApp(), { scale: one, environment: makeStack, derived: [] }],
      'the definition has a list as its derived; an object is expected',
    ],
    [
      'with props that are none',
      [newApp(), { scale: one, environment: Database, props: 'release' }],
      'the definition has "release" as its props; an object is expected',
    ],
    [
      'with a construct id that is none',
      [newApp(), { scale: one, environment: Database, constructId: 7 }],
      'the definition has 7 as its constructId; a text is expected',
    ],
    [
      'with a key that is misspelt',
      [newApp(), { scale: one, environment: makeStack, proportion: [] }],
      'the definition has "proportion", which is not known; did you mean "proportions"?',
    ],
  ])('%s', (_, given, message) => {
    const error = thrown(() => new Untyped(...given));
    expect(error).toMatchObject({ code: 'definition', message });
    expect(error.fix).toMatch(/^(Write|Give|Correct|Use) /);
  });

  it('with a factor that is no factor', () => {
    expect(
      thrown(() => new Untyped(newApp(), { scale: { tasks: 4 }, environment: makeStack })),
    ).toMatchObject({
      code: 'factor-kind',
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'a proportion has no name'],
    [
      'no functions',
      { name: 'connections', tolerance: 0.3 },
      'the proportion "connections" has no function asked',
    ],
    [
      'one function',
      { name: 'connections', tolerance: 0.3, asked: () => 1 },
      'the proportion "connections" has no function offered',
    ],
    [
      'no tolerance',
      { name: 'connections', asked: () => 1, offered: () => 2 },
      'the proportion "connections" has no tolerance',
    ],
  ])('with a proportion of %s', (_, proportion, message) => {
    const given = { scale: one, environment: makeStack, proportions: [proportion] };
    expect(thrown(() => new Untyped(newApp(), given))).toMatchObject({ code: 'proportion', message });
  });

  it.each([null, undefined, [], 3])('with %j for the factors of its scale', (factors) => {
    expect(thrown(() => (defineScale as (...given: unknown[]) => unknown)(factors))).toMatchObject({
      code: 'factor-kind',
      message: 'the scale has no factors; allowed is an object of them, by name',
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
  ])('%s', (_, given, message) => {
    const untyped = twins() as unknown as InstanceType<typeof Untyped>;
    expect(thrown(() => untyped.prod(...given))).toMatchObject({
      code: 'environment-props',
      message,
      fix: "Write twins.prod('Prod', { scale: { ... } }).",
    });
  });

  it.each<[string, object, string]>([
    ['a scale', { scale: 3 }, '3 as scale; an object is expected'],
    ['a scale of null', { scale: null }, 'null as scale; an object is expected'],
    ['an env', { env: null }, 'null as env; an object such as { account, region } is expected'],
    ['a stackName', { stackName: 3 }, '3 as stackName; a text is expected'],
    ['a description', { description: false }, 'false as description; a text is expected'],
    ['tags', { tags: { team: 3 } }, 'an object of another form as tags; an object of texts is expected'],
    ['a time of expiry', { expires: new Date(0) }, 'an object of another form as expires; a time such as'],
    ['a production', { twinOf: null }, 'null as twinOf; the id of a production is expected'],
    ['snapshots', { restoreFrom: null }, 'null as restoreFrom; an object with { snapshot, kmsKeyArn }'],
    [
      'a snapshot without a key of staging',
      { restoreFrom: { Orders: { snapshot: 'orders-1' } } },
      'an object of another form as restoreFrom',
    ],
    [
      'no cache snapshot',
      { restoreFrom: { Cache: { cacheSnapshotArns: [] } } },
      'an object of another form as restoreFrom',
    ],
    ['a list of the outside', { outside: { host: 'a.example.com' } }, 'an object of another form as outside'],
    [
      'a reason for something outside',
      { outside: [{ id: 'Z0123456789ABC', reason: 'the zone' }, { host: 'api.example.com' }] },
      'outside[1] (host: "api.example.com") without a reason; a sentence that says why',
    ],
    [
      'a stand-in for a word',
      { outside: [{ id: 'true', standIn: 'false', reason: 'a switch' }] },
      'outside[0] (id: "true") whose standIn "false" cannot take its place',
    ],
    [
      'two things in one entry',
      { outside: [{ id: 'Z0123456789ABC', host: 'a.example.com', reason: 'both' }] },
      'outside[0] (id: "Z0123456789ABC", host: "a.example.com") which names host and id',
    ],
    [
      'something outside',
      { outside: ['api.example.com'] },
      'outside[0] ("api.example.com") which is no object',
    ],
    ['something outside without a name', { outside: [{}] }, 'outside[0] (an object) which names nothing'],
    ['names', { physicalNames: true }, "true as physicalNames; 'as-written' or 'generated' is expected"],
    ['an unknown key', { expiry: expires }, '"expiry", which is not known; did you mean "expires"?'],
    [
      'what production is given',
      { terminationProtection: true },
      '"terminationProtection", which is not known',
    ],
  ])('as a staging with %s that is none', (_, given, message) => {
    const made = twins();
    made.prod('Prod', { scale: production });
    const untyped = made as unknown as InstanceType<typeof Untyped>;
    const error = thrown(() => untyped.staging('Staging', { scale: small, expires, ...given }));
    expect(error.code).toBe('environment-props');
    expect(error.message).toContain(`twins.staging was given ${message}`);
  });

  it('as a production with termination protection that is neither on nor off', () => {
    const untyped = twins() as unknown as InstanceType<typeof Untyped>;
    const given = { scale: production, terminationProtection: 'yes' };
    expect(thrown(() => untyped.prod('Prod', given)).message).toBe(
      'twins.prod was given "yes" as terminationProtection; true or false is expected',
    );
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
