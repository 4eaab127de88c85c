import { CLONE, CLONE_OF } from '../../aws/life';
import type { Json, JsonObject } from '../../json';
import type { ScrubConfig } from '../../config/types';
import { AWS_DEFAULTS } from './config';
import type { DatabaseService } from './database-service';
import { att, ref, resource, sub } from './resource';
import { network, SHARED_IDS, subnetsOf } from './scrub-network';

/** What can be scrubbed: what a task signs in to. */
export type ScrubbedService = Exclude<DatabaseService, 'neptune'>;

/**
 * What a database is made from to be scrubbed: a snapshot with production's data, or a cluster of production's, of which it is a
 * clone under staging's key. A clone is in the zones that its source has its storage in (Amazon Aurora User Guide, "Limitations
 * of Aurora cloning").
 */
export type ScratchOrigin =
  | { readonly snapshot: string }
  | { readonly clone: string; readonly kmsKeyArn: string; readonly zones: readonly string[] };

/** A database that is made to be scrubbed. */
export interface ScratchDatabase {
  readonly tier: string;
  readonly service: ScrubbedService;
  readonly origin: ScratchOrigin;
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

/** The only container of the tasks, and the prefix of their log streams. */
export const SCRUB_CONTAINER = 'scrub';

const VENDORS = { rds: 'RDS', docdb: 'DocDB', 'rds-instance': 'RDS' } as const;

/**
 * The stack in which data are scrubbed: the databases with their data, the team's task for each, and a network without a way out.
 * Tasks reach the registries of images and the logs by endpoints, and in Amazon S3 the layers of images alone.
 */
export function scrubTemplate(scratches: readonly ScratchDatabase[], config: ScrubConfig): JsonObject {
  const ports = [...new Set(scratches.map(({ port }) => port))];
  const zones = zonesOf(scratches);
  const resources = {
    ...network({ ports, zones }),
    ...tasks(scratches),
    ...subnetGroups(scratches, zones),
  };
  scratches.forEach((scratch, i) =>
    Object.assign(resources, databaseOf(scratch, i), taskOf(scratch, i, config)),
  );
  return { Description: 'Scrubs the data that staging is seeded with', Resources: resources };
}

const zonesOf = (scratches: readonly ScratchDatabase[]): string[] =>
  [...new Set(scratches.flatMap(({ origin }) => ('clone' in origin ? origin.zones : [])))].toSorted();

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

function subnetGroups(
  scratches: readonly ScratchDatabase[],
  zones: readonly string[],
): Record<string, JsonObject> {
  const vendors = [...new Set(scratches.map(({ service }) => VENDORS[service]))];
  return Object.fromEntries(
    vendors.map((vendor) => [
      `Subnets${vendor}`,
      resource(`AWS::${vendor}::DBSubnetGroup`, {
        DBSubnetGroupDescription: 'Databases that are scrubbed',
        SubnetIds: subnetsOf({ zones }).map(({ id }) => ref(id)),
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

/** What it is made from. Of a clone CloudFormation sets no password: that is done before a task signs in, as for all of them. */
function beginningOf({ service, origin }: ScratchDatabase, MasterUserPassword: JsonObject): JsonObject {
  if ('clone' in origin) return { [CLONE_OF]: origin.clone, ...CLONE, KmsKeyId: origin.kmsKeyArn };
  const from = service === 'rds-instance' ? 'DBSnapshotIdentifier' : 'SnapshotIdentifier';
  return { [from]: origin.snapshot, MasterUserPassword };
}

function clusterOf(
  scratch: ScratchDatabase,
  index: number,
  MasterUserPassword: JsonObject,
): Record<string, JsonObject> {
  const { service, instanceClass } = scratch;
  const { database, instance } = scratchIds(index);
  const type = `AWS::${VENDORS[service]}`;
  const engine = service === 'docdb' ? [] : ['Engine'];
  return {
    [database]: resource(`${type}::DBCluster`, {
      ...like(scratch, [...engine, 'EngineVersion', 'Port', 'ServerlessV2ScalingConfiguration']),
      ...beginningOf(scratch, MasterUserPassword),
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
    ...beginningOf(scratch, MasterUserPassword),
    DBInstanceClass: scratch.instanceClass,
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
