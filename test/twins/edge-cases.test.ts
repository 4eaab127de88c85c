import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CfnOutput,
  CfnResource,
  Fn,
  NestedStack,
  RemovalPolicy,
  Stack,
  Stage,
  type Environment,
} from 'aws-cdk-lib';
import {
  ManagedPolicy,
  PermissionsBoundary,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { count, defineScale, instanceClass, shape, Twins, type ScaleOf } from '../../lib';
import '../../lib/jest';
import { digestOf } from '../../lib/parity/digest';
import type { Manifest } from '../../lib/parity/manifest';
import { newApp } from '../app';
import { expires, forbiddenIn, pair, parityOf, reportsOf, twinsOf as twinsOfCounts } from './pair';

const tasks = defineScale({ tasks: count({ reason: 'less traffic' }) });

type Make = (scope: Construct, tasks: number) => void;

interface Where {
  readonly prod?: Environment;
  readonly staging?: Environment;
}

/** The twins of a definition that is a function. */
function twinsOf(make: Make, { prod: p, staging: s }: Where = {}) {
  class Definition extends Construct {
    constructor(scope: Construct, id: string, props: { scale: ScaleOf<typeof tasks> }) {
      super(scope, id);
      make(this, props.scale.tasks);
    }
  }
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Definition });
  const prod = Stack.of(twins.prod('Prod', { scale: { tasks: 4 }, ...(p && { env: p }) }));
  const staging = Stack.of(twins.staging('Staging', { scale: { tasks: 2 }, expires, ...(s && { env: s }) }));
  return { app, prod, staging };
}

describe('a staging in another account and region', () => {
  const queue: Make = (scope, n) => {
    const { account, region } = Stack.of(scope);
    new CfnQueue(scope, 'Queue', {
      delaySeconds: n,
      redrivePolicy: { deadLetterTargetArn: `arn:aws:iot:${region}:${account}:topic/dead` },
    });
  };
  const home = { account: '111111111111', region: 'eu-central-1' };
  const away = { account: '222222222222', region: 'eu-west-1' };

  it('is a twin: where it is, is what it is called', () => {
    const { prod, staging } = twinsOf(queue, { prod: home, staging: away });
    expect(staging).toBeTwinOf(prod);
    expect(shape(staging)).toEqual(shape(prod));
  });

  it('is one beside production too', () => {
    const { prod, staging } = twinsOf(queue, { prod: home, staging: home });
    expect(staging).toBeTwinOf(prod);
  });

  it("may not hold production's account", () => {
    const { app } = twinsOf(
      (scope, n) =>
        void new CfnQueue(scope, 'Queue', {
          delaySeconds: n,
          queueName: 'jobs-of-111111111111',
          tags: [{ key: 'account', value: Stack.of(scope).account }],
        }),
      { prod: home, staging: away },
    );
    expect(parityOf(app)).toMatchObject({
      verdict: 'twins', // equal in both: parity has nothing to say, isolation has
      checks: { isolation: { findings: [{ id: 'TWIN-ISO-006' }] } },
    });
    expect(() => app.synth({ force: true })).toThrow(/TWIN-ISO-006/);
  });

  it('is refused when only one of the two says where it is', () => {
    expect(() => twinsOf(queue, { staging: away }).app.synth()).toThrow(
      'Staging is made for a known account and Prod is not',
    );
  });
});

it('a factor may be the only thing in a text', () => {
  const { prod, staging } = twinsOf((scope, n) => {
    new CfnTaskDefinition(scope, 'Task', {
      containerDefinitions: [
        { name: 'web', image: 'web', environment: [{ name: 'TASKS', value: String(n) }] },
      ],
    });
  });
  expect(staging).toBeTwinOf(prod);
});

it('a switch is none of a factor, whatever it switches; its size and its class are', () => {
  const refused = (make: Make): string[] => forbiddenIn(twinsOf(make).app);
  expect(
    refused((scope, n) => {
      new CfnQueue(scope, 'Queue', { kmsMasterKeyId: n > 2 ? 'alias/aws/sqs' : 'alias/none' });
    }),
  ).toHaveLength(1);
  expect(refused((scope, n) => void new CfnQueue(scope, 'Queue', { delaySeconds: n > 2 ? 900 : 0 }))).toEqual(
    ['Queue.Properties.DelaySeconds: it may follow a scale factor: too little was tried to tell'],
  );
  expect(refused((scope, n) => void new CfnQueue(scope, 'Queue', { fifoQueue: n > 2 }))).toEqual([
    'Queue.Properties.FifoQueue: it is of another kind in some of them, and follows no scale factor',
  ]);
  expect(refused((scope, n) => void new CfnQueue(scope, 'Queue', { delaySeconds: 900 - n }))).toEqual([
    'Queue.Properties.DelaySeconds: it follows no scale factor',
  ]);
  expect(refused((scope, n) => void new CfnQueue(scope, 'Queue', { delaySeconds: 60 * n }))).toEqual([]);
  expect(
    refused((scope, n) => void new CfnQueue(scope, 'Queue', { delaySeconds: Math.min(30, 10 + n) })),
  ).toEqual([]);
});

