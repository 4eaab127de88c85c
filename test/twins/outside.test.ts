import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { count, Twins, type Outside } from '../../lib';
import '../../lib/jest';
import { newApp } from '../app';
import { expires, parityOf } from './pair';

/** A checkout that charges a provider and tells somebody: production beside a staging with what it may reach outside. */
function checkout(outside?: readonly Outside[], { staging: id = 'Staging' } = {}) {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { seconds: count({ reason: 'less to do' }) },
    environment: (scope, name, { seconds }, options) => {
      const stack = new Stack(scope, name, { ...options });
      const topic = new sns.Topic(stack, 'Alarms');
      topic.addSubscription(new subscriptions.EmailSubscription('night@acme.io'));
      new lambda.Function(stack, 'Checkout', {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline('exports.handler = async () => "ok";'),
        timeout: Duration.seconds(seconds),
        environment: {
          PAY: 'https://api.pay.example.com/v1/charges',
          TOPIC: `${topic.topicArn} by api.pay.example.com`,
        },
        logGroup: new logs.LogGroup(stack, 'Logs'),
      });
      return stack;
    },
  });
  const prod = twins.prod('Prod', { scale: { seconds: 9 } });
  const staging = twins.staging(id, { scale: { seconds: 4 }, expires, ...(outside && { outside }) });
  return { app, prod, staging };
}

const PAY: Outside = { host: 'api.pay.example.com', reason: 'its sandbox takes test cards alone' };
const NIGHT: Outside = { address: 'night@acme.io', reason: 'whoever is on call watches the rehearsal' };

const idsIn = (app: ReturnType<typeof checkout>['app']): string[] =>
  parityOf(app)
    .checks!.isolation.findings.map(({ id, logicalId }) => `${id} ${logicalId.replace(/[0-9A-F]{8}$/, '')}`)
    .sort();

it('is refused until it is named, with a reason', () => {
  const { app } = checkout();
  expect(idsIn(app)).toEqual(['TWIN-ISO-021 Checkout', 'TWIN-ISO-022 Alarmsnightacmeio']);
  expect(() => app.synth({ force: true })).toThrow(/TWIN-ISO-021/);
  const { prod, staging } = checkout();
  expect(() => expect(staging).toBeTwinOf(prod)).toThrow(
    /TWIN: Staging is a twin of Prod[^]*Isolation failed/,
  );
  expect(idsIn(checkout([PAY]).app)).toEqual(['TWIN-ISO-022 Alarmsnightacmeio']);
});

it('is listed with its reason and its places once it is named', () => {
  const { app, prod, staging } = checkout([PAY, NIGHT]);
  expect(staging).toBeTwinOf(prod);
  expect(parityOf(app).checks!.outside).toEqual([
    { text: 'api.pay.example.com', in: [expect.stringMatching(/^Checkout/)], reason: PAY.reason },
    { text: 'night@acme.io', in: [expect.stringMatching(/^Alarms/)], reason: NIGHT.reason },
  ]);
});

it('is listed without a reason where nothing asks for one', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { n: count({ reason: 'less' }) },
    environment: (scope, id, { n }, options) => {
      const stack = new Stack(scope, id, { ...options });
      new CfnResource(stack, 'Build', {
        type: 'AWS::ImageBuilder::Component',
        properties: { Data: `curl https://get.example.org/install.sh # ${n}` },
      });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { n: 4 } });
  twins.staging('Staging', { scale: { n: 2 }, expires });
  expect(parityOf(app).checks!.outside).toEqual([{ text: 'get.example.org', in: ['Build'] }]);
});

it('that is nowhere in the templates is a finding: a name was changed, or is misspelt', () => {
  const { app } = checkout([PAY, NIGHT, { id: 'Z0123456789ABC', reason: 'the zone of all' }]);
  expect(parityOf(app).checks!.isolation.findings).toMatchObject([
    { id: 'TWIN-ISO-023', logicalId: 'Z0123456789ABC' },
  ]);
});

describe('a stand-in', () => {
  const standIn = { ...PAY, standIn: 'emulator.staging.acme.io:8080' };

  it('stands in the place of it in staging alone, wherever the template names it', () => {
    const { app, prod, staging } = checkout([standIn, NIGHT]);
    expect(staging).toBeTwinOf(prod);
    const variables = (stack: Stack) =>
      Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(
        (it) =>
          (it as { Properties: { Environment: { Variables: Record<string, unknown> } } }).Properties
            .Environment.Variables,
      )[0]!;
    expect(variables(prod)).toMatchObject({ PAY: 'https://api.pay.example.com/v1/charges' });
    expect(variables(staging)).toEqual({
      PAY: 'https://emulator.staging.acme.io:8080/v1/charges',
      TOPIC: { 'Fn::Join': ['', [{ Ref: expect.any(String) }, ' by emulator.staging.acme.io:8080']] },
    });
    const { permitted, checks } = parityOf(app);
    expect(
      permitted.filter(({ by }) => by === 'declared').map(({ path, factor }) => [path.at(3), factor]),
    ).toEqual([
      ['PAY', 'standIn.0'],
      ['TOPIC', 'standIn.0'],
    ]);
    expect(checks!.outside[0]).toMatchObject({
      text: 'api.pay.example.com',
      standIn: standIn.standIn,
      reason: PAY.reason,
    });
  });

  it('explains nothing else: a topology that asks for its name is refused all the same', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { n: count({ reason: 'less' }) },
      environment: (scope, id, { n }, options) => {
        const stack = new Stack(scope, id, { ...options });
        const host = id === 'Prod' ? 'api.pay.example.com' : 'test.pay.example.com';
        new CfnResource(stack, 'Job', {
          type: 'AWS::Batch::JobDefinition',
          properties: { Type: 'container', Timeout: { AttemptDurationSeconds: n }, Parameters: { host } },
        });
        return stack;
      },
    });
    twins.prod('Prod', { scale: { n: 400 } });
    twins.staging('Staging', {
      scale: { n: 200 },
      expires,
      outside: [{ ...PAY, standIn: 'test.pay.example.com' }],
    });
    expect(parityOf(app)).toMatchObject({ verdict: 'not-twins', forbidden: [{ logicalId: 'Job' }] });
  });
});

