import { Client } from 'pg';
import { boundsOf } from '../../lib/probes/data';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DocDB } from '@aws-sdk/client-docdb';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { RDS, type DBCluster, type DBClusterSnapshot } from '@aws-sdk/client-rds';
import { ECS } from '@aws-sdk/client-ecs';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Evidence } from '../../lib/evidence/evidence';
import { examine } from '../../lib/rehearsal/examine';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { SeedConfig } from '../../lib/config/types';
import type { AwsSection } from '../../lib/targets/aws/config';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { everIn, prefixOf } from '../../lib/targets/aws/handle';
import { TAG } from '../../lib/targets/aws/tags';
import { LocalTarget } from '../../lib/targets/local/local-target';
import type { Deployment, Handle, Watch } from '../../lib/targets/target';
import type { ProbeDatabase } from '../../lib/probes/context';
import { makeFolder } from '../targets/local/fixture';
import { auroraStatus } from '../probes/aurora';
import { bootstrap } from './bootstrap';
import { start, useRoleFromHere, type Emulator } from './emulator';
import { buildProbe } from '../probes/build-probe';
import { makeProject } from './project';
import { deploymentIn } from './rehearsal-app';
import { Run } from './run';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/staging';
/** What the emulator takes for an account, where it is the access key. */
const OTHER = '444455556666';
const NOBODY = '777788889999';
const OWN = '000000000000';
/** Another Region than that of staging. */
const FAR = 'eu-west-1';

let emulator: Emulator;
let folder: string;
let probe: string;
let local: ReturnType<typeof makeFolder>;
const variables = { ...process.env };

beforeAll(async () => {
  local = makeFolder();
  ({ folder } = local);
  probe = resolve('node_modules/.cache/cdk-twin', `probe-${process.pid}.js`);
  buildProbe(probe);
  emulator = await start('ministack', {
    variables: { TWIN_EMULATOR_DATABASES: join(folder, 'databases.json') },
  });
  await useRoleFromHere(emulator);
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  });
  const profiles = Object.entries({ other: OTHER, nobody: NOBODY });
  writeFileSync(
    join(folder, 'config'),
    profiles.map(([name]) => `[profile ${name}]\nregion = us-east-1\n`).join(''),
  );
  writeFileSync(
    join(folder, 'credentials'),
    profiles
      .map(([name, key]) => `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = any\n`)
      .join(''),
  );
  await bootstrap(emulator);
});
afterAll(async () => {
  await emulator.stop();
  local.remove();
  rmSync(probe);
  process.env = variables;
});

const rds = (): RDS => emulator.use(RDS);

const snapshots = async (client: RDS = rds()): Promise<DBClusterSnapshot[]> =>
  (await client.describeDBClusterSnapshots({})).DBClusterSnapshots ?? [];

