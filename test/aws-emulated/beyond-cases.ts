import { Duration, SecretValue, Size, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication } from 'aws-cdk-lib/aws-codedeploy';
import { ProviderAttribute, UserPool, UserPoolIdentityProviderGoogle } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { Group } from 'aws-cdk-lib/aws-iam';
import { StreamConsumer, Stream } from 'aws-cdk-lib/aws-kinesis';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { HealthCheck, HealthCheckType } from 'aws-cdk-lib/aws-route53';
import { Activity } from 'aws-cdk-lib/aws-stepfunctions';
import type { Cases } from './case';
import { network } from './data-cases';

const table = (stack: Stack): Table =>
  new Table(stack, 'Orders', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    readCapacity: 5,
    writeCapacity: 5,
  });

/** The usual L2s of types that no emulator has, or does not take through, by type: tried, so that it is seen when one does. */
export const BEYOND_CASES: Cases = {
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    make: (stack) => void table(stack).autoScaleReadCapacity({ minCapacity: 5, maxCapacity: 50 }),
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    make: (stack) =>
      table(stack)
        .autoScaleReadCapacity({ minCapacity: 5, maxCapacity: 50 })
        .scaleOnUtilization({ targetUtilizationPercent: 70 }),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    make: (stack) => {
      const alarm = new cloudwatch.Metric({ namespace: 'shop', metricName: 'orders' }).createAlarm(
        stack,
        'Slow',
        {
          threshold: 1,
          evaluationPeriods: 1,
        },
      );
      new cloudwatch.CompositeAlarm(stack, 'Any', { alarmRule: cloudwatch.AlarmRule.anyOf(alarm) });
    },
  },
  'AWS::CodeDeploy::Application': { make: (stack) => void new LambdaApplication(stack, 'App') },
  'AWS::Cognito::UserPoolIdentityProvider': {
    make: (stack) =>
      void new UserPoolIdentityProviderGoogle(stack, 'Google', {
        userPool: new UserPool(stack, 'Users'),
        clientId: 'shop',
        clientSecretValue: SecretValue.unsafePlainText('a-secret'),
        attributeMapping: { email: ProviderAttribute.GOOGLE_EMAIL },
      }),
  },
  'AWS::EC2::EIP': { on: 'moto', make: (stack) => void new ec2.CfnEIP(stack, 'Address', { domain: 'vpc' }) },
  'AWS::EC2::FlowLog': { on: 'moto', make: (stack) => void network(stack).addFlowLog('Flows') },
  'AWS::EC2::NatGateway': {
    on: 'moto',
    make: (stack) =>
      void new ec2.Vpc(stack, 'Vpc', { natGateways: 1, maxAzs: 2, restrictDefaultSecurityGroup: false }),
  },
  'AWS::EC2::NetworkInterface': {
    on: 'moto',
    make: (stack) =>
      void new ec2.CfnNetworkInterface(stack, 'Interface', {
        subnetId: network(stack).publicSubnets[0]!.subnetId,
      }),
  },
  'AWS::EC2::SecurityGroupIngress': {
    on: 'moto',
    make: (stack) => {
      const vpc = network(stack);
      const web = new ec2.SecurityGroup(stack, 'Web', { vpc });
      new ec2.SecurityGroup(stack, 'Orders', { vpc }).connections.allowFrom(web, ec2.Port.tcp(5432));
    },
  },
  'AWS::EC2::Volume': {
    on: 'moto',
    make: (stack) =>
      void new ec2.Volume(stack, 'Data', { availabilityZone: 'us-east-1a', size: Size.gibibytes(8) }),
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    make: (stack) =>
      void new ecs.Cluster(stack, 'Cluster', { vpc: network(stack), enableFargateCapacityProviders: true }),
  },
  'AWS::Events::ApiDestination': {
    make: (stack) =>
      void new events.ApiDestination(stack, 'Hook', {
        endpoint: 'https://hook.example.com',
        connection: new events.Connection(stack, 'Connection', {
          authorization: events.Authorization.basic('shop', SecretValue.unsafePlainText('a-secret')),
        }),
      }),
  },
  'AWS::Events::Archive': {
    on: 'moto',
    make: (stack) =>
      void new events.Archive(stack, 'Archive', {
        sourceEventBus: new events.EventBus(stack, 'Bus'),
        eventPattern: { source: ['shop'] },
        retention: Duration.days(365),
      }),
  },
  'AWS::IAM::Group': { make: (stack) => void new Group(stack, 'Staff') },
  'AWS::Kinesis::StreamConsumer': {
    make: (stack) =>
      void new StreamConsumer(stack, 'Reader', {
        streamConsumerName: 'reader',
        stream: new Stream(stack, 'Clicks'),
      }),
  },
  'AWS::Logs::QueryDefinition': {
    make: (stack) =>
      void new QueryDefinition(stack, 'Errors', {
        queryDefinitionName: `${stack.stackName}-errors`,
        queryString: new QueryString({ fields: ['@message'] }),
      }),
  },
  'AWS::Route53::HealthCheck': {
    on: 'moto',
    make: (stack) =>
      void new HealthCheck(stack, 'Health', { type: HealthCheckType.HTTPS, fqdn: 'shop.example.com' }),
  },
  'AWS::StepFunctions::Activity': { make: (stack) => void new Activity(stack, 'Packing') },
};
