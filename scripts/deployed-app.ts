import * as cdk from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter as Stored } from 'aws-cdk-lib/aws-ssm';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, replicas, Twins } from '../lib';

/** What the parameters of its stack `Web` are given, beside `Backlog`, which follows a factor. */
export const PARAMETERS = {
  Tier: 'gold',
  Zones: 'a,b',
  Depth: '5',
  Secret: 'hidden-from-reports',
  Image: '/aws/service/ami/x',
  Free: 'as-given',
} as const;

/** Topics that get the events of both environments. */
const TOPIC = 'arn:aws:sns:eu-west-1:333333333333:events';

/**
 * Synthesizes production and a staging in which everything occurs that decides what is deployed, and does something: parameters,
 * conditions, mappings, rules, scripts in metadata, policies of creation and update, names, tags, and what stands beside templates.
 *
 * @param folder - where it is written, with the files that it publishes
 * @returns the folder of the assembly
 */
export function synthesizeDeployedApp(folder: string): string {
  const [files, outdir] = [join(folder, 'files'), join(folder, 'cdk.out')];
  mkdirSync(files);
  writeFileSync(join(files, 'Dockerfile'), 'FROM scratch AS final\nARG MODE\n');
  writeFileSync(join(files, 'settings.json'), '{ "mode": "live" }\n');
  const app = new cdk.App({
    outdir,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
  });
  const twins = new Twins(app, {
    scale: {
      backlog: count({ reason: 'staging is not busy' }),
      workers: replicas({ reason: 'two workers show what many do', max: 10 }),
    },
    environment: (scope, id, { backlog, workers }, options) =>
      new Deployed(scope, id, { ...options, backlog, workers, files }),
  });
  const env = (account: string) => ({ env: { account, region: 'eu-west-1' } });
  twins.prod('Prod', {
    scale: { backlog: 10, workers: 3 },
    parameters: { ...PARAMETERS, Backlog: '10' },
    ...env('111111111111'),
  });
  twins.staging('Staging', {
    scale: { backlog: 4, workers: 2 },
    parameters: { ...PARAMETERS, Backlog: '4' },
    outside: [{ arn: TOPIC, reason: 'the people who watch both' }],
    expires: '2030-12-01T18:00:00',
    ...env('222222222222'),
  });
  app.synth();
  return outdir;
}

interface DeployedProps extends cdk.StageProps {
  readonly backlog: number;
  readonly workers: number;
  readonly files: string;
  readonly tags?: Readonly<Record<string, string>>;
}

class Deployed extends cdk.Stage {
  constructor(scope: Construct, id: string, { backlog, workers, files, ...options }: DeployedProps) {
    super(scope, id, options);
    const qualified = () => new cdk.DefaultStackSynthesizer({ qualifier: 'shop' });
    const data = new cdk.Stack(this, 'Data', { description: 'What is kept', synthesizer: qualified() });
    const web = new cdk.Stack(this, 'Web', {
      synthesizer: qualified(),
      notificationArns: [TOPIC],
      tags: { 'cost-center': 'shop', team: 'orders' },
    });
    cdk.Tags.of(this).add('app', 'shop');
    new cdk.CfnOutput(data, 'Table', {
      value: `shop-${backlog}`,
      exportName: 'shop-table',
      description: 'of orders',
    });
    web.addStackDependency(data);
    const logic = new Logic(web);
    logic.resources(backlog);
    instances(web, workers, logic);
    published(web, files);
    new Inner(web, 'Inner', logic);
  }
}

/** Parameters, conditions, mappings and rules, each of them used. */
class Logic {
  readonly tier: cdk.CfnParameter;
  readonly image: cdk.CfnParameter;
  readonly isGold: cdk.CfnCondition;
  readonly isDeep: cdk.CfnCondition;

