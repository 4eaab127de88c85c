import {
  Aspects,
  CfnDeletionPolicy,
  CfnOutput,
  NestedStack,
  RemovalPolicy,
  Stack,
  Stage,
  Tags,
  Validations,
  type App,
  type Environment,
} from 'aws-cdk-lib';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { count, replicas, shards, Twins } from '../../lib';
import { newApp } from '../app';
import {
  Database,
  definitionIn,
  expires,
  forbiddenIn,
  onEvery,
  pair,
  parityOf,
  production,
  reportsOf,
  scale,
  small,
  twinsOf,
  type DatabaseProps,
} from './pair';

const databaseOf = (stack: Stack): Database => stack.node.findChild('Default') as Database;

describe('two environments of one definition', () => {
  it('are twins, whatever construct class the definition is, if it takes a scale', () => {
    const { app } = pair();
    expect(() => app.synth()).not.toThrow();
    expect(parityOf(app)).toMatchObject({
      verdict: 'twins',
      prod: 'Prod',
      staging: 'Staging',
      forbidden: [],
    });
  });

  it('differ in the declared factors, and each difference names its factor and both values', () => {
    const scaled = parityOf(pair().app).permitted.filter(({ by }) => by === 'scale');
    const told = scaled.map(({ factor, logicalId, path, prod, staging }) => [
      factor,
      [logicalId, ...path].join('.'),
      prod,
      staging,
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['readers', 'Reader3', expect.objectContaining({ Type: 'AWS::RDS::DBInstance' }), undefined],
        ['readers', 'Readers.Value.Fn::Join.1.4', { Ref: 'Reader3' }, undefined],
        ['instance', 'Writer.Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
        ['instance', 'Reader1.Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
        ['instance', 'Reader2.Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
        ['backlog', 'Backlog.Value', 'at most 10, shared by 3 readers', 'at most 2, shared by 2 readers'],
      ]),
    );
    expect(told).toHaveLength(7); // and the comma before the third reader
  });

  it('keep the logical ids that an existing construct has in a stack of its own', () => {
    const { prod } = pair();
    const writer = databaseOf(prod).node.findChild('Writer') as CfnDBInstance;
    expect(prod.resolve(writer.logicalId)).toBe('Writer');
  });

  it('have production protected from deletion and staging not', () => {
    const { prod, staging } = pair();
    expect([prod.terminationProtection, staging.terminationProtection]).toEqual([true, false]);
  });

  it('leave production as its definition makes it, when it is told so', () => {
    const twins = new Twins(newApp(), { scale, environment: Database });
    const options = { scale: production, terminationProtection: false };
    expect(Stack.of(twins.prod('Prod', options)).terminationProtection).toBe(false);
  });

  it('may be made by a function that closes over what it needs', () => {
    const { app, prod } = twinsOf({ queues: [4, 2] }, (stack, { queues }) => {
      for (let i = 1; i <= queues; i++) new Queue(stack, `Queue${i}`);
    });
    expect(forbiddenIn(app)).toEqual([]);
    expect(prod.node.children.filter((child) => child instanceof Queue)).toHaveLength(4);
  });

  it('may be made once more of one app: a second synth finds what was changed since the first', () => {
    const { app, staging } = pair();
    expect(parityOf(app).verdict).toBe('twins');
    databaseOf(staging).cluster.port = 5433;
    expect(() => app.synth({ force: true })).toThrow('Cluster.Properties.Port');
  });
});

describe('a broken twin fails the synth', () => {
  class Asking extends Database {
    constructor(scope: Construct, id: string, props: DatabaseProps) {
      super(scope, id, props);
      if (Stack.of(this).stackName === 'Prod') this.cluster.engineVersion = '17.6';
    }
  }

  it('when the definition asks which environment it is in', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Asking });
    twins.prod('Prod', { scale: production });
    twins.staging('Staging', { scale: small, expires });
    expect(() => app.synth()).toThrow('Cluster.Properties.EngineVersion: it is not there in all of them');
    expect(parityOf(app).forbidden).toMatchObject([
      {
        logicalId: 'Cluster',
        construct: 'Cluster',
        path: ['Properties', 'EngineVersion'],
        prod: '17.6',
        why: expect.stringMatching(
          /\(Prod: "17.6"; Staging: nothing; with readers \d, .*: nothing; /,
        ) as string,
      },
    ]);
  });

  it('when the definition uses a factor in one environment and a number of its own in the other', () => {
    const made = (tasks: readonly [number, number]) =>
      twinsOf({ tasks }, (stack, { tasks: n }) => {
        const isProd = stack.stackName === 'Prod';
        new CfnOutput(stack, 'Limit', { value: isProd ? `at most ${n}` : 'at most 2' });
        new CfnQueue(stack, 'Queue', { delaySeconds: n });
      });
    expect(forbiddenIn(made([10, 2]).app)).toEqual(['Limit.Value: one environment has a text of its own']);
  });

  it('when an escape hatch changes staging', () => {
    const { app } = pair({
      staging: (stack) => databaseOf(stack).cluster.addPropertyOverride('Port', 5433),
    });
    expect(() => app.synth()).toThrow('Cluster.Properties.Port: no scale factor explains it');
    expect(forbiddenIn(app)).toEqual(['Cluster.Properties.Port: no scale factor explains it']);
  });

  it('when an escape hatch puts a class where a factor stands', () => {
    const { app } = pair({
      staging: (stack) => {
        const writer = databaseOf(stack).node.findChild('Writer') as CfnDBInstance;
        writer.addPropertyOverride('DBInstanceClass', 'db.t4g.medium');
      },
    });
    expect(forbiddenIn(app)).toEqual(['Writer.Properties.DBInstanceClass: no scale factor explains it']);
  });

  it('when an aspect changes one environment', () => {
    const change = (stack: Stack) => onEvery(stack, CfnDBInstance, (node) => (node.monitoringInterval = 60));
    const ids = ['Writer', 'Reader1', 'Reader2'];
    expect(forbiddenIn(pair({ prod: change }).app)).toEqual(
      [...ids, 'Reader3'].map(
        (id) =>
          `${id}.Properties.MonitoringInterval: it is not there in all of them, and follows no scale factor`,
      ),
    );
    expect(forbiddenIn(pair({ staging: change }).app)).toEqual(
      ids.map((id) => `${id}.Properties.MonitoringInterval: no scale factor explains it`),
    );
  });

  it('and not when an aspect retains something in staging: its life has the last word', () => {
    const { app } = pair({
      staging: (stack) =>
        onEvery(stack, CfnDBCluster, (node) => (node.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN)),
    });
    app.synth();
    expect(parityOf(app).verdict).toBe('twins');
  });

  it('when production alone retains something because of its name, though staging never does', () => {
    const { app } = twinsOf({ tasks: [4, 2] }, (stack, { tasks }) => {
      const isProd = stack.node.id === 'Prod';
      new Queue(stack, 'Queue', { removalPolicy: isProd ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY });
      new CfnOutput(stack, 'Tasks', { value: `${tasks}` });
    });
    expect(forbiddenIn(app)).toEqual([
      'Queue4A7E3555.UpdateReplacePolicy: one environment has a text of its own',
      'Queue4A7E3555.DeletionPolicy: one environment has a text of its own',
    ]);
  });

  it('when one environment has one resource more', () => {
    const extra = (stack: Stack) => void new CfnTopic(stack, 'Extra');
    expect(forbiddenIn(pair({ staging: extra }).app)).toEqual(['Extra: no scale factor explains it']);
    expect(forbiddenIn(pair({ prod: extra }).app)).toEqual([
      'Extra: it is not there in all of them, and follows no scale factor',
    ]);
  });

  it('when the members of a tier are not alike', () => {
    const { app } = twinsOf({ workers: [4, 2] }, (stack, { workers }) => {
      for (let i = 0; i < workers; i++) new CfnQueue(stack, `Queue${i}`, { delaySeconds: i === 2 ? 9 : 1 });
    });
    expect(forbiddenIn(app)).toEqual([
      'Queue2.Properties.DelaySeconds: the members of workers must be alike in production, but Queue2 is not like Queue0',
    ]);
  });

  it('cannot be acknowledged away', () => {
    const { app, staging } = pair({ staging: (stack) => void new CfnTopic(stack, 'Extra') });
    for (const scope of [app, staging])
      Validations.of(scope).acknowledge({ id: 'cdk-twin-parity::not-twins', reason: 'please' });
    expect(() => app.synth()).toThrow('Extra: no scale factor explains it');
  });
});