async function inDatabase(
  { writer, database, username: user, password }: ProbeDatabase,
  sql: string,
): Promise<void> {
  const ssl = { rejectUnauthorized: false }; // it takes no other connections
  const client = new Client({ ...writer, database, user, password, ssl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A rehearsal of this app, with the snapshots that it has made. */
class SeededRun extends Run {
  deployment(release = '1.41.0'): Deployment {
    return deploymentIn(folder, release, this.rehearsal, this.target.context(this.handle));
  }

  async own(client?: RDS): Promise<DBClusterSnapshot[]> {
    const prefix = `${prefixOf(this.handle)}-`;
    return (await snapshots(client)).filter((it) => it.DBClusterSnapshotIdentifier!.startsWith(prefix));
  }
}

const CONFIG: AwsSection = {
  allowProductionAccount: 'there is one alone',
  seed: { kmsKeyArn: KEY, data: { mayBeSeen: 'they are made up' } },
};

const targetWith = (config: AwsSection = CONFIG): AwsTarget => new AwsTarget(config, { pollMs: 200, probe });

/** Seeds, and is stopped when the first copy is under way. */
async function stoppedWhileCopying(run: SeededRun, deployment: Deployment): Promise<void> {
  const stop = new AbortController();
  const log = (line: string): void => {
    if (line.includes('copying')) stop.abort(new Error('stopped by the test'));
  };
  const seeding = run.target.seed(run.handle, deployment, { ...run.watch(stop.signal), log });
  await expect(seeding).rejects.toThrow('stopped by the test');
}

/** Deploys production, as `cdk deploy Prod` does. */
async function deployProduction(): Promise<void> {
  const deployment = { ...deploymentIn(folder, '1.41.0', 'prod'), environment: 'Prod' };
  const stacks = stacksOf(deployment);
  const watch = new SeededRun(targetWith(), 'prod').watch();
  const props = { deployment, stacks, tags: {}, place: { region: 'us-east-1' }, pollMs: 100 };
  await deploy({ ...props, onStack: () => {} }, watch);
}

const automated = (all: readonly DBClusterSnapshot[], part: string): DBClusterSnapshot =>
  all.find((it) => it.SnapshotType === 'automated' && it.DBClusterIdentifier!.includes(part))!;

async function settled(client: RDS = rds()): Promise<void> {
  for (;;) {
    const { DBClusters = [] } = await client.describeDBClusters({});
    const all = await snapshots(client);
    if ([...DBClusters, ...all].every(({ Status }) => Status === 'available')) return;
    await wait(100);
  }
}

describe('a staging that is seeded', () => {
  beforeAll(async () => {
    await deployProduction();
    await settled();
  });

  /** Stands PostgreSQL with a replica up on this machine, behind staging's cluster. */
  async function postgres(
    deployment: Deployment,
  ): Promise<{ database: ProbeDatabase; stop: () => Promise<void> }> {
    const target = new LocalTarget({
      settings: { services: {}, seed: {}, replicationDelayMs: 0, folder },
      supervisor: local.supervisor,
    });
    const handle = { ...target.allocate() };
    const watch = (): Watch => new SeededRun(targetWith(), 'local').watch();
    await target.seed(handle, deployment, watch());
    await target.up(handle, deployment, watch());
    const [database] = (await target.probes(handle, watch())).addresses.databases;
    return { database: database!, stop: () => target.down(handle, watch()) };
  }

  it('begins with copies of what production had at one time, under its own key, and takes its own password', async () => {
    const run = new SeededRun(targetWith(), 'seeded');
    const { target } = run;
    const deployment = run.deployment();
    const { database, stop } = await postgres(deployment);
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-seeded-orders': database }));
    await inDatabase(
      database,
      `create table orders as select 1 as id; alter table orders add primary key (id); ${auroraStatus({ 'orders-2': 14 })}`,
    );
    try {
      // Orders has a newer snapshot than any of Catalog: it is not of the same time
      const first = automated(await snapshots(), 'prod-orders');
      await rds().createDBClusterSnapshot({
        DBClusterIdentifier: first.DBClusterIdentifier,
        DBClusterSnapshotIdentifier: 'too-new',
      });
      await settled();
      expect((await target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([]);
      await target.seed(run.handle, deployment, run.watch());
      const own = await run.own();
      expect(own.map(({ KmsKeyId, Status, SnapshotType }) => [KmsKeyId, Status, SnapshotType])).toEqual([
        [KEY, 'available', 'manual'],
        [KEY, 'available', 'manual'],
      ]);
      expect(own.map(({ TagList }) => TagList)).toEqual(
        own.map(() => [
          { Key: TAG, Value: run.handle.name },
          { Key: 'cdk-twin:made-at', Value: expect.stringMatching(/Z$/) as string },
        ]),
      );
      await target.seed(run.handle, deployment, run.watch()); // again: they are there
      expect(await run.own()).toHaveLength(2);

      await target.up(run.handle, deployment, run.watch());
      const tiers = await target.describe(run.handle, run.watch());
      const data = tiers.map((tier) => [tier.tier, tier.skipped ? undefined : tier.data]);
      expect(data).toEqual([
        [
          'Orders',
          expect.stringMatching(
            /^production's snapshot rds:prod-orders\S+ of 20\d\d-\d\d-\d\d \d\d:\d\d UTC, as it is$/,
          ),
        ],
        ['Catalog', expect.stringMatching(/^production's snapshot rds:prod-catalog\S+ of /)],
        ['Pages', undefined],
        ['Web', undefined],
      ]);
      // the emulator has given the real database the password of the secret, and a task has signed in with it
      expect(run.lines).toContain('Orders: its password is set to that of staging');
      expect(run.lines.filter((it) => it.startsWith('not signed in to'))).toEqual([
        'not signed in to: checks inside speak PostgreSQL, which Catalog does not',
      ]);

      const probes = await target.probes(run.handle, run.watch());
      const checks = {
        replicaLag: [
          { name: 'replicas follow', tier: 'Orders', maxMs: 2000 },
          { name: 'documents follow', tier: 'Catalog', maxMs: 2000 },
        ],
      };
      expect(await probes.run(checks, '1.41.0', run.watch())).toMatchObject([
        {
          name: 'replicas follow',
          outcome: 'passed',
          measures: { lagMs: expect.any(Number) as number },
          detail: expect.stringMatching(
            /^the replica of Orders showed a write after \d+ ms, expected 2000 ms; aurora_replica_status\(\) says that orders-2 is 14 ms behind$/,
          ) as string,
        },
        {
          name: 'documents follow',
          outcome: 'failed',
          detail: expect.stringContaining(
            'not measured: CloudWatch has no DBInstanceReplicaLag of',
          ) as string,
        },
      ]);

      const held = { tier: 'Orders', tables: [{ name: 'orders', count: { rows: 1, values: [1] } }] };
      const before = await probes.readData({}, run.watch());
      expect(before).toMatchObject([held]);
      expect(await probes.readData(boundsOf(before), run.watch())).toMatchObject([
        { tables: [{ kept: { rows: 1, values: [1] } }] },
      ]);
      const watching = await probes.watchDatabases(run.watch());
      await wait(1000);
      const [figures] = await watching.stop();
      expect(figures).toMatchObject({ tier: 'Orders', locks: [] });
      expect(figures!.looks).toBeGreaterThan(1);

      await target.down(run.handle, run.watch());
      const { looked, found } = await target.inventory(run.handle, run.watch());
      expect(found).toEqual([]);
      expect(looked).toContain(`snapshots of databases and caches that are called ${prefixOf(run.handle)}-*`);
      expect(await run.own()).toEqual([]);
      expect((await snapshots()).map((it) => it.DBClusterSnapshotIdentifier)).toContain('too-new');
      const { taskDefinitionArns = [] } = await emulator.use(ECS).listTaskDefinitions({});
      expect(taskDefinitionArns.filter((it) => it.includes(prefixOf(run.handle)))).toEqual([]);
    } finally {
      await stop();
      await rds().deleteDBClusterSnapshot({ DBClusterSnapshotIdentifier: 'too-new' });
    }
  });

  it('says that a database does not take its password, before anything is checked', async () => {
    const run = new SeededRun(targetWith(), 'refused');
    const deployment = run.deployment();
    const { database, stop } = await postgres(deployment);
    const { database: other, stop: stopOther } = await postgres(deployment);
    // the password is set at one server, and another answers
    const mixed = { ...database, setAt: other };
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-refused-orders': mixed }));
    try {
      await run.target.seed(run.handle, deployment, run.watch());
      await expect(run.target.up(run.handle, deployment, run.watch())).rejects.toMatchObject({
        code: 'password',
        message: expect.stringMatching(
          /^a restored database does not take staging's password: the writer of Orders \(127\S+\) cannot be reached: password authentication failed/,
        ) as string,
      });
    } finally {
      await stop();
      await stopOther();
      await run.target.down(run.handle, run.watch());
    }
    expect((await run.target.inventory(run.handle, run.watch())).found).toEqual([]);
  });

  it('is seeded with what the task of the team has scrubbed, in a network without a way out', async () => {
    const file = join(folder, 'scrubbed');
    const names = ['TWIN_TIER', 'TWIN_PORT', 'TWIN_USERNAME'];
    const script = `require('node:fs').appendFileSync(${JSON.stringify(file)}, ${JSON.stringify(names)}.map((it) => process.env[it]).concat(process.env.TWIN_PASSWORD.length).join(' ') + '\\n')`;
    const withScrub = (command: readonly string[]): AwsSection => ({
      ...CONFIG,
      seed: { kmsKeyArn: KEY, data: { scrub: { image: 'scrub:1', command } } },
    });
    const run = new SeededRun(targetWith(withScrub(['node', '-e', script])), 'scrubbed');
    const { target } = run;
    const deployment = run.deployment();
    await target.seed(run.handle, deployment, run.watch());
    expect(readFileSync(file, 'utf8')).toBe('Orders 5432 postgres 32\nCatalog 27017 shop 32\n');
    const own = await run.own();
    expect(own.map((it) => it.DBClusterSnapshotIdentifier!.replace(/-[0-9a-f]{6}$/, ''))).toEqual([
      `${prefixOf(run.handle)}-orders`,
      `${prefixOf(run.handle)}-catalog`,
    ]);
    expect(own.map((it) => it.DBClusterIdentifier)).toEqual([
      expect.stringMatching(/scrub/),
      expect.stringMatching(/scrub/),
    ]);
    const { Stacks = [] } = await emulator.use(CloudFormation).describeStacks({});
    expect(Stacks.filter(({ StackName: name }) => name!.includes('scrub-'))).toEqual([]);
    expect(Object.keys(run.handle).filter((it) => it.startsWith('stack.'))).toContain('stack.0');
    const { database, stop } = await postgres(deployment);
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-scrubbed-orders': database }));
    await target.up(run.handle, deployment, run.watch()).finally(stop);
    expect(await target.describe(run.handle, run.watch())).toContainEqual(
      expect.objectContaining({ tier: 'Catalog', data: expect.stringMatching(/UTC, scrubbed$/) as string }),
    );
    await target.down(run.handle, run.watch());
    expect((await target.inventory(run.handle, run.watch())).found).toEqual([]);

    const failing = new SeededRun(
      targetWith(withScrub(['node', '-e', "console.log('no such table'); process.exit(1)"])),
      'dirty',
    );
    await expect(
      failing.target.seed(failing.handle, failing.deployment(), failing.watch()),
    ).rejects.toMatchObject({
      code: 'scrub',
      message:
        'the data of Orders were not scrubbed: Essential container in task exited: exit code 1\n  no such table',
    });
    const left = await failing.own();
    expect(left.every((it) => it.DBClusterSnapshotIdentifier!.endsWith('-raw'))).toBe(true);
    expect((await failing.target.inventory(failing.handle, failing.watch())).found).not.toEqual([]);
    await targetWith({}).down(failing.handle, failing.watch());
    expect((await targetWith({}).inventory(failing.handle, failing.watch())).found).toEqual([]);
  });

  const clusterOf = async (part: string): Promise<DBCluster> =>
    (await rds().describeDBClusters({})).DBClusters!.find((it) => it.DBClusterIdentifier!.includes(part))!;

  it('is seeded with what the task of the team has scrubbed of a clone, and leaves none', async () => {
    const { DBClusterIdentifier: orders } = await clusterOf('prod-orders');
    const clusters = async (): Promise<string[]> =>
      (await rds().describeDBClusters({})).DBClusters!.map((it) => it.DBClusterIdentifier!);
    const before = await clusters();
    const file = join(folder, 'scrubbed-clone');
    const script = `require('node:fs').appendFileSync(${JSON.stringify(file)}, process.env.TWIN_TIER + ' ' + process.env.TWIN_USERNAME + '\\n')`;
    const withClone = (command: readonly string[]): AwsSection => ({
      ...CONFIG,
      seed: {
        kmsKeyArn: KEY,
        data: { scrub: { image: 'scrub:1', command } },
        clones: { Orders: orders! },
        empty: { Catalog: 'for speed' },
      },
    });
    const run = new SeededRun(targetWith(withClone(['node', '-e', script])), 'clonescrub');
    const { target } = run;
    const deployment = run.deployment();
    await target.seed(run.handle, deployment, run.watch());
    expect(run.lines).toContain(`Orders as a clone of ${orders}; scrubbed by scrub:1`);
    expect(readFileSync(file, 'utf8')).toBe('Orders postgres\n');
    const own = await run.own();
    expect(own.map((it) => it.DBClusterSnapshotIdentifier)).toEqual([
      expect.stringMatching(new RegExp(`^${prefixOf(run.handle)}-orders-[0-9a-f]{6}$`)),
    ]);
    expect(own[0]).toMatchObject({
      DBClusterIdentifier: expect.stringMatching(/scrub/) as string,
      KmsKeyId: KEY,
    });
    expect(await clusters()).toEqual(before);
    expect(everIn(run.handle).map(({ name }) => name)).toEqual([
      'Staging-clonescrub',
      `${prefixOf(run.handle)}-scrub`,
    ]);
    const { database, stop } = await postgres(deployment);
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-clonescrub-orders': database }));
    await target.up(run.handle, deployment, run.watch()).finally(stop);
    expect((await clusterOf('staging-clonescrub-orders')).CloneGroupId).toBeUndefined();
    expect(await target.describe(run.handle, run.watch())).toContainEqual(
      expect.objectContaining({
        tier: 'Orders',
        data: expect.stringMatching(
          new RegExp(`^a clone of production's ${orders} of .* UTC, scrubbed$`),
        ) as string,
        clonedAt: expect.stringMatching(/^20/) as string,
      }),
    );
    await target.down(run.handle, run.watch());
    expect((await target.inventory(run.handle, run.watch())).found).toEqual([]);

    const failing = new SeededRun(targetWith(withClone(['node', '-e', 'process.exit(1)'])), 'dirtyclone');
    await expect(
      failing.target.seed(failing.handle, failing.deployment(), failing.watch()),
    ).rejects.toMatchObject({ code: 'scrub' });
    expect(await failing.own()).toEqual([]);
    expect((await failing.target.inventory(failing.handle, failing.watch())).found).not.toEqual([]);
    await targetWith({}).down(failing.handle, failing.watch());
    expect((await targetWith({}).inventory(failing.handle, failing.watch())).found).toEqual([]);
    expect(await clusters()).toEqual(before);
  });

  const backups = async (): Promise<string[]> =>
    ((await emulator.use(ElastiCache).describeSnapshots({})).Snapshots ?? []).map((it) => it.SnapshotName!);

  it('begins with a clone and with a backup of a cache where it is asked to, and leaves neither', async () => {
    const { DBClusterIdentifier: orders } = await clusterOf('prod-orders');
    const { ReplicationGroups = [] } = await emulator.use(ElastiCache).describeReplicationGroups({});
    const { ReplicationGroupId: pages } = ReplicationGroups.find((it) =>
      it.ReplicationGroupId!.startsWith('prod'),
    )!;
    await emulator.use(ElastiCache).createSnapshot({ SnapshotName: 'nightly', ReplicationGroupId: pages });
    await wait(1000);
    const seed = { ...CONFIG.seed!, clones: { Orders: orders! }, caches: ['Pages'] };
    const run = new SeededRun(targetWith({ ...CONFIG, seed }), 'cloned');
    const { target } = run;
    const deployment = run.deployment();
    const { database, stop } = await postgres(deployment);
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-cloned-orders': database }));
    try {
      expect((await target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([]);
      await target.seed(run.handle, deployment, run.watch());
      expect(run.lines).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^2 of production's snapshots, .* apart; Orders as a clone of ${orders}; not scrubbed: `,
          ),
        ),
      );
      expect((await run.own()).map((it) => it.DBClusterSnapshotIdentifier)).toEqual([
        expect.stringMatching(/-catalog-/),
      ]);
      const copy = (await backups()).find((it) => it.startsWith(`${prefixOf(run.handle)}-pages-`))!;
      expect(copy).toBeDefined();
      await target.up(run.handle, deployment, run.watch());
      const { CloneGroupId: group, ClusterCreateTime: made } = await clusterOf('staging-cloned-orders');
      expect((await clusterOf('prod-orders')).CloneGroupId).toBe(group);
      expect(run.lines).toContain('Orders: its password is set to that of staging');
      const tiers = await target.describe(run.handle, run.watch());
      expect(tiers).toContainEqual(
        expect.objectContaining({
          tier: 'Orders',
          data: expect.stringMatching(
            new RegExp(`^a clone of production's ${orders} of .* UTC, as it is$`),
          ) as string,
          clonedAt: made!.toISOString(),
        }),
      );
      expect(tiers).toContainEqual(
        expect.objectContaining({
          tier: 'Pages',
          data: expect.stringMatching(/^production's snapshot nightly of /) as string,
        }),
      );
      await target.checkpoint(run.handle, 'before-release', run.watch());
      // production's cluster is not asked for again, and the cache begins as before
      await emulator.use(ElastiCache).deleteSnapshot({ SnapshotName: 'nightly' });
      await emulator.use(ElastiCache).createSnapshot({ SnapshotName: 'later', ReplicationGroupId: pages });
      await wait(1000);
      const again = deploymentIn(folder, '1.41.0-again', run.rehearsal, target.context(run.handle));
      expect((await target.preflight(run.handle, again, run.watch())).refusals).toEqual([]);
      await target.restore(run.handle, 'before-release', again, run.watch());
      expect(await seedsIn('Staging-cloned')).toEqual({
        Orders: expect.stringMatching(/-cp-orders-[0-9a-f]{6}$/),
        Catalog: expect.stringMatching(/-cp-catalog-[0-9a-f]{6}$/),
      });
      expect(await backups()).toContain(copy);
    } finally {
      await stop();
      await target.down(run.handle, run.watch());
    }
    expect((await target.inventory(run.handle, run.watch())).found).toEqual([]);
    expect(await backups()).toEqual(['later']);
    await emulator.use(ElastiCache).deleteSnapshot({ SnapshotName: 'later' });
  });

  it('is stood up anew from its checkpoint, for another candidate', async () => {
    const run = new SeededRun(
      targetWith({ ...CONFIG, seed: { ...CONFIG.seed!, empty: { Catalog: 'for speed' } } }),
      'again',
    );
    const { target } = run;
    const first = run.deployment();
    const { database, stop } = await postgres(first);
    writeFileSync(join(folder, 'databases.json'), JSON.stringify({ 'staging-again-orders': database }));
    try {
      await target.seed(run.handle, first, run.watch());
      await target.up(run.handle, first, run.watch());
      const [before] = Object.values(await seedsIn('Staging-again'));
      expect(await seedsIn('Staging-again')).toEqual({
        Orders: expect.stringMatching(/-orders-/),
        Catalog: undefined,
      });
      await target.checkpoint(run.handle, 'before-release', run.watch());
      await target.checkpoint(run.handle, 'before-release', run.watch());
      const { StackResources: all = [] } = await emulator
        .use(CloudFormation)
        .describeStackResources({ StackName: 'Staging-again' });
      const { PhysicalResourceId: cluster } = all.find((it) => it.ResourceType === 'AWS::ECS::Cluster')!;
      expect(target.restores).toBe('anew');
      // both are synthesised again: they ask for what the checkpoint has kept
      const again = deploymentIn(folder, '1.41.0-again', run.rehearsal, target.context(run.handle));
      expect((await target.preflight(run.handle, again, run.watch())).refusals).toEqual([]);
      await target.restore(run.handle, 'before-release', again, run.watch());
      const restored = await seedsIn('Staging-again');
      expect(restored).toEqual({
        Orders: expect.stringMatching(/-cp-orders-[0-9a-f]{6}$/),
        Catalog: expect.stringMatching(/-cp-catalog-[0-9a-f]{6}$/),
      });
      expect(restored['Orders']).not.toBe(before);
      expect(everIn(run.handle).map(({ name }) => name)).toEqual(['Staging-again', 'Staging-again']);
      const candidate = deploymentIn(folder, '1.43.0', run.rehearsal, target.context(run.handle));
      await target.release(run.handle, candidate, run.watch());
      expect(await seedsIn('Staging-again')).toEqual(restored);
      // of the stack before, and later than its deletion
      const logGroupName = `/aws/ecs/containerinsights/${cluster}/performance`;
      await emulator.use(CloudWatchLogs).createLogGroup({ logGroupName });
      await sweptByAnother(run);
    } finally {
      await stop();
      await target.down(run.handle, run.watch());
    }
    expect((await target.inventory(run.handle, run.watch())).found).toEqual([]);
    expect(await run.own()).toEqual([]);
  });

  /** Has another machine, which has no ledger, tear an environment down that was retried on, and say what it looked for. */
  async function sweptByAnother({ handle }: SeededRun): Promise<void> {
    const { run: other } = makeProject(join(folder, 'another'), {
      baseline: '1.41.0',
      checks: { commands: [{ name: 'any', run: 'true' }] },
      gates: {},
    });
    const stacks = everIn(handle).map(({ id }) => id!);
    expect(new Set(stacks).size).toBe(2);
    const listed = await other(['sweep', '--target', 'aws']);
    expect(listed.stderr + listed.stdout).toMatch(
      new RegExp(
        `^${handle.name} stands since .*, stood up by arn:aws:sts::000000000000:assumed-role/rehearsal/tests$`,
        'm',
      ),
    );
    const { exitCode, stdout, stderr } = await other(['sweep', '--target', 'aws', handle.name]);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`${handle.name} is torn down: no leftovers\n`);
    for (const id of stacks) expect(stdout).toContain(`\n  looked for the stack ${id} and its resources\n`);
    expect((await other(['sweep', '--target', 'aws'])).stdout).not.toContain(handle.name);
  }

  /** The snapshots that the clusters of a stack were made from. */
  async function seedsIn(stack: string): Promise<Record<string, string | undefined>> {
    const { TemplateBody = '' } = await emulator
      .use(CloudFormation)
      .getTemplate({ StackName: stack, TemplateStage: 'Original' });
    const { Resources } = JSON.parse(TemplateBody) as {
      Resources: Record<string, { Type: string; Properties: { SnapshotIdentifier?: string } }>;
    };
    const clusters = Object.entries(Resources).filter(([, { Type }]) => Type.endsWith('::DBCluster'));
    return Object.fromEntries(
      clusters.map(([id, { Properties }]) => [id.slice(0, -8), Properties.SnapshotIdentifier]),
    );
  }

  it('is rehearsed on by the command line, kept, and retried on from its checkpoint', async () => {
    const at = join(folder, 'project');
    const { run } = makeProject(at, {
      baseline: '1.41.0',
      synth: { command: 'node synth.cjs' },
      checks: { replicaLag: [{ name: 'replicas follow', tier: 'Orders', maxMs: 2000 }] },
      drills: { failover: ['Catalog'] },
      gates: {},
      aws: { ...CONFIG, migrate: { command: ['node', '-e', '0'], as: 'Web' } },
    });
    const { database, stop } = await postgres(deploymentIn(folder, '1.41.0', 'behind'));
    // whatever the rehearsal is called
    const behind = (): void =>
      writeFileSync(join(folder, 'databases.json'), JSON.stringify({ orders: database }));
    behind();
    try {
      const first = await run(['rehearse', '--to', '1.42.0', '--target', 'aws', '--keep']);
      expect({ ...first, stderr: first.exitCode === 0 ? '' : first.stderr }).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect(first.stdout).toMatch(/^GO: 1\.42\.0 may follow 1\.41\.0 into production\n/);
      const second = await run(['retry', '--to', '1.43.0']);
      expect({ ...second, stderr: second.exitCode === 0 ? '' : second.stderr }).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect(second.stdout).toMatch(/^GO: 1\.43\.0 may follow 1\.41\.0 into production\n/);
      expect(second.stdout).toMatch(/no leftovers/);
      const rehearsal = readdirSync(join(at, '.twin')).find((name) => /^\d/.test(name))!;
      const evidence = JSON.parse(
        readFileSync(join(at, '.twin', rehearsal, 'evidence.json'), 'utf8'),
      ) as Evidence;
      expect(evidence.attempts).toMatchObject([{ to: '1.42.0', verdict: 'GO' }]);
      expect(evidence.checks).toMatchObject([{ name: 'replicas follow', outcome: 'passed' }]);
      expect(evidence.tiers).toContainEqual(
        expect.objectContaining({
          tier: 'Orders',
          data: expect.stringMatching(/^production's snapshot /) as string,
          dataAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        }),
      );
      expect(readFileSync(join(at, '.twin', rehearsal, 'report.md'), 'utf8')).toMatch(
        /production's snapshot /,
      );
    } finally {
      await run(['down']);
      await stop();
    }
  });

  it('leaves no copy of production behind when it is interrupted while it copies', async () => {
    const { at, run } = makeProject(join(folder, 'interrupted'), {
      baseline: '1.41.0',
      synth: { command: 'node synth.cjs' },
      checks: { commands: [{ name: 'any', run: 'true' }] },
      gates: {},
      aws: CONFIG,
    });
    const { exitCode, stdout, stderr } = await run(
      ['rehearse', '--to', '1.42.0', '--target', 'aws'],
      'SIGINT',
      /: copying, /,
    );
    expect({ exitCode, stderr: exitCode === 1 ? '' : stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(/^NO-GO: .*\n {2}- stopped by SIGINT before it was judged\n/);
    expect(stdout).toMatch(/no leftovers/);
    const rehearsal = readdirSync(join(at, '.twin')).find((name) => /^\d/.test(name))!;
    const { handle } = JSON.parse(readFileSync(join(at, '.twin', rehearsal, 'ledger.json'), 'utf8')) as {
      readonly handle: Handle;
    };
    const names = (await snapshots()).map((it) => it.DBClusterSnapshotIdentifier!);
    expect(names.filter((it) => it.startsWith(prefixOf(handle)))).toEqual([]);
  });

  it('says before anything exists what cannot be seeded', async () => {
    const refused = async (
      config: AwsSection,
      context?: Readonly<Record<string, string>>,
    ): Promise<unknown> => {
      const run = new SeededRun(targetWith(config), `none${Math.random().toString(36).slice(2, 8)}`);
      const deployment = deploymentIn(
        folder,
        '1.41.0',
        run.rehearsal,
        context ?? run.target.context(run.handle),
      );
      return run.target.preflight(run.handle, deployment, run.watch()).catch((error: unknown) => error);
    };
    const seed = CONFIG.seed!;
    expect(await refused(CONFIG, {})).toMatchObject({
      code: 'seed',
      message: 'Orders of Staging would begin empty: its template asks for no snapshot',
    });
    // twin doctor looks at what the team has synthesised by itself
    const plain = deploymentIn(folder, '1.41.0', 'plain');
    expect(await examine(targetWith(), plain)).toMatchObject({ obstacles: [] });
    const { obstacles } = await examine(
      targetWith({ ...CONFIG, seed: { ...seed, clones: { Orders: 'prod-ordres' } } }),
      plain,
    );
    expect(obstacles.map(({ message }) => message)).toEqual([
      'Orders cannot be a clone of prod-ordres: there is no such cluster',
    ]);
    expect(await refused({ ...CONFIG, seed: { ...seed, clusters: { Orders: 'nothing' } } })).toMatchObject({
      code: 'seed',
      message: 'Orders of Prod, the cluster nothing, has no snapshot that can be restored',
    });
    const { DBClusterArn: ResourceName } = await clusterOf('prod-orders');
    const Tags = [
      { Key: 'service', Value: 'orders' },
      { Key: 'stage', Value: 'prod' },
    ];
    await rds().addTagsToResource({ ResourceName, Tags });
    const byTags = (tags: Record<string, string>) =>
      refused({ ...CONFIG, seed: { ...seed, clusters: { Orders: { tags } } } });
    expect(await byTags({ service: 'orders', stage: 'prod' })).toMatchObject({ refusals: [] });
    expect(await byTags({ service: 'orders', stage: 'test' })).toMatchObject({
      code: 'seed',
      message:
        'no cluster has the tags of Orders in aws.seed.clusters (service=orders, stage=test) in us-east-1',
    });
    expect(await refused({ ...CONFIG, seed: { ...seed, production: { profile: 'nobody' } } })).toMatchObject({
      code: 'seed',
      message: `the stack Prod of Prod is not in us-east-1 of the account ${NOBODY}, where snapshots are looked for`,
    });
    expect(await refused({ ...CONFIG, seed: { ...seed, clones: { Orders: 'prod-ordres' } } })).toMatchObject({
      code: 'seed',
      message: 'Orders cannot be a clone of prod-ordres: there is no such cluster',
    });
    const scrub = { image: 'scrub:1', command: ['true'] };
    const { DBClusterIdentifier: orders } = await clusterOf('prod-orders');
    const scrubbed = { ...seed, data: { scrub } };
    expect(await refused({ ...CONFIG, seed: { ...scrubbed, clones: { Orders: orders! } } })).toMatchObject({
      refusals: [],
    });
    expect(await refused({ ...CONFIG, seed: { ...scrubbed, clones: { Orders: 'orders' } } })).toMatchObject({
      code: 'seed',
      message: 'Orders cannot be a clone of orders: there is no such cluster',
    });
    expect(await refused({ ...CONFIG, seed: { ...seed, clusters: { Ordres: orders! } } })).toMatchObject({
      code: 'seed',
      message:
        'aws.seed.clusters names "Ordres", which is no database and no cache of Staging; did you mean "Orders"?',
    });
    expect(await refused({ ...CONFIG, seed: { ...scrubbed, caches: ['Pages'] } })).toMatchObject({
      code: 'scrub',
      message: 'Pages cannot be scrubbed: no task signs in to a cache',
    });
    expect(await refused({ ...CONFIG, seed: { ...seed, caches: ['Pages'] } })).toMatchObject({
      code: 'seed',
      message: expect.stringMatching(
        /^Pages of Prod, the replication group \S+, has no snapshot that can be restored$/,
      ) as string,
    });
    const empty = { Orders: 'for speed', Catalog: 'for speed' };
    expect(await refused({ ...CONFIG, seed: { ...seed, empty } })).toMatchObject({ refusals: [] });
  });

  it('cancels the copies that a runner left under way, and those alone', async () => {
    const run = new SeededRun(targetWith(), 'left');
    const deployment = run.deployment();
    await stoppedWhileCopying(run, deployment);
    const others = (await snapshots()).length - (await run.own()).length;
    expect((await run.target.inventory(run.handle, run.watch())).found).not.toEqual([]);
    const found = await targetWith({}).find(run.watch());
    expect(found.map(({ handle }) => handle.name)).toContain(run.handle.name);
    // named alike, and somebody else's
    await rds().createDBClusterSnapshot({
      DBClusterIdentifier: automated(await snapshots(), 'prod-orders').DBClusterIdentifier,
      DBClusterSnapshotIdentifier: `${prefixOf(run.handle)}-theirs`,
    });
    await run.target.down(run.handle, run.watch());
    expect((await run.target.inventory(run.handle, run.watch())).found).toEqual([]);
    expect((await run.own()).map((it) => it.DBClusterSnapshotIdentifier)).toEqual([
      `${prefixOf(run.handle)}-theirs`,
    ]);
    expect((await snapshots()).length).toBe(others + 1);
    await rds().deleteDBClusterSnapshot({ DBClusterSnapshotIdentifier: `${prefixOf(run.handle)}-theirs` });
  });
});

describe('a migration', () => {
  const node = (script: string) => ({
    command: ['node', '-e', script],
    as: 'Web',
    timeoutSeconds: 30,
    removes: [],
  });

  const images = async (run: SeededRun): Promise<(string | undefined)[]> => {
    const ecs = emulator.use(ECS);
    const { taskDefinitionArns = [] } = await ecs.listTaskDefinitions({});
    const own = taskDefinitionArns.filter((it) => it.includes(`${prefixOf(run.handle)}-migration`));
    const all = await Promise.all(
      own.map((taskDefinition) => ecs.describeTaskDefinition({ taskDefinition })),
    );
    return all.map(({ taskDefinition }) => taskDefinition!.containerDefinitions![0]!.image);
  };

  it('runs in the place of a service, with the image of the release, before that is deployed', async () => {
    const file = join(folder, 'migrations');
    const write = `require('node:fs').appendFileSync(${JSON.stringify(file)}, typeof process.env.ORDERS_PASSWORD + '\\n')`;
    const run = new SeededRun(targetWith({ migrate: node(write) }), 'migrated');
    const { target } = run;
    await target.seed(run.handle, run.deployment(), run.watch());
    await target.up(run.handle, run.deployment(), run.watch());
    expect(readFileSync(file, 'utf8')).toBe('string\n');
    expect(await images(run)).toEqual(['shop:1.41.0']);
    await target.release(run.handle, run.deployment('1.42.0'), run.watch());
    expect(readFileSync(file, 'utf8')).toBe('string\nstring\n');
    expect(new Set(await images(run))).toEqual(new Set(['shop:1.41.0', 'shop:1.42.0']));

    const contract = node(write.replace('typeof process.env.ORDERS_PASSWORD', "'contracted'")).command;
    const second = targetWith({ migrate: { ...node('process.exit(3)'), contract } });
    await second.contract(run.handle, run.deployment('1.42.0'), run.watch());
    expect(readFileSync(file, 'utf8')).toBe('string\nstring\ncontracted\n');

    const failing = targetWith({ migrate: node('process.exit(3)') });
    await expect(failing.release(run.handle, run.deployment('1.43.0'), run.watch())).rejects.toMatchObject({
      code: 'migration',
      message: 'the migration of 1.43.0 failed: Essential container in task exited: exit code 3',
    });
    const endless = targetWith({ migrate: { ...node('setInterval(() => {}, 9)'), timeoutSeconds: 1 } });
    await expect(endless.release(run.handle, run.deployment('1.43.0'), run.watch())).rejects.toMatchObject({
      message: 'the migration of 1.43.0 failed: it still ran after its limit of 1 s',
    });
    const { taskDefinitionArns = [] } = await emulator.use(ECS).listTaskDefinitions({});
    const deployed = taskDefinitionArns.filter((it) => it.includes('StagingTask'));
    const { taskDefinition } = await emulator
      .use(ECS)
      .describeTaskDefinition({ taskDefinition: deployed.at(-1) });
    expect(taskDefinition!.containerDefinitions![0]!.image).toBe('shop:1.42.0');

    const nobody = targetWith({ migrate: { ...node(''), as: 'Worker' } });
    await expect(nobody.release(run.handle, run.deployment('1.43.0'), run.watch())).rejects.toMatchObject({
      message: 'the migration runs as Worker, which does not run in a way that a task can; what does: Web',
    });
    await target.down(run.handle, run.watch());
    expect((await target.inventory(run.handle, run.watch())).found).toEqual([]);
  });
});

describe('a staging whose production is in another Region', () => {
  /** The clients of an account there. */
  const far = (account: string): { readonly rds: RDS; readonly docdb: DocDB } => {
    const there = {
      endpoint: emulator.endpoint,
      region: FAR,
      credentials: { accessKeyId: account, secretAccessKey: 'any' },
    };
    return { rds: new RDS(there), docdb: new DocDB(there) };
  };

  /** Production's databases there, each with a snapshot, as the service keeps them. */
  async function databasesIn({ rds: client, docdb }: ReturnType<typeof far>): Promise<void> {
    const login = { MasterUsername: 'shop', MasterUserPassword: 'of-production', StorageEncrypted: true };
    const [DBClusterIdentifier, documents] = ['far-orders', 'far-catalog'];
    await client.createDBCluster({ DBClusterIdentifier, Engine: 'aurora-postgresql', ...login });
    await docdb.createDBCluster({ DBClusterIdentifier: documents, Engine: 'docdb', ...login });
    await settled(client);
    for (const id of [DBClusterIdentifier, documents])
      await client.createDBClusterSnapshot({
        DBClusterIdentifier: id,
        DBClusterSnapshotIdentifier: `${id}-1`,
      });
    await settled(client);
  }

  const withProduction = (production: SeedConfig['production']): AwsSection => ({
    ...CONFIG,
    seed: {
      ...CONFIG.seed!,
      clusters: { Orders: 'far-orders', Catalog: 'far-catalog' },
      ...(production && { production }),
    },
  });

  it('gets copies across Regions, under its own key there', async () => {
    await databasesIn(far(OWN));
    const run = new SeededRun(targetWith(withProduction({ region: FAR })), 'far');
    const deployment = run.deployment();
    expect((await run.target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([]);
    await run.target.seed(run.handle, deployment, run.watch());
    expect((await run.own()).map(({ KmsKeyId, Status }) => [KmsKeyId, Status])).toEqual([
      [KEY, 'available'],
      [KEY, 'available'],
    ]);
    expect(run.handle['data.Catalog']).toMatch(
      /^production's snapshot far-catalog-1 of .* UTC, copied from eu-west-1, as it is$/,
    );
    await run.target.down(run.handle, run.watch());
    expect(await run.own()).toEqual([]);
    expect((await snapshots(far(OWN).rds)).map((it) => it.DBClusterSnapshotIdentifier)).toEqual([
      'far-orders-1',
      'far-catalog-1',
    ]);
  });

  it('gets them from another account too: that copies them across, and shares what is here', async () => {
    await databasesIn(far(OTHER));
    const shared = 'arn:aws:kms:us-east-1:444455556666:key/shared';
    const run = new SeededRun(
      targetWith(withProduction({ profile: 'other', region: FAR, kmsKeyArn: shared })),
      'farther',
    );
    const deployment = run.deployment();
    expect((await run.target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([]);
    await run.target.seed(run.handle, deployment, run.watch());
    expect((await run.own()).map(({ KmsKeyId }) => KmsKeyId)).toEqual([KEY, KEY]);
    await run.target.down(run.handle, run.watch());
    expect((await run.target.inventory(run.handle, run.watch())).found).toEqual([]);

    // a runner that is lost while it copies leaves something in that account, in the Region of staging
    const lost = new SeededRun(
      targetWith(withProduction({ profile: 'other', region: FAR, kmsKeyArn: shared })),
      'farthest',
    );
    await stoppedWhileCopying(lost, lost.deployment());
    const here = emulator.useAs(OTHER)(RDS);
    expect(await lost.own(here)).not.toEqual([]);
    await targetWith({}).down(lost.handle, lost.watch());
    expect(await lost.own(here)).toEqual([]);

    const refused = (production: SeedConfig['production'], caches?: readonly string[]): Promise<unknown> => {
      const config = withProduction(production);
      const seed = { ...config.seed!, ...(caches && { caches }) };
      const it = new SeededRun(targetWith({ ...config, seed }), 'no');
      return it.target.preflight(it.handle, it.deployment(), it.watch()).catch((error: unknown) => error);
    };
    expect(await refused({ profile: 'other', region: FAR })).toMatchObject({
      code: 'seed',
      message:
        'the cluster of Orders is encrypted in eu-west-1, and a copy in us-east-1 is under a key there',
      fix: expect.stringMatching(
        /^Give aws\.seed\.production\.kmsKeyArn: a key of production's in us-east-1/,
      ) as string,
    });
    expect(
      await refused({ profile: 'other', region: FAR, kmsKeyArn: shared.replace('us-east-1', FAR) }),
    ).toMatchObject({
      message: 'aws.seed.production.kmsKeyArn is a key in eu-west-1, and Orders of staging is in us-east-1',
    });
  });
});

describe('a staging whose production has an account of its own', () => {
  beforeAll(async () => {
    await bootstrap(emulator, OTHER);
    const own = process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_ACCESS_KEY_ID'] = OTHER;
    await deployProduction();
    process.env['AWS_ACCESS_KEY_ID'] = own;
    await settled(emulator.useAs(OTHER)(RDS));
  });

  it('gets copies that production shares with its account alone, and nothing of them stays there', async () => {
    const other = emulator.useAs(OTHER)(RDS);
    const seed = {
      ...CONFIG.seed!,
      production: { profile: 'other', kmsKeyArn: 'arn:aws:kms:us-east-1:1:key/shared' },
    };
    const run = new SeededRun(targetWith({ ...CONFIG, seed }), 'across');
    const deployment = run.deployment();
    expect((await run.target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([]);
    const theirs = (await snapshots(other)).map((it) => it.DBClusterSnapshotIdentifier);
    await run.target.seed(run.handle, deployment, run.watch());
    expect((await run.own()).map(({ KmsKeyId }) => KmsKeyId)).toEqual([KEY, KEY]);
    expect((await snapshots(other)).map((it) => it.DBClusterSnapshotIdentifier)).toEqual(theirs);
    await run.target.down(run.handle, run.watch());
    expect(await run.own()).toEqual([]);
    expect((await run.target.inventory(run.handle, run.watch())).found).toEqual([]);
  });

  it('is torn down there too, where a runner was lost while a copy was shared', async () => {
    const seed = {
      ...CONFIG.seed!,
      production: { profile: 'other', kmsKeyArn: 'arn:aws:kms:us-east-1:1:key/shared' },
    };
    const run = new SeededRun(targetWith({ ...CONFIG, seed }), 'lost');
    const deployment = run.deployment();
    await stoppedWhileCopying(run, deployment);
    const other = emulator.useAs(OTHER)(RDS);
    expect(await run.own(other)).not.toEqual([]);
    const reopened = targetWith({});
    expect((await reopened.inventory(run.handle, run.watch())).found).not.toEqual([]);
    await reopened.down(run.handle, run.watch());
    expect((await reopened.inventory(run.handle, run.watch())).found).toEqual([]);
    expect(await run.own(other)).toEqual([]);
  });
});
