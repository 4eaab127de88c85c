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
import { FaultProxy, nameOf, type Fault } from './fault-proxy';
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


const REFUSED = (status: number, code: string): Fault => ({ kind: 'refused', status, code });
const RUNS: Record<string, readonly Fault[]> = {
  busy: [REFUSED(400, 'Throttling'), REFUSED(500, 'InternalFailure')],
  cut: [{ kind: 'cut' }],
  lost: [{ kind: 'dropped after' }, REFUSED(503, 'ServiceUnavailable')],
  late: [{ kind: 'hanging after' }],
};

it.each(Object.keys(RUNS))('plays %s', async (name) => {
  const story = new Story(stage, name);
  proxy.reset();
  const seen = new Map<string, number>();
  proxy.faultOf = (call) => {
    const n = seen.get(nameOf(call)) ?? 0;
    seen.set(nameOf(call), n + 1);
    return RUNS[name]![n];
  };
  const t = Date.now();
  const errors: unknown[] = [];
  const told = await story.play().catch((e) => void errors.push(e));
  console.log('play', name, Date.now() - t, JSON.stringify(told?.checks), story.migrations, errors[0]);
  await story.down().catch((e) => void errors.push(e));
  const inventory = await story.inventory().catch((e) => void errors.push(e));
  console.log('down', name, Date.now() - t, JSON.stringify(inventory), errors[1]);
  console.log([...proxy.done].filter(([k]) => !/:(Describe|Get|List|GET)/.test(k)).join('\n'));
});