describe('several environments', () => {
  it('of different releases stand side by side, each a twin of production', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    twins.staging('Staging41', { scale: small, expires, stackName: 'Staging-1-41-0' });
    twins.staging('Staging42', { scale: { readers: 3 }, expires, stackName: 'Staging-1-42-0' });
    expect(reportsOf(app).map(({ verdict, prod, staging }) => [verdict, prod, staging])).toEqual([
      ['twins', 'Prod', 'Staging41'],
      ['twins', 'Prod', 'Staging42'],
    ]);
  });

  it('may include a second production, with a staging of its own', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    twins.prod('ProdB', { scale: { ...production, instance: 'r7g.4xlarge', backlog: 20 } });
    twins.staging('StagingB', { twinOf: 'ProdB', scale: { instance: 'r7g.large' }, expires });
    expect(reportsOf(app)).toMatchObject([
      { verdict: 'twins', prod: 'Prod', staging: 'ProdB', role: 'production' },
      { verdict: 'twins', prod: 'ProdB', staging: 'StagingB', role: 'staging' },
    ]);
  });

  it('are found out when one of two stagings was changed', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    twins.staging('StagingA', { scale: small, expires });
    twins.staging('StagingB', { scale: small, expires }).cluster.port = 5433;
    expect(reportsOf(app).map(({ staging, verdict }) => [staging, verdict])).toEqual([
      ['StagingA', 'twins'],
      ['StagingB', 'not-twins'],
    ]);
  });

  it('may be of several definitions in one app, each compared with its own production', () => {
    const app = newApp();
    const shops = new Twins(app, { scale, environment: Database });
    shops.prod('ShopProd', { scale: production });
    shops.staging('ShopStaging', { scale: small, expires });
    const jobs = new Twins(app, {
      scale: { workers: count({ reason: 'fewer jobs' }) },
      environment: (scope, id, { workers }, options) => {
        const stack = new Stack(scope, id, { ...options });
        new CfnQueue(stack, 'Jobs', { delaySeconds: workers, kmsMasterKeyId: id === 'JobsProd' ? 'a' : 'b' });
        return stack;
      },
    });
    jobs.prod('JobsProd', { scale: { workers: 8 } });
    jobs.staging('JobsStaging', { scale: { workers: 2 }, expires });
    expect(reportsOf(app).map(({ prod, staging, verdict }) => [prod, staging, verdict])).toEqual([
      ['ShopProd', 'ShopStaging', 'twins'],
      ['JobsProd', 'JobsStaging', 'not-twins'],
    ]);
  });
});

