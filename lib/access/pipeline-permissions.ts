import { Aws } from 'aws-cdk-lib';
import { keysOfSnapshots } from './keys';
import { OWN_PREFIX, PIPELINE_ROLE, SNAPSHOT_ROLE } from './names';
import { ofAccount, roleOf, type Permission } from './permissions';

/** What the permissions of a pipeline depend on. */
export interface PipelineScope {
  /** How the names of staging's stacks start. */
  readonly stackPrefixes: readonly string[];
  /** The qualifier of the CDK's bootstrap. */
  readonly qualifier: string;
  readonly productionAccount: string | undefined;
  /** The KMS keys that copies of production's snapshots are put under, or come from. */
  readonly keyArns: readonly string[];
}

/**
 * What a rehearsal calls in staging's account, and nothing else. What it deploys, it deploys with the roles of the CDK's bootstrap:
 * those are what it may assume.
 */
export const pipelinePermissions = (scope: PipelineScope): readonly Permission[] => [
  ...READS,
  ...ENDS,
  ...disruptions(scope),
  ...serviceDeployments(scope),
  ...sweeps(scope),
  ...tasks(scope),
  ...databases(scope),
  ...extensions(scope),
  ...OWN_POLICIES,
  ...otherRoles(scope),
];

/** Descriptions: most have no resource that a policy could name. */
const READS: readonly Permission[] = [
  {
    actions: [
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStacks',
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
      'cloudformation:ListStacks',
      'cloudwatch:GetMetricData',
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListServiceDeployments',
      'ecs:ListTasks',
      'elasticache:DescribeEvents',
      'elasticache:DescribeReplicationGroups',
      'elasticache:DescribeSnapshots',
      'elasticache:ListTagsForResource',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'logs:DescribeLogGroups',
      'rds:DescribeDBClusters',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBInstanceAutomatedBackups',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshots',
      'rds:ListTagsForResource',
      'tag:GetResources',
    ],
  },
  {
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents'],
    on: [ofAccount('logs', 'log-group:*')],
    tagged: true,
  },
];

/** CloudFormation deletes with the role that the stack was deployed with, which the caller need not be allowed to pass. */
const ENDS: readonly Permission[] = [
  {
    actions: ['cloudformation:CancelUpdateStack', 'cloudformation:DeleteStack'],
    on: [ofAccount('cloudformation', 'stack/*')],
    tagged: true,
  },
];

const disruptions = ({ stackPrefixes }: PipelineScope): readonly Permission[] => [
  {
    // Amazon DocumentDB has the actions of Amazon RDS. The instance is the one to fail over to.
    actions: ['rds:FailoverDBCluster'],
    on: [ofAccount('rds', 'cluster:*'), ofAccount('rds', 'db:*')],
    tagged: true,
  },
  { actions: ['rds:RebootDBInstance'], on: [ofAccount('rds', 'db:*')], tagged: true },
  {
    actions: ['elasticache:TestFailover'],
    on: [ofAccount('elasticache', 'replicationgroup:*')],
    tagged: true,
  },
  // Tasks have no tags unless their service passes its own on: they are named by their cluster.
  {
    actions: ['ecs:StopTask'],
    on: [...stackPrefixes, OWN_PREFIX].map((it) => ofAccount('ecs', `task/*${it}*/*`)),
  },
];

/** Deployments of services have no tags: they are named by their cluster. */
const serviceDeployments = ({ stackPrefixes }: PipelineScope): readonly Permission[] => [
  {
    actions: ['ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment'],
    on: stackPrefixes.map((it) => ofAccount('ecs', `service-deployment/*${it}*/*`)),
  },
];

const sweeps = ({ stackPrefixes }: PipelineScope): readonly Permission[] => [
  // ECS knows no resource for it: the target asks for the tag before.
  { actions: ['ecs:DeregisterTaskDefinition'] },
  { actions: ['ecs:DeleteTaskDefinitions'], on: [ofAccount('ecs', 'task-definition/*')], tagged: true },
  {
    // Services make log groups without tags, and some write the names of their resources in lower case.
    actions: ['logs:DeleteLogGroup'],
    on: spellings(stackPrefixes).map((it) => ofAccount('logs', `log-group:*${it}*`)),
  },
  // Backups that are kept of a deleted instance have an id for a name: the target asks CloudFormation before whose that was.
  { actions: ['rds:DeleteDBInstanceAutomatedBackup'], on: [ofAccount('rds', 'auto-backup:*')] },
];

const spellings = (prefixes: readonly string[]): string[] => [
  ...new Set(prefixes.flatMap((it) => [it, it.toLowerCase()])),
];

