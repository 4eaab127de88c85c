import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { RDS, type DBClusterSnapshot } from '@aws-sdk/client-rds';
import { Route53 } from '@aws-sdk/client-route-53';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProductionDown } from '../../lib/rehearsal/old-production';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { SEED, synthesizeWithData } from './cutover-app';
import { lastCutoverOf, TO_B } from './cutovers';
import { emulated } from './emulated';
import { makeProject, type Project, type Ran } from './project';

const here = emulated('data-cutover-aws');

const RECORD = 'shop.example.com';
const ONE = ['prod', 'prod-b'] as const;

let project: Project;
let zone: string;
const servers: ReturnType<typeof createServer>[] = [];

const rds = (): RDS => here.emulator.use(RDS);
const snapshots = async (): Promise<DBClusterSnapshot[]> =>
  (await rds().describeDBClusterSnapshots({ SnapshotType: 'manual' })).DBClusterSnapshots ?? [];
const clusters = async (): Promise<string[]> =>
  ((await rds().describeDBClusters({})).DBClusters ?? []).map((it) => it.DBClusterIdentifier!);
async function stacks(): Promise<string[]> {
  const { Stacks = [] } = await here.emulator.use(CloudFormation).describeStacks({});
  return Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map((it) => it.StackName!);
}

async function serve(release: string): Promise<string> {
  const server = createServer((request, response) => {
    response.end(request.url === '/version' ? release : 'fine');
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function deployOne(environment: string, context: object = {}): Promise<void> {
  const assembly = join(here.folder, `${environment}-${JSON.stringify(context).length}`);
  synthesizeWithData(assembly, '1.41.0', context);
  const deployment = { release: '1.41.0', assembly, environment };
  await deploy(
    { deployment, stacks: stacksOf(deployment), tags: {}, place: {}, pollMs: 200, onStack: () => {} },
    { signal: new AbortController().signal, log: () => {}, span: (_, work) => work(), learn: () => {} },
  );
}

async function setRecords(weights: readonly [number, number]): Promise<void> {
  await here.emulator.use(Route53).changeResourceRecordSets({
    HostedZoneId: zone,
    ChangeBatch: {
      Changes: ONE.map((SetIdentifier, i) => ({
        Action: 'UPSERT' as const,
        ResourceRecordSet: {
          Name: RECORD,
          Type: 'A' as const,
          SetIdentifier,
          Weight: weights[i]!,
          TTL: 1,
          ResourceRecords: [{ Value: `192.0.2.${i + 1}` }],
        },
      })),
    },
  });
}

async function settled(): Promise<void> {
  const isUnderWay = ({ Status }: { readonly Status?: string }): boolean => Status !== 'available';
  const { DBClusters = [] } = await rds().describeDBClusters({});
  if (![...DBClusters, ...(await snapshots())].some(isUnderWay)) return;
  await wait(100);
  return settled();
}

beforeAll(async () => {
  const [prod, prodB] = [await serve('1.41.0'), await serve('1.43.0')];
  await deployOne('Prod');
  await settled();
  const [orders] = await clusters();
  await rds().createDBClusterSnapshot({ DBClusterIdentifier: orders, DBClusterSnapshotIdentifier: SEED });
  await settled();
  await deployOne('ProdB');
  const made = await here.emulator
    .use(Route53)
    .createHostedZone({ Name: 'example.com', CallerReference: 'one' });
  zone = made.HostedZone!.Id!.replace('/hostedzone/', '');
  project = makeProject(
    join(here.folder, 'app'),
    {
      baseline: '1.41.0',
      synth: { command: 'node synth.cjs' },
      version: { path: '/version', text: true },
      checks: { smoke: [{ name: 'home', path: '/', safeInProduction: true }] },
      gates: { maxFailedChecks: 0 },
      verification: { watchMinutes: 0.01, everyMs: 20 },
      cutover: {
        steps: [100],
        stepMinutes: 0.02,
        data: { Orders: { seed: { maxLossMinutes: 30 } }, Pages: { none: 'a cache: it fills again' } },
      },
      aws: {
        traffic: {
          hostedZone: zone,
          record: RECORD,
          productions: {
            Prod: { setIdentifier: 'prod', url: prod },
            ProdB: { setIdentifier: 'prod-b', url: prodB },
          },
        },
      },
    },
    'test/aws-emulated/data-cutover-app.ts',
  );
});
beforeEach(() => setRecords([100, 0]));
afterAll(() => {
  for (const it of servers) {
    it.closeAllConnections();
    it.close();
  }
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
  await setRecords([0, 100]);
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
