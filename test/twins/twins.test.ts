import {
  CfnDeletionPolicy,
  CfnOutput,
  NestedStack,
  Stack,
  Stage,
  Validations,
  type App,
  type Environment,
} from 'aws-cdk-lib';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { count, defineScale, replicas, Twins, type ScaleOf } from '../../lib';
import { parityOfAssembly } from '../../lib/parity/assembly';
import { synthesize } from '../../lib/twins/synthesize';
import {
  Database,
  expires,
  newApp,
  onEvery,
  pair,
  production,
  scale,
  small,
  type DatabaseProps,
} from './pair';

/** What parity says of the one staging of an app. */
function parity(stack: Stack) {
  const [report] = parityOfAssembly(synthesize(stack));
  return report!;
}

const forbidden = (stack: Stack): string[] =>
  parity(stack).forbidden.map(({ logicalId, path, why }) => `${[logicalId, ...path].join('.')}: ${why}`);

describe('two environments of one definition', () => {
  it('are twins, whatever construct class the definition is, if it takes a scale', () => {
    const { app, staging } = pair();
    expect(() => app.synth()).not.toThrow();
    expect(parity(staging)).toMatchObject({
      verdict: 'twin',
      prod: 'Prod',
      staging: 'Staging',
      forbidden: [],
    });
  });

  it('differ in the declared factors, and each difference names its factor and both values', () => {
    const { staging } = pair();
    const scaled = parity(staging).permitted.filter(({ by }) => by === 'scale');
    expect(
      scaled.map(({ factor, logicalId, path, prod, staging: s }) => [
        factor,
        logicalId,
        path.join('.'),
        prod,
        s,
      ]),
    ).toEqual([
      ['readers', 'Reader3', '', expect.objectContaining({ Type: 'AWS::RDS::DBInstance' }), undefined],
      ['readers', 'Readers', 'Value.Fn::Join.1.4', { Ref: 'Reader3' }, undefined],
      ['instance', 'Writer', 'Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
      ['instance', 'Reader1', 'Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
      ['instance', 'Reader2', 'Properties.DBInstanceClass', 'db.r7g.2xlarge', 'db.r7g.large'],
      ['backlog', 'Backlog', 'Value', 'at most 10, shared by 3 readers', 'at most 2, shared by 2 readers'],
    ]);
  });

  it('keep the logical ids that an existing construct has in a stack of its own', () => {
    const { prod, app } = pair();
    app.synth();
    expect(prod.getLogicalId(prod.node.findChild('Default').node.findChild('Writer') as CfnDBInstance)).toBe(
      'Writer',
    );
  });

  it('have production protected from deletion and staging not', () => {
    const { prod, staging } = pair();
    expect([prod.terminationProtection, staging.terminationProtection]).toEqual([true, false]);
  });
});

describe('a broken twin fails the synth', () => {
  it('when the definition asks which environment it is in', () => {
    class Asking extends Database {
      constructor(scope: Construct, id: string, props: DatabaseProps) {
        super(scope, id, props);
        if (Stack.of(this).stackName === 'Prod') this.cluster.engineVersion = '17.6';
      }
    }
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Asking });
    twins.prod('Prod', { scale: production });
    const staging = Stack.of(twins.staging('Staging', { scale: small, expires }));
    expect(() => app.synth()).toThrow(/Cluster\.Properties\.EngineVersion: no scale factor explains it/);
    expect(forbidden(staging)).toEqual(['Cluster.Properties.EngineVersion: no scale factor explains it']);
  });

  it('when the definition uses a factor in one environment and a number of its own in the other', () => {
    class HalfScaled extends Database {
      constructor(scope: Construct, id: string, props: DatabaseProps) {
        super(scope, id, props);
        const isProd = Stack.of(this).stackName === 'Prod';
        new CfnOutput(this, 'Limit', { value: isProd ? `at most ${props.scale.backlog}` : 'at most 2' });
      }
    }
    const app = newApp();
    const twins = new Twins(app, { scale, environment: HalfScaled });
    twins.prod('Prod', { scale: production });
    expect(forbidden(Stack.of(twins.staging('Staging', { scale: small, expires })))).toEqual([
      'Limit.Value: no scale factor explains it',
    ]);
    const equal = new Twins(newApp(), { scale, environment: HalfScaled });
    equal.prod('Prod', { scale: { ...production, backlog: 2 } });
    expect(
      forbidden(Stack.of(equal.staging('Staging', { scale: { ...small, backlog: 2 }, expires }))),
    ).toEqual([
      'Limit.Value: a scale factor stands on one side only: the two environments are defined differently here',
    ]);
  });

  it('when an escape hatch changes staging', () => {
    const { app, staging } = pair({
      staging: (stack) =>
        (stack.node.findChild('Default') as Database).cluster.addPropertyOverride('Port', 5433),
    });
    expect(() => app.synth()).toThrow(
      'Cluster.Properties.Port: no scale factor explains it (Prod: not there; Staging: 5433)',
    );
    expect(forbidden(staging)).toEqual(['Cluster.Properties.Port: no scale factor explains it']);
  });

  it('when an escape hatch puts a number where a factor stands', () => {
    const { staging } = pair({
      staging: (stack) =>
        (stack.node.findChild('Default').node.findChild('Writer') as CfnDBInstance).addPropertyOverride(
          'DBInstanceClass',
          'db.t4g.medium',
        ),
    });
    expect(forbidden(staging)).toEqual(['Writer.Properties.DBInstanceClass: no scale factor explains it']);
  });

  it('when an aspect changes one environment', () => {
    const { staging } = pair({
      prod: (stack) => onEvery(stack, CfnDBInstance, (node) => (node.monitoringInterval = 60)),
    });
    expect(forbidden(staging)).toEqual(
      ['Writer', 'Reader1', 'Reader2'].map(
        (id) => `${id}.Properties.MonitoringInterval: no scale factor explains it`,
      ),
    );
  });

  it('when an aspect that runs last of all retains something in staging', () => {
    const { app, staging } = pair({
      staging: (stack) => {
        const retain = (node: CfnDBCluster): void =>
          void (node.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN);
        onEvery(stack, CfnDBCluster, retain);
      },
    });
    app.synth(); // the life of a staging has the last word over an ordinary aspect
    expect(parity(staging).verdict).toBe('twin');
  });

  it('when one environment has one resource more', () => {
    const { staging } = pair({ staging: (stack) => void new CfnTopic(stack, 'Extra') });
    expect(forbidden(staging)).toEqual(['Extra: no scale factor explains it']);
  });

  it('when the members of a tier are not alike', () => {
    class Uneven extends Construct {
      constructor(scope: Construct, id: string, { scale: { replicas: n } }: { scale: ScaleOf<typeof one> }) {
        super(scope, id);
        n.times((it) => new CfnQueue(this, it.id('Queue'), { delaySeconds: it.index }));
      }
    }
    const one = defineScale({ replicas: replicas({ reason: 'r' }) });
    const twins = new Twins(newApp(), { scale: one, environment: Uneven });
    twins.prod('Prod', { scale: { replicas: 3 } });
    const staging = Stack.of(twins.staging('Staging', { scale: { replicas: 2 }, expires }));
    expect(forbidden(staging)).toEqual([
      'Queue2: the members of replicas must be alike in production, but it is not like Queue1',
      'Queue3: the members of replicas must be alike in production, but it is not like Queue1',
    ]);
  });

  it('cannot be acknowledged away', () => {
    const { app, staging } = pair({ staging: (stack) => void new CfnTopic(stack, 'Extra') });
    const acknowledge = (id: string): void => {
      for (const scope of [app, staging]) Validations.of(scope).acknowledge({ id, reason: 'please' });
    };
    acknowledge('cdk-twin-parity::not-a-twin');
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
    const reports = parityOfAssembly(app.synth().directory);
    expect(reports.map(({ verdict, prod, staging }) => [verdict, prod, staging])).toEqual([
      ['twin', 'Prod', 'Staging41'],
      ['twin', 'Prod', 'Staging42'],
    ]);
  });

  it('may include a second production, with a staging of its own', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    twins.prod('ProdB', { scale: { ...production, instance: 'r8g.xlarge' } });
    twins.staging('StagingB', { of: 'ProdB', scale: { instance: 'r8g.large' }, expires });
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([
      { verdict: 'twin', prod: 'ProdB', staging: 'StagingB' },
    ]);
  });

  it('may be production alone', () => {
    const app = newApp();
    new Twins(app, { scale, environment: Database }).prod('Prod', { scale: production });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('an environment of several stacks', () => {
  const tasks = defineScale({
    queues: count({ reason: 'fewer producers' }),
    depth: count({ reason: 'less traffic' }),
  });

  /** Two stacks, of which one imports from the other, and a nested stack. */
  class Shop extends Stage {
    readonly backend: Stack;
    readonly frontend: Stack;
    constructor(
      scope: Construct,
      id: string,
      { scale: values, env }: { scale: ScaleOf<typeof tasks>; env?: Environment },
    ) {
      super(scope, id, { ...(env && { env }) });
      this.backend = new Stack(this, 'Backend');
      const [queue] = values.queues.times((it) => new CfnQueue(this.backend, it.id('Queue')));
      const nested = new NestedStack(this.backend, 'Nested');
      new CfnQueue(nested, 'Inner', { maximumMessageSize: values.depth.map('bytes', (n) => n * 1024) });
      this.frontend = new Stack(this, 'Frontend');
      new CfnTopic(this.frontend, 'Topic', { displayName: queue!.attrQueueName, topicName: `${id}-news` });
    }
  }

  const build = (change: (staging: Shop) => void = () => {}, nested = 16): App => {
    const app = newApp();
    const twins = new Twins(app, { scale: tasks, environment: Shop });
    twins.prod('Prod', { scale: { queues: 4, depth: 64 } });
    change(twins.staging('Staging', { scale: { queues: 2, depth: nested }, expires }));
    return app;
  };
  const report = (app: App) =>
    parityOfAssembly(synthesize(app.node.findChild('Staging').node.findChild('Backend') as Stack))[0]!;

  it('is a twin stack by stack, references between them and nested stacks included', () => {
    const found = report(build());
    expect(found.forbidden).toEqual([]);
    expect(found.verdict).toBe('twin');
    expect(new Set(found.permitted.map(({ stack }) => stack))).toEqual(
      new Set(['Backend', 'Backend/Nested', 'Frontend']),
    );
  });

  it('is broken by a difference in any of them', () => {
    const found = report(
      build((staging) => void ((staging.frontend.node.findChild('Topic') as CfnTopic).fifoTopic = true)),
    );
    expect(found.forbidden).toMatchObject([
      { stack: 'Frontend', logicalId: 'Topic', path: ['Properties', 'FifoTopic'] },
    ]);
    const inner = report(
      build(
        (staging) =>
          void ((staging.backend.node.findChild('Nested').node.findChild('Inner') as CfnQueue).delaySeconds =
            1),
      ),
    );
    expect(inner.forbidden).toMatchObject([
      { stack: 'Backend/Nested', logicalId: 'Inner', path: ['Properties', 'DelaySeconds'] },
    ]);
  });

  it('is deleted consumers first: a stack whose exports are in use cannot be deleted', () => {
    const app = build();
    const assembly = app.synth().getNestedAssembly('assembly-Staging');
    const expiry = (id: string): unknown =>
      Object.values(
        assembly.stacks.find(({ displayName }) => displayName.includes(id))!.template.Resources as Record<
          string,
          CfnResourceJson
        >,
      ).find(({ Type }) => Type === 'AWS::Scheduler::Schedule')!.Properties['ScheduleExpression'];
    expect([expiry('Frontend'), expiry('Backend')]).toEqual([
      'at(2026-12-01T18:00:00)',
      'at(2026-12-01T18:30:00)',
    ]);
  });
});

interface CfnResourceJson {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