describe('production alone', () => {
  it('is compared with nothing, and made once: there are no experiments without a staging', () => {
    const app = newApp();
    let made = 0;
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'less traffic' }) },
      environment: (scope, id, { tasks }, options) => {
        made++;
        const stack = new Stack(scope, id, { ...options });
        new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
        return stack;
      },
    });
    twins.prod('Prod', { scale: { tasks: 4 } });
    expect(() => app.synth()).not.toThrow();
    expect(made).toBe(1);
    expect(definitionIn(app)).toMatchObject({
      pairs: [],
      environments: { Prod: { role: 'production', scale: { tasks: 4 }, expressions: { tasks: 4 } } },
    });
    twins.staging('Staging', { scale: { tasks: 2 }, expires });
    app.synth({ force: true });
    expect(made).toBeGreaterThan(6);
  });
});

describe('an environment of several stacks', () => {
  /** Two stacks, of which one imports from the other, and a nested stack. */
  class Shop extends Stage {
    readonly backend: Stack;
    readonly frontend: Stack;
    constructor(
      scope: Construct,
      id: string,
      { scale: { queues, depth }, env }: { scale: { queues: number; depth: number }; env?: Environment },
    ) {
      super(scope, id, { ...(env && { env }) });
      this.backend = new Stack(this, 'Backend');
      const all = Array.from({ length: queues }, (_, i) => new CfnQueue(this.backend, `Queue${i + 1}`));
      const nested = new NestedStack(this.backend, 'Nested');
      new CfnQueue(nested, 'Inner', { maximumMessageSize: depth * 1024 });
      this.frontend = new Stack(this, 'Frontend');
      new CfnTopic(this.frontend, 'Topic', { displayName: all[0]!.attrQueueName, topicName: `${id}-news` });
    }
  }

  const build = (change: (staging: Shop) => void = () => {}): App => {
    const app = newApp();
    const queues = count({ reason: 'fewer producers' });
    const twins = new Twins(app, {
      scale: { queues, depth: count({ reason: 'less traffic' }) },
      environment: Shop,
    });
    twins.prod('Prod', { scale: { queues: 4, depth: 64 } });
    change(twins.staging('Staging', { scale: { queues: 2, depth: 16 }, expires }));
    return app;
  };

  it('is a twin stack by stack, references between them and nested stacks included', () => {
    const found = parityOf(build());
    expect(found.forbidden).toEqual([]);
    expect(new Set(found.permitted.map(({ stack }) => stack))).toEqual(
      new Set(['Backend', 'Backend/Nested', 'Frontend']),
    );
    expect(found.permitted.filter(({ by }) => by === 'naming')).toContainEqual(
      expect.objectContaining({
        stack: 'Frontend',
        prod: 'Prod-news',
        staging: 'Staging-news',
        factor: 'name',
      }),
    );
  });

  it('is broken by a difference in any of them', () => {
    const outer = build((staging) => {
      (staging.frontend.node.findChild('Topic') as CfnTopic).fifoTopic = true;
    });
    expect(parityOf(outer).forbidden).toMatchObject([
      { stack: 'Frontend', logicalId: 'Topic', path: ['Properties', 'FifoTopic'] },
    ]);
    const inner = build((staging) => {
      (staging.backend.node.findChild('Nested').node.findChild('Inner') as CfnQueue).delaySeconds = 1;
    });
    expect(parityOf(inner).forbidden).toMatchObject([
      { stack: 'Backend/Nested', logicalId: 'Inner', path: ['Properties', 'DelaySeconds'] },
    ]);
  });

  it('is deleted consumers first: a stack whose exports are in use cannot be deleted', () => {
    const assembly = build().synth().getNestedAssembly('assembly-Staging');
    const expiry = (id: string): unknown => {
      const stack = assembly.stacks.find(({ displayName }) => displayName.includes(id))!;
      const resources = Object.values(
        (stack.template as { Resources: object }).Resources,
      ) as CfnResourceJson[];
      return resources.find(({ Type }) => Type === 'AWS::Scheduler::Schedule')!.Properties[
        'ScheduleExpression'
      ];
    };
    expect([expiry('Frontend'), expiry('Backend')]).toEqual([
      'at(2026-12-01T18:00:00)',
      'at(2026-12-01T18:30:00)',
    ]);
  });

  it('passes on the names of what is exported to several consumers', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { depth: count({ reason: 'less traffic' }) },
      environment: (scope, id, { depth }) => {
        const stage = new Stage(scope, id);
        const queue = new Queue(new Stack(stage, 'Data'), 'Queue');
        for (const name of ['Web', 'Jobs']) {
          const stack = new Stack(stage, name, { stackName: `${id}-${name.toLowerCase()}` });
          new CfnOutput(stack, 'Arn', { value: `${queue.queueArn}/${depth}` });
          new CfnOutput(new NestedStack(stack, 'Nested'), 'Url', { value: queue.queueUrl });
        }
        return stage;
      },
    });
    twins.prod('Prod', { scale: { depth: 64 } });
    twins.staging('Staging', { scale: { depth: 16 }, expires });
    expect(forbiddenIn(app)).toEqual([]);
  });
});

