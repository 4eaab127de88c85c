import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { CloudFormation, waitUntilStackUpdateComplete } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { DocDB } from '@aws-sdk/client-docdb';
import { ECS } from '@aws-sdk/client-ecs';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { RDS } from '@aws-sdk/client-rds';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { setTimeout as wait } from 'node:timers/promises';
import { EXIT } from '../../lib/cli/outcome';
import { run } from '../../lib/cli/run';
import type { LiveReport } from '../../lib/live/report';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { FakeProcess, Kept } from '../cli/rehearsal-command';
import { emulated } from './emulated';
import { synthesize } from './live-app';

const here = emulated('live');

beforeAll(async () => {
  synthesize(here.folder);
  for (const environment of ['Prod', 'Staging']) {
    const deployment = { release: '1.41.0', assembly: here.folder, environment };
    await deploy(
      { deployment, stacks: stacksOf(deployment), tags: {}, place: {}, pollMs: 200, onStack: () => {} },
      {
        signal: new AbortController().signal,
        log: () => {},
        span: (_, work) => work(),
        learn: () => {},
      },
    );
  }
});

/** Waits for what an emulator does behind its answer. */
async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await wait(200);
}

/** The command line in this process. */
async function twinLive(...flags: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(
    ['live', '--assembly', here.folder, ...flags],
    { stdout, stderr, columns: 80, color: false },
    {
      signals: new FakeProcess(),
      open: () => Promise.reject(new Error('no config is read')),
      rules: () => Promise.reject(new Error('no config is read')),
      traffic: () => undefined,
      openToRemove: () => {
        throw new Error('no config is read');
      },
    },
  );
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

const live = async (...flags: readonly string[]): Promise<LiveReport> =>
  JSON.parse((await twinLive('--json', ...flags)).stdout) as LiveReport;

/** A drift in a line: where, what, from and to. */
const driftsOf = ({ drifts }: LiveReport): string[] =>
  drifts.map(({ environment, construct, path, deployed, running }) =>
    [environment, construct, path.at(-1), show(deployed), show(running)].filter(Boolean).join(' '),
  );

const differencesOf = ({ differences }: LiveReport): string[] =>
  differences.map(({ construct, logicalId, path, state, prod, staging }) =>
    [construct ?? logicalId, state ?? path.at(-1), show(prod), show(staging)].filter(Boolean).join(' '),
  );

const show = (value: unknown): string => (value === undefined ? 'not-there' : JSON.stringify(value));

/** What CloudFormation calls a resource of a stack. */
async function physicalId(stack: string, construct: RegExp): Promise<string> {
  const { StackResourceSummaries: all = [] } = await here.emulator
    .use(CloudFormation)
    .listStackResources({ StackName: stack });
  return all.find(({ LogicalResourceId: id = '' }) => construct.test(id))!.PhysicalResourceId!;
}

/** What someone does by hand, the undoing of it, and what is to be said in between. */
interface ByHand {
  readonly what: string;
  readonly change: () => Promise<unknown>;
  readonly undo: () => Promise<unknown>;
  readonly drifts: readonly string[];
  readonly differences: readonly string[];
}

const rds = (): RDS => here.emulator.use(RDS);
const ecs = (): ECS => here.emulator.use(ECS);
const caches = (): ElastiCache => here.emulator.use(ElastiCache);

async function setClass(client: RDS | DocDB, id: RegExp, DBInstanceClass: string): Promise<void> {
  const DBInstanceIdentifier = await physicalId('Staging', id);
  await client.modifyDBInstance({ DBInstanceIdentifier, DBInstanceClass, ApplyImmediately: true });
}

async function setVersion(stack: string, EngineVersion: string): Promise<void> {
  const DBClusterIdentifier = await physicalId(stack, /^Orders[0-9A-F]{8}$/);
  await rds().modifyDBCluster({ DBClusterIdentifier, EngineVersion, ApplyImmediately: true });
}

async function setParameter(ParameterValue: string): Promise<void> {
  await rds().modifyDBClusterParameterGroup({
    DBClusterParameterGroupName: await physicalId('Staging', /^Parameters/),
    Parameters: [{ ParameterName: 'log_min_duration_statement', ParameterValue, ApplyMethod: 'immediate' }],
  });
}

async function setDesired(service: RegExp, desiredCount: number): Promise<void> {
  const arn = await physicalId('Staging', service);
  const [cluster, name] = arn.split('/').slice(-2);
  await ecs().updateService({ cluster, service: name!, desiredCount });
}

async function setTask(taskDefinition: string): Promise<void> {
  const [cluster, service] = (await physicalId('Staging', /^WorkerService/)).split('/').slice(-2);
  await ecs().updateService({ cluster, service: service!, taskDefinition });
}

async function setBounds(MinCapacity: number, MaxCapacity: number): Promise<void> {
  const [ResourceId, ScalableDimension, ServiceNamespace] = (
    await physicalId('Prod', /^WebTaskCountTarget/)
  ).split('|') as [string, 'ecs:service:DesiredCount', 'ecs'];
  const scaling = here.emulator.use(ApplicationAutoScaling);
  await scaling.registerScalableTarget({
    ResourceId,
    ScalableDimension,
    ServiceNamespace,
    MinCapacity,
    MaxCapacity,
  });
}

/** As `cdk deploy --parameters` does. */
async function setLogLevel(ParameterValue: string): Promise<void> {
  const client = here.emulator.use(CloudFormation);
  await client.updateStack({
    StackName: 'Staging',
    UsePreviousTemplate: true,
    Parameters: [{ ParameterKey: 'LogLevel', ParameterValue }],
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  await waitUntilStackUpdateComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: 'Staging' });
}

/** The reader that was deleted, and what it was made with. */
let reader: { readonly DBInstanceIdentifier: string; readonly DBClusterIdentifier: string };

const BY_HAND: readonly ByHand[] = [
  {
    what: 'a reader that was deleted',
    change: async () => {
      reader = {
        DBInstanceIdentifier: await physicalId('Staging', /^OrdersReader2/),
        DBClusterIdentifier: await physicalId('Staging', /^Orders[0-9A-F]{8}$/),
      };
      await rds().deleteDBInstance({ ...reader, SkipFinalSnapshot: true });
    },
    undo: () =>
      rds().createDBInstance({
        ...reader,
        DBInstanceClass: 'db.r7g.large',
        Engine: 'aurora-postgresql',
        PromotionTier: 2,
        PubliclyAccessible: true,
      }),
    drifts: ['Staging Orders/Reader2 "there" not-there'],
    differences: ['Orders/Reader2 "there" not-there'],
  },
  {
    what: 'a reader that was added',
    change: async () =>
      rds().createDBInstance({
        DBInstanceIdentifier: 'one-more',
        DBClusterIdentifier: await physicalId('Staging', /^Orders[0-9A-F]{8}$/),
        DBInstanceClass: 'db.r7g.large',
        Engine: 'aurora-postgresql',
      }),
    undo: () => rds().deleteDBInstance({ DBInstanceIdentifier: 'one-more', SkipFinalSnapshot: true }),
    drifts: ['Staging Orders not-there "there"'],
    differences: [],
  },
  {
    what: 'another instance class',
    change: () => setClass(rds(), /^OrdersReader1/, 'db.r7g.xlarge'),
    undo: () => setClass(rds(), /^OrdersReader1/, 'db.r7g.large'),
    drifts: ['Staging Orders/Reader1 DBInstanceClass "db.r7g.large" "db.r7g.xlarge"'],
    differences: ['Orders/Reader1 DBInstanceClass "db.r7g.2xlarge" "db.r7g.xlarge"'],
  },
  {
    what: 'another instance class in DocumentDB',
    change: () => setClass(here.emulator.use(DocDB), /^CatalogInstance2/, 'db.t4g.medium'),
    undo: () => setClass(here.emulator.use(DocDB), /^CatalogInstance2/, 'db.r6g.large'),
    drifts: ['Staging Catalog/Instance2 DBInstanceClass "db.r6g.large" "db.t4g.medium"'],
    differences: ['Catalog/Instance2 DBInstanceClass "db.r6g.large" "db.t4g.medium"'],
  },
  {
    what: 'a minor version that was upgraded on one side',
    change: () => setVersion('Prod', '17.9'),
    undo: () => setVersion('Prod', '17.7'),
    drifts: ['Prod Orders EngineVersion "17.7" "17.9"'],
    differences: ['Orders EngineVersion "17.9" "17.7"'],
  },
  {
    what: 'a parameter',
    change: () => setParameter('-1'),
    undo: () => setParameter('500'),
    drifts: ['Staging Parameters log_min_duration_statement "500" "-1"'],
    differences: ['Parameters log_min_duration_statement "500" "-1"'],
  },
  {
    what: 'the desired count of a service',
    change: () => setDesired(/^WorkerService/, 5),
    undo: () => setDesired(/^WorkerService/, 2),
    drifts: ['Staging Worker/Service DesiredCount 2 5'],
    differences: ['Worker/Service DesiredCount 2 5'],
  },
  {
    what: 'a desired count within the bounds of autoscaling, which is nothing to name',
    change: () => setDesired(/^WebService/, 6),
    undo: () => setDesired(/^WebService/, 1),
    drifts: [],
    differences: [],
  },
  {
    what: 'a desired count that autoscaling would not choose',
    change: () => setDesired(/^WebService/, 7),
    undo: () => setDesired(/^WebService/, 1),
    drifts: ['Staging Web/Service DesiredCount "1 to 6" 7'],
    differences: [],
  },
  {
    what: 'the bounds of autoscaling',
    change: () => setBounds(1, 30),
    undo: () => setBounds(1, 20),
    drifts: ['Prod Web/TaskCount/Target MaxCapacity 20 30'],
    differences: ['Web/TaskCount/Target MaxCapacity 30 6'],
  },
  {
    what: 'the nodes of a cache',
    change: async () =>
      caches().modifyReplicationGroup({
        ReplicationGroupId: await physicalId('Staging', /^Pages/),
        CacheNodeType: 'cache.t4g.micro',
        ApplyImmediately: true,
      }),
    undo: async () =>
      caches().modifyReplicationGroup({
        ReplicationGroupId: await physicalId('Staging', /^Pages/),
        CacheNodeType: 'cache.r7g.large',
        ApplyImmediately: true,
      }),
    drifts: ['Staging Pages CacheNodeType "cache.r7g.large" "cache.t4g.micro"'],
    differences: ['Pages CacheNodeType "cache.r7g.large" "cache.t4g.micro"'],
  },
  {
    what: 'a task definition that no stack has',
    change: async () => {
      const { taskDefinition } = await ecs().registerTaskDefinition({
        family: 'by-hand',
        cpu: '512',
        memory: '1024',
        containerDefinitions: [{ name: 'web', image: 'shop:latest' }],
      });
      await setTask(taskDefinition!.taskDefinitionArn!);
    },
    undo: async () => setTask(await physicalId('Staging', /^Task[0-9A-F]{8}$/)),
    drifts: [
      'Staging Worker/Service TaskDefinition {"Ref":"Task79114B6B"} "arn:aws:ecs:us-east-1:000000000000:task-definition/by-hand:1"',
      'Staging Task Cpu "256" "512"',
      'Staging Task Memory "512" "1024"',
      'Staging Task Image "shop:1.41.0" "shop:latest"',
    ],
    differences: [
      'Worker/Service TaskDefinition {"Ref":"Task79114B6B"} "arn:aws:ecs:us-east-1:000000000000:task-definition/by-hand:1"',
      'Task Cpu "256" "512"',
      'Task Memory "512" "1024"',
      'Task Image "shop:1.41.0" "shop:latest"',
    ],
  },
  {
    what: 'a parameter that was given at deployment, which is no drift',
    change: () => setLogLevel('debug'),
    undo: () => setLogLevel('info'),
    drifts: [],
    differences: ['LogLevel "info" "debug"'],
  },
];

it('says that both run as twins, and what was not looked at', async () => {
  const { exitCode, stdout, stderr } = await twinLive();
  expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.ok, stderr: '' });
  expect(stdout).toMatch(
    /^TWIN: Staging runs as a twin of Prod\n0 differences in 1\d\d compared values\nNo drift\n/,
  );
  expect(stdout).toContain('    members       4 -> 3\n');
  expect(stdout).toMatch(/\nNot looked at\n(.*\n)* {2}\d+ resources of \d+ other types, such as AWS::EC2::/);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it.each(BY_HAND)('names $what', async ({ change, undo, drifts, differences }) => {
  await change();
  try {
    const report = await live();
    expect(driftsOf(report)).toEqual(drifts);
    expect(differencesOf(report)).toEqual(differences);
    expect(report.verdict).toBe(differences.length === 0 ? 'twins' : 'not-twins');
    const { exitCode } = await twinLive();
    expect(exitCode).toBe(drifts.length + differences.length === 0 ? EXIT.ok : EXIT.no);
  } finally {
    await undo();
  }
  expect(driftsOf(await live())).toEqual([]);
});

it('joins what cdk drift has found of a resource that it does not look at itself', async () => {
  const secrets = here.emulator.use(SecretsManager);
  const SecretId = await physicalId('Staging', /^OrdersSecret/);
  const { Description } = await secrets.describeSecret({ SecretId });
  await secrets.updateSecret({ SecretId, Description: 'by hand' });
  expect(driftsOf(await live())).toEqual([]); // nothing has looked for it
  const cloudFormation = here.emulator.use(CloudFormation);
  await cloudFormation.detectStackDrift({ StackName: 'Staging' });
  await until(async () => {
    const { Stacks } = await cloudFormation.describeStacks({ StackName: 'Staging' });
    return Stacks![0]!.DriftInformation?.StackDriftStatus === 'DRIFTED';
  });
  const report = await live();
  expect(driftsOf(report)).toContain(
    `Staging Orders/Secret Description ${JSON.stringify(Description)} "by hand"`,
  );
  expect(report.drifts[0]!.why).toMatch(/^CloudFormation's drift detection found it on 20\d\d-/);
  expect((await twinLive()).exitCode).toBe(EXIT.no);
  await secrets.updateSecret({ SecretId, Description });
  await cloudFormation.detectStackDrift({ StackName: 'Staging' });
  await until(async () => driftsOf(await live()).length === 0);
});

it("shows the lag that CloudWatch has of a cluster's readers", async () => {
  const reader1 = await physicalId('Staging', /^OrdersReader1/);
  await here.emulator.use(CloudWatch).putMetricData({
    Namespace: 'AWS/RDS',
    MetricData: [
      {
        MetricName: 'AuroraReplicaLag',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: reader1 }],
        Timestamp: new Date(Date.now() - 120_000),
        Value: 41.5,
      },
    ],
  });
  const { states } = await live();
  expect(states.find(({ state }) => state === 'replica lag')).toMatchObject({
    construct: 'Orders',
    staging: '41.5 ms at most in 15 min',
  });
  expect((await twinLive()).stdout).toContain('    replica lag   not there -> 41.5 ms at most in 15 min\n');
});

it('finds a stack that is called otherwise than in the assembly, and says where there is none', async () => {
  const missing = await twinLive('--staging-stack', 'Staging-r1');
  expect(missing).toEqual({
    exitCode: EXIT.badInput,
    stdout: '',
    stderr:
      'error: there is no stack "Staging-r1" in us-east-1 of the account 000000000000: there is nothing to compare\n' +
      '  fix: Deploy it, name the stack with --staging-stack, or look elsewhere with --staging-profile and --region.\n  code: no-stack\n',
  });
  const same = await twinLive('--staging-stack', 'Prod');
  expect(same.exitCode).toBe(EXIT.badInput);
  expect(same.stderr).toContain('error: the stack Prod would be compared with itself');
  const other = await twinLive('--prod-stack', 'Prod', '--staging-stack', 'Staging', '--region', 'us-east-1');
  expect(other.exitCode).toBe(EXIT.ok);
});
