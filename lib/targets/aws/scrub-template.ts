import type { Json, JsonObject } from '../../json';
import type { ScrubConfig } from './config';
import type { DatabaseService } from './database-service';

/** A cluster that is restored to be scrubbed. */
export interface ScratchCluster {
  readonly tier: string;
  readonly service: DatabaseService;
  /** The snapshot with production's data. */
  readonly snapshot: string;
  readonly username: string;
  /** What the cluster of staging has of these. */
  readonly properties: JsonObject;
  readonly instanceClass: string;
  readonly port: number;
}

/** The logical ids of what a scratch cluster consists of. */
export const scratchIds = (index: number) => ({
  cluster: `Cluster${index}`,
  instance: `Instance${index}`,
  secret: `Password${index}`,
  task: `Task${index}`,
});

/** The logical ids of what all of them share. */
export const SHARED_IDS = {
  ecs: 'Ecs',
  log: 'Log',
  subnets: ['SubnetA', 'SubnetB'],
  taskGroup: 'TaskGroup',
} as const;

/** The only container of the tasks, and the prefix of their log streams. */
export const SCRUB_CONTAINER = 'scrub';

const CIDR = '10.255.0.0/24';
/** What a task needs to start where there is no way out. */
const ENDPOINTS = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'] as const;
const TYPES = { rds: 'AWS::RDS', docdb: 'AWS::DocDB' } as const;

/**
 * The stack in which data are scrubbed: the clusters with their data, the team's task for each, and a network without a way out.
 * Tasks reach the registries of images and the logs by endpoints, and in Amazon S3 the layers of images alone.
 */
export function scrubTemplate(clusters: readonly ScratchCluster[], config: ScrubConfig): JsonObject {
  const resources = { ...network(clusters), ...tasks(clusters), ...databases(clusters) };
  clusters.forEach((cluster, i) =>
    Object.assign(resources, clusterOf(cluster, i), taskOf(cluster, i, config)),
  );
  return { Description: 'Scrubs the data that staging is seeded with', Resources: resources };
}

const ref = (id: string): JsonObject => ({ Ref: id });
const att = (id: string, name: string): JsonObject => ({ 'Fn::GetAtt': [id, name] });
const sub = (text: string): JsonObject => ({ 'Fn::Sub': text });
const resource = (Type: string, Properties: JsonObject): JsonObject => ({
  Type,
  Properties,
  DeletionPolicy: 'Delete',
  UpdateReplacePolicy: 'Delete',
});

const subnet = (zone: number, CidrBlock: string): JsonObject =>
  resource('AWS::EC2::Subnet', {
    VpcId: ref('Vpc'),
    CidrBlock,
    AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] },
  });
const routed = (subnetId: string): JsonObject =>
  resource('AWS::EC2::SubnetRouteTableAssociation', {
    SubnetId: ref(subnetId),
    RouteTableId: ref('Routes'),
  });

function network(clusters: readonly ScratchCluster[]): Record<string, JsonObject> {
  const ports = [...new Set(clusters.map(({ port }) => port))];
  const tcp = (port: number, CidrIp: string): JsonObject => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp,
  });
  const group = (GroupDescription: string, inbound: JsonObject[], outbound: JsonObject[]): JsonObject =>
    resource('AWS::EC2::SecurityGroup', {
      GroupDescription,
      VpcId: ref('Vpc'),
      SecurityGroupIngress: inbound,
      SecurityGroupEgress: outbound,
    });
  // without a rule CloudFormation adds one that lets everything out
  const nowhere: JsonObject = { IpProtocol: '-1', CidrIp: '127.0.0.1/32' };
  const [a, b] = SHARED_IDS.subnets;
  return {
    Vpc: resource('AWS::EC2::VPC', {
      CidrBlock: CIDR,
      EnableDnsSupport: true,
      EnableDnsHostnames: true,
    }),
    [a]: subnet(0, '10.255.0.0/25'),
    [b]: subnet(1, '10.255.0.128/25'),
    Routes: resource('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
    RoutesOfA: routed(a),
    RoutesOfB: routed(b),
    [SHARED_IDS.taskGroup]: group(
      'Tasks that scrub',
      [],
      // there is no route to anywhere but the endpoints
      [tcp(443, '0.0.0.0/0'), ...ports.map((port) => tcp(port, CIDR))],
    ),
    DatabaseGroup: group('Databases', ports.map((port) => tcp(port, CIDR)), [nowhere]), // prettier-ignore
    EndpointGroup: group('Endpoints', [tcp(443, CIDR)], [nowhere]),
    LayersEndpoint: layersEndpoint(),
    ...Object.fromEntries(ENDPOINTS.map((service, i) => [`Endpoint${i}`, endpoint(service)])),
  };
}

