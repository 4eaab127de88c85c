// The app of the walk-through: one service, which is stood up in seconds, with factors that can take turns at production's size.
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { autoscalingRange, duration, fargateSize, Twins } from '../../lib';

const app = new App({
  // what it would check is no matter of a walk-through, and takes five times as long as the rest
  builtinCloudFormationValidation: false,
  treeMetadata: false,
  analyticsReporting: false,
});
const release = String(app.node.tryGetContext('release'));
const twins = new Twins(app, {
  scale: {
    tasks: autoscalingRange({ reason: 'staging serves a test' }),
    size: fargateSize({ reason: 'a smaller task serves fewer requests' }),
    idle: duration({ reason: 'a test waits for less' }),
  },
  environment: (scope, id, { tasks, size, idle }, options) => {
    const stack = new Stack(scope, id, options);
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
    const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
      vpc,
      cpu: size.cpu,
      memoryLimitMiB: size.memoryMiB,
      desiredCount: tasks.min,
      minHealthyPercent: 100,
      idleTimeout: Duration.seconds(idle),
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry(`web:${release}`),
        containerPort: 8080,
        environment: { RELEASE: release },
      },
    });
    web.targetGroup.configureHealthCheck({ path: '/', interval: Duration.seconds(5) });
    web.service
      .autoScaleTaskCount({ minCapacity: tasks.min, maxCapacity: tasks.max })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    return stack;
  },
});
twins.prod('Prod', {
  scale: { tasks: { min: 3, max: 6 }, size: { cpu: 512, memoryMiB: 1024 }, idle: 120 },
});
twins.staging('Staging', {
  scale: { tasks: { min: 2, max: 4 }, size: { cpu: 256, memoryMiB: 512 }, idle: 60 },
  expires: '2099-12-01T18:00:00',
});
app.synth();
