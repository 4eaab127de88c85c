import { writeFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RDS } from '@aws-sdk/client-rds';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { LocalTarget } from '../../lib/targets/local/local-target';
import { buildProbe } from '../probes/build-probe';
import { makeFolder } from '../targets/local/fixture';
import { bootstrap } from './bootstrap';
import { start, useFromHere, type Emulator } from './emulator';
import { FaultProxy, nameOf } from './fault-proxy';
import { deploymentIn } from './rehearsal-app';
import { Story, type Stage } from './story';

let emulator: Emulator;
let proxy: FaultProxy;
let local: ReturnType<typeof makeFolder>;
let stage: Stage;
let stopDatabase: () => Promise<void>;
const variables = { ...process.env };

const watch = () => ({
  signal: new AbortController().signal,
  log: () => {},
  span: <T>(_: string, work: () => Promise<T>) => work(),
  learn: () => {},
});

beforeAll(async () => {
  local = makeFolder();
  const { folder } = local;
  const probe = resolve('node_modules/.cache/cdk-twin', `probe-${process.pid}.js`);
  stage = { folder, probe };
  buildProbe(probe);
  const databases = join(folder, 'databases.json');
  emulator = await start('ministack', { variables: { TWIN_EMULATOR_DATABASES: databases } });
  useFromHere(emulator);
  await bootstrap(emulator);
  await deployProduction();
  stopDatabase = await startDatabase(databases);
  proxy = await FaultProxy.start(emulator.endpoint);
  process.env['AWS_ENDPOINT_URL'] = proxy.endpoint;
});
afterAll(async () => {
  proxy.stop();
  await stopDatabase();
  await emulator.stop();
  local.remove();
  rmSync(stage.probe);
  process.env = variables;
});

/** Deploys production, and waits until it has snapshots. */
async function deployProduction(): Promise<void> {
  const deployment = { ...deploymentIn(stage.folder, '1.41.0', 'prod'), environment: 'Prod' };
  const props = { deployment, stacks: stacksOf(deployment), tags: {}, place: { region: 'us-east-1' } };
  await deploy({ ...props, pollMs: 100, onStack: () => {} }, watch());
  for (;;) {
    const { DBClusterSnapshots: all = [] } = await emulator.use(RDS).describeDBClusterSnapshots({});
    if (all.length >= 2 && all.every(({ Status }) => Status === 'available')) return;
    await wait(100);
  }
}

/** Stands PostgreSQL with a replica up on this machine, behind every cluster of orders. */
async function startDatabase(file: string): Promise<() => Promise<void>> {
  const settings = { services: {}, seed: {}, replicationDelayMs: 0, folder: stage.folder };
  const target = new LocalTarget({ settings, supervisor: local.supervisor });
  const handle = target.allocate();
  const deployment = deploymentIn(stage.folder, '1.41.0', 'behind');
  await target.seed(handle, deployment, watch());
  await target.up(handle, deployment, watch());
  const [database] = (await target.probes(handle, watch())).addresses.databases;
  writeFileSync(file, JSON.stringify({ orders: database }));
  return () => target.down(handle, watch());
}

it('plays', async () => {
  const story = new Story(stage, 'plain');
  const t = Date.now();
  const told = await story.play();
  console.log('play', Date.now() - t, JSON.stringify(told.checks), story.migrations);
  const n = proxy.calls.length;
  await story.down();
  const inventory = await story.inventory();
  console.log('down', Date.now() - t, n, proxy.calls.length, JSON.stringify(inventory.found));
  const counts: Record<string, number> = {};
  for (const c of proxy.calls) counts[nameOf(c)] = (counts[nameOf(c)] ?? 0) + 1;
  console.log(JSON.stringify(counts, null, 1));
  console.log(JSON.stringify([...new Set(proxy.calls.slice(n).map(nameOf))]));
});
