import { Duration, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { AutoscalingRange, FargateSize } from '../scale/kinds';
import type { Assets } from './assets';
import { SourceLogs } from './logs';
import type { Network } from './network';
import { physicalName } from './physical-name';
import type { Backend } from './tier';

/** What every service of the shop shares. */
export interface ServiceContext {
  /** Where the tasks run. */
  readonly network: Network;
  /** The ECS cluster. */
  readonly cluster: ecs.ICluster;
  /** The image's tag, in both repositories. */
  readonly release: string;
  /** What the tasks talk to. */
  readonly backends: readonly Backend[];
  /** What they keep files in. */
  readonly assets: Assets;
}

/** What a service is made with. */
export interface ServiceProps extends ServiceContext {
  /** The image's ECR repository. */
  readonly repository: string;
  /** The size of each task. */
  readonly size: FargateSize;
  /** The fewest and the most tasks that autoscaling runs. */
  readonly tasks: AutoscalingRange;
  /** The port that the tasks listen on. @default - none */
  readonly port?: number;
}

/** A Fargate service on ARM64 that rolls back a release whose tasks do not come up. */
export class Service extends Construct {
  /** The tasks. */
  readonly service: ecs.FargateService;
  /** What each task is made of. */
  readonly taskDefinition: ecs.FargateTaskDefinition;
  /** How many tasks there are: by their CPU, and by what a service adds. */
  protected readonly scaling: ecs.ScalableTaskCount;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    this.taskDefinition = this.makeTask(props);
    this.addContainer(props);
    // Without a desired number: a release would set it, and scale in a shop that is busy.
    this.service = new ecs.FargateService(this, id, {
      cluster: props.cluster,
      taskDefinition: this.taskDefinition,
      platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [props.network.closedGroup(`${id}Group`, `Tasks of ${props.repository}`)],
      assignPublicIp: false,
      enableExecuteCommand: false,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    this.openEgress(props);
    this.scaling = this.scaleOnCpu(props);
    // Otherwise tasks start while the databases are still being made, and the circuit breaker gives up on them.
    this.service.node
      .findChild('Service')
      .node.addDependency(...props.backends.flatMap(({ ready }) => ready));
  }

  private makeTask({ size }: ServiceProps): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      family: physicalName(this, this.node.id.toLowerCase()),
      cpu: size.cpu,
      memoryLimitMiB: size.memoryMiB,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      volumes: [{ name: TEMPORARY }],
    });
    Validations.of(task).acknowledge(
      {
        id: 'AwsSolutions-ECS2',
        reason:
          'The environment holds endpoints and names only; every credential is injected from Secrets Manager.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'ecr:GetAuthorizationToken cannot be restricted to a resource.',
      },
    );
    return task;
  }

  private addContainer(props: ServiceProps): void {
    const { repository, release, backends, assets, port } = props;
    const container = this.taskDefinition.addContainer(this.node.id, {
      image: ecs.ContainerImage.fromEcrRepository(
        ecr.Repository.fromRepositoryName(this, 'Repository', repository),
        release,
      ),
      environment: {
        RELEASE: release,
        ASSETS_BUCKET: assets.bucket.bucketName,
        ...(port !== undefined && { PORT: String(port) }),
        ...merge(backends.map(({ environment }) => environment)),
      },
      secrets: merge(backends.map(({ secrets }) => secrets)),
      portMappings: port === undefined ? [] : [{ containerPort: port }],
      readonlyRootFilesystem: true,
      logging: ecs.LogDrivers.awsLogs({
        logGroup: new SourceLogs(this, 'Logs'),
        streamPrefix: this.node.id.toLowerCase(),
        // A stalled log stream must not stall the shop.
        mode: ecs.AwsLogDriverMode.NON_BLOCKING,
      }),
    });
    container.addMountPoints({ sourceVolume: TEMPORARY, containerPath: '/tmp', readOnly: false });
  }

  private scaleOnCpu({ tasks }: ServiceProps): ecs.ScalableTaskCount {
    const scaling = this.service.autoScaleTaskCount({ minCapacity: tasks.min, maxCapacity: tasks.max });
    scaling.scaleOnCpuUtilization('Cpu', { ...COOLDOWNS, policyName: 'Cpu', targetUtilizationPercent: 60 });
    return scaling;
  }

  private openEgress({ network, backends }: ServiceProps): void {
    for (const backend of backends) this.service.connections.allowToDefaultPort(backend);
    network.allowToEndpoints(this.service);
    this.service.connections.allowTo(
      ec2.Peer.anyIpv4(),
      ec2.Port.HTTPS,
      'S3 through its gateway endpoint, and payment providers',
    );
  }
}

/** Out at once, in when the load has been gone for a while. */
export const COOLDOWNS = { scaleInCooldown: Duration.minutes(5), scaleOutCooldown: Duration.minutes(1) };

/** The only place where a task can write: its root file system is read-only. */
const TEMPORARY = 'tmp';

function merge<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...records) as Record<string, T>;
}
