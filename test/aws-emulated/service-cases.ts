import { Duration, NestedStack, type Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { BuildSpec, Project } from 'aws-cdk-lib/aws-codebuild';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { IdentityPool } from 'aws-cdk-lib/aws-cognito-identitypool';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import { KinesisDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { DefinitionBody, StateMachine, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { SqsSendMessage as SendToQueue } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { ECR } from '@aws-sdk/client-ecr';
import { Kinesis } from '@aws-sdk/client-kinesis';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cases } from './case';

const fn = (stack: Stack, id = 'Handler'): lambda.Function =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => 1;'),
  });

/** Somebody's library, the same each time. */
function layerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'layer-'));
  writeFileSync(join(folder, 'prices.js'), 'exports.hat = 10;');
  return folder;
}

const metric = new cloudwatch.Metric({ namespace: 'shop', metricName: 'orders' });

/** What serves, computes, carries and watches. */
export const SERVICE_CASES: Cases = {
  function: {
    make: (stack) => {
      const handler = fn(stack);
      handler.addAlias('live');
      handler.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
      handler.configureAsyncInvoke({ retryAttempts: 1 });
      handler.addPermission('Callers', { principal: new iam.ServicePrincipal('events.amazonaws.com') });
      handler.addEventSource(new SqsEventSource(new Queue(stack, 'Jobs')));
      const layer = new lambda.LayerVersion(stack, 'Layer', { code: lambda.Code.fromAsset(layerFolder()) });
      layer.addPermission('Everybody', { accountId: '*' });
      handler.addLayers(layer);
    },
  },
  restApi: {
    make: (stack) => {
      const api = new apigateway.RestApi(stack, 'Api', { cloudWatchRole: false });
      const model = api.addModel('Order', { schema: { type: apigateway.JsonSchemaType.OBJECT } });
      api.addRequestValidator('Validator', { validateRequestBody: true });
      api.addGatewayResponse('Missing', { type: apigateway.ResponseType.RESOURCE_NOT_FOUND });
      const authorizer = new apigateway.TokenAuthorizer(stack, 'Authorizer', { handler: fn(stack) });
      api.root.addResource('orders').addMethod('POST', new apigateway.MockIntegration(), {
        authorizer,
        requestModels: { 'application/json': model },
      });
      const plan = api.addUsagePlan('Plan', { apiStages: [{ stage: api.deploymentStage }] });
      plan.addApiKey(api.addApiKey('Key'));
    },
  },
  httpApi: {
    make: (stack) => {
      const api = new apigatewayv2.HttpApi(stack, 'Api');
      const authorizer = new HttpJwtAuthorizer('Jwt', 'https://issuer.example.com', {
        jwtAudience: ['shop'],
      });
      api.addRoutes({
        path: '/orders',
        integration: new HttpUrlIntegration('Orders', 'https://orders.example.com'),
        authorizer,
      });
      api.addRoutes({
        path: '/stock',
        integration: new HttpUrlIntegration('Stock', 'https://stock.example.com'),
        authorizer: new HttpIamAuthorizer(),
      });
    },
  },
  domain: {
    make: (stack) => {
      const domainName = `${stack.stackName.toLowerCase()}.example.com`;
      const certificate = new Certificate(stack, 'Certificate', { domainName });
      const api = new apigateway.RestApi(stack, 'Api', { cloudWatchRole: false });
      api.root.addMethod('GET', new apigateway.MockIntegration());
      api.addDomainName('Domain', { domainName, certificate });
    },
  },
  httpDomain: {
    make: (stack) => {
      const domainName = `${stack.stackName.toLowerCase()}.example.com`;
      const certificate = new Certificate(stack, 'Certificate', { domainName });
      const domain = new apigatewayv2.DomainName(stack, 'Domain', { domainName, certificate });
      new apigatewayv2.HttpApi(stack, 'Api', { defaultDomainMapping: { domainName: domain } });
    },
  },
  mails: {
    make: (stack) => {
      const configurationSet = new ses.ConfigurationSet(stack, 'Mails');
      configurationSet.addEventDestination('Bounces', {
        destination: ses.EventDestination.snsTopic(new Topic(stack, 'Bounced')),
      });
      new ses.EmailIdentity(stack, 'Sender', {
        identity: ses.Identity.email(`${stack.stackName.toLowerCase()}@example.com`),
        configurationSet,
      });
    },
  },
  graphqlApi: {
    make: (stack) => {
      const definition = appsync.Definition.fromSchema({
        bind: (api) => ({
          apiId: (api as appsync.IGraphqlApi).apiId,
          definition: 'type Query { stock: Int }',
        }),
      });
      const api = new appsync.GraphqlApi(stack, 'Api', { name: `${stack.stackName}-api`, definition });
      const source = api.addNoneDataSource('None');
      const code = appsync.Code.fromInline(
        'export function request() { return {} } export function response() { return 1 }',
      );
      const runtime = appsync.FunctionRuntime.JS_1_0_0;
      const step = source.createFunction('Step', { name: 'step', code, runtime });
      api.createResolver('Stock', {
        typeName: 'Query',
        fieldName: 'stock',
        code,
        runtime,
        pipelineConfig: [step],
      });
    },
  },
  userPool: {
    make: (stack) => {
      const pool = new cognito.UserPool(stack, 'Users', { deletionProtection: true });
      pool.addClient('Web');
      pool.addDomain('Login', { cognitoDomain: { domainPrefix: `${stack.stackName.toLowerCase()}-login` } });
      pool.addGroup('Staff', { groupName: 'staff' });
      pool.addResourceServer('Orders', { identifier: 'orders' });
    },
    fill: async ({ use, idOf }) => {
      await use(CognitoIdentityProvider).adminCreateUser({
        UserPoolId: idOf('AWS::Cognito::UserPool'),
        Username: 'ada',
      });
    },
    danger: { what: 'the deletion protection of a user pool', isEmulated: false },
  },
  identityPool: {
    make: (stack) => void new IdentityPool(stack, 'Identities'),
  },
  repository: {
    make: (stack) => void new Repository(stack, 'Images'),
    fill: async ({ use, idOf }) => {
      const imageManifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
      });
      await use(ECR).putImage({
        repositoryName: idOf('AWS::ECR::Repository'),
        imageManifest,
        imageDigest: `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`,
        imageTag: 'latest',
      });
    },
    danger: { what: 'images in a repository', isEmulated: true },
  },
  distribution: {
    make: (stack) => {
      const site = new Bucket(stack, 'Site');
      new cloudfront.Distribution(stack, 'Front', {
        defaultBehavior: {
          origin: S3BucketOrigin.withOriginAccessControl(site),
          cachePolicy: new cloudfront.CachePolicy(stack, 'Caching', {
            cachePolicyName: `${stack.stackName}-caching`,
          }),
          originRequestPolicy: new cloudfront.OriginRequestPolicy(stack, 'Asking', {
            originRequestPolicyName: `${stack.stackName}-asking`,
          }),
          responseHeadersPolicy: new cloudfront.ResponseHeadersPolicy(stack, 'Headers', {
            responseHeadersPolicyName: `${stack.stackName}-headers`,
          }),
          functionAssociations: [
            {
              eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
              function: new cloudfront.Function(stack, 'Rewrite', {
                functionName: `${stack.stackName}-rewrite`,
                code: cloudfront.FunctionCode.fromInline('function handler(event) { return event.request; }'),
              }),
            },
          ],
        },
      });
    },
    fill: async ({ use, idOf }) => {
      await use(S3).putObject({ Bucket: idOf('AWS::S3::Bucket'), Key: 'index.html', Body: 'shop' });
    },
    danger: { what: 'objects in the bucket of a distribution', isEmulated: true },
  },
  oldDistribution: {
    make: (stack) => {
      new cloudfront.OriginAccessIdentity(stack, 'Identity');
      new cloudfront.KeyValueStore(stack, 'Store', { keyValueStoreName: `${stack.stackName}-store` });
      new cloudfront.Distribution(stack, 'Front', {
        defaultBehavior: { origin: new HttpOrigin('shop.example.com') },
      });
    },
  },
  stream: {
    make: (stack) => void new Stream(stack, 'Clicks', { retentionPeriod: Duration.days(7) }),
    fill: async ({ use, idOf }) => {
      const StreamName = idOf('AWS::Kinesis::Stream');
      await use(Kinesis).putRecord({ StreamName, PartitionKey: 'a', Data: Buffer.from('click') });
    },
  },
  deliveryStream: {
    make: (stack) =>
      void new DeliveryStream(stack, 'Clicks', { destination: new S3Bucket(new Bucket(stack, 'Archive')) }),
    fill: async ({ use, idOf }) => {
      await use(S3).putObject({ Bucket: idOf('AWS::S3::Bucket'), Key: 'clicks', Body: 'click' });
    },
    danger: { what: 'objects in the bucket of a delivery stream', isEmulated: true },
  },
  queue: {
    make: (stack) => {
      const queue = new Queue(stack, 'Jobs', {
        deadLetterQueue: { queue: new Queue(stack, 'Dead'), maxReceiveCount: 3 },
        enforceSSL: true,
      });
      const topic = new Topic(stack, 'Orders', { enforceSSL: true });
      topic.addSubscription(new SqsSubscription(queue));
    },
    fill: async ({ use }) => {
      for (const QueueUrl of (await use(SQS).listQueues({})).QueueUrls ?? [])
        await use(SQS).sendMessage({ QueueUrl, MessageBody: 'job' });
    },
  },
  rule: {
    make: (stack) => {
      const bus = new events.EventBus(stack, 'Bus');
      const target = new SqsQueue(new Queue(stack, 'Jobs'));
      new events.Rule(stack, 'Placed', {
        eventBus: bus,
        eventPattern: { source: ['shop'] },
        targets: [target],
      });
      new events.Rule(stack, 'Nightly', {
        schedule: events.Schedule.rate(Duration.days(1)),
        targets: [target],
      });
    },
  },
  schedule: {
    make: (stack) =>
      void new Schedule(stack, 'Nightly', {
        schedule: ScheduleExpression.rate(Duration.days(1)),
        target: new SqsSendMessage(new Queue(stack, 'Jobs')),
        scheduleGroup: new ScheduleGroup(stack, 'Schedules'),
      }),
  },
  pipe: {
    make: (stack) => {
      const role = new iam.Role(stack, 'Role', {
        assumedBy: new iam.ServicePrincipal('pipes.amazonaws.com'),
      });
      new CfnPipe(stack, 'Pipe', {
        roleArn: role.roleArn,
        source: new Queue(stack, 'From').queueArn,
        target: new Queue(stack, 'To').queueArn,
      });
    },
  },
  stateMachine: {
    make: (stack) => {
      const send = new SendToQueue(stack, 'Send', {
        queue: new Queue(stack, 'Jobs'),
        messageBody: TaskInput.fromText('job'),
      });
      new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(send) });
    },
  },
  logGroup: {
    make: (stack) => {
      const group = new logs.LogGroup(stack, 'Logs', {
        retention: logs.RetentionDays.TEN_YEARS,
        deletionProtectionEnabled: true,
      });
      group.addStream('Stream', { logStreamName: 'web' });
      group.addMetricFilter('Errors', {
        filterPattern: logs.FilterPattern.literal('ERROR'),
        metricName: 'errors',
        metricNamespace: 'shop',
      });
      group.addSubscriptionFilter('Forward', {
        destination: new KinesisDestination(new Stream(stack, 'Stream')),
        filterPattern: logs.FilterPattern.allEvents(),
      });
      group.grantWrite(new iam.ServicePrincipal('es.amazonaws.com'));
    },
    fill: async ({ use, idOf }) => {
      const logGroupName = idOf('AWS::Logs::LogGroup');
      const logEvents = [{ timestamp: Date.now(), message: 'ERROR' }];
      await use(CloudWatchLogs).putLogEvents({ logGroupName, logStreamName: 'web', logEvents });
    },
    danger: { what: 'the deletion protection of a log group', isEmulated: false },
  },
  alarm: {
    make: (stack) => {
      metric.createAlarm(stack, 'Slow', { threshold: 1, evaluationPeriods: 1 });
      new cloudwatch.Dashboard(stack, 'Dashboard', {
        widgets: [[new cloudwatch.GraphWidget({ left: [metric] })]],
      });
    },
  },
  parameter: {
    make: (stack) => void new StringParameter(stack, 'Limit', { stringValue: '10' }),
  },
  secret: {
    make: (stack) => void new Secret(stack, 'Key'),
  },
  user: {
    make: (stack) => {
      const user = new iam.User(stack, 'Reader');
      const bucket = new Bucket(stack, 'Reports');
      bucket.grantRead(user);
      new iam.ManagedPolicy(stack, 'Policy', {
        users: [user],
        statements: [new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] })],
      });
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
      new iam.InstanceProfile(stack, 'Profile', { role });
    },
  },
  project: {
    make: (stack) =>
      void new Project(stack, 'Build', {
        buildSpec: BuildSpec.fromObject({ version: '0.2' }),
        environment: {},
      }),
  },
  webAcl: {
    make: (stack) =>
      void new CfnWebACL(stack, 'Wall', {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: {
          cloudWatchMetricsEnabled: true,
          metricName: 'wall',
          sampledRequestsEnabled: true,
        },
      }),
  },
  appConfig: {
    make: (stack) => {
      const application = new appconfig.Application(stack, 'App', {
        applicationName: `${stack.stackName}-app`,
      });
      const environment = application.addEnvironment('Live', { environmentName: 'live' });
      new appconfig.HostedConfiguration(stack, 'Flags', {
        application,
        content: appconfig.ConfigurationContent.fromInlineText('on'),
        deployTo: [environment],
        deploymentStrategy: new appconfig.DeploymentStrategy(stack, 'AtOnce', {
          rolloutStrategy: appconfig.RolloutStrategy.linear({
            growthFactor: 100,
            deploymentDuration: Duration.minutes(0),
            finalBakeTime: Duration.minutes(0),
          }),
        }),
      });
    },
  },
  nested: {
    make: (stack) => void new Queue(new NestedStack(stack, 'Inner'), 'Jobs'),
  },
};
