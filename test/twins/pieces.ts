import { CfnOutput, Duration, Size, Stack, Tags } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** What a piece of a topology is made with. */
export interface Given {
  readonly scope: Construct;
  readonly id: string;
  /** A number from 1 to some 60 that follows the scale in one of the ways that are permitted. */
  readonly n: number;
  /** A small number of members that follows a factor. */
  readonly members: number;
  /** A text that the stack's name is part of, of letters, digits and hyphens: cut, in capitals, glued. */
  readonly name: string;
  /** The name of its environment, as it is. */
  readonly environment: string;
  /** The name in lower case. */
  readonly lower: string;
  readonly size: { readonly cpu: number; readonly memoryMiB: number };
  readonly range: { readonly min: number; readonly max: number };
  readonly instance: string;
  /** A queue of the topology. */
  readonly queue: sqs.IQueue;
  readonly vpc: () => ec2.IVpc;
}

/** Names of members. */
export const WORDS = [
  'red',
  'green',
  'blue',
  'white',
  'black',
  'pink',
  'grey',
  'gold',
  'tan',
  'teal',
  'navy',
  'lime',
];
export const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

const fn = ({ scope, id }: Given, props: Partial<lambda.FunctionProps> = {}): lambda.Function =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => 1;'),
    ...props,
  });

const key = { name: 'id', type: dynamodb.AttributeType.STRING };
const metric = (metricName = 'm'): cloudwatch.Metric =>
  new cloudwatch.Metric({ namespace: 'shop', metricName });

