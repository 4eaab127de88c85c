import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CheckResult } from '../../lib/probes/check';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { Handle, Watch } from '../../lib/targets/target';
import { emulated } from './emulated';
import { deploymentIn } from './rehearsal-app';

const here = emulated('lag');

const target = new AwsTarget({}, { pollMs: 50 });
const handle: Record<string, string> & Handle = { ...target.allocate('lag') };
const watchOf = (log: (line: string) => void = () => {}): Watch => ({
  signal: new AbortController().signal,
  log,
  span: (_, work) => work(),
  learn: (details) => void Object.assign(handle, details),
});

beforeAll(async () => {
  const deployment = deploymentIn(here.folder, '1.41.0', 'lag');
  await target.seed(handle, deployment, watchOf());
  await target.up(handle, deployment, watchOf());
});

const CATALOG = { namespace: 'AWS/DocDB', metric: 'DBInstanceReplicaLag', dimension: 'DBInstanceIdentifier' };
const PAGES = { namespace: 'AWS/ElastiCache', metric: 'ReplicationLag', dimension: 'CacheClusterId' };

/** What the service would put: a figure of each member of a tier that the check is to see. */
async function put(
  { namespace: Namespace, metric: MetricName, dimension: Name }: typeof CATALOG,
  members: readonly string[],
  values: readonly number[],
  minutesAgo = 0,
): Promise<void> {
  await here.emulator.use(CloudWatch).putMetricData({
    Namespace,
    MetricData: members.map((Value, i) => ({
      MetricName,
      Dimensions: [{ Name, Value }],
      Timestamp: new Date(Date.now() - minutesAgo * 60_000),
      Value: values[i % values.length]!,
    })),
  });
}

async function replicasOf(tier: string): Promise<string[]> {
  const found = (await target.describe(handle, watchOf())).find((it) => it.tier === tier);
  if (found === undefined || found.skipped) throw new Error(`${tier} does not stand`);
  return found.members.filter(({ role }) => role === 'replica').map(({ name }) => name);
}

/** Runs the check of a tier. @param onWait - when it begins to wait for CloudWatch */
async function check(tier: string, maxMs: number, onWait?: () => Promise<void>): Promise<CheckResult> {
  let waiting: Promise<void> | undefined;
  const watch = watchOf((line) => {
    if (line.includes('in CloudWatch')) waiting = onWait?.();
  });
  const probes = await target.probes(handle, watch);
  const results = await probes.run({ replicaLag: [{ name: 'lag', tier, maxMs }] }, '1.41.0', watch);
  await waiting;
  expect(results).toHaveLength(1);
  return results[0]!;
}

it('is measured of Amazon DocumentDB by CloudWatch, once it has a point of every replica', async () => {
  const replicas = await replicasOf('Catalog');
  expect(replicas).toHaveLength(1);
  await put(CATALOG, replicas, [9000], 10); // of the time before the check
  const result = await check('Catalog', 100, () => put(CATALOG, replicas, [38.4]));
  expect(result).toMatchObject({
    kind: 'replica-lag',
    outcome: 'passed',
    tier: 'Catalog',
    measures: { lagMs: 38 },
  });
  expect(result.detail).toMatch(
    /^\S+ of Catalog was 38 ms behind at most, expected 100 ms; by CloudWatch \(DBInstanceReplicaLag\), over the last [12] min, resolution 1 min, youngest point (\d+ s|1 min) old$/,
  );
});

it('is not measured of a cache until there is a point of each of its replicas, which is no pass', async () => {
  const replicas = await replicasOf('Pages');
  expect(replicas).toHaveLength(3);
  await put(PAGES, replicas, [0], 5);
  const result = await check('Pages', 2000, () => put(PAGES, replicas.slice(1), [0]));
  expect(result).toMatchObject({
    outcome: 'failed',
    tier: 'Pages',
    detail: expect.stringMatching(
      `^not measured: CloudWatch has no ReplicationLag of ${replicas[0]} after \\d+ s$`,
    ) as string,
  });
  expect(result).not.toHaveProperty('measures');
  // it is counted in seconds, and the slowest replica decides
  const measured = await check('Pages', 2000, () => put(PAGES, replicas, [0, 3, 1]));
  expect(measured).toMatchObject({ outcome: 'failed', measures: { lagMs: 3000 } });
  expect(measured.detail).toMatch(
    `${replicas[1]} of Pages was 3000 ms behind at most, expected 2000 ms; by CloudWatch`,
  );
});
