import { CfnOutput, NestedStack, Stack, Stage, type App } from 'aws-cdk-lib';
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Table, AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { count, shape, Twins } from '../../lib';
import { blueprintOf } from '../../lib/blueprint/read-blueprint';
import { newApp } from '../app';
import { definitionIn, expires, forbiddenIn, parityOf, reportsOf } from './pair';

interface Values {
  readonly cells: number;
  readonly shards: number;
}

/** The twins of a stage of cells that is made by a function. */
function cellsOf(
  make: (stage: Stage, values: Values) => void,
  { prod = 5, staging = 2, prodB }: { prod?: number; staging?: number; prodB?: number } = {},
): App {
  const app = newApp();
  const twins = new Twins(app, {
    scale: {
      cells: count({ reason: 'two show what five show' }),
      shards: count({ reason: 'they cost money' }),
    },
    environment: (scope, id, values, options) => {
      const stage = new Stage(scope, id, options);
      make(stage, values);
      return stage;
    },
  });
  twins.prod('Prod', { scale: { cells: prod, shards: 4 } });
  twins.staging('Staging', { scale: { cells: staging, shards: 3 }, expires });
  if (prodB !== undefined) twins.prod('ProdB', { scale: { cells: prodB, shards: 4 } });
  return app;
}

/** Numbers from 0. */
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A cell as its own class, whose stack is inside of a construct. */
class Cell extends Construct {
  readonly jobs: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.jobs = new Queue(new Stack(this, 'Stack'), 'Jobs');
  }
}

/** The stacks of a report's findings that say why by a factor. */
const unshared = (app: App, environment = 'Staging'): string[] =>
  reportsOf(app)
    .find(({ staging }) => staging === environment)!
    .permitted.filter(({ type, by }) => by === 'scale' && type === 'Stack')
    .map(({ stack, factor }) => `${stack} by ${factor}`);

describe('stacks whose number follows a factor are members', () => {
  const honest: [string, (stage: Stage, values: Values) => void][] = [
    [
      'each of its own',
      (stage, { cells }) =>
        upTo(cells).forEach(
          (i) =>
            new Queue(new Stack(stage, `Cell${i}`), 'Jobs', { queueName: `${stage.stageName}-cell-${i}` }),
        ),
    ],
    ['inside of constructs', (stage, { cells }) => upTo(cells).forEach((i) => new Cell(stage, `Cell${i}`))],
    [
      'called by letters',
      (stage, { cells }) =>
        upTo(cells).forEach((i) => new Queue(new Stack(stage, `Cell${'ABCDEFGHIJKLMNOP'[i]}`), 'Jobs')),
    ],
    [
      'beside stacks that are always there, and that refer to all of them',
      (stage, { cells }) => {
        const shared = new Stack(stage, 'Shared');
        const topic = new Topic(shared, 'Events');
        const queues = upTo(cells).map((i) => {
          const queue = new Queue(new Stack(stage, `Cell${i}`), 'Jobs');
          new CfnOutput(queue.stack, 'Events', { value: topic.topicArn });
          return queue;
        });
        const front = new Stack(stage, 'Front');
        new CfnDashboard(front, 'Dashboard', {
          dashboardBody: front.toJsonString({
            widgets: queues.map((it) => ({ type: 'text', properties: { markdown: it.queueName } })),
          }),
        });
        new CfnOutput(front, 'Cells', { value: `${queues.length}` });
      },
    ],
    [
      'one after the other',
      (stage, { cells }) => {
        const stacks = upTo(cells).map((i) => new Stack(stage, `Wave${i}`));
        stacks.forEach((stack, i) => {
          new CfnQueue(stack, 'Jobs');
          if (i > 0) stack.addStackDependency(stacks[i - 1]!);
        });
      },
    ],
    [
      'with members of another factor in them',
      (stage, { cells, shards }) =>
        upTo(cells).forEach((i) => {
          const stack = new Stack(stage, `Cell${i}`);
          upTo(shards).forEach(
            (k) =>
              new Table(stack, `Shard${k}`, { partitionKey: { name: 'id', type: AttributeType.STRING } }),
          );
        }),
    ],
    [
      'as many as two factors make',
      (stage, { cells, shards }) =>
        upTo(cells).forEach((i) =>
          upTo(shards).forEach((k) => new CfnQueue(new Stack(stage, `Cell${i}Shard${k}`), 'Jobs')),
        ),
    ],
    [
      'nested in another',
      (stage, { cells }) => {
        const stack = new Stack(stage, 'Cells');
        const topic = new Topic(stack, 'Events');
        upTo(cells).forEach((i) => {
          const tags = [{ key: 'events', value: topic.topicArn }];
          new CfnQueue(new NestedStack(stack, `Cell${i}`), 'Jobs', { tags });
        });
      },
    ],
    [
      'one and all the rest',
      (stage, { cells }) =>
        upTo(cells + 1).forEach(
          (i) => new CfnQueue(new Stack(stage, i === 0 ? 'First' : `Cell${i}`), 'Jobs'),
        ),
    ],
  ];

  it.each(honest)('%s', (_, make) => {
    expect(forbiddenIn(cellsOf(make))).toEqual([]);
  });

  it('as many on both sides', () => {
    const app = cellsOf(honest[0]![1], { staging: 5 });
    expect(forbiddenIn(app)).toEqual([]);
    expect(unshared(app)).toEqual([]);
    expect(definitionIn(app).pairs[0]!.stackMembers).toMatchObject([{ count: '${cells}', factor: 'cells' }]);
  });

  it('more of them in a second production', () => {
    const app = cellsOf(honest[0]![1], { prodB: 7 });
    expect(reportsOf(app).flatMap(({ forbidden }) => forbidden)).toEqual([]);
    expect(unshared(app, 'ProdB')).toEqual(['Cell5 by cells', 'Cell6 by cells']);
  });

  it('tells which stacks only production has', () => {
    expect(unshared(cellsOf(honest[0]![1]))).toEqual(['Cell2 by cells', 'Cell3 by cells', 'Cell4 by cells']);
  });

  it('finds what staging reaches of a stack that only production has', () => {
    const app = cellsOf((stage, { cells }) =>
      upTo(cells).forEach((i) => {
        const stack = new Stack(stage, `Cell${i}`);
        new CfnQueue(stack, 'Jobs', { queueName: `${stage.stageName}-jobs-${i}` });
        new CfnOutput(stack, 'Fallback', {
          value: 'Prod-jobs-4',
        });
      }),
    );
    const { checks } = parityOf(app);
    expect(checks!.isolation.findings.map(({ stack, logicalId }) => `${stack} ${logicalId}`)).toEqual([
      'Cell0 Fallback',
      'Cell1 Fallback',
    ]);
  });

  it('has the tiers of all of them in production', () => {
    const app = cellsOf((stage, { cells }) =>
      upTo(cells).forEach(
        (i) =>
          new Table(new Stack(stage, `Cell${i}`), 'Orders', {
            partitionKey: { name: 'id', type: AttributeType.STRING },
          }),
      ),
    );
    parityOf(app);
    const stacksIn = (environment: string) =>
      blueprintOf(app.outdir, environment).tiers.map(({ stack }) => stack);
    expect(stacksIn('Prod')).toEqual(['Cell0', 'Cell1', 'Cell2', 'Cell3', 'Cell4']);
    expect(stacksIn('Staging')).toEqual(['Cell0', 'Cell1']);
  });

  it('has one shape for all environments', () => {
    const app = cellsOf(honest[5]![1]);
    const [prod, staging] = ['Prod', 'Staging'].map(
      (id) => app.node.findChild(id).node.findChild('Cell1') as Stack,
    );
    expect(shape(prod!)).toEqual(shape(staging!));
  });
});