describe('tags', () => {
  const environments = (prod: Record<string, string>, staging: Record<string, string>) => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production, tags: prod });
    twins.staging('Staging', { scale: small, expires, tags: staging });
    return app;
  };

  it('that environments are given on purpose may differ, and are declared', () => {
    const app = environments({ cost: 'shop-live', team: 'web' }, { cost: 'shop-test', team: 'web' });
    const report = parityOf(app);
    expect(report.forbidden).toEqual([]);
    const declared = report.permitted.filter(({ by }) => by === 'declared');
    expect(declared).toMatchObject([
      { logicalId: 'cost', type: 'StackTags', factor: 'tag.cost', prod: 'shop-live', staging: 'shop-test' },
    ]);
  });

  it('that one environment has and the other has not are refused', () => {
    expect(() => environments({ cost: 'a', team: 'web' }, { cost: 'b' })).toThrow(
      'Prod and Staging do not have the same tags: team is given to one of them',
    );
  });

  it('that somebody adds to one environment are no declared ones', () => {
    const { app } = pair({ prod: (stack) => Tags.of(stack).add('audit', 'yes') });
    expect(forbiddenIn(app)).toContain(
      'Cluster.Properties.Tags.0: it is not in all of the lists, and follows no scale factor',
    );
  });

  it("and aspects of the app are everybody's", () => {
    const { app } = pair();
    Tags.of(app).add('audit', 'yes');
    Aspects.of(app).add({ visit: (node) => node instanceof CfnDBCluster && (node.port = 5433) });
    expect(forbiddenIn(app)).toEqual([]);
  });
});

