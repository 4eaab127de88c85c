import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { replicas, Twins } from '../../lib';
import { FULL_SIZE } from '../../lib/full-size';
import { withoutFullSize } from '../../lib/twins/full-size';
import { newApp } from '../app';

/** How many readers and writers production and staging have. */
function sizesWith(context?: unknown): number[] {
  const app = newApp({ context: context === undefined ? {} : { [FULL_SIZE]: context } });
  const twins = new Twins(app, {
    scale: {
      readers: replicas({ reason: 'fewer', max: 9 }),
      writers: replicas({ reason: 'fewer', max: 9 }),
    },
    environment: (scope, id, { readers, writers }, options) => {
      const stack = new Stack(scope, id, options);
      for (let i = 0; i < readers; i++) new sqs.CfnQueue(stack, `Reader${i}`);
      for (let i = 0; i < writers; i++) new sqs.CfnQueue(stack, `Writer${i}`, { fifoQueue: true });
      return stack;
    },
  });
  const all = [
    twins.prod('Prod', { scale: { readers: 5, writers: 4 } }),
    twins.staging('Staging', { scale: { readers: 3, writers: 2 }, expires: '2099-12-01T18:00:00' }),
  ];
  return all.flatMap((stack) => {
    const queues = Object.keys(Template.fromStack(stack).findResources('AWS::SQS::Queue'));
    return ['Reader', 'Writer'].map((name) => queues.filter((id) => id.startsWith(name)).length);
  });
}

it.each([
  ['as declared', undefined, [5, 4, 3, 2]],
  ['one factor', 'readers', [5, 4, 5, 2]],
  ['several', 'readers, writers', [5, 4, 5, 4]],
  ['all', '*', [5, 4, 5, 4]],
])("gives staging production's size where the context says so: %s", (_, context, sizes) => {
  expect(sizesWith(context)).toEqual(sizes);
});

it.each(['reader', '', 7, 'readers,'])('takes no factor that there is not: %j', (context) => {
  expect(() => sizesWith(context)).toThrow(
    /the context cdk-twin:full-size is .*; (did you mean "readers"\?|use one of: readers, writers)/,
  );
});

describe('with proportions', () => {
  const scale = { tasks: 2, connections: 2, readers: 1, other: 1 };
  /** As many connections as tasks, and readers for them. */
  const broken = (own: Partial<typeof scale>): number => {
    const { tasks = 8, connections = 8, readers = 4 } = own;
    return Number(tasks !== connections) + Number(connections !== 2 * readers);
  };
  const at = (context: string, values: Partial<typeof scale> = scale): string[] =>
    Object.keys(withoutFullSize(values, context, Object.keys(scale), broken));

  it.each([
    ['other', ['tasks', 'connections', 'readers']],
    ['tasks', ['other']],
    ['readers', ['other']],
    ['*', []],
  ])("gives those production's size too that have to grow with %s", (context, own) => {
    expect(at(context)).toEqual(own);
  });

  it('adds none where a rule is broken as it is declared', () => {
    expect(at('tasks', { ...scale, connections: 5 })).toEqual(['connections', 'readers', 'other']);
  });
});