describe('a physical name that production has too', () => {
  const named = (physicalNames?: 'as-written' | 'generated', env?: { account: string; region: string }) => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { n: count({ reason: 'less' }) },
      environment: (scope, id, { n }, options) => {
        const stack = new Stack(scope, id, { ...options });
        new sns.Topic(stack, 'Topic', { topicName: 'orders' });
        new CfnResource(stack, 'Queue', {
          type: 'AWS::SQS::Queue',
          properties: { QueueName: { 'Fn::Sub': 'orders-${AWS::Region}' }, DelaySeconds: n },
        });
        new CfnResource(stack, 'Bus', { type: 'AWS::Events::EventBus', properties: { Name: 'orders' } });
        new CfnResource(stack, 'Role', {
          type: 'AWS::IAM::Role',
          properties: { RoleName: `${stack.stackName}-role`, AssumeRolePolicyDocument: {} },
        });
        return stack;
      },
    });
    const prod = twins.prod('Prod', {
      scale: { n: 4 },
      ...(env && { env: { ...env, account: '111111111111' } }),
    });
    const staging = twins.staging('Staging', {
      scale: { n: 2 },
      expires,
      ...(physicalNames && { physicalNames }),
      ...(env && { env }),
    });
    return { app, prod, staging };
  };

  it('is refused, and production is not told to rename', () => {
    const { app } = named();
    const { findings } = parityOf(app).checks!.isolation;
    expect(findings.map(({ id, logicalId }) => `${id} ${logicalId}`).sort()).toEqual([
      'TWIN-ISO-020 Bus',
      'TWIN-ISO-020 Queue',
      'TWIN-ISO-020 TopicBFC7AF6E',
    ]);
    expect(findings[0]!.fix).toBe(
      "Set physicalNames: 'generated' where the staging is made; production keeps its name.",
    );
  });

  it('may be the same in another account', () => {
    const { prod, staging } = named(undefined, { account: '222222222222', region: 'eu-west-1' });
    expect(staging).toBeTwinOf(prod);
  });

  it('is generated in staging, or ends with its name, as the lifecycle permits and no other', () => {
    const { app, prod, staging } = named('generated');
    expect(staging).toBeTwinOf(prod);
    const properties = (stack: Stack) =>
      Object.entries(
        (
          Template.fromStack(stack).toJSON() as {
            Resources: Record<string, { Properties?: Record<string, unknown> }>;
          }
        ).Resources,
      )
        .filter(([id]) => /^(Topic|Queue|Bus)/.test(id))
        .map(
          ([, it]) => it.Properties?.['TopicName'] ?? it.Properties?.['QueueName'] ?? it.Properties?.['Name'],
        );
    expect(properties(prod)).toEqual(['orders', { 'Fn::Sub': 'orders-${AWS::Region}' }, 'orders']);
    expect(properties(staging)).toEqual([undefined, undefined, 'orders-staging']);
    expect(
      parityOf(app)
        .permitted.filter(({ factor }) => factor === 'physical name')
        .map(({ path }) => path),
    ).toEqual([
      ['Properties', 'TopicName'],
      ['Properties', 'QueueName'],
      ['Properties', 'Name'],
    ]);
  });
});

it('a name that only production is given, by a topology that asks which it is, is no matter of the lifecycle', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { n: count({ reason: 'less' }) },
    environment: (scope, id, { n }, options) => {
      const stack = new Stack(scope, id, { ...options });
      const name = id === 'Prod' ? { QueueName: 'orders' } : {};
      new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: n, ...name } });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { n: 4 } });
  twins.staging('Staging', { scale: { n: 2 }, expires, physicalNames: 'generated' });
  expect(parityOf(app)).toMatchObject({ verdict: 'not-twins', forbidden: [{ logicalId: 'Queue' }] });
});

it('a staging whose time is over is synthesised with a warning, so that it can be torn down', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { n: count({ reason: 'less' }) },
    environment: (scope, id, _, options) => new Stack(scope, id, { ...options }),
  });
  twins.prod('Prod', { scale: { n: 4 } });
  const warnings = (id: string, until: string): string[] =>
    twins
      .staging(id, { scale: { n: 2 }, expires: until })
      .node.metadata.filter(({ type }) => type === 'aws:cdk:warning')
      .map(({ data }) => String(data));
  expect(warnings('Old', '2020-01-01T18:00:00')).toEqual([
    expect.stringContaining('expires is 2020-01-01T18:00:00, which is over'),
  ]);
  expect(warnings('New', '2999-01-01T18:00:00')).toEqual([]);
});
