import type { Json, JsonObject } from '../../json';
import type { ScrubConfig } from '../../config/types';
import { AWS_DEFAULTS } from './config';
import type { DatabaseService } from './database-service';

/** What can be scrubbed: what a task signs in to. */
export type ScrubbedService = Exclude<DatabaseService, 'neptune'>;

/** A database that is restored to be scrubbed. */
export interface ScratchDatabase {
  readonly tier: string;
  readonly service: ScrubbedService;
  /** The snapshot with production's data. */
  readonly snapshot: string;
  readonly username: string;
  /** What the cluster, or the instance, of staging has. */
  readonly properties: JsonObject;
  readonly instanceClass: string;
  readonly port: number;
}

/** The logical ids of what a scratch database consists of: an instance that is in no cluster has no other one. */
export const scratchIds = (index: number) => ({
  database: `Database${index}`,
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
const VENDORS = { rds: 'RDS', docdb: 'DocDB', 'rds-instance': 'RDS' } as const;

/**
 * The stack in which data are scrubbed: the databases with their data, the team's task for each, and a network without a way out.
 * Tasks reach the registries of images and the logs by endpoints, and in Amazon S3 the layers of images alone.
 */
export function scrubTemplate(scratches: readonly ScratchDatabase[], config: ScrubConfig): JsonObject {
  const resources = { ...network(scratches), ...tasks(scratches), ...subnetGroups(scratches) };
  scratches.forEach((scratch, i) =>
    Object.assign(resources, databaseOf(scratch, i), taskOf(scratch, i, config)),
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

function network(scratches: readonly ScratchDatabase[]): Record<string, JsonObject> {
  const ports = [...new Set(scratches.map(({ port }) => port))];
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

/** Where tasks run, and as whom: they may read the passwords of the scratch databases. */
function tasks(scratches: readonly ScratchDatabase[]): Record<string, JsonObject> {
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
                Resource: scratches.map((_, i) => ref(scratchIds(i).secret)),
              },
            ],
          },
        },
      ],
    }),
  };
}

function subnetGroups(scratches: readonly ScratchDatabase[]): Record<string, JsonObject> {
  const vendors = [...new Set(scratches.map(({ service }) => VENDORS[service]))];
  return Object.fromEntries(
    vendors.map((vendor) => [
      `Subnets${vendor}`,
      resource(`AWS::${vendor}::DBSubnetGroup`, {
        DBSubnetGroupDescription: 'Databases that are scrubbed',
        SubnetIds: SHARED_IDS.subnets.map(ref),
      }),
    ]),
  );
}

function databaseOf(scratch: ScratchDatabase, index: number): Record<string, JsonObject> {
  const { database, secret } = scratchIds(index);
  const MasterUserPassword = sub(`{{resolve:secretsmanager:\${${secret}}}}`);
  return {
    [secret]: resource('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 32, ExcludePunctuation: true },
    }),
    ...(scratch.service === 'rds-instance'
      ? { [database]: instanceOf(scratch, MasterUserPassword) }
      : clusterOf(scratch, index, MasterUserPassword)),
  };
}

/** What is alike in a scratch database and that of staging. */
const like = ({ properties }: ScratchDatabase, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((it) => (properties[it] === undefined ? [] : [[it, properties[it]]])));

function clusterOf(
  scratch: ScratchDatabase,
  index: number,
  MasterUserPassword: JsonObject,
): Record<string, JsonObject> {
  const { service, snapshot, instanceClass } = scratch;
  const { database, instance } = scratchIds(index);
  const type = `AWS::${VENDORS[service]}`;
  const engine = service === 'docdb' ? [] : ['Engine'];
  return {
    [database]: resource(`${type}::DBCluster`, {
      ...like(scratch, [...engine, 'EngineVersion', 'Port', 'ServerlessV2ScalingConfiguration']),
      SnapshotIdentifier: snapshot,
      MasterUserPassword,
      DBSubnetGroupName: ref(`Subnets${VENDORS[service]}`),
      VpcSecurityGroupIds: [ref('DatabaseGroup')],
      BackupRetentionPeriod: 1,
    }),
    [instance]: resource(`${type}::DBInstance`, {
      ...like(scratch, engine),
      DBClusterIdentifier: ref(database),
      DBInstanceClass: instanceClass,
    }),
  };
}

/** In one zone, without read replicas, and with no backups of its own: its only snapshot is what it is made for. */
const instanceOf = (scratch: ScratchDatabase, MasterUserPassword: JsonObject): JsonObject =>
  resource('AWS::RDS::DBInstance', {
    ...like(scratch, ['Engine', 'EngineVersion', 'LicenseModel', 'Port']),
    DBSnapshotIdentifier: scratch.snapshot,
    DBInstanceClass: scratch.instanceClass,
    MasterUserPassword,
    DBSubnetGroupName: ref(`Subnets${VENDORS[scratch.service]}`),
    VPCSecurityGroups: [ref('DatabaseGroup')],
    PubliclyAccessible: false,
    BackupRetentionPeriod: 0,
    DeleteAutomatedBackups: true,
  });

function taskOf(
  { tier, service, username, port }: ScratchDatabase,
  index: number,
  { image, command, cpu, memoryMiB }: ScrubConfig,
): Record<string, JsonObject> {
  const { database, secret, task } = scratchIds(index);
  const variables: Record<string, Json> = {
    TWIN_TIER: tier,
    TWIN_HOST: att(database, service === 'docdb' ? 'Endpoint' : 'Endpoint.Address'),
    TWIN_PORT: String(port),
    TWIN_USERNAME: username,
  };
  return {
    [task]: resource('AWS::ECS::TaskDefinition', {
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: String(cpu ?? AWS_DEFAULTS.scrub.cpu),
      Memory: String(memoryMiB ?? AWS_DEFAULTS.scrub.memoryMiB),
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
