import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { RDS, type DBInstance, type DBSnapshot } from '@aws-sdk/client-rds';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProbeDatabase } from '../../lib/probes/context';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { AwsSection } from '../../lib/targets/aws/config';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { prefixOf } from '../../lib/targets/aws/handle';
import { TAG } from '../../lib/targets/aws/tags';
import { LocalTarget } from '../../lib/targets/local/local-target';
import type { Deployment, Watch } from '../../lib/targets/target';
import { buildProbe } from '../probes/build-probe';
import { makeFolder } from '../targets/local/fixture';
import { bootstrap } from './bootstrap';
import { start, useFromHere, type Emulator } from './emulator';
import { instancesIn } from './instance-app';
import { deploymentIn } from './rehearsal-app';
import { Run } from './run';

const KEY = 'arn:aws:kms:us-east-1:000000000000:key/staging';
/** What the emulator takes for an account, where it is the access key. */
const OTHER = '444455556666';

let emulator: Emulator;
let folder: string;
let probe: string;
let local: ReturnType<typeof makeFolder>;
let ledger: ProbeDatabase;
let stopLedger = async (): Promise<void> => {};
const variables = { ...process.env };

beforeAll(async () => {
  local = makeFolder();
  ({ folder } = local);
  probe = resolve('node_modules/.cache/cdk-twin', `probe-${process.pid}.js`);
  buildProbe(probe);
  emulator = await start('ministack', {
    variables: { TWIN_EMULATOR_DATABASES: join(folder, 'databases.json') },
  });
  useFromHere(emulator);
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  });
  writeFileSync(join(folder, 'config'), '[profile other]\nregion = us-east-1\n');
  const keys = `aws_access_key_id = ${OTHER}\naws_secret_access_key = any\n`;
  writeFileSync(join(folder, 'credentials'), `[other]\n${keys}`);
  await bootstrap(emulator);
  await deployProduction();
  await settled();
  await startPostgres();
});
afterAll(async () => {
  await stopLedger();
  await emulator.stop();
  local.remove();
  rmSync(probe);
  process.env = variables;
});

/** A PostgreSQL with a replica on this machine, which stands behind every instance that is called Ledger. */
async function startPostgres(): Promise<void> {
  const target = new LocalTarget({
    settings: { services: {}, seed: {}, replicationDelayMs: 0, folder },
    supervisor: local.supervisor,
  });
  const handle = { ...target.allocate() };
  const watch = (): Watch => new InstancesRun(targetWith(), 'local').watch();
  const deployment = deploymentIn(folder, '1.41.0', 'behind');
  await target.seed(handle, deployment, watch());
  await target.up(handle, deployment, watch());
  ledger = (await target.probes(handle, watch())).addresses.databases[0]!;
  stopLedger = () => target.down(handle, watch());
}

/** Puts the PostgreSQL behind the instance of a rehearsal, with the password that the one before has left it. */
function behind({ rehearsal }: InstancesRun, setAt?: object): void {
  const file = join(folder, 'databases.json');
  if (existsSync(file))
    [ledger = ledger] = Object.values(
      JSON.parse(readFileSync(file, 'utf8')) as Record<string, ProbeDatabase>,
    );
  writeFileSync(file, JSON.stringify({ [`staging-${rehearsal}-ledger`]: { ...ledger, setAt } }));
}

const rds = (): RDS => emulator.use(RDS);

const snapshots = async (client: RDS = rds()): Promise<DBSnapshot[]> =>
  (await client.describeDBSnapshots({})).DBSnapshots ?? [];

const instances = async (client: RDS = rds()): Promise<DBInstance[]> =>
  (await client.describeDBInstances({})).DBInstances ?? [];

async function settled(client: RDS = rds()): Promise<void> {
  for (;;) {
    const states = [
      ...(await instances(client)).map((it) => it.DBInstanceStatus),
      ...(await snapshots(client)).map((it) => it.Status),
    ];
    if (states.every((it) => it === 'available')) return;
    await wait(100);
  }
}

/** Deploys production, as `cdk deploy Prod` does. */
async function deployProduction(): Promise<void> {
  const deployment = { ...instancesIn(folder, '1.41.0', 'prod'), environment: 'Prod' };
  const watch = new InstancesRun(targetWith(), 'prod').watch();
  const props = {
    deployment,
    stacks: stacksOf(deployment),
    tags: {},
    place: { region: 'us-east-1' },
    pollMs: 100,
  };
  await deploy({ ...props, onStack: () => {} }, watch);
}

/** A rehearsal of this app, with the snapshots that it has made. */
class InstancesRun extends Run {
  deployment(release = '1.41.0'): Deployment {
    return instancesIn(folder, release, this.rehearsal, this.target.context(this.handle));
  }

