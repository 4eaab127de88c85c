import { CfnDeletionPolicy, CfnOutput, CfnResource, NestedStack, Stack, Stage, type App } from 'aws-cdk-lib';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import { production as shopInProduction } from '../../bin/sizes';
import '../../lib/jest';
import { count, fargateSize, Twins, type Factor } from '../../lib';
import type { JsonObject } from '../../lib/json';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import { sha256 } from '../../lib/digest';
import { digestOf } from '../../lib/parity/digest';
import type { Definition, Manifest, ManifestPair, ManifestStacks, Members } from '../../lib/parity/manifest';
import { shopScale, WebShop } from '../../lib/shop';
import type { EnvironmentOptions } from '../../lib/twins/environments';
import { synthesize } from '../../lib/twins/synthesize';
import { newApp } from '../app';
import {
  Database,
  definitionIn,
  expires,
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

describe('a second production that is restored from snapshots of the first', () => {
  const restored = (change: (stack: Stack) => void = () => {}) => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('ProdUs', { scale: production });
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
    const restoreFrom = { Cluster: { snapshot: 'prod-orders', kmsKeyArn } };
    change(Stack.of(twins.prod('ProdB', { scale: production, restoreFrom })));
    return reportsOf(app)[0]!;
  };

  it('is its twin', () => {
    const { verdict, permitted } = restored();
    expect({
      verdict,
      lives: permitted.filter(({ by }) => by === 'lifecycle').map(({ factor }) => factor),
    }).toMatchObject({
      verdict: 'twins',
      lives: expect.arrayContaining(['seed']) as string[],
    });
  });

  it('may have nothing else that a staging may', () => {
    const { verdict } = restored((stack) => {
      const cluster = stack.node
        .findAll()
        .find((it) => CfnResource.isCfnResource(it) && it.cfnResourceType === 'AWS::RDS::DBCluster');
      (cluster as CfnResource).addPropertyOverride('DeletionProtection', false);
    });
    expect(verdict).toBe('not-twins');
  });

  it('is not the first', () => {
    const twins = new Twins(newApp(), { scale, environment: Database });
    const restoreFrom = { Cluster: { snapshot: 'prod-orders', kmsKeyArn: 'arn' } };
    expect(() => twins.prod('ProdUs', { scale: production, restoreFrom })).toThrow(
      '"ProdUs" is the first production',
    );
  });
});

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

/** What is wrong with the first comparison of an app, and what the synth says of it. */
function wrongIn(app: App): string[] {
  const [{ verdict, role } = {}] = reportsOf(app);
  const thrown: string[] = [];
  try {
    app.synth();
  } catch (error) {
    thrown.push((error as Error).message);
  }
  return [
    ...forbiddenIn(app),
    ...thrown,
    ...(verdict === 'twins' && role === 'production' ? [] : [`${verdict} as a ${role}`]),
  ];
}