/** Usual L2s, as somebody writes them; none looks anything up or bundles anything. */
export const PIECES: Readonly<Record<string, (given: Given) => unknown>> = {
  function: (it) =>
    fn(it, { memorySize: 128 * it.n, environment: { NAME: it.name, QUEUE: it.queue.queueUrl } }),
  version: (it) => fn(it, { environment: { POOL: `${it.n}` } }).currentVersion,
  alias: (it) => fn(it, { description: it.name }).addAlias('live', { provisionedConcurrentExecutions: it.n }),
  consumer: (it) => fn(it, { timeout: Duration.seconds(it.n) }).addEventSource(new SqsEventSource(it.queue)),
  functions: (it) =>
    times(it.members, (i) => fn({ ...it, id: `${it.id}Worker${i + 1}` }, { environment: { INDEX: `${i}` } })),
  url: (it) => fn(it, { reservedConcurrentExecutions: it.n }).addFunctionUrl(),
  queue: (it) =>
    new sqs.Queue(it.scope, it.id, { queueName: it.name, visibilityTimeout: Duration.seconds(it.n) }),
  deadLetters: (it) =>
    new sqs.Queue(it.scope, it.id, {
      deadLetterQueue: { queue: new sqs.Queue(it.scope, `${it.id}Dead`), maxReceiveCount: it.n },
    }),
  queues: (it) =>
    times(it.members, (i) => new sqs.Queue(it.scope, `${it.id}${i}`, { queueName: `${it.name}-${i}` })),
  queuesOfWords: (it) =>
    WORDS.slice(0, it.members).map((word) => new sqs.Queue(it.scope, `${it.id}-${word}`)),
  queuesDown: (it) => {
    for (let i = it.members; i > 0; i--) new sqs.Queue(it.scope, `${it.id}${i}`, { fifo: true });
  },
  topic: (it) =>
    new sns.Topic(it.scope, it.id, { topicName: it.name, displayName: `${it.n} of ${it.environment}` }),
  fanOut: (it) => {
    const topic = new sns.Topic(it.scope, it.id);
    times(it.members, (i) =>
      topic.addSubscription(new subscriptions.SqsSubscription(new sqs.Queue(it.scope, `${it.id}Queue${i}`))),
    );
  },
  mails: (it) => {
    const topic = new sns.Topic(it.scope, it.id);
    times(it.members, (i) =>
      topic.addSubscription(new subscriptions.EmailSubscription(`ops${i}@example.com`)),
    );
  },
  table: (it) =>
    new dynamodb.Table(it.scope, it.id, {
      partitionKey: key,
      billingMode: dynamodb.BillingMode.PROVISIONED,
      readCapacity: it.n,
    })
      .autoScaleWriteCapacity({ minCapacity: it.range.min, maxCapacity: it.range.max })
      .scaleOnUtilization({ targetUtilizationPercent: 70 }),
  tableV2: (it) =>
    new dynamodb.TableV2(it.scope, it.id, {
      partitionKey: key,
      tableName: it.name,
      billing: dynamodb.Billing.provisioned({
        readCapacity: dynamodb.Capacity.fixed(it.n),
        writeCapacity: dynamodb.Capacity.autoscaled({ maxCapacity: 10 * it.n }),
      }),
    }),
  bucket: (it) =>
    new s3.Bucket(it.scope, it.id, {
      bucketName: it.lower,
      lifecycleRules: [{ expiration: Duration.days(it.n) }],
    }).grantRead(new iam.Role(it.scope, `${it.id}Role`, { assumedBy: new iam.AccountRootPrincipal() })),
  distribution: (it) =>
    new cloudfront.Distribution(it.scope, it.id, {
      comment: `${it.environment}: ${it.n}`,
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(new s3.Bucket(it.scope, `${it.id}Bucket`)),
      },
    }),
  service: (it) => {
    const cluster = new ecs.Cluster(it.scope, `${it.id}Cluster`, { vpc: it.vpc() });
    const taskDefinition = new ecs.FargateTaskDefinition(it.scope, `${it.id}Task`, {
      cpu: it.size.cpu,
      memoryLimitMiB: it.size.memoryMiB,
    });
    const heap = `-Xmx${0.75 * it.size.memoryMiB}m`;
    const environment = { JAVA_OPTS: heap, NAME: it.name, QUEUE: it.queue.queueUrl };
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('web'), environment });
    const service = new ecs.FargateService(it.scope, it.id, {
      cluster,
      taskDefinition,
      desiredCount: it.range.min,
    });
    service
      .autoScaleTaskCount({ minCapacity: it.range.min, maxCapacity: it.range.max })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  },
  balancer: (it) => {
    const balancer = new elbv2.ApplicationLoadBalancer(it.scope, it.id, { vpc: it.vpc() });
    balancer
      .addListener('Http', { port: 80, open: false })
      .addTargets('Web', { port: 80, deregistrationDelay: Duration.seconds(it.n) });
  },
  aurora: (it) =>
    new rds.DatabaseCluster(it.scope, it.id, {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_4 }),
      vpc: it.vpc(),
      writer: rds.ClusterInstance.provisioned('writer', { instanceType: new ec2.InstanceType(it.instance) }),
      readers: times(it.members, (i) =>
        rds.ClusterInstance.provisioned(`reader${i + 1}`, {
          instanceType: new ec2.InstanceType(it.instance),
        }),
      ),
      parameters: { max_connections: `${100 + it.n}` },
    }),
  postgres: (it) =>
    new rds.DatabaseInstance(it.scope, it.id, {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
      vpc: it.vpc(),
      allocatedStorage: 20 + it.n,
      instanceType: new ec2.InstanceType(it.instance),
    }),
  cache: (it) =>
    new elasticache.CfnReplicationGroup(it.scope, it.id, {
      replicationGroupDescription: `cache of ${it.name}`,
      numNodeGroups: it.members,
      cacheNodeType: `cache.${it.instance}`,
    }),
  stream: (it) => new kinesis.Stream(it.scope, it.id, { shardCount: it.n, streamName: it.name }),
  firehose: (it) =>
    new firehose.CfnDeliveryStream(it.scope, it.id, {
      deliveryStreamName: it.name,
      extendedS3DestinationConfiguration: {
        bucketArn: new s3.Bucket(it.scope, `${it.id}Bucket`).bucketArn,
        roleArn: new iam.Role(it.scope, `${it.id}Role`, { assumedBy: new iam.AccountRootPrincipal() })
          .roleArn,
        bufferingHints: { sizeInMBs: it.n },
      },
    }),
  rule: (it) =>
    new events.Rule(it.scope, it.id, {
      schedule: events.Schedule.rate(Duration.minutes(1 + it.n)),
    }).addTarget(new targets.SqsQueue(it.queue)),
  rules: (it) =>
    times(it.members, (i) =>
      new events.Rule(it.scope, `${it.id}${i}`, {
        schedule: events.Schedule.rate(Duration.hours(2)),
      }).addTarget(new targets.LambdaFunction(fn({ ...it, id: `${it.id}Job${i}` }))),
    ),
  schedule: (it) =>
    new scheduler.CfnSchedule(it.scope, it.id, {
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: it.n },
      scheduleExpression: 'rate(1 day)',
      target: { arn: it.queue.queueArn, roleArn: 'role', input: JSON.stringify({ n: it.n, name: it.name }) },
    }),
  stateMachine: (it) => {
    const wait = new sfn.Wait(it.scope, `${it.id}Wait`, {
      time: sfn.WaitTime.duration(Duration.seconds(it.n)),
    });
    const map = new sfn.Map(it.scope, `${it.id}Map`, { maxConcurrency: it.members });
    new sfn.StateMachine(it.scope, it.id, {
      definitionBody: sfn.DefinitionBody.fromChainable(map.itemProcessor(wait)),
    });
  },
  branches: (it) => {
    const parallel = new sfn.Parallel(it.scope, `${it.id}All`);
    times(it.members, (i) => parallel.branch(new sfn.Pass(it.scope, `${it.id}Branch${i}`)));
    new sfn.StateMachine(it.scope, it.id, { definitionBody: sfn.DefinitionBody.fromChainable(parallel) });
  },
  restApi: (it) =>
    new apigateway.LambdaRestApi(it.scope, it.id, {
      handler: fn({ ...it, id: `${it.id}Fn` }),
      restApiName: it.name,
      deployOptions: { throttlingBurstLimit: it.n },
    }),
  userPool: (it) => {
    const pool = new cognito.UserPool(it.scope, it.id, { userPoolName: it.name });
    pool.addClient('Web', { accessTokenValidity: Duration.minutes(5 + it.n) });
    pool.addDomain('Login', { cognitoDomain: { domainPrefix: it.lower } });
  },
  fileSystem: (it) =>
    new efs.FileSystem(it.scope, it.id, {
      vpc: it.vpc(),
      throughputMode: efs.ThroughputMode.PROVISIONED,
      provisionedThroughputPerSecond: Size.mebibytes(it.n),
    }).addAccessPoint('Data', { path: `/${it.name}` }),
  repository: (it) =>
    new ecr.Repository(it.scope, it.id, {
      repositoryName: it.lower,
      lifecycleRules: [{ maxImageCount: it.n }],
    }),
  logGroup: (it) =>
    new logs.LogGroup(it.scope, it.id, { logGroupName: `/shop/${it.name}` }).addMetricFilter('Errors', {
      filterPattern: logs.FilterPattern.literal('ERROR'),
      metricName: 'errors',
      metricNamespace: it.name,
    }),
  alarm: (it) =>
    it.queue.metricApproximateAgeOfOldestMessage().createAlarm(it.scope, it.id, {
      threshold: 0.5 * it.n,
      evaluationPeriods: 1,
      alarmName: `${it.name}-age`,
      alarmDescription: `Older than ${it.n} s in ${it.environment}`,
    }),
  alarms: (it) =>
    new cloudwatch.CompositeAlarm(it.scope, it.id, {
      alarmRule: cloudwatch.AlarmRule.anyOf(
        ...times(it.members, (i) =>
          metric(`m${i}`).createAlarm(it.scope, `${it.id}Part${i}`, {
            threshold: it.n,
            evaluationPeriods: 1,
          }),
        ),
      ),
    }),
  dashboard: (it) => {
    const dashboard = new cloudwatch.Dashboard(it.scope, it.id, { dashboardName: it.name });
    dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: `# ${it.n} in ${it.environment}` }));
    times(it.members, (i) =>
      dashboard.addWidgets(new cloudwatch.GraphWidget({ title: `Part ${i + 1}`, left: [metric(`m${i}`)] })),
    );
  },
  parameter: (it) =>
    new ssm.StringParameter(it.scope, it.id, {
      parameterName: `/${it.name}/limits`,
      stringValue: JSON.stringify({ limit: it.n, parts: times(it.members, (i) => ({ name: `p${i}` })) }),
    }),
  secret: (it) =>
    new secrets.Secret(it.scope, it.id, {
      secretName: `${it.name}/key`,
      generateSecretString: { passwordLength: 10 + it.n },
    }),
  encryption: (it) => new kms.Key(it.scope, it.id, { alias: `alias/${it.name}`, description: `of ${it.n}` }),
  role: (it) => {
    const role = new iam.Role(it.scope, it.id, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    times(it.members, (i) => new s3.Bucket(it.scope, `${it.id}Bucket${i}`).grantReadWrite(role));
  },
  securityGroup: (it) => {
    const group = new ec2.SecurityGroup(it.scope, it.id, { vpc: it.vpc() });
    times(it.members, (i) => group.addIngressRule(ec2.Peer.ipv4(`10.${i}.0.0/16`), ec2.Port.tcp(5432)));
  },
  output: (it) =>
    new CfnOutput(it.scope, it.id, {
      value: `${it.queue.queueArn} ${it.n}`,
      exportName: `${Stack.of(it.scope).stackName}-${it.id}`,
    }),
  tags: (it) => Tags.of(new sqs.Queue(it.scope, it.id)).add('owner', it.name),
};