  async own(client?: RDS): Promise<DBSnapshot[]> {
    const prefix = `${prefixOf(this.handle)}-`;
    const own = (await snapshots(client)).filter((it) => it.DBSnapshotIdentifier!.startsWith(prefix));
    return own.toSorted((a, b) => a.DBSnapshotIdentifier!.localeCompare(b.DBSnapshotIdentifier!));
  }

  /** Tears down; @returns what is left, by the inventory and by what the emulator has. */
  async end(): Promise<readonly unknown[]> {
    await this.target.down(this.handle, this.watch());
    const { found } = await this.target.inventory(this.handle, this.watch());
    const left = (await instances()).filter((it) => it.DBInstanceIdentifier!.includes(this.rehearsal));
    return [...found, ...(await this.own()), ...left];
  }
}

const CONFIG: AwsSection = {
  allowProductionAccount: 'there is one alone',
  seed: { kmsKeyArn: KEY, data: { mayBeSeen: 'they are made up' } },
};

const targetWith = (config: AwsSection = CONFIG): AwsTarget => new AwsTarget(config, { pollMs: 200, probe });

/** The snapshots that the instances of a stack were made from. */
async function seedsIn(stack: string): Promise<Record<string, string | undefined>> {
  const { TemplateBody = '' } = await emulator
    .use(CloudFormation)
    .getTemplate({ StackName: stack, TemplateStage: 'Original' });
  const { Resources } = JSON.parse(TemplateBody) as {
    Resources: Record<string, { Type: string; Properties: { DBSnapshotIdentifier?: string } }>;
  };
  const found = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::RDS::DBInstance');
  return Object.fromEntries(
    found.map(([id, { Properties }]) => [id.slice(0, -8), Properties.DBSnapshotIdentifier]),
  );
}