it('a class may stand in a text, whole or its size alone', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { node: instanceClass({ reason: 'less memory' }) },
    environment: (scope, id, { node }, options) => {
      const stack = new Stack(scope, id, { ...options });
      new CfnOutput(stack, 'Whole', { value: `cache.${node} in ${id}` });
      new CfnOutput(stack, 'Size', { value: `the ${node.split('.')[1]} one` });
      new CfnOutput(stack, 'Json', { value: JSON.stringify({ node, name: `${node}-1` }) });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { node: 'r7g.2xlarge' } });
  twins.staging('Staging', { scale: { node: 'r7g.large' }, expires });
  expect(forbiddenIn(app)).toEqual([]);
});

it('a permissions boundary that is part of the stack makes no circle', () => {
  const { app, prod, staging } = twinsOf((scope, n) => {
    const boundary = new ManagedPolicy(scope, 'Boundary', {
      statements: [new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    });
    PermissionsBoundary.of(Stack.of(scope)).apply(boundary);
    new Role(scope, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    new CfnQueue(scope, 'Queue', { delaySeconds: n });
  });
  app.synth();
  const template = JSON.parse(readFileSync(join(app.outdir, staging.templateFile), 'utf8')) as {
    Resources: Record<string, { Type: string; DependsOn?: string[] }>;
  };
  const policy = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')!;
  expect(policy.DependsOn).toBeUndefined();
  expect(staging).toBeTwinOf(prod);
});

describe('an environment that is a stage', () => {
  class Shop extends Stage {
    readonly data: Stack;
    readonly web: Stack;
    constructor(scope: Construct, id: string, { scale: { tasks: n } }: { scale: ScaleOf<typeof tasks> }) {
      super(scope, id);
      this.data = new Stack(this, 'Data', { terminationProtection: true });
      const queue = new CfnQueue(this.data, 'Queue', { delaySeconds: n });
      new CfnOutput(this.data, 'Name', {
        value: queue.attrQueueName,
        exportName: `${this.data.stackName}-queue`,
      });
      new Bucket(new NestedStack(this.data, 'Files'), 'Bucket');
      this.web = new Stack(this, 'Web');
      this.web.addStackDependency(this.data);
      new CfnQueue(this.web, 'Copy', { queueName: Fn.importValue(`${this.data.stackName}-queue`) });
    }
  }
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Shop });
  const prod = twins.prod('Prod', { scale: { tasks: 4 } });
  const staging = twins.staging('Staging', { scale: { tasks: 2 }, expires });

  it('has its production protected and its staging not, whatever its stacks say', () => {
    expect([prod.data, prod.web].map((stack) => stack.terminationProtection)).toEqual([true, true]);
    expect([staging.data, staging.web].map((stack) => stack.terminationProtection)).toEqual([false, false]);
  });

  it('may import what it exports itself, and has the buckets of its nested stacks emptied', () => {
    expect(() => app.synth()).not.toThrow();
    expect(reportsOf(app)).toMatchObject([{ verdict: 'twins' }]);
  });

  it('may use in one of its stacks what a loop makes in another, whatever hashes its exports have', () => {
    const looped = newApp();
    const loops = new Twins(looped, {
      scale: tasks,
      environment: (scope, id, { tasks: n }, options) => {
        const stage = new Stage(scope, id, { ...options });
        const [made, used] = [new Stack(stage, 'Made'), new Stack(stage, 'Used')];
        for (let i = 0; i < 10 * n; i++) {
          const { attrQueueName, attrArn } = new CfnQueue(made, `Queue${i}`);
          new CfnQueue(used, `User${i}`, { queueName: attrQueueName });
          new CfnOutput(used, `Arn${i}`, { value: attrArn });
        }
        return stage;
      },
    });
    loops.prod('Prod', { scale: { tasks: 12 } });
    loops.staging('Staging', { scale: { tasks: 3 }, expires });
    expect(forbiddenIn(looped)).toEqual([]);
  });

  it('takes no name or description for its stacks', () => {
    const other = new Twins(newApp(), { scale: tasks, environment: Shop });
    expect(() => other.prod('Prod', { scale: { tasks: 4 }, stackName: 'Shop' })).toThrow(
      '"Prod" is a stage of several stacks, which take neither a stackName nor a description nor tags from it',
    );
  });
});