describe('what is known of a factor', () => {
  it('is noted when it changes nothing: it permits nothing either', () => {
    const { app } = twinsOf({ used: [4, 2], forgotten: [6, 3] }, (stack, { used }) => {
      new CfnQueue(stack, 'Queue', { delaySeconds: used });
    });
    expect(definitionIn(app)).toMatchObject({
      notes: ['the factor "forgotten" changes nothing in the templates'],
      unproven: [],
    });
  });

  it('is nothing when it can have no other value: then only its own value may stand somewhere', () => {
    const made = (text: (parts: number) => string) => {
      const app = newApp();
      const twins = new Twins(app, {
        scale: {
          parts: shards({ reason: 'less data', max: 3 }),
          readers: replicas({ reason: 'fewer reads' }),
        },
        environment: (scope, id, { parts, readers }, options) => {
          const stack = new Stack(scope, id, { ...options });
          new CfnOutput(stack, 'Parts', { value: text(parts) });
          new CfnQueue(stack, 'Queue', { delaySeconds: readers });
          return stack;
        },
      });
      twins.prod('Prod', { scale: { parts: 3, readers: 5 } });
      twins.staging('Staging', { scale: { parts: 2, readers: 2 }, expires });
      return app;
    };
    const own = made((parts) => `${parts} parts`);
    expect(forbiddenIn(own)).toEqual([]);
    expect(definitionIn(own)).toMatchObject({
      unproven: ['parts'],
      notes: ['the factor "parts" can have no other value, so nothing is known of what follows it'],
    });
    expect(forbiddenIn(made((parts) => `${10 * parts} parts`))).toEqual([
      'Parts.Value: it may follow a scale factor: too little was tried to tell',
    ]);
  });

  it('says which values the topology refused', () => {
    const { app } = twinsOf({ tasks: [4, 2] }, (stack, { tasks }) => {
      if (tasks > 4) throw new Error('more than four tasks are too many');
      new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
    });
    expect(definitionIn(app).notes).toEqual([
      expect.stringMatching(/^tasks was not tried with \d+: more than four tasks are too many$/),
    ]);
  });
});

interface CfnResourceJson {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