/** The layers of images alone: no other bucket can be written to. */
const layersEndpoint = (): JsonObject =>
  resource('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Gateway',
    VpcId: ref('Vpc'),
    ServiceName: sub('com.amazonaws.${AWS::Region}.s3'),
    RouteTableIds: [ref('Routes')],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
          Resource: sub('arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*'),
        },
      ],
    },
  });

const endpoint = (service: string): JsonObject =>
  resource('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    VpcId: ref('Vpc'),
    ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
    SubnetIds: SHARED_IDS.subnets.map(ref),
    SecurityGroupIds: [ref('EndpointGroup')],
    PrivateDnsEnabled: true,
  });

/** Where tasks run, and as whom: they may read the passwords of the scratch clusters. */
function tasks(clusters: readonly ScratchCluster[]): Record<string, JsonObject> {
  return {
    [SHARED_IDS.ecs]: resource('AWS::ECS::Cluster', {}),
    [SHARED_IDS.log]: resource('AWS::Logs::LogGroup', { RetentionInDays: 1 }),
    Role: resource('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      ManagedPolicyArns: [
        sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'),
      ],
      Policies: [
        {
          PolicyName: 'passwords',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'secretsmanager:GetSecretValue',
                Resource: clusters.map((_, i) => ref(scratchIds(i).secret)),
              },
            ],
          },
        },
      ],
    }),
  };
}

function databases(clusters: readonly ScratchCluster[]): Record<string, JsonObject> {
  const services = [...new Set(clusters.map(({ service }) => service))];
  return Object.fromEntries(
    services.map((service) => [
      `Subnets${service}`,
      resource(`${TYPES[service]}::DBSubnetGroup`, {
        DBSubnetGroupDescription: 'Databases that are scrubbed',
        SubnetIds: SHARED_IDS.subnets.map(ref),
      }),
    ]),
  );
}

function clusterOf(
  { service, snapshot, properties, instanceClass }: ScratchCluster,
  index: number,
): Record<string, JsonObject> {
  const { cluster, instance, secret } = scratchIds(index);
  const engine = service === 'docdb' ? [] : ['Engine'];
  const like = (names: readonly string[]): JsonObject =>
    Object.fromEntries(names.flatMap((it) => (properties[it] === undefined ? [] : [[it, properties[it]]])));
  return {
    [secret]: resource('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 32, ExcludePunctuation: true },
    }),
    [cluster]: resource(`${TYPES[service]}::DBCluster`, {
      ...like([...engine, 'EngineVersion', 'Port', 'ServerlessV2ScalingConfiguration']),
      SnapshotIdentifier: snapshot,
      MasterUserPassword: sub(`{{resolve:secretsmanager:\${${secret}}}}`),
      DBSubnetGroupName: ref(`Subnets${service}`),
      VpcSecurityGroupIds: [ref('DatabaseGroup')],
      BackupRetentionPeriod: 1,
    }),
    [instance]: resource(`${TYPES[service]}::DBInstance`, {
      ...like(engine),
      DBClusterIdentifier: ref(cluster),
      DBInstanceClass: instanceClass,
    }),
  };
}

function taskOf(
  { tier, service, username, port }: ScratchCluster,
  index: number,
  { image, command, cpu, memoryMiB }: ScrubConfig,
): Record<string, JsonObject> {
  const { cluster, secret, task } = scratchIds(index);
  const variables: Record<string, Json> = {
    TWIN_TIER: tier,
    TWIN_HOST: att(cluster, service === 'docdb' ? 'Endpoint' : 'Endpoint.Address'),
    TWIN_PORT: String(port),
    TWIN_USERNAME: username,
  };
  return {
    [task]: resource('AWS::ECS::TaskDefinition', {
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: String(cpu ?? 1024),
      Memory: String(memoryMiB ?? 2048),
      ExecutionRoleArn: att('Role', 'Arn'),
      ContainerDefinitions: [
        {
          Name: SCRUB_CONTAINER,
          Image: image,
          ...(command && { Command: [...command] }),
          Environment: Object.entries(variables).map(([Name, Value]) => ({ Name, Value })),
          Secrets: [{ Name: 'TWIN_PASSWORD', ValueFrom: ref(secret) }],
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: {
              'awslogs-group': ref(SHARED_IDS.log),
              'awslogs-region': ref('AWS::Region'),
              'awslogs-stream-prefix': SCRUB_CONTAINER,
            },
          },
        },
      ],
    }),
  };
}