  constructor(private readonly stack: cdk.Stack) {
    this.tier = new cdk.CfnParameter(stack, 'Tier', {
      type: 'String',
      default: 'tin',
      allowedValues: ['gold', 'tin'],
      description: 'how good it is',
    });
    this.image = new cdk.CfnParameter(stack, 'Image', {
      type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      default: '/aws/service/ami/x',
    });
    this.isGold = new cdk.CfnCondition(stack, 'IsGold', {
      expression: cdk.Fn.conditionEquals(this.tier.valueAsString, 'gold'),
    });
    const depth = new cdk.CfnParameter(stack, 'Depth', {
      type: 'Number',
      default: 3,
      minValue: 1,
      maxValue: 9,
      constraintDescription: 'one to nine',
    });
    this.isDeep = new cdk.CfnCondition(stack, 'IsDeep', {
      expression: cdk.Fn.conditionAnd(
        cdk.Fn.conditionNot(cdk.Fn.conditionEquals(depth.valueAsString, '3')),
        cdk.Fn.conditionOr(this.isGold, cdk.Fn.conditionEquals(cdk.Aws.REGION, 'us-east-1')),
      ),
    });
    new cdk.CfnRule(stack, 'DeepIsGold', {
      ruleCondition: cdk.Fn.conditionEquals(depth, '9'),
      assertions: [
        {
          assert: cdk.Fn.conditionContains(['gold'], this.tier.valueAsString),
          assertDescription: 'nine is for gold',
        },
      ],
    });
  }

  resources(backlog: number): void {
    const { stack } = this;
    const zones = new cdk.CfnParameter(stack, 'Zones', { type: 'CommaDelimitedList', default: 'a' });
    const secret = new cdk.CfnParameter(stack, 'Secret', {
      noEcho: true,
      minLength: 8,
      maxLength: 40,
      allowedPattern: '[a-z-]+',
    });
    const free = new cdk.CfnParameter(stack, 'Free', { default: 'by-default' });
    const given = new cdk.CfnParameter(stack, 'Backlog', { type: 'Number' });
    const sizes = new cdk.CfnMapping(stack, 'Sizes', {
      mapping: {
        gold: { seconds: 60, kinds: ['a', 'b'] },
        tin: { seconds: 30, kinds: ['c'] },
      },
    });
    const places = new cdk.CfnMapping(stack, 'Places', {
      mapping: { 'eu-west-1': { host: 'eu.example.com' }, 'us-east-1': { host: 'us.example.com' } },
    });
    const gold = new CfnQueue(stack, 'Gold', {
      queueName: cdk.Fn.join('-', ['gold', free.valueAsString]),
      visibilityTimeout: cdk.Token.asNumber(sizes.findInMap(this.tier.valueAsString, 'seconds')),
      delaySeconds: cdk.Token.asNumber(cdk.Fn.conditionIf(this.isDeep.logicalId, 8, cdk.Aws.NO_VALUE)),
    });
    gold.cfnOptions.condition = this.isGold;
    gold.cfnOptions.deletionPolicy = cdk.CfnDeletionPolicy.DELETE;
    gold.cfnOptions.updateReplacePolicy = cdk.CfnDeletionPolicy.DELETE;
    const tin = new CfnQueue(stack, 'Tin', { delaySeconds: backlog });
    tin.addResourceDependency(
      new Stored(stack, 'Host', {
        type: 'String',
        name: '/shop/host',
        value: cdk.Fn.conditionIf(
          'IsGold',
          places.findInMap(cdk.Aws.REGION, 'host'),
          cdk.Fn.select(0, zones.valueAsList),
        ).toString(),
      }),
    );
    new Stored(stack, 'Password', {
      type: 'String',
      value: cdk.Fn.sub('${Secret}:${Given}:${Backlog}', { Given: given.valueAsString }),
    });
    secret.overrideLogicalId('Secret');
    new cdk.CfnOutput(stack, 'Queue', { value: gold.ref, condition: this.isGold, exportName: 'shop-queue' });
    stack.templateOptions.metadata = {
      'AWS::CloudFormation::Interface': {
        ParameterGroups: [{ Label: { default: 'Size' }, Parameters: ['Tier', 'Depth'] }],
        ParameterLabels: { Tier: { default: 'How good' } },
      },
    };
  }
}