it('a broken twin is told without a place too, so that production alone is not deployed either', () => {
  const { app } = pair({ staging: (stack) => void new CfnQueue(stack, 'Extra') });
  expect(() => app.synth()).toThrow('Staging is not a twin of Prod: 1 forbidden difference');
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { violatingConstructs: { constructPath: string }[] }[] }[];
  };
  const [summary] = report.pluginReports[0]!.violations;
  expect(summary).toMatchObject({ violatingConstructs: [{ constructPath: '' }] });
});

it('a bucket that the definition empties itself is left as it is', () => {
  const { app, prod, staging } = twinsOf((scope, n) => {
    new Bucket(scope, 'Bucket', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
    new CfnQueue(scope, 'Queue', { delaySeconds: n });
  });
  expect(parityOf(app).verdict).toBe('twins');
  const emptiers = [prod, staging].map((stack) =>
    stack.node.findAll().filter(({ node }) => node.id === 'AutoDeleteObjectsCustomResource'),
  );
  expect(emptiers.map(({ length }) => length)).toEqual([1, 1]);
});

describe('a manifest edited by hand', () => {
  const { app, staging } = pair();
  const directory = app.synth().directory;
  const file = join(directory, 'twin.json');
  const original = readFileSync(file, 'utf8');
  afterEach(() => writeFileSync(file, original));

  /** The edited manifest, signed anew: its digest is no secret. */
  const edited = (edit: (definition: Manifest['definitions'][number], manifest: Manifest) => void) => {
    const manifest = JSON.parse(original) as Manifest;
    edit(manifest.definitions[0]!, manifest);
    const { digest: _, ...content } = manifest;
    writeFileSync(file, JSON.stringify({ ...content, digest: digestOf(content) }));
    return parityOf(app);
  };

  beforeAll(() => {
    // what is read is the folder, not what would be synthesized again
    jest.spyOn(app, 'synth').mockReturnValue({ directory } as never);
  });
  afterAll(() => jest.restoreAllMocks());

  it('cannot compare a template with itself', () => {
    expect(() =>
      edited(({ pairs: [it] }) => {
        Object.assign(it!.stacks[0]!, { prod: 'Staging.template.json' });
      }),
    ).toThrow('twin.json pairs Prod and Staging by a template that it names twice');
    expect(() =>
      edited(({ environments }) => void Object.assign(environments['Prod']!, { role: 'staging' })),
    ).toThrow('twin.json pairs Prod and Staging the wrong way round');
  });

  it('cannot permit what no factor can give', () => {
    const template = join(directory, staging.templateFile);
    const before = readFileSync(template, 'utf8');
    writeFileSync(template, before.replace('"StorageEncrypted": true', '"StorageEncrypted": false'));
    const found = edited(({ environments, pairs }) => {
      for (const [name, value] of [
        ['Prod', 'true'],
        ['Staging', 'false'],
      ] as const)
        Object.assign(environments[name]!.expressions, { 'backlog.on': value });
      (pairs[0]!.stacks[0]!.places as unknown[]).push({
        path: ['Resources', 'Cluster', 'Properties', 'StorageEncrypted'],
        by: 'scale',
        factor: 'backlog',
        text: '${backlog.on}',
        prod: true,
        staging: false,
      });
    });
    writeFileSync(template, before);
    expect(found.verdict).toBe('not-twins');
    expect(found.forbidden.map(({ logicalId }) => logicalId)).toContain('Cluster');
  });
});

describe('a list that is sorted by its texts, as the CDK sorts what policies name', () => {
  const made = (
    prod: number,
    staging: number,
    listOf = (ids: readonly string[]): readonly string[] => ids,
  ) => {
    const { app } = twinsOfCounts({ queues: [prod, staging] }, (stack, { queues }) => {
      const all = Array.from({ length: queues }, (_, i) => new CfnQueue(stack, `Queue${i}`));
      const byId = new Map(all.map((queue) => [queue.node.id, queue]));
      const listed = listOf([...byId.keys()].toSorted()).map((id) => byId.get(id)!);
      const properties = { List: [...listed.map(({ ref }) => ref), ...listed.map(({ attrArn }) => attrArn)] };
      new CfnResource(stack, 'Policy', { type: 'Custom::Policy', properties });
    });
    return forbiddenIn(app);
  };

  it.each([
    [3, 2],
    [9, 4],
    [12, 3],
    [24, 11],
  ])('has the tenth member before the second, in %i beside %i', (prod, staging) => {
    expect(made(prod, staging)).toEqual([]);
  });

  it('may not leave one out', () => {
    expect(made(12, 3, (ids) => ids.filter((id) => ids.length < 4 || id !== 'Queue1'))).not.toEqual([]);
    expect(made(4, 3, (ids) => ids.filter((id) => ids.length < 4 || id !== 'Queue1'))).not.toEqual([]);
  });
});
