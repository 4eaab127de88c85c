import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { count, defineScale, replicas, shape, Twins, TwinError, type Scale } from '../../lib';
import { Database, expires, newApp, production, scale, small } from './pair';

/** A definition whose constructor is a function, and the synth of its twins. */
function synth(make: (scope: Construct, values: Scale<typeof two.factors>) => void) {
  class Definition extends Construct {
    constructor(scope: Construct, id: string, props: { scale: Scale<typeof two.factors> }) {
      super(scope, id);
      make(this, props.scale);
    }
  }
  const app = newApp();
  const twins = new Twins(app, { scale: two, environment: Definition });
  twins.prod('Prod', { scale: { readers: 3, tasks: 4 } });
  twins.staging('Staging', { scale: { readers: 2 }, expires });
  return app.synth();
}

const two = defineScale({ readers: replicas({ reason: 'r' }), tasks: count({ reason: 't' }) });

const thrown = (run: () => unknown): TwinError => {
  try {
    run();
  } catch (error) {
    if (error instanceof TwinError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('a definition is refused', () => {
  it('when a declared factor reaches nothing', () => {
    const error = thrown(() =>
      synth((scope, { readers }) => void new CfnOutput(scope, 'Readers', { value: `${readers} readers` })),
    );
    expect(error.message).toBe('Prod: the declared factor "tasks" reaches nothing in the template');
    expect(error.fix).toBe("Use the factor's value in the topology, or take the factor out of defineScale.");
    expect(thrown(() => synth(() => {})).message).toBe(
      'Prod: the declared factors "readers", "tasks" reach nothing in the template',
    );
  });

  it('when a factor is only asked for, and never put into the template', () => {
    expect(
      thrown(() =>
        synth((scope, { readers, tasks }) => {
          new CfnOutput(scope, 'Tasks', { value: `${tasks} tasks` });
          readers.map('forgotten', (n) => n * 2);
        }),
      ).message,
    ).toBe('Prod: the declared factor "readers" reaches nothing in the template');
  });

  it('when two factors make members of the same name', () => {
    const error = thrown(() =>
      synth((scope, { readers, tasks }) => {
        readers.times((it) => new CfnQueue(new Construct(scope, `A${it.index}`), it.id('Queue')));
        tasks.times((it) => new CfnQueue(new Construct(scope, `B${it.index}`), it.id('Queue')));
      }),
    );
    expect(error.message).toBe(
      'the construct id "Queue1" belongs to member 1 of readers ("Queue") and to member 1 of tasks ("Queue")',
    );
    expect(error.fix).toBe('Give the members of one of the two another name.');
  });

  it('when somebody reckons with a value instead of deriving from it', () => {
    const error = thrown(() =>
      synth((scope, { readers, tasks }) => {
        new CfnOutput(scope, 'Readers', { value: `${String(readers)} readers` });
        new CfnQueue(scope, 'Queue', { delaySeconds: tasks.value * 2 });
      }),
    );
    expect(error.message).toMatch(
      /^Prod: Resources\.Queue\.Properties\.DelaySeconds is -\S+: somebody reckoned with a value that is not known yet$/,
    );
    expect(error.fix).toBe("Derive the number with the factor's map(label, derive).");
  });

  it('when members have members', () => {
    const error = thrown(() =>
      synth((scope, { readers, tasks }) => {
        readers.times((outer) => {
          const holder = new Construct(scope, outer.id('Outer'));
          tasks.times((inner) => new CfnQueue(holder, inner.id('Inner')));
        });
      }),
    );
    expect(error.message).toBe(
      '"Prod/Default/Outer1/Inner1" belongs to member 1 of readers and to member 1 of tasks',
    );
  });

  it('when it makes other stacks in one environment than in the other', () => {
    class Definition extends Stack {
      constructor(scope: Construct, id: string, props: { scale: Scale<typeof two.factors> }) {
        super(scope, id);
        new CfnOutput(this, 'Both', { value: `${props.scale.readers} and ${props.scale.tasks}` });
        if (id === 'Prod') new Stack(this, 'Extra');
      }
    }
    const app = newApp();
    const twins = new Twins(app, { scale: two, environment: Definition });
    twins.prod('Prod', { scale: { readers: 3, tasks: 4 } });
    twins.staging('Staging', { expires });
    expect(thrown(() => app.synth()).message).toBe('Prod has a stack "Extra" that Staging has not');
  });
});

describe('twins are refused', () => {
  it('a second time in one app', () => {
    const app = newApp();
    new Twins(app, { scale, environment: Database });
    expect(thrown(() => new Twins(app, { scale, environment: Database })).message).toBe(
      'this app has Twins already; one app holds the environments of one definition',
    );
  });

  it('a staging before its production', () => {
    const twins = new Twins(newApp(), { scale, environment: Database });
    expect(thrown(() => twins.staging('Staging', { expires })).message).toBe(
      '"Staging" has nothing to be a twin of: no production was made before it',
    );
    twins.prod('Prod', { scale: production });
    expect(thrown(() => twins.staging('Staging', { of: 'Prd', expires })).message).toBe(
      '"Staging" has nothing to be a twin of: there is no production "Prd"; did you mean "Prod"?',
    );
  });

  it('values that break a rule, before anything is synthesised', () => {
    const twins = new Twins(newApp(), { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    const error = thrown(() => twins.staging('Staging', { scale: { ...small, readers: 0 }, expires }));
    expect(error.message).toContain('readers: got 0 where production has 3; allowed is 2 or more');
  });
});

it('shape is refused for a stack that is no environment', () => {
  const stack = new Stack(newApp(), 'Elsewhere');
  expect(thrown(() => shape(stack)).message).toBe(
    'the stack "Elsewhere" is no environment of Twins, so nothing is known of its factors',
  );
});
