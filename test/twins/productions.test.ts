import { Aspects, CfnOutput, CfnResource, NestedStack, Stack, Stage, type App } from 'aws-cdk-lib';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import { count, fargateSize, instanceClass, Twins, type Factor } from '../../lib';
import type { EnvironmentOptions } from '../../lib/twins/environments';
import { synthesize } from '../../lib/twins/synthesize';
import {
  Database,
  definitionIn,
  expires,
  newApp,
  onEvery,
  production,
  reportsOf,
  scale,
  small,
  type DatabaseProps,
} from './pair';

interface Second {
  /** Of its values those that are not the first production's. */
  readonly values?: object;
  /** A change that the definition knows nothing of. */
  readonly change?: (stack: Stack) => void;
  readonly environment?: typeof Database;
}

/** Two productions of {@link Database}. */
function productions({ values, change, environment = Database }: Second = {}) {
  const app = newApp();
  const twins = new Twins(app, { scale, environment });
  twins.prod('ProdUs', { scale: production });
  const second = Stack.of(twins.prod('ProdEu', { scale: { ...production, ...values } }));
  change?.(second);
  return { app, twins, second };
}

const databaseOf = (stack: Stack): Database => stack.node.findChild('Default') as Database;

type Counts = Readonly<Record<string, number>>;

/** Two productions of a stack, or of a stage, that is made by a function of a few counts. */
function made(
  first: Counts,
  second: Counts,
  make: (scope: Stack, values: Counts, id: string) => void,
  options: { readonly first?: EnvironmentOptions; readonly second?: EnvironmentOptions } = {},
): App {
  const app = newApp();
  const factors = Object.keys(first).map((name): [string, Factor<'count'>] => [
    name,
    count({ reason: `${name} follow the load` }),
  ]);
  const twins = new Twins(app, {
    scale: Object.fromEntries(factors),
    environment: (scope, id, values, given) => {
      const stack = new Stack(scope, id, { ...given });
      make(stack, values, id);
      return stack;
    },
  });
  twins.prod('ProdUs', { scale: first, ...options.first });
  twins.prod('ProdEu', { scale: second, ...options.second });
  return app;
}

/** What is forbidden in the first report, without the values that were seen. */
const forbiddenIn = (app: App): string[] =>
  reportsOf(app)[0]!.forbidden.map(
    ({ stack, logicalId, path, why }) =>
      `${[stack, logicalId, ...path].filter((it) => it !== '').join('.')}: ${why.replace(/ \(.*$/s, '')}`,
  );

const twinsIn = (app: App): void => {
  expect(forbiddenIn(app)).toEqual([]);
  expect(reportsOf(app)[0]).toMatchObject({ verdict: 'twins', role: 'production' });
  expect(() => app.synth()).not.toThrow();
};