describe('and are refused', () => {
  it.each<[string, (stage: Stage, values: Values) => void, string]>([
    [
      'when one is not like the others',
      (stage, { cells }) =>
        upTo(cells).forEach(
          (i) => new CfnQueue(new Stack(stage, `Cell${i}`), 'Jobs', { delaySeconds: i === 4 ? 90 : 0 }),
        ),
      'Jobs.Properties.DelaySeconds: the stacks that cells makes must be alike in production, but Cell4 is not like Cell0',
    ],
    [
      'when one has a resource more',
      (stage, { cells }) =>
        upTo(cells).forEach((i) => {
          const stack = new Stack(stage, `Cell${i}`);
          new CfnQueue(stack, 'Jobs');
          if (i === 3) new CfnQueue(stack, 'Extra');
        }),
      'Extra: the stacks that cells makes must be alike in production, but Cell3 is not like Cell0',
    ],
    [
      'when one is in another region',
      (stage, { cells }) =>
        upTo(cells).forEach(
          (i) =>
            new CfnQueue(
              new Stack(stage, `Cell${i}`, { env: { region: i < 3 ? 'eu-west-1' : 'us-east-1' } }),
              'Jobs',
            ),
        ),
      'Cell3: the stacks that cells makes must be alike in production, but Cell3 is in another account or region than those that both environments have',
    ],
    [
      'when a value in them follows a factor as a switch',
      (stage, { cells }) =>
        upTo(cells).forEach(
          (i) => new CfnQueue(new Stack(stage, `Cell${i}`), 'Jobs', { delaySeconds: cells > 3 ? 90 : 0 }),
        ),
      'Jobs.Properties.DelaySeconds: it may follow a scale factor: too little was tried to tell',
    ],
  ])('%s', (_, make, message) => {
    expect(forbiddenIn(cellsOf(make))).toContain(message);
  });

  it.each<[string, (cells: number) => number]>([
    ['by a switch', (cells) => (cells > 3 ? 5 : 2)],
    ['by a square', (cells) => cells * cells],
  ])('when their number follows the factor %s', (_, number) => {
    const app = cellsOf((stage, { cells }) =>
      upTo(number(cells)).forEach((i) => new CfnQueue(new Stack(stage, `Cell${i}`), 'Jobs')),
    );
    expect(() => parityOf(app)).toThrow(expect.objectContaining({ code: 'other-stacks' }) as Error);
  });

  it('when one becomes many', () => {
    const app = cellsOf((stage, { cells }) =>
      upTo(cells - 1).forEach((i) => new CfnQueue(new Stack(stage, `Cell${i}`), 'Jobs')),
    );
    expect(forbiddenIn(app).join()).toContain('one one, and many many, and it makes 4 and 1');
  });
});