/** An Auto Scaling group that waits for its instances, which run what metadata says. */
function instances(stack: cdk.Stack, workers: number, { image, isGold }: Logic): void {
  const vpc = new ec2.CfnVPC(stack, 'Network', { cidrBlock: '10.0.0.0/16' });
  const subnet = new ec2.CfnSubnet(stack, 'Subnet', { vpcId: vpc.ref, cidrBlock: '10.0.0.0/24' });
  const boundary = new iam.CfnManagedPolicy(stack, 'Boundary', {
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*', 'sqs:*'], Resource: '*' }],
    },
  });
  const role = new iam.CfnRole(stack, 'Role', {
    roleName: 'shop-worker',
    permissionsBoundary: boundary.ref,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
    },
  });
  role.cfnOptions.condition = isGold;
  const server = new ec2.CfnInstance(stack, 'Server', {
    imageId: image.valueAsString,
    subnetId: subnet.ref,
    userData: cdk.Fn.base64(
      cdk.Fn.sub('#!/bin/sh\n/opt/aws/bin/cfn-init --stack ${AWS::StackName} --resource Server\n'),
    ),
  });
  server.cfnOptions.creationPolicy = { resourceSignal: { count: 1, timeout: 'PT5M' } };
  server.addMetadata('AWS::CloudFormation::Init', {
    configSets: { default: ['install', 'start'] },
    install: {
      packages: { yum: { nginx: [] } },
      files: {
        '/etc/shop.json': { content: { depth: 4, host: { Ref: 'Host' } }, mode: '000644', owner: 'root' },
      },
    },
    start: { services: { sysvinit: { nginx: { enabled: true, ensureRunning: 'true' } } } },
  });
  server.addMetadata('AWS::CloudFormation::Authentication', {
    reader: { type: 'S3', buckets: ['shop-files'], roleName: 'shop-worker' },
  });
  server.addMetadata('AWS::CloudFormation::Designer', { id: 'a-drawing' });
  const template = new ec2.CfnLaunchTemplate(stack, 'Launch', {
    launchTemplateData: { instanceType: 'm7g.large' },
  });
  const group = new cdk.CfnResource(stack, 'Workers', {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    properties: {
      MinSize: String(workers),
      MaxSize: String(workers),
      VPCZoneIdentifier: [subnet.ref],
      LaunchTemplate: { LaunchTemplateId: template.ref, Version: '1' },
    },
  });
  group.cfnOptions.updatePolicy = {
    autoScalingRollingUpdate: {
      minInstancesInService: 1,
      pauseTime: 'PT5M',
      waitOnResourceSignals: true,
      suspendProcesses: ['AlarmNotification', 'ScheduledActions'],
    },
  };
  group.cfnOptions.creationPolicy = { autoScalingCreationPolicy: { minSuccessfulInstancesPercent: 80 } };
}

/** A file, and an image with an argument, both published for a stack. */
function published(stack: cdk.Stack, files: string): void {
  const settings = new Asset(stack, 'Settings', { path: `${files}/settings.json` });
  new Stored(stack, 'Where', { type: 'String', value: settings.s3ObjectUrl });
  const image = new DockerImageAsset(stack, 'Program', {
    directory: files,
    buildArgs: { MODE: 'live' },
    target: 'final',
  });
  new Stored(stack, 'Which', { type: 'String', value: image.imageUri });
}

/** A nested stack that is given a parameter, which decides what is in it. */
class Inner extends cdk.NestedStack {
  constructor(scope: Construct, id: string, { tier }: Logic) {
    super(scope, id, { parameters: { Kind: tier.valueAsString } });
    const kind = new cdk.CfnParameter(this, 'Kind', { allowedValues: ['gold', 'tin'] });
    const isGold = new cdk.CfnCondition(this, 'IsGold', {
      expression: cdk.Fn.conditionEquals(kind.valueAsString, 'gold'),
    });
    const queue = new CfnQueue(this, 'Backup', { delaySeconds: 3 });
    queue.cfnOptions.condition = isGold;
  }
}
