import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../lib/json';
import { vpcIn, vpcSubnets } from './shop-tiers';
import { synthesizeTwins, type TopologyProps } from './twins-app';

/** The code of the function at a release, as a bundler writes it: the AWS SDK is not in it. */
const consumerAt = (release: string): string => `
  const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({});
  exports.handler = async ({ Records }) => {
    for (const { body } of Records) {
      const { id, note } = JSON.parse(body);
      const Item = { id: { S: id }, note: { S: note }, by: { S: ${JSON.stringify(release)} } };
      await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
    }
  };`;

/** The code of the function that is called for every file. */
const INDEXER = `
  const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
  exports.handler = async ({ Records }) => {
    for (const { s3 } of Records) {
      const Item = { id: { S: 'file of ' + s3.object.key }, note: { S: s3.bucket.name }, by: { S: 'the bucket' } };
      await new DynamoDBClient({}).send(new PutItemCommand({ TableName: process.env.TABLE, Item }));
    }
  };`;

/** A service that sends orders to a queue, a function that writes them into a table, and a bucket with a function for its files. */
class Orders extends Construct {
  constructor(scope: Construct, id: string, { tasks, release }: TopologyProps) {
    super(scope, id);
    const vpc = vpcIn(this);
    const dead = new sqs.Queue(this, 'Dead', { enforceSSL: true });
    const queue = new sqs.Queue(this, 'Jobs', { deadLetterQueue: { queue: dead, maxReceiveCount: 3 } });
    const table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const files = new s3.Bucket(this, 'Files', {
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const key = new secrets.Secret(this, 'Key');
    const consumer = new lambda.Function(this, 'Consumer', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeOf(release)),
      timeout: Duration.seconds(10),
      environment: { TABLE: table.tableName },
      vpc,
      vpcSubnets,
      allowPublicSubnet: true,
    });
    table.grantWriteData(consumer);
    consumer.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
    const indexer = new lambda.Function(this, 'Indexer', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(INDEXER),
      environment: { TABLE: table.tableName },
    });
    table.grantWriteData(indexer);
    files.addEventNotification(s3.EventType.OBJECT_CREATED, new LambdaDestination(indexer));
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry(`orders:${release}`),
      portMappings: [{ containerPort: 8080 }],
      environment: {
        RELEASE: release,
        QUEUE_URL: queue.queueUrl,
        TABLE: table.tableName,
        BUCKET: files.bucketName,
        KEY_ARN: key.secretArn,
      },
      secrets: { KEY: ecs.Secret.fromSecretsManager(key) },
    });
    queue.grantSendMessages(taskDefinition.taskRole);
    const service = new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: tasks,
      minHealthyPercent: 100,
      assignPublicIp: true,
      vpcSubnets,
    });
    const balancer = new elb.ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    const listener = balancer.addListener('Http', { port: 80, protocol: elb.ApplicationProtocol.HTTP });
    listener.addTargets('Web', { port: 8080, protocol: elb.ApplicationProtocol.HTTP, targets: [service] });
    if (this.node.tryGetContext('machine') !== undefined) machineIn(this, vpc);
  }
}

/** Something that no emulator runs. */
function machineIn(scope: Construct, vpc: ec2.IVpc): void {
  new ec2.Instance(scope, 'Batch', {
    vpc,
    vpcSubnets,
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
    machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-12345678' }),
  });
}

function codeOf(release: string): string {
  const folder = join(process.cwd(), 'functions', release);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), consumerAt(release));
  return folder;
}

/** Writes the assembly of a release, as `cdk synth` does. */
export function synthesize(outdir: string, release: string, rehearsal: string, more: JsonObject = {}): void {
  synthesizeTwins({ topology: Orders, outdir, release, rehearsal, context: more });
}

/** What the container of the service has: it answers when everything that it uses is there. */
export const SERVER = `
  const { createServer } = require('node:http');
  const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
  const { DynamoDBClient, GetItemCommand } = require('@aws-sdk/client-dynamodb');
  const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
  const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');
  const [sqs, db, s3, secrets] = [new SQSClient({}), new DynamoDBClient({}), new S3Client({}), new SecretsManagerClient({})];
  const { QUEUE_URL, TABLE, BUCKET, KEY, KEY_ARN, RELEASE, PORT, HOST } = process.env;
  const answers = {
    'GET /': () => ({ release: RELEASE }),
    'GET /key': async () => ({ same: (await secrets.send(new GetSecretValueCommand({ SecretId: KEY_ARN }))).SecretString === KEY }),
    'GET /credentials': async () => ({ ...(await sqs.config.credentials()), endpoint: process.env.AWS_ENDPOINT_URL, profile: process.env.AWS_PROFILE ?? null }),
    'POST /orders': async (id, body) => {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: id, Body: body }));
      await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify({ id, note: body }) }));
      return { id };
    },
    'GET /orders': async (id) => {
      for (let i = 0; i < 100; i++) {
        const { Item } = await db.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }));
        if (Item) return { note: Item.note.S, by: Item.by.S };
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error('the order was not processed');
    },
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    try {
      const answer = await answers[request.method + ' ' + pathname](searchParams.get('id'), body);
      response.end(JSON.stringify(answer));
    } catch (error) {
      console.error(error);
      response.writeHead(500).end(String(error));
    }
  });
  server.keepAliveTimeout = 65_000; // longer than the load balancer keeps its connections
  server.listen(Number(PORT), HOST);`;