it('are seeded, signed in to, failed over, kept, restored for a retry and removed', async () => {
  const run = new InstancesRun(targetWith(), 'whole');
  const { target } = run;
  behind(run);
  const deployment = run.deployment();
  // the emulator knows one user, who may do anything: instances are looked after as clusters are
  expect((await target.preflight(run.handle, deployment, run.watch())).refusals).toEqual([
    'the root user may do anything to the clusters of Prod',
  ]);
  await target.seed(run.handle, deployment, run.watch());
  const own = await run.own();
  expect(own.map(({ DBSnapshotIdentifier: name }) => name!.replace(/-[0-9a-f]{6}$/, ''))).toEqual([
    `${prefixOf(run.handle)}-ledger`,
    `${prefixOf(run.handle)}-notes`,
  ]);
  // Notes is not encrypted in production: it is not here either
  expect(own.map(({ Encrypted, KmsKeyId }) => [Encrypted, KmsKeyId || undefined])).toEqual([
    [true, KEY],
    [false, undefined],
  ]);
  const madeAt = { Key: 'cdk-twin:made-at', Value: expect.stringMatching(/Z$/) as string };
  expect(own.map(({ TagList }) => TagList)).toEqual(
    own.map(() => [{ Key: TAG, Value: run.handle.name }, madeAt]),
  );
  await target.seed(run.handle, deployment, run.watch()); // again: they are there
  expect(await run.own()).toHaveLength(2);

  await target.up(run.handle, deployment, run.watch());
  expect(await seedsIn('Staging-whole')).toEqual({
    Ledger: expect.stringMatching(/-ledger-/),
    Copy: undefined,
    Notes: expect.stringMatching(/-notes-/),
  });
  // the emulator has given the real database the password of the secret, and a task has signed in with it
  expect(run.lines).toContain('Ledger: its password is set to that of staging');
  expect(run.lines).toContain('Notes: its password is set to that of staging');
  expect(run.lines.filter((it) => it.startsWith('not signed in to'))).toEqual([
    'not signed in to: checks inside speak PostgreSQL, which Notes does not',
  ]);
  const tiers = await target.describe(run.handle, run.watch());
  expect(tiers).toContainEqual(
    expect.objectContaining({
      tier: 'Ledger',
      kind: 'sql',
      engine: expect.stringMatching(/^postgres 17/) as string,
      data: expect.stringMatching(/^production's snapshot rds:prod-ledger\S+ of /) as string,
      members: [
        {
          name: expect.stringMatching(/ledger\S+ \(us-east-1a\)$/) as string,
          role: 'primary',
          state: 'running',
        },
        {
          name: expect.stringMatching(/ledger\S+ \(us-east-1b\)$/) as string,
          role: 'standby',
          state: 'running',
        },
        { name: expect.stringMatching(/copy/) as string, role: 'replica', state: 'running' },
      ],
    }),
  );

  const probes = await target.probes(run.handle, run.watch());
  const lag = (tier: string) => ({ name: `${tier} follows`, tier, maxMs: 2000 });
  const checks = { replicaLag: [lag('Ledger'), lag('Notes')] };
  expect(await probes.run(checks, '1.41.0', run.watch())).toMatchObject([
    { name: 'Ledger follows', outcome: 'passed', measures: { lagMs: expect.any(Number) as number } },
    { name: 'Notes follows', outcome: 'failed', detail: 'Notes has no replica' },
  ]);

  const { before, after } = await target.disrupt(
    run.handle,
    { kind: 'failover', tier: 'Ledger' },
    run.watch(),
  );
  const zoneOf = (members: typeof before, role: string) =>
    members.find((it) => it.role === role)?.name.replace(/^.*\((.*)\)$/, '$1');
  expect([zoneOf(before, 'primary'), zoneOf(before, 'standby')]).toEqual(['us-east-1a', 'us-east-1b']);
  expect([zoneOf(after, 'primary'), zoneOf(after, 'standby')]).toEqual(['us-east-1b', 'us-east-1a']);
  await expect(
    target.disrupt(run.handle, { kind: 'failover', tier: 'Notes' }, run.watch()),
  ).rejects.toMatchObject({
    code: 'no-member',
    message: expect.stringMatching(
      /^Notes, the instance staging-whole-notes\S+, has no standby: there is nothing to fail over to$/,
    ) as string,
  });

  await target.checkpoint(run.handle, 'before-release', run.watch());
  await target.checkpoint(run.handle, 'before-release', run.watch());
  const again = instancesIn(folder, '1.41.0-again', run.rehearsal, target.context(run.handle));
  await target.restore(run.handle, 'before-release', again, run.watch());
  const kept = {
    Ledger: expect.stringMatching(/-cp-ledger-[0-9a-f]{6}$/) as string,
    Copy: undefined,
    Notes: expect.stringMatching(/-cp-notes-[0-9a-f]{6}$/) as string,
  };
  expect(await seedsIn('Staging-whole')).toEqual(kept);
  const candidate = instancesIn(folder, '1.43.0', run.rehearsal, target.context(run.handle));
  await target.release(run.handle, candidate, run.watch());
  expect(await seedsIn('Staging-whole')).toEqual(kept);

  expect(await run.end()).toEqual([]);
  const { looked } = await target.inventory(run.handle, run.watch());
  expect(looked).toContain(`snapshots of databases and caches that are called ${prefixOf(run.handle)}-*`);
  expect((await instances()).map((it) => it.DBInstanceIdentifier!.replace(/-[^-]*$/, '')).sort()).toEqual(
    ['prod-copy', 'prod-ledger', 'prod-notes'].map((it) => expect.stringContaining(it) as string),
  );
});

it('are seeded with what the task of the team has scrubbed', async () => {
  const file = join(folder, 'scrubbed');
  const names = ['TWIN_TIER', 'TWIN_PORT', 'TWIN_USERNAME'];
  const script = `require('node:fs').appendFileSync(${JSON.stringify(file)}, ${JSON.stringify(names)}.map((it) => process.env[it]).concat(process.env.TWIN_PASSWORD.length).join(' ') + '\\n')`;
  const data = { scrub: { image: 'scrub:1', command: ['node', '-e', script] } };
  const run = new InstancesRun(targetWith({ ...CONFIG, seed: { kmsKeyArn: KEY, data } }), 'clean');
  const deployment = run.deployment();
  await run.target.seed(run.handle, deployment, run.watch());
  expect(readFileSync(file, 'utf8')).toBe('Ledger 5432 postgres 32\nNotes 3306 admin 32\n');
  // taken of what was scrubbed; the copies with production's data are gone
  expect((await run.own()).map((it) => it.DBInstanceIdentifier)).toEqual([
    expect.stringMatching(/scrub-database0/),
    expect.stringMatching(/scrub-database1/),
  ]);
  expect(await run.end()).toEqual([]);
});

it('are signed in to before anything is checked', async () => {
  const run = new InstancesRun(targetWith(), 'refused');
  // the password is set at no server that answers for this one
  behind(run, { ...ledger, writer: ledger.readers[0] });
  const deployment = run.deployment();
  await run.target.seed(run.handle, deployment, run.watch());
  await expect(run.target.up(run.handle, deployment, run.watch())).rejects.toMatchObject({
    code: 'password',
    message: expect.stringMatching(
      /^a restored database does not take staging's password: the writer of Ledger \(127\S+\) cannot be reached: password authentication failed/,
    ) as string,
  });
  expect(await run.end()).toEqual([]);
});

it('leave no backups behind, also where their template keeps them, and nothing of theirs is taken for it', async () => {
  const run = new InstancesRun(targetWith({ allowProductionAccount: 'there is one alone' }), 'keeping');
  const deployment = run.deployment();
  const file = join(deployment.assembly, 'Staging.template.json');
  const template = readFileSync(file, 'utf8');
  const [removed, kept] = ['"DeleteAutomatedBackups": true', '"DeleteAutomatedBackups": false'];
  expect(template).toContain(removed);
  writeFileSync(file, template.replaceAll(removed, kept));
  await run.target.seed(run.handle, deployment, run.watch());
  await run.target.up(run.handle, deployment, run.watch());
  await leaveBackups('staging-keeping-theirs');
  await run.target.down(run.handle, run.watch());
  expect(run.lines.filter((it) => it.startsWith('retained backups of')).toSorted()).toEqual([
    expect.stringMatching(/ staging-keeping-copy/),
    expect.stringMatching(/ staging-keeping-ledger/),
    expect.stringMatching(/ staging-keeping-notes/),
  ]);
  const { found } = await run.target.inventory(run.handle, run.watch());
  expect(found).toEqual([
    { kind: 'resource', what: 'snapshot rds:staging-keeping-theirs-2026-11-28-03-05' },
    { kind: 'resource', what: expect.stringMatching(/^arn:aws:rds:\S+:auto-backup:ab-/) as string },
  ]);
  const { DBInstanceAutomatedBackups: [theirs] = [] } = await rds().describeDBInstanceAutomatedBackups({});
  await rds().deleteDBInstanceAutomatedBackup({ DbiResourceId: theirs!.DbiResourceId });
  expect(await run.end()).toEqual([]);
});

/** Leaves the backups of an instance that no rehearsal has made. */
async function leaveBackups(DBInstanceIdentifier: string): Promise<void> {
  const cloudFormation = emulator.use(CloudFormation);
  const Properties = {
    DBInstanceIdentifier,
    Engine: 'mysql',
    AllocatedStorage: '20',
    DBInstanceClass: 'db.t4g.medium',
    DeleteAutomatedBackups: false,
  };
  const Resources = { Theirs: { Type: 'AWS::RDS::DBInstance', DeletionPolicy: 'Delete', Properties } };
  await cloudFormation.createStack({ StackName: 'theirs', TemplateBody: JSON.stringify({ Resources }) });
  const there = async (): Promise<boolean> =>
    (await instances()).some((it) => it.DBInstanceIdentifier === DBInstanceIdentifier);
  while (!(await there())) await wait(100);
  await settled();
  await cloudFormation.deleteStack({ StackName: 'theirs' });
  while (await there()) await wait(100);
}

describe('whose production has an account of its own', () => {
  const seed = {
    ...CONFIG.seed!,
    production: { profile: 'other', kmsKeyArn: 'arn:aws:kms:us-east-1:1:key/shared' },
  };

  beforeAll(async () => {
    await bootstrap(emulator, OTHER);
    process.env['AWS_ACCESS_KEY_ID'] = OTHER;
    await deployProduction();
    process.env['AWS_ACCESS_KEY_ID'] = 'any';
    await settled(emulator.useAs(OTHER)(RDS));
  });

  it('get copies that production shares with staging alone, and nothing of them stays there', async () => {
    const other = emulator.useAs(OTHER)(RDS);
    const run = new InstancesRun(targetWith({ ...CONFIG, seed }), 'across');
    behind(run);
    const deployment = run.deployment();
    const theirs = (await snapshots(other)).map((it) => it.DBSnapshotIdentifier);
    await run.target.seed(run.handle, deployment, run.watch());
    expect((await run.own()).map(({ KmsKeyId }) => KmsKeyId || undefined)).toEqual([KEY, undefined]);
    expect((await snapshots(other)).map((it) => it.DBSnapshotIdentifier)).toEqual(theirs);
    await run.target.up(run.handle, deployment, run.watch());
    expect(run.lines).toContain('Ledger: its password is set to that of staging');
    expect(await run.end()).toEqual([]);
    expect(await run.own(other)).toEqual([]);
    expect((await instances(other)).map((it) => it.DBInstanceStatus)).toEqual([
      'available',
      'available',
      'available',
    ]);
  });

  it('say that a snapshot under the default key cannot be shared', async () => {
    const run = new InstancesRun(
      targetWith({ ...CONFIG, seed: { ...seed, production: { profile: 'other' } } }),
      'nokey',
    );
    await expect(run.target.seed(run.handle, run.deployment(), run.watch())).rejects.toThrow(
      'rds:ModifyDBSnapshotAttribute on twin-',
    );
    expect(await run.end()).toEqual([]);
    expect(await run.own(emulator.useAs(OTHER)(RDS))).toEqual([]);
  });
});
