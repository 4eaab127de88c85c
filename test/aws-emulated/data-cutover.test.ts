import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { RDS, type DBClusterSnapshot } from '@aws-sdk/client-rds';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProductionDown } from '../../lib/rehearsal/old-production';
import { SEED, synthesizeWithData } from './cutover-app';
import { deployEnvironment, lastCutoverOf, makeCutoverProject, Records, Shop, TO_B } from './cutovers';
import { emulated } from './emulated';
import type { Project, Ran } from './project';

const here = emulated('data-cutover-aws');

let project: Project;
let records: Records;
let prod: Shop;
let prodB: Shop;

const rds = (): RDS => here.emulator.use(RDS);
const snapshots = async (): Promise<DBClusterSnapshot[]> =>
  (await rds().describeDBClusterSnapshots({ SnapshotType: 'manual' })).DBClusterSnapshots ?? [];
const clusters = async (): Promise<string[]> =>
  ((await rds().describeDBClusters({})).DBClusters ?? []).map((it) => it.DBClusterIdentifier!);
async function stacks(): Promise<string[]> {
  const { Stacks = [] } = await here.emulator.use(CloudFormation).describeStacks({});
  return Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map((it) => it.StackName!);
}

async function deployOne(environment: string, context: object = {}): Promise<void> {
  const assembly = join(here.folder, `${environment}-${JSON.stringify(context).length}`);
  synthesizeWithData(assembly, '1.41.0', context);
  await deployEnvironment(assembly, environment);
}

async function settled(): Promise<void> {
  const isUnderWay = ({ Status }: { readonly Status?: string }): boolean => Status !== 'available';
  const { DBClusters = [] } = await rds().describeDBClusters({});
  if (![...DBClusters, ...(await snapshots())].some(isUnderWay)) return;
  await wait(100);
  return settled();
}

beforeAll(async () => {
  [prod, prodB] = [await Shop.start('1.41.0'), await Shop.start('1.43.0')];
  await deployOne('Prod');
  await settled();
  const [orders] = await clusters();
  await rds().createDBClusterSnapshot({ DBClusterIdentifier: orders, DBClusterSnapshotIdentifier: SEED });
  await settled();
  await deployOne('ProdB');
  records = await Records.make(here.emulator);
  project = makeCutoverProject(join(here.folder, 'app'), {
    app: 'data-cutover-app.ts',
    traffic: records.trafficOf(prod, prodB),
    cutover: {
      steps: [100],
      data: { Orders: { seed: { maxLossMinutes: 30 } }, Pages: { none: 'a cache: it fills again' } },
    },
  });
});
beforeEach(() => records.set([100, 0]));
afterAll(() => {
  prod?.stop();
  prodB?.stop();
});

const down = (...more: readonly string[]): string[] => [
  'production',
  'down',
  '--target',
  'aws',
  '--environment',
  'Prod',
  ...more,
];

/** What is on record of tear-downs, the first first. */
const downs = (): ProductionDown[] =>
  readdirSync(join(project.at, '.twin'))
    .filter((it) => it.includes('-down-'))
    .map(
      (it) =>
        JSON.parse(
          readFileSync(join(project.at, '.twin', it, 'production-down.json'), 'utf8'),
        ) as ProductionDown,
    );

const inOneLine = ({ stdout, stderr }: Ran): string => `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ');

it('moves clients to a second production that began with a snapshot of the first, and tears the first down with a final one', async () => {
  // not while clients are there, and never the one that has them
  const used = await project.run(down('--confirm', 'Prod'));
  expect(used.exitCode).toBe(2);
  expect(inOneLine(used)).toContain('100 % of the requests of clients go to Prod');

  expect(await project.run([...TO_B, '--max-loss-minutes', '0.001'])).toMatchObject({ exitCode: 2 });
  expect(await project.run(TO_B)).toMatchObject({ exitCode: 0 });
  const { data = [], verdict } = lastCutoverOf(project);
  expect(verdict).toBe('MOVED');
  expect(data).toMatchObject([
    { tier: 'Orders', way: 'seed', copyOf: SEED },
    { tier: 'Pages', way: 'none' },
  ]);
  expect(data[0]!.lossMinutes).toBeGreaterThan(0);

  const other = await project.run([
    ...down('--confirm', 'ProdB').slice(0, -3),
    'ProdB',
    '--confirm',
    'ProdB',
  ]);
  expect(other.exitCode).toBe(2);
  expect(inOneLine(other)).toContain('100 % of the requests of clients go to ProdB');
  const unconfirmed = await project.run(down());
  expect(unconfirmed.exitCode).toBe(2);
  expect(inOneLine(unconfirmed)).toContain('nobody has confirmed that Prod is to be torn down');
  expect((await project.run(down('--confirm', 'prod'))).exitCode).toBe(2);
  expect((await snapshots()).map((it) => it.DBClusterSnapshotIdentifier)).toEqual([SEED]);
  expect(downs()).toEqual([]);

  // stopped while the snapshot is taken: nothing is removed
  const stopped = await project.run(down('--confirm', 'Prod'), 'SIGINT', /keep Orders/);
  expect(stopped.exitCode).toBe(1);
  expect(inOneLine(stopped)).toContain('stopped by SIGINT: nothing of Prod was removed');
  expect(await stacks()).toEqual(expect.arrayContaining(['Prod', 'ProdB']) as string[]);
  expect(downs()).toMatchObject([{ state: 'stopped' }]);

  // killed while a stack is deleted: the same command goes on
  const killed = await project.run(down('--confirm', 'Prod'), 'SIGKILL', /delete Prod/);
  expect(killed.exitCode).toBeNull();
  expect(downs()[1]).toMatchObject({ state: 'removing' });
  expect((await project.run(['list'])).stdout).toMatch(/interrupted/);
  const gone = await project.run(down('--confirm', 'Prod'));
  expect(gone).toMatchObject({ exitCode: 0 });
  expect(gone.stdout).toMatch(
    /^Prod is torn down: Prod\nkept Orders prod-orders-final-\d{14}-1 \(aurora-postgresql \S+, us-east-1, .*UTC\)\n/,
  );
  expect(await stacks()).not.toContain('Prod');
  expect(await stacks()).toContain('ProdB');
  const copies = downs()[1]!.databases[0]!.copies;
  expect(copies).toHaveLength(1);
  const kept = (await snapshots()).find(({ DBClusterSnapshotArn: arn }) => arn === copies[0]!.arn);
  expect(kept).toMatchObject({ Status: 'available' });
  expect(kept!.TagList).toEqual([{ Key: 'cdk-twin:final-of', Value: 'Prod' }]);
  const listed = await project.run(['list']);
  expect(inOneLine(listed)).toContain(`final snapshot of Orders in ${copies[0]!.name}`);
  expect(inOneLine(await project.run(['prune', '--keep', '0']))).toContain(
    'it names the final snapshots of Prod',
  );

  const again = await project.run(down('--confirm', 'Prod'));
  expect(again.exitCode).toBe(2);
  expect(inOneLine(again)).toContain('no stack of Prod is in the account 000000000000');
});

it('leaves what is protected, and asks nobody', async () => {
  await deployOne('Prod', { protected: 'true' });
  await records.set([0, 100]);
  const before = await snapshots();
  const refused = await project.run(down('--confirm', 'Prod', '--no-snapshots'));
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(
    /error: Prod is protected from being deleted\n +the stack Prod\n +AWS::RDS::DBCluster \S+\n/,
  );
  expect(await snapshots()).toEqual(before);
  expect(await stacks()).toContain('Prod');
  await deployOne('Prod');
});