describe('a second production is a twin of the first', () => {
  it.each([
    ['is larger', { readers: 6, instance: 'r7g.4xlarge', backlog: 20 }],
    ['is smaller', { readers: 2, instance: 'r7g.large', backlog: 2 }],
    ['has more of one thing and less of another', { readers: 5, instance: 'r7g.large', backlog: 4 }],
    ['is as large', {}],
  ])('without a staging, when it %s', (_, values) =>
    expect(wrongIn(productions({ values }).app)).toEqual([]),
  );

  it('and has no blind spots: nothing is rehearsed on it', () => {
    const [{ factors } = { factors: [] }] = reportsOf(productions({ values: { readers: 2 } }).app);
    expect(factors.map(({ name, prod, staging, blindSpot }) => [name, prod, staging, blindSpot])).toEqual([
      ['readers', 3, 2, undefined],
      ['instance', 'r7g.2xlarge', 'r7g.2xlarge', undefined],
      ['backlog', 10, 10, undefined],
    ]);
  });

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
    expect(wrongIn(app)).toEqual([]);
    const scaled = reportsOf(app)[0]!.permitted.filter(({ by }) => by === 'scale');
    const sides = scaled.map((it) =>
      [
        it.prod === undefined ? '+' : it.staging === undefined ? '-' : '~',
        [it.logicalId, ...it.path].join('.').replace('.Properties', '').replace('.Value.Fn::Join.1', ''),
      ].join(' '),
    );
    expect(sides.filter((it) => /Board|Topic3|Worker4/.test(it)).sort()).toEqual([
      '+ Board.Nested.Rows.2',
      '+ Board.Nested.Rows.3',
      '+ Board.Nested.Rows.4',
      '+ Board.Nested.Rows.5',
      '+ Board.Rows.6',
      '+ Board.Rows.7',
      '+ Board.Rows.8',
      '+ Board.Rows.9',
      '+ Topic3',
      '- Board.Nested.Rows.0.Queues.3',
      '- Board.Nested.Rows.0.Queues.4',
      '- Board.Nested.Rows.1.Queues.3',
      '- Board.Nested.Rows.1.Queues.4',
      '- Board.Rows.4',
      '- Board.Rows.5',
      '- Worker4',
      '~ Board.Rows.10.Count',
      '~ Board.Rows.4.Within.Of.0',
      '~ Board.Rows.5.Within.Of.0',
    ]);
  });

  it('as a stage of several stacks, with a nested one, in another account and region', () => {
    class Nested extends NestedStack {}
    class Shop extends Stage {
      constructor(scope: App, id: string, { tasks, ...props }: EnvironmentOptions & { tasks: number }) {
        super(scope, id, props);
        const data = new Stack(this, 'Data', { stackName: `${id}-data` });
        const web = new Stack(this, 'Web', { stackName: `${id}-web` });
        const vpc = new Vpc(data, 'Vpc', { maxAzs: 3, restrictDefaultSecurityGroup: false });
        const queues = Array.from({ length: tasks }, (_, i) => new Queue(data, `Queue${i + 1}`));
        const nested = new Nested(web, 'Nested');
        queues.forEach((queue, i) => new CfnOutput(web, `Arn${i + 1}`, { value: queue.queueArn }));
        const topics = queues.map(
          (_, i) => new CfnTopic(nested, `Topic${i + 1}`, { displayName: `${id} ${i + 1}` }),
        );
        new CfnOutput(nested, 'Topics', { value: topics.map(({ ref }) => ref).join(',') });
        new CfnOutput(web, 'Where', { value: `${vpc.vpcId} in ${data.region}` });
      }
    }
    const app = newApp();
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'the load differs' }) },
      environment: (scope, id, { tasks }, options) => new Shop(scope, id, { ...options, tasks }),
    });
    twins.prod('ProdUs', { scale: { tasks: 2 }, env: { account: '111111111111', region: 'us-east-1' } });
    twins.prod('ProdEu', { scale: { tasks: 4 }, env: { account: '222222222222', region: 'eu-central-1' } });
    expect(wrongIn(app)).toEqual([]);
  });

  it('as the shop, with more of some tiers, fewer of others, and its proportions', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: shopScale,
      environment: WebShop,
      props: { release: '1.42.0', tls: false },
    });
    twins.prod('ProdUs', { scale: shopInProduction });
    twins.prod('ProdEu', {
      scale: {
        ...shopInProduction,
        webTasks: { min: 6, max: 24 },
        workerTasks: { min: 2, max: 12 },
        ordersReaders: 4,
        catalogReplicas: 2,
        sessionsReplicas: 3,
        pagesShards: 4,
        pagesReplicas: 3,
      },
    });
    expect(wrongIn(app)).toEqual([]);
  });

  it('with tags, a description and a stack name of its own', () => {
    const given = (of: string) => ({
      tags: { team: `${of}-team` },
      description: `the shop of ${of}`,
      stackName: `shop-${of}`,
    });
    const app = made(
      { tasks: 2 },
      { tasks: 3 },
      (stack, { tasks }) => {
        new Queue(stack, 'Jobs', { queueName: `${stack.stackName}-jobs` });
        new CfnOutput(stack, 'Tasks', { value: `${tasks}` });
      },
      { first: given('us'), second: given('eu') },
    );
    expect(wrongIn(app)).toEqual([]);
    const declared = reportsOf(app)[0]!.permitted.filter(({ by }) => by === 'declared');
    expect(new Set(declared.map(({ factor }) => factor))).toEqual(new Set(['tag.team', 'description']));
  });

  it('with a derived value that falls where its factor grows: neither of the two is the smaller one', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { workers: count({ reason: 'the load differs' }) },
      derived: { pause: { from: ['workers'], value: ({ workers }) => Math.ceil(900 / workers) } },
      environment: (scope, id, { workers, pause }, options) => {
        const stack = new Stack(scope, id, { ...options });
        new CfnQueue(stack, 'Queue', { delaySeconds: pause, visibilityTimeout: workers });
        return stack;
      },
    });
    twins.prod('ProdUs', { scale: { workers: 9 } });
    twins.prod('ProdEu', { scale: { workers: 4 } });
    expect(wrongIn(app)).toEqual([]);
  });

  it('where a staging has a stand-in for what stands outside: productions have none', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'the load differs' }) },
      environment: (scope, id, { tasks }, options) => {
        const stack = new Stack(scope, id, { ...options });
        new CfnTopic(stack, 'Pay', {
          displayName: `https://api.pay.example.com/${stack.stackName}/${tasks}`,
        });
        return stack;
      },
    });
    twins.prod('ProdUs', { scale: { tasks: 3 } });
    twins.prod('ProdEu', { scale: { tasks: 5 } });
    twins.staging('Staging', {
      scale: { tasks: 2 },
      expires,
      outside: [{ host: 'api.pay.example.com', reason: 'it charges cards', standIn: 'pay.acme.io' }],
    });
    expect(reportsOf(app).map(({ staging, forbidden }) => [staging, forbidden])).toEqual([
      ['ProdEu', []],
      ['Staging', []],
    ]);
  });
});