/** Checks inside the network, migrations and scrubs are tasks that run once, in the place of a service and with its roles. */
const tasks = ({ stackPrefixes }: PipelineScope): readonly Permission[] => [
  {
    actions: ['ecs:RegisterTaskDefinition'],
    on: [ofAccount('ecs', `task-definition/${OWN_PREFIX}*`)],
  },
  { actions: ['ecs:RunTask'], on: [ofAccount('ecs', 'task-definition/*')], tagged: true },
  {
    actions: ['ecs:TagResource'],
    on: [ofAccount('ecs', 'task/*'), ofAccount('ecs', `task-definition/${OWN_PREFIX}*`)],
    when: { StringEquals: { 'ecs:CreateAction': ['RegisterTaskDefinition', 'RunTask'] } },
  },
  {
    actions: ['iam:PassRole'],
    on: [...stackPrefixes, OWN_PREFIX].map((it) => roleOf(Aws.ACCOUNT_ID, `${it}*`)),
    when: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
  {
    // A log stream has no tags of its own.
    actions: ['logs:GetLogEvents'],
    on: spellings([...stackPrefixes, OWN_PREFIX]).map((it) => ofAccount('logs', `log-group:*${it}*`)),
  },
];

/** Snapshots that staging begins with and those of its checkpoint; the password of a database that was restored. */
const databases = ({ keyArns }: PipelineScope): readonly Permission[] => [
  {
    // IAM asks for the source and the copy alike, and a source may have any name.
    actions: ['rds:CopyDBClusterSnapshot'],
    on: [ofAccount('rds', 'cluster-snapshot:*'), 'rds:*:*:cluster-snapshot:*'],
  },
  {
    actions: ['rds:CopyDBSnapshot'],
    on: [ofAccount('rds', 'snapshot:*'), 'rds:*:*:snapshot:*'],
  },
  { actions: ['rds:CreateDBClusterSnapshot'], on: [ofAccount('rds', 'cluster:*')], tagged: true },
  { actions: ['rds:CreateDBSnapshot'], on: [ofAccount('rds', 'db:*')], tagged: true },
  {
    actions: ['rds:CreateDBClusterSnapshot', 'rds:CreateDBSnapshot', 'rds:AddTagsToResource'],
    on: OWN_SNAPSHOTS,
  },
  { actions: ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'], on: OWN_SNAPSHOTS, tagged: true },
  { actions: ['rds:ModifyDBCluster'], on: [ofAccount('rds', 'cluster:*')], tagged: true },
  { actions: ['rds:ModifyDBInstance'], on: [ofAccount('rds', 'db:*')], tagged: true },
  {
    actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
    on: [ofAccount('secretsmanager', 'secret:*')],
    tagged: true,
  },
  {
    actions: ['kms:Decrypt'],
    on: [ofAccount('kms', 'key/*')],
    tagged: true,
    when: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } },
  },
  // Of a copy its source is asked for too, which may have any name.
  { actions: ['elasticache:CopySnapshot'], on: [ofAccount('elasticache', 'snapshot:*')] },
  { actions: ['elasticache:AddTagsToResource'], on: OWN_BACKUPS },
  { actions: ['elasticache:DeleteSnapshot'], on: OWN_BACKUPS, tagged: true },
  ...keysOfSnapshots(keyArns),
];

const OWN_BACKUPS = [ofAccount('elasticache', `snapshot:${OWN_PREFIX}*`)];

const OWN_SNAPSHOTS = [
  ofAccount('rds', `cluster-snapshot:${OWN_PREFIX}*`),
  ofAccount('rds', `snapshot:${OWN_PREFIX}*`),
];

/** The schedules of self-destruct: CloudFormation calls them, and their roles, by the stack. An update names the role anew. */
const extensions = ({ stackPrefixes }: PipelineScope): readonly Permission[] => [
  {
    actions: ['scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
    on: stackPrefixes.map((it) => ofAccount('scheduler', `schedule/default/${it}*`)),
  },
  {
    actions: ['iam:PassRole'],
    on: stackPrefixes.map((it) => roleOf(Aws.ACCOUNT_ID, `${it}*`)),
    when: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  },
];

/** It asks what its own policies allow on production. */
const OWN_POLICIES: readonly Permission[] = [
  {
    actions: ['iam:GetRole', 'iam:SimulatePrincipalPolicy'],
    on: [roleOf(Aws.ACCOUNT_ID, PIPELINE_ROLE)],
  },
];

const otherRoles = ({ qualifier, productionAccount }: PipelineScope): readonly Permission[] => [
  {
    actions: ['sts:AssumeRole'],
    on: ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map((it) =>
      roleOf(Aws.ACCOUNT_ID, `cdk-${qualifier}-${it}-role-${Aws.ACCOUNT_ID}-*`),
    ),
  },
  ...(productionAccount === undefined
    ? []
    : [{ actions: ['sts:AssumeRole'], on: [roleOf(productionAccount, SNAPSHOT_ROLE)] }]),
];
