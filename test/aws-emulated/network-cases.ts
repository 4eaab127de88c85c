import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { HttpNamespace, PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import type { Cases } from './case';
import { network } from './data-cases';

const micro = ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO);

/** Networks and what stands in them. */
export const NETWORK_CASES: Cases = {
  vpc: {
    make: (stack) => {
      const vpc = network(stack);
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      new ec2.SecurityGroup(stack, 'Web', { vpc }).addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
    },
  },
  service: {
    make: (stack) => {
      const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: network(stack) });
      const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
      taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('web') });
      new ecs.FargateService(stack, 'Service', {
        cluster,
        taskDefinition,
        desiredCount: 2,
        assignPublicIp: true,
      });
    },
  },
  balancer: {
    make: (stack) => {
      const vpc = network(stack);
      const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Web', { vpc, deletionProtection: true });
      const listener = balancer.addListener('Http', { port: 80, open: false });
      listener.addTargets('Web', { port: 80 });
      listener.addAction('Old', {
        priority: 1,
        conditions: [elbv2.ListenerCondition.pathPatterns(['/old'])],
        action: elbv2.ListenerAction.fixedResponse(410),
      });
    },
    danger: { what: 'the deletion protection of a load balancer', isEmulated: false },
  },
  group: {
    make: (stack) => {
      const launchTemplate = new ec2.LaunchTemplate(stack, 'Template', {
        instanceType: micro,
        machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-12345678' }),
        disableApiTermination: true,
      });
      const group = new autoscaling.AutoScalingGroup(stack, 'Group', {
        vpc: network(stack),
        vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
        launchTemplate,
        minCapacity: 1,
        maxCapacity: 3,
        newInstancesProtectedFromScaleIn: true,
      });
      group.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
      group.scaleOnSchedule('Morning', {
        schedule: autoscaling.Schedule.cron({ hour: '6' }),
        minCapacity: 2,
      });
      group.addLifecycleHook('Ending', {
        lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
      });
    },
    danger: { what: 'the protection of the instances of a group', isEmulated: false },
  },
  names: {
    make: (stack) => {
      const vpc = network(stack);
      const zone = new PrivateHostedZone(stack, 'Zone', {
        vpc,
        zoneName: `${stack.stackName.toLowerCase()}.internal`,
      });
      new ARecord(stack, 'Orders', {
        zone,
        recordName: 'orders',
        target: RecordTarget.fromIpAddresses('10.0.0.1'),
      });
    },
  },
  discovery: {
    make: (stack) => {
      const namespace = new PrivateDnsNamespace(stack, 'Names', {
        vpc: network(stack),
        name: `${stack.stackName.toLowerCase()}.local`,
      });
      namespace.createService('Orders').registerIpInstance('One', { ipv4: '10.0.0.1' });
      new HttpNamespace(stack, 'Plain', { name: `${stack.stackName.toLowerCase()}-plain` });
    },
  },
  instance: {
    on: 'moto',
    make: (stack) =>
      void new ec2.CfnInstance(stack, 'Host', {
        imageId: 'ami-12c6146b', // of moto
        instanceType: 't3.micro',
        blockDeviceMappings: [
          { deviceName: '/dev/sda1', ebs: { volumeSize: 8, deleteOnTermination: false } },
        ],
      }),
    danger: { what: 'the volume of an instance', isEmulated: true },
    leftByEmulator: 'AWS::EC2::NetworkInterface',
  },
  protectedInstance: {
    on: 'moto',
    make: (stack) =>
      void new ec2.CfnInstance(stack, 'Host', {
        imageId: 'ami-12c6146b',
        instanceType: 't3.micro',
        disableApiTermination: true,
      }),
    danger: { what: 'the termination protection of an instance', isEmulated: false },
    leftByEmulator: 'AWS::EC2::NetworkInterface',
  },
  accessKey: {
    on: 'moto',
    make: (stack) => void new iam.AccessKey(stack, 'Key', { user: new iam.User(stack, 'Robot') }),
  },
  document: {
    on: 'moto',
    make: (stack) =>
      void new CfnDocument(stack, 'Runbook', {
        name: `${stack.stackName}-runbook`,
        documentType: 'Command', // moto does not take the defaults
        documentFormat: 'JSON',
        content: { schemaVersion: '2.2', description: 'restarts', parameters: {}, mainSteps: [] },
      }),
  },
  guardedVpc: {
    make: (stack) =>
      void new ec2.Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2, restrictDefaultSecurityGroup: true }),
    danger: { what: "the logs of the CDK's own handlers", isEmulated: true },
  },
};