describe('a second production is no twin', () => {
  class Asking extends Database {
    constructor(scope: Construct, id: string, props: DatabaseProps) {
      super(scope, id, props);
      if (Stack.of(this).stackName === 'ProdEu') this.cluster.engineVersion = '17.6';
    }
  }
  class Lacking extends Database {
    constructor(scope: Construct, id: string, props: DatabaseProps) {
      super(scope, id, props);
      if (Stack.of(this).stackName !== 'ProdEu') new CfnTopic(this, 'Alarms');
    }
  }

  it.each<[string, Second, string[]]>([
    [
      'when the definition asks for its name',
      { environment: Asking },
      ['Cluster.Properties.EngineVersion: it is not there in all of them, and follows no scale factor'],
    ],
    [
      'when it lacks a tier',
      { environment: Lacking },
      ['Alarms: it is not there in all of them, and follows no scale factor'],
    ],
    [
      'when a property of it was set by hand afterwards',
      { change: (stack) => (databaseOf(stack).cluster.backupRetentionPeriod = 1) },
      ['Cluster.Properties.BackupRetentionPeriod: it follows no scale factor'],
    ],
    [
      'when it is less protected, which a staging may be',
      { change: (stack) => (databaseOf(stack).cluster.deletionProtection = false) },
      [
        'Cluster.Properties.DeletionProtection: it is of another kind in some of them, and follows no scale factor',
      ],
    ],
    [
      'when it deletes what the first keeps',
      {
        change: (stack) => (databaseOf(stack).cluster.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE),
      },
      ['Cluster.DeletionPolicy: it is not there in all of them, and follows no scale factor'],
    ],
    [
      'when an aspect changed it alone',
      {
        values: { readers: 2 },
        change: (stack) => onEvery(stack, CfnDBInstance, (node) => (node.monitoringInterval = 60)),
      },
      ['Reader1', 'Reader2', 'Writer'].map(
        (id) =>
          `${id}.Properties.MonitoringInterval: it is not there in all of them, and follows no scale factor`,
      ),
    ],
    [
      'when it has one reader more than its factor says',
      {
        change: (stack) =>
          void new CfnDBInstance(databaseOf(stack), 'Reader4', { engine: 'aurora-postgresql' }),
      },
      ['Reader4: it is not there in all of them, and follows no scale factor'],
    ],
    [
      'when one of those that it has more is another kind of reader',
      {
        values: { readers: 6 },
        change: (stack) =>
          ((databaseOf(stack).node.findChild('Reader6') as CfnDBInstance).publiclyAccessible = true),
      },
      [
        'Reader6.Properties.PubliclyAccessible: the members of readers must be alike in ProdEu, but Reader6 is not like Reader1',
      ],
    ],
    [
      'when one that it lacks is another kind of reader in the first',
      {
        values: { readers: 2 },
        environment: class extends Database {
          constructor(scope: Construct, id: string, props: DatabaseProps) {
            super(scope, id, props);
            const third = this.node.tryFindChild('Reader3') as CfnDBInstance | undefined;
            if (third) third.publiclyAccessible = true;
          }
        },
      },
      [
        'Reader3.Properties.PubliclyAccessible: the members of readers must be alike in ProdUs, but Reader3 is not like Reader1',
      ],
    ],
  ])('%s', (_, second, expected) => {
    const { app } = productions(second);
    expect(forbiddenIn(app).sort()).toEqual(expect.arrayContaining(expected));
    expect(() => app.synth()).toThrow('ProdEu is not a twin of ProdUs');
    expect(JSON.stringify(reportsOf(app)[0]!.forbidden.map(({ why, fix }) => [why, fix]))).not.toMatch(
      /staging/i,
    );
  });

  it('and a staging of the first is told of its own differences alone', () => {
    const { app, twins } = productions({ environment: Asking });
    twins.staging('Staging', { scale: small, expires });
    expect(reportsOf(app).map(({ staging, verdict }) => [staging, verdict])).toEqual([
      ['ProdEu', 'not-twins'],
      ['Staging', 'twins'],
    ]);
  });

  it.each<[string, object, string]>([
    ['has none of what the first has', { readers: 0 }, 'readers: got 0 where production has 3'],
    ['has another family', { instance: 'r6g.2xlarge' }, 'family, generation and architecture stay'],
    ['lacks a value', { backlog: undefined }, 'backlog'],
  ])('when its scale %s: that is refused where it is made', (_, values, message) => {
    expect(() => productions({ values })).toThrow(message);
  });

  it('when its scale breaks several rules: all are told, with the production that they are held against', () => {
    expect(() => productions({ values: { readers: 1, instance: 't4g.medium' } })).toThrow(
      /^the scale of "ProdEu" breaks 2 rules beside "ProdUs", the first production:\n {2}- readers: got 1 .*\n {2}- instance: got "t4g.medium"/,
    );
  });

  it('when a derived value is a switch between the two', () => {
    const twins = new Twins(newApp(), {
      scale: { workers: count({ reason: 'the load differs' }) },
      derived: { mode: { from: ['workers'], value: ({ workers }) => (workers > 5 ? 900 : 1) } },
      environment: (scope, id, { mode }, options) => {
        const stack = new Stack(scope, id, { ...options });
        new CfnQueue(stack, 'Queue', { delaySeconds: mode });
        return stack;
      },
    });
    twins.prod('ProdUs', { scale: { workers: 4 } });
    expect(() => twins.prod('ProdEu', { scale: { workers: 8 } })).toThrow(
      'the derived value "mode" does not follow its factors: it is 1 in "ProdUs" and 900 in "ProdEu"',
    );
  });

  it('when a proportion is another one at its own values', () => {
    const twins = new Twins(newApp(), {
      scale: {
        workers: count({ reason: 'the load differs' }),
        size: fargateSize({ reason: 'the load differs' }),
      },
      proportions: [
        {
          name: 'memory of a worker',
          asked: ({ workers }) => workers,
          offered: ({ size }) => size.memoryMiB,
          tolerance: 0.2,
        },
      ],
      environment: (scope, id, _values, options) => new Stack(scope, id, { ...options }),
    });
    const size = { cpu: 1024, memoryMiB: 2048 };
    twins.prod('ProdUs', { scale: { workers: 4, size } });
    expect(() => twins.prod('ProdEu', { scale: { workers: 8, size } })).toThrow('asked / offered is');
    twins.prod('ProdAp', { scale: { workers: 8, size: { cpu: 2048, memoryMiB: 4096 } } });
  });

  it('when only one of the two has a tag, or is made for a known region', () => {
    const { twins } = productions();
    expect(() => twins.prod('ProdAp', { scale: production, tags: { team: 'a' } })).toThrow(
      'ProdUs and ProdAp do not have the same tags: team is given to one of them',
    );
    const app = made({ tasks: 2 }, { tasks: 2 }, () => {}, { second: { env: { region: 'eu-west-1' } } });
    expect(() => app.synth()).toThrow('ProdEu is made for a known region and ProdUs is not');
  });
});