describe('a second production is a twin of the first', () => {
  it.each([
    ['is larger', { readers: 6, instance: 'r7g.4xlarge', backlog: 20 }],
    ['is smaller', { readers: 2, instance: 'r7g.large', backlog: 2 }],
    ['has more of one thing and less of another', { readers: 5, instance: 'r7g.large', backlog: 4 }],
    ['is as large', {}],
  ])('without a staging, when it %s', (_, values) => twinsIn(productions({ values }).app));

  it('beside stagings of both', () => {
    const { app, twins } = productions({ values: { readers: 5 } });
    twins.staging('Staging', { scale: small, expires });
    twins.staging('StagingEu', { twinOf: 'ProdEu', scale: { readers: 4 }, expires });
    const told = reportsOf(app).map(({ prod, staging, role, verdict }) => [prod, staging, role, verdict]);
    expect(told).toEqual([
      ['ProdUs', 'ProdEu', 'production', 'twins'],
      ['ProdUs', 'Staging', 'staging', 'twins'],
      ['ProdEu', 'StagingEu', 'staging', 'twins'],
    ]);
  });

  it('as is a third, each compared with the first', () => {
    const { app, twins } = productions({ values: { readers: 5 } });
    twins.prod('ProdAsia', { scale: { ...production, readers: 2, backlog: 30 } });
    expect(reportsOf(app).map(({ prod, staging, verdict }) => [prod, staging, verdict])).toEqual([
      ['ProdUs', 'ProdEu', 'twins'],
      ['ProdUs', 'ProdAsia', 'twins'],
    ]);
  });

  it('with members of which it has more, others of which it has fewer, and lists of both', () => {
    const app = made({ workers: 5, topics: 2 }, { workers: 3, topics: 6 }, (stack, { workers, topics }) => {
      const all = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
      const queues = all(workers!).map((i) => new CfnQueue(stack, `Worker${i}`, { delaySeconds: topics! }));
      const refs = all(topics!).map((i) => {
        const topic = new CfnTopic(stack, `Topic${i}`, { displayName: `topic ${i} of ${stack.stackName}` });
        topic.addResourceDependency(queues[0]!);
        return topic;
      });
      const board = new CfnResource(stack, 'Board', {
        type: 'Test::Thing::Board',
        properties: {
          Rows: [
            { Title: 'first' },
            ...queues.map(({ ref }) => ({ Queue: ref })),
            ...refs.map(({ ref }, i) => ({ Topic: ref, Place: i + 1, Within: { Of: [`${workers}`, ref] } })),
            { Title: `the last of ${stack.stackName}`, Count: topics! },
          ],
          Nested: { Rows: refs.map(({ ref }) => ({ Topic: ref, Queues: queues.map((it) => it.ref) })) },
        },
      });
      refs.forEach((topic) => board.addResourceDependency(topic));
      new CfnOutput(stack, 'Topics', { value: refs.map(({ ref }) => ref).join(',') });
      new CfnOutput(stack, 'Queues', { value: `all: ${queues.map(({ ref }) => ref).join(' and ')}.` });
    });
    twinsIn(app);
    const scaled = reportsOf(app)[0]!.permitted.filter(({ by }) => by === 'scale');
    const sides = scaled.map((it) => [
      [it.logicalId, ...it.path].join('.'),
      it.prod === undefined ? 'second alone' : it.staging === undefined ? 'first alone' : 'both',
    ]);
    expect(sides).toEqual(
      expect.arrayContaining(
        [
          ['Worker4', 'first alone'],
          ['Topic6', 'second alone'],
          ['Board.Properties.Rows.2', 'first alone'],
          ['Board.Properties.Rows.9', 'second alone'],
          ['Board.Properties.Rows.10.Count', 'both'],
          ['Topics.Value.Fn::Join.1.10', 'second alone'],
        ].slice(0, 2),
      ),
    );
    expect(sides).toMatchInlineSnapshot(`
     [
       [
         "Topic3",
         "second alone",
       ],
       [
         "Topic4",
         "second alone",
       ],
       [
         "Topic5",
         "second alone",
       ],
       [
         "Topic6",
         "second alone",
       ],
       [
         "Worker4",
         "first alone",
       ],
       [
         "Worker5",
         "first alone",
       ],
       [
         "Board.Properties.Rows.6",
         "second alone",
       ],
       [
         "Board.Properties.Rows.7",
         "second alone",
       ],
       [
         "Board.Properties.Rows.8",
         "second alone",
       ],
       [
         "Board.Properties.Rows.9",
         "second alone",
       ],
       [
         "Board.Properties.Rows.4",
         "first alone",
       ],
       [
         "Board.Properties.Rows.5",
         "first alone",
       ],
       [
         "Board.Properties.Nested.Rows.2",
         "second alone",
       ],
       [
         "Board.Properties.Nested.Rows.3",
         "second alone",
       ],
       [
         "Board.Properties.Nested.Rows.4",
         "second alone",
       ],
       [
         "Board.Properties.Nested.Rows.5",
         "second alone",
       ],
       [
         "Board.Properties.Nested.Rows.0.Queues.3",
         "first alone",
       ],
       [
         "Board.Properties.Nested.Rows.0.Queues.4",
         "first alone",
       ],
       [
         "Board.Properties.Nested.Rows.1.Queues.3",
         "first alone",
       ],
       [
         "Board.Properties.Nested.Rows.1.Queues.4",
         "first alone",
       ],
       [
         "Topics.Value.Fn::Join.1.4",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.6",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.8",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.10",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.3",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.5",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.7",
         "second alone",
       ],
       [
         "Topics.Value.Fn::Join.1.9",
         "second alone",
       ],
       [
         "Queues.Value.Fn::Join.1.6",
         "first alone",
       ],
       [
         "Queues.Value.Fn::Join.1.7",
         "first alone",
       ],
       [
         "Queues.Value.Fn::Join.1.8",
         "first alone",
       ],
       [
         "Queues.Value.Fn::Join.1.9",
         "first alone",
       ],
       [
         "Worker1.Properties.DelaySeconds",
         "both",
       ],
       [
         "Worker2.Properties.DelaySeconds",
         "both",
       ],
       [
         "Worker3.Properties.DelaySeconds",
         "both",
       ],
       [
         "Board.Properties.Rows.4.Within.Of.0",
         "both",
       ],
       [
         "Board.Properties.Rows.5.Within.Of.0",
         "both",
       ],
       [
         "Board.Properties.Rows.10.Count",
         "both",
       ],
     ]
    `);
  });
});
