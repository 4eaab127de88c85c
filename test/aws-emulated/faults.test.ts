import { writeFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RDS } from '@aws-sdk/client-rds';
import { Client, escapeIdentifier } from 'pg';
import { deploy } from '../../lib/targets/aws/deploy';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { LocalTarget } from '../../lib/targets/local/local-target';
import type { MemberState } from '../../lib/targets/target';
import { buildProbe } from '../probes/build-probe';
import { makeFolder } from '../targets/local/fixture';
import { bootstrap } from './bootstrap';
import { start, useFromHere, type Emulator } from './emulator';
import { FAILING, FaultProxy, nameOf, throttled, type Call, type Fault } from './fault-proxy';
import { useProfiles } from './profiles';
import { deploymentIn } from './rehearsal-app';
import { Story, type Stage, type Told } from './story';

let emulator: Emulator;
let proxy: FaultProxy;
let local: ReturnType<typeof makeFolder>;
let stage: Stage;
let stopDatabase: () => Promise<void>;
const variables = { ...process.env };

type FaultOf = (call: Call) => Fault;

/** The stories in which each operation has bad answers to its first calls. */
const PASSING: Readonly<Record<string, readonly FaultOf[]>> = {
  busy: [throttled],
  failing: [() => FAILING, () => ({ kind: 'dropped' })],
  cut: [() => ({ kind: 'cut' })],
  lost: [() => ({ kind: 'dropped after' })],
  late: [() => ({ kind: 'hanging after' })],
};
const STORIES = ['plain', ...Object.keys(PASSING)];

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
  useProfiles(folder, STORIES);
  process.env['AWS_ENDPOINT_URL'] = proxy.endpoint;
});
afterAll(async () => {
  proxy?.stop();
  await stopDatabase?.();
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

/** Stands PostgreSQL with a replica up on this machine, in which every story has a role of its own behind its cluster of orders. */
async function startDatabase(file: string): Promise<() => Promise<void>> {
  const settings = { services: {}, seed: {}, replicationDelayMs: 0, folder: stage.folder };
  const target = new LocalTarget({ settings, supervisor: local.supervisor });
  const handle = target.allocate();
  const deployment = deploymentIn(stage.folder, '1.41.0', 'behind');
  await target.seed(handle, deployment, watch());
  await target.up(handle, deployment, watch());
  const [database] = (await target.probes(handle, watch())).addresses.databases;
  const ssl = { rejectUnauthorized: false }; // it takes no other connections
  const client = new Client({ ...database!.writer, user: database!.username, ...database, ssl });
  await client.connect();
  const behind: Record<string, object> = {};
  for (const name of STORIES) {
    await client.query(`create role ${name} login password 'first'; grant rds_superuser to ${name}`);
    // as the owner of the database has it, and so that the table of a probe is theirs alone
    await client.query(`create schema ${name} authorization ${escapeIdentifier(database!.username)}`);
    await client.query(
      `grant all on schema ${name} to ${name}; alter role ${name} set search_path to ${name}`,
    );
    behind[`staging-${name}-orders`] = { ...database, username: name, password: 'first' };
  }
  await client.end();
  writeFileSync(file, JSON.stringify(behind));
  return () => target.down(handle, watch());
}

/** The calls that change something and that neither their names nor a token makes one, with how often the service did them. */
const CHANGES = /^(rds|docdb):(Copy|Create|Failover)|^elasticache:Test/;
const changesOf = (calls: readonly Call[]): string[] =>
  calls
    .map(nameOf)
    .filter((it) => CHANGES.test(it))
    .toSorted();

const primaries = (members: readonly MemberState[]): string[] =>
  members.flatMap(({ role, name }) => (role === 'primary' ? [name] : [])).toSorted();

/** The story as it is told where nothing is wrong. */
function wasTold(story: Story, { checks, disrupted, logs }: Told): void {
  expect(checks).toMatchObject([{ name: 'replicas follow', outcome: 'passed' }]);
  expect(story.migrations).toBe(2);
  expect(logs).toContain(`Staging-${story.rehearsal}.events.log`);
  const [orders, catalog, pages, ...web] = disrupted;
  for (const { before, after } of [orders!, catalog!])
    expect(primaries(after)).toEqual(before.flatMap(({ role, name }) => (role === 'replica' ? [name] : [])));
  expect(primaries(pages!.after).filter((it) => primaries(pages!.before).includes(it))).toEqual([]);
  expect(web.map(({ lost }) => lost !== undefined)).toEqual([false, true]);
  for (const { before, after } of web)
    expect(after.filter(({ name }) => !before.some((it) => it.name === name))).toHaveLength(1);
}

/** Each fault once at every operation, in this order. */
function onceEach(faults: readonly FaultOf[]): (call: Call) => Fault | undefined {
  const seen = new Map<string, number>();
  return (call) => {
    const name = nameOf(call);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return faults[count]?.(call);
  };
}

/** The story where nothing is wrong, and what it called before its tear-down and in it. */
const plain = {
  told: undefined as unknown as Told,
  calls: [] as readonly Call[],
  changes: [] as readonly string[],
  ending: [] as readonly string[],
};

// the operations are those that this story calls, whichever test is first
beforeAll(async () => {
  const story = new Story(stage, 'plain');
  const told = await story.play();
  wasTold(story, told);
  const count = proxy.callsOf('plain').length;
  await story.down();
  await story.inventory();
  const all = proxy.callsOf('plain');
  const ending = [...new Set(all.slice(count).map(nameOf))];
  Object.assign(plain, { calls: all.slice(0, count), changes: changesOf(proxy.doneFor('plain')), ending });
});

it('ends well whatever passes, at every operation, and makes nothing twice', async () => {
  const expected = new Set([...plain.calls.map(nameOf), ...plain.ending]);
  const ended = Object.entries(PASSING).map(async ([name, faults]) => {
    const story = new Story(stage, name);
    proxy.faults.set(name, onceEach(faults));
    const told = await story.play();
    wasTold(story, told);
    await story.down();
    expect((await story.inventory()).found).toEqual([]);
    const called = new Set(proxy.callsOf(name).map(nameOf));
    return {
      name,
      changes: changesOf(proxy.doneFor(name)),
      uncalled: [...expected].filter((it) => !called.has(it)),
    };
  });
  expect(plain.changes).toHaveLength(9);
  expect(await allOf(ended)).toEqual(
    Object.keys(PASSING).map((name) => ({ name, changes: plain.changes, uncalled: [] })),
  );
}, 1_200_000); // on a busy machine the stories, at once, take longer than ten minutes

/** Waits for all, so that none goes on when one has failed. */
async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