describe('a manifest that was edited', () => {
  type Edit = (definition: Definition) => object;

  /** What parity says of productions after a change of their manifest, and of the second's template. */
  function edited(
    edit: Edit,
    inTemplate: (template: JsonObject) => void = () => {},
    values: object = {},
  ): string {
    const { app, twins } = productions({ values });
    twins.staging('Staging', { scale: small, expires });
    const folder = synthesize(app.node.findChild('ProdUs') as Stack);
    const manifest = JSON.parse(readFileSync(join(folder, 'twin.json'), 'utf8')) as Manifest;
    const file = join(folder, 'ProdEu.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
    inTemplate(template);
    const text = JSON.stringify(template);
    writeFileSync(file, text);
    const content = {
      ...manifest,
      definitions: [{ ...manifest.definitions[0]!, ...edit(manifest.definitions[0]!) }],
      templates: { ...manifest.templates, 'ProdEu.template.json': sha256(text) },
    };
    writeFileSync(join(folder, 'twin.json'), JSON.stringify({ ...content, digest: digestOf(content) }));
    try {
      const told = parityOfAssembly(folder).map(({ staging, forbidden }) =>
        [staging, ...forbidden.map(({ logicalId, why }) => `${logicalId} ${why}`)].join('; '),
      );
      return told.join('\n');
    } catch (error) {
      return (error as Error).message;
    }
  }

  const pairs =
    (change: (pair: ManifestPair) => object): Edit =>
    ({ pairs: all }) => ({
      pairs: all.map((pair) => (pair.staging === 'ProdEu' ? { ...pair, ...change(pair) } : pair)),
    });
  const stacks = (change: (stacks: ManifestStacks) => object): Edit =>
    pairs((pair) => ({ stacks: pair.stacks.map((it) => ({ ...it, ...change(it) })) }));
  const resource = (template: JsonObject, id: string) =>
    (template['Resources'] as Record<string, { Properties: JsonObject }>)[id]!;

  it('says nothing when nothing was', () => expect(edited(() => ({}))).toBe('ProdEu\nStaging'));

  it.each<[string, Edit, string]>([
    [
      'to leave the second production out',
      ({ pairs: all }) => ({ pairs: all.filter(({ staging }) => staging !== 'ProdEu') }),
      'twin.json has the environment "ProdEu" and compares it with nothing',
    ],
    [
      'to make the second the measure of the first',
      pairs(() => ({ prod: 'ProdEu', staging: 'ProdUs' })),
      'twin.json pairs ProdEu and ProdUs the wrong way round',
    ],
    [
      'to turn a staging round',
      ({ pairs: all }) => ({
        pairs: all.map((pair) =>
          pair.staging === 'Staging' ? { ...pair, prod: 'Staging', staging: 'ProdUs' } : pair,
        ),
      }),
      'twin.json pairs Staging and ProdUs the wrong way round',
    ],
    [
      "to take a staging's checks away",
      ({ pairs: all }) => ({ pairs: all.map(({ checks: _checks, ...pair }) => pair) }),
      'twin.json pairs ProdUs and Staging without what the checks of a staging take as known',
    ],
    [
      'to call a staging a production',
      ({ pairs: all, environments }) => ({
        pairs: all.map(({ checks: _checks, ...pair }) => pair),
        environments: { ...environments, Staging: { ...environments['Staging']!, role: 'production' } },
      }),
      'the manifest permits it by lifecycle ("deletion protection"), which no production has',
    ],
  ])('%s', (_, edit, expected) => expect(edited(edit)).toContain(expected));

  it('to permit by lifecycle what a production may not do', () => {
    const path = ['Resources', 'Cluster', 'Properties', 'DeletionProtection'];
    const edit = stacks(({ places }) => ({
      places: [
        ...places,
        { path, by: 'lifecycle', factor: 'deletion protection', prod: true, staging: false },
      ],
    }));
    const told = edited(edit, (template) => {
      resource(template, 'Cluster').Properties = {
        ...resource(template, 'Cluster').Properties,
        DeletionProtection: false,
      };
    });
    expect(told).toContain('by lifecycle ("deletion protection"), which no production has');
  });

  const moreReaders = { readers: 5 };
  const members = (change: (members: Members) => object): Edit =>
    stacks((it) => ({
      members: it.members.map((group) =>
        group.path.join() === 'Resources' ? { ...group, ...change(group) } : group,
      ),
    }));

  it('to let the second have a reader that is not there', () => {
    const told = edited(
      () => ({}),
      (template) => void delete (template['Resources'] as Record<string, unknown>)['Reader5'],
      moreReaders,
    );
    expect(told).toContain('twin.json permits readers at Resources.Reader5, which is not there');
  });

  it('to let it have more readers than its factor says', () => {
    const told = edited(
      members(({ staging }) => ({ staging: [...staging, 'Extra'] })),
      (template) =>
        void ((template['Resources'] as Record<string, unknown>)['Extra'] = resource(template, 'Reader5')),
      moreReaders,
    );
    expect(told).toContain('there are 3 and 6 members of readers, where it gives 3 and 5');
  });

  it('to take a resource that both have for one that the second has more', () => {
    const told = edited(
      members(({ staging }) => ({ staging: [...staging.slice(0, -1), 'Writer'] })),
      () => {},
      moreReaders,
    );
    expect(told).toContain('twin.json permits readers at Resources.Writer, which is not there');
  });

  it('to count one of its readers twice', () => {
    const told = edited(
      members(({ staging }) => ({ staging: [...staging.slice(0, -1), 'Reader4'] })),
      () => {},
      moreReaders,
    );
    expect(told).toContain('Reader4 the manifest names it twice as a member of readers');
    expect(told).toContain('Reader5 no scale factor explains it');
  });

  it('to let a staging have more members than production', () => {
    const { pairs: all } = definitionIn(productions({ values: moreReaders }).app);
    const more = all[0]!.stacks[0]!.members.find(({ path }) => path.join() === 'Resources')!;
    expect([more.prod.length, more.staging.length]).toEqual([3, 5]);
    const turned: Edit = ({ pairs: both, environments }) => ({
      pairs: both.map((pair) =>
        pair.staging === 'ProdEu'
          ? { ...pair, checks: { stackNames: ['ProdEu'], outside: [], acknowledged: [] } }
          : pair,
      ),
      environments: { ...environments, ProdEu: { ...environments['ProdEu']!, role: 'staging' } },
    });
    const told = edited(turned, () => {}, moreReaders);
    expect(told).toContain("readers: got 5, more than production's 3");
    expect(told).toContain('readers makes 3 in production and 5 in staging: a staging has no more of them');
  });

  it.each([
    ['that nobody named', []],
    [
      'that is a staging’s',
      [{ host: 'a.example.com', reason: 'it charges cards', standIn: 'b.example.com' }],
    ],
  ])('to have a stand-in in a production %s', (_, outside) => {
    const path = ['Outputs', 'Backlog', 'Value'];
    const edit: Edit = (definition) => {
      const of = (name: string, text: string) => ({
        ...definition.environments[name]!,
        declared: { 'standIn.0': text },
      });
      const named = {
        ...definition,
        pairs: definition.pairs.map((pair) =>
          pair.checks ? { ...pair, checks: { ...pair.checks, outside } } : pair,
        ),
      };
      return {
        ...stacks(({ places }) => ({
          places: [
            ...places.filter((place) => place.path.join() !== path.join()),
            {
              path,
              by: 'declared',
              factor: 'standIn.0',
              text: '${standIn.0}',
              prod: 'a.example.com',
              staging: 'b.example.com',
            },
          ],
        }))(named),
        environments: {
          ...definition.environments,
          ProdUs: of('ProdUs', 'a.example.com'),
          ProdEu: of('ProdEu', 'b.example.com'),
        },
      };
    };
    expect(edited(edit)).toContain(
      'standIn.0 of ProdEu is "b.example.com", which nothing names or stands in for',
    );
  });
});

describe('one definition with two productions', () => {
  it('is made no more often than one with a staging', () => {
    let all = 0;
    const make = (make2: (twins: Twins<{ tasks: Factor<'count'> }, Stack>) => void): number => {
      all = 0;
      const app = newApp();
      const twins = new Twins(app, {
        scale: { tasks: count({ reason: 'the load differs' }) },
        environment: (scope, id, { tasks }, options) => {
          all++;
          const stack = new Stack(scope, id, { ...options });
          new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
          return stack;
        },
      });
      twins.prod('ProdUs', { scale: { tasks: 4 } });
      make2(twins);
      app.synth();
      return all;
    };
    const alone = make(() => {});
    const two = make((twins) => void twins.prod('ProdEu', { scale: { tasks: 6 } }));
    const staged = make((twins) => void twins.staging('Staging', { scale: { tasks: 2 }, expires }));
    expect([alone, two]).toEqual([1, 7]);
    expect(two).toBeLessThan(staged);
  });

  it('is what the matcher compares', () => {
    const { app, second } = productions({ values: { readers: 5 } });
    expect(second).toBeTwinOf(app.node.findChild('ProdUs') as Stack);
    const { app: other, second: changed } = productions({
      change: (stack) => (databaseOf(stack).cluster.port = 5433),
    });
    expect(() => expect(changed).toBeTwinOf(other.node.findChild('ProdUs') as Stack)).toThrow(
      'NOT A TWIN: ProdEu is not a twin of ProdUs',
    );
  });
});
