import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { accessKeyOf } from '../../lib/targets/local/emulator/clients';
import { LocalTarget } from '../../lib/targets/local/local-target';
import type { RehearsedTier, TierState } from '../../lib/targets/target';
import { writeAssembly } from '../small-assembly';
import { watching } from '../targets/local/fixture';
import { install, start, type Emulator } from './emulator';
import { SERVER } from './events-app';
import { makeProject, type Project } from './project';
import { buildSync } from 'esbuild';

/** What a team writes: the tiers that are no service need nothing. */
const CONFIG = {
  baseline: '1.0',
  synth: { command: 'node synth.cjs' },
  version: { path: '/', json: 'release' },
  checks: {
    smoke: [{ name: 'its secret is the same by both ways', path: '/key', contains: '"same":true' }],
    commands: [{ name: 'an order is processed', run: 'node order.cjs' }],
  },
  drills: { rollBack: true, soakSeconds: 4 }, // long enough to measure what tasks use
  // Few requests are sent, and the clients of the AWS SDK are made for the first ones.
  gates: { maxMemoryGrowthKiB: 1_000_000 },
  local: { services: { Web: { command: 'node server.cjs' } } },
};

/** The queue's message reaches the function of this release, the bucket's event the other one, and none has the user's credentials. */
const ORDER = `
  const { TWIN_URL: url, TWIN_RELEASE: release, AWS_ENDPOINT_URL: endpoint } = process.env;
  const answer = async (path, options) => {
    const response = await fetch(url + path, options);
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  (async () => {
    const id = 'order-' + process.hrtime.bigint();
    await answer('/orders?id=' + id, { method: 'POST', body: 'hello' });
    const order = await answer('/orders?id=' + id);
    if (order.note !== 'hello' || order.by !== release) throw new Error(JSON.stringify(order));
    const file = await answer('/orders?id=file%20of%20' + id);
    if (file.by !== 'the bucket') throw new Error(JSON.stringify(file));
    const { accessKeyId, endpoint: theirs, profile } = await answer('/credentials');
    if (accessKeyId === 'AKIAMINE' || profile !== null || theirs !== endpoint) throw new Error(accessKeyId + theirs + profile);
  })();`;

const folder = mkdtempSync(join(tmpdir(), 'twin-local-emulator-'));
const supervisor = resolve('node_modules/.cache/cdk-twin', `supervisor-emulated-${process.pid}.js`);
const { PATH, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env;
let projects = 0;

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAMINE';
  process.env['AWS_PROFILE'] = 'mine';
  buildSync({
    entryPoints: ['bin/supervisor.ts'],
    outfile: supervisor,
    bundle: true,
    packages: 'external',
    platform: 'node',
  });
});

afterAll(() => {
  Object.assign(process.env, { PATH, AWS_ACCESS_KEY_ID, AWS_PROFILE });
  if (AWS_ACCESS_KEY_ID === undefined) delete process.env['AWS_ACCESS_KEY_ID'];
  if (AWS_PROFILE === undefined) delete process.env['AWS_PROFILE'];
  rmSync(supervisor, { force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a program of the emulators' environment on the PATH, and no other emulator. */
function useFromPath(...programs: readonly ('ministack' | 'moto_server')[]): void {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const program of programs) {
    const module = { ministack: 'ministack', moto_server: 'moto.server' }[program];
    writeFileSync(join(bin, program), `#!/bin/sh\nexec ${install()} -m ${module} "$@"`, { mode: 0o755 });
  }
  process.env['PATH'] = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
}

function project(local: object = {}, gates: object = {}): Project {
  const config = { ...CONFIG, local: { ...CONFIG.local, ...local }, gates: { ...CONFIG.gates, ...gates } };
  const made = makeProject(join(folder, `project-${++projects}`), config, 'test/aws-emulated/events-app.ts');
  symlinkSync(resolve('node_modules'), join(made.at, 'node_modules'));
  writeFileSync(join(made.at, 'server.cjs'), SERVER);
  writeFileSync(join(made.at, 'order.cjs'), ORDER);
  return made;
}

function evidenceOf({ at }: Project): Evidence {
  const rehearsal = readdirSync(join(at, '.twin')).find((name) => /^\d/.test(name));
  return JSON.parse(readFileSync(join(at, '.twin', rehearsal!, 'evidence.json'), 'utf8')) as Evidence;
}

const STAND_INS = ['Dead', 'Jobs', 'Table', 'Files', 'Consumer', 'Indexer'];
const standInsOf = ({ tiers }: Evidence): string[] =>
  tiers.filter((tier) => !tier.skipped && tier.standIn === 'functional, not racing').map(({ tier }) => tier);

describe('an app of a service, queues, a table, a bucket and functions', () => {
  it('is rehearsed on MiniStack from the PATH, which ends with the environment', async () => {
    useFromPath('ministack');
    const app = project();
    const { exitCode, stdout, stderr } = await app.run(['rehearse', '--to', '1.1']);
    expect(`${stdout}${exitCode === 0 ? '' : stderr}`.replaceAll(/\s+/g, ' ')).toContain(
      `GO: 1.1 may follow 1.0 into production Ran 1.1; Web answered 1.1 (2 tasks) On 7 of 7 tiers, on the local target: processes for ECS tasks; ${STAND_INS.join(', ')}: stand-ins, functional, not racing`,
    );
    const evidence = evidenceOf(app);
    expect(standInsOf(evidence)).toEqual(STAND_INS);
    const jobs = evidence.tiers.find(({ tier }) => tier === 'Files') as RehearsedTier;
    expect(jobs).toMatchObject({ engine: expect.stringMatching(/^MiniStack \d/) as string, kind: 'storage' });
    expect(jobs.differs).toEqual([
      `${jobs.engine} stands in for S3: calls are answered, and its delays, limits, throttling and order under load are not those of AWS`,
      'every call is allowed: no policy of the template is made',
      'its data stay as they are when a candidate is retried and when a release is rolled back',
      'the custom resource Files/AutoDeleteObjectsCustomResource (Custom::S3AutoDeleteObjects) is not run',
    ]);
    expect(stdout).toContain('Tear-down  no leftovers');
  });

  it('is rehearsed on an emulator that goes on, twice at once, and leaves nothing there', async () => {
    useFromPath();
    const emulator = await start('ministack');
    try {
      const apps = [project({ awsEndpoint: emulator.endpoint }), project({ awsEndpoint: emulator.endpoint })];
      const ran = await Promise.all(apps.map((app) => app.run(['rehearse', '--to', '1.1'])));
      expect(ran.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual([0, 0]);
      for (const app of apps) {
        const { tearDown } = evidenceOf(app);
        expect(tearDown).toMatchObject({ outcome: 'gone', leftovers: [] });
        const environment = tearDown.looked?.map((it) => /^the folder (\S+)$/.exec(it)?.[1]).find(Boolean);
        expect(await whatIsIn(emulator, environment!)).toEqual([]);
      }
    } finally {
      await emulator.stop();
    }
  });

  it('says in one line for each tier what to install where there is no emulator', async () => {
    useFromPath();
    const { exitCode, stderr } = await project().run(['rehearse', '--to', '1.1']);
    expect(exitCode).toBe(2);
    for (const tier of STAND_INS)
      expect(stderr).toContain(
        `\n  ${tier}: no emulator of AWS is on the PATH: install MiniStack (pip install ministack), or name the endpoint of one that runs in local.awsEndpoint\n`,
      );
  });
});

/** What an environment has in an emulator. */
async function whatIsIn({ useAs }: Emulator, environment: string): Promise<readonly unknown[]> {
  const use = useAs(accessKeyOf(environment));
  const { TableNames = [] } = await use(DynamoDB).listTables({});
  const { Buckets = [] } = await use(S3).listBuckets({});
  const { QueueUrls = [] } = await use(SQS).listQueues({});
  const { Functions = [] } = await use(Lambda).listFunctions({});
  const { logGroups = [] } = await use(CloudWatchLogs).describeLogGroups({});
  const { StackSummaries = [] } = await use(CloudFormation).listStacks({});
  const stacks = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  return [TableNames, Buckets, QueueUrls, Functions, logGroups, stacks].flat();
}

describe('resources', () => {
  const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
  const task = (Value: object) => ({
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { ContainerDefinitions: [{ Name: 'web', Environment: [{ Name: 'IT', Value }] }] },
    },
    Web: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' }, DesiredCount: 1 } },
  });

  /** Stands releases up, one after the other. @returns the states after each, and what the service's variable was */
  async function standUp(...releases: readonly Readonly<Record<string, object>>[]) {
    const at = mkdtempSync(join(folder, 'app-'));
    const file = join(at, 'variable');
    const services = { Web: { command: `echo $IT > ${file}; exec sleep 60` } };
    const target = new LocalTarget({
      supervisor,
      settings: { services, seed: {}, replicationDelayMs: 0, folder: at },
    });
    const [handle, watch] = [target.allocate(), watching()];
    const seen: { states: readonly TierState[]; variable: string }[] = [];
    try {
      for (const [i, Resources] of releases.entries()) {
        const assembly = mkdtempSync(join(at, 'assembly-'));
        writeAssembly(assembly, { Prod: { Resources }, Staging: { Resources } });
        const deployment = { release: String(i), assembly, environment: 'Staging' };
        if (i === 0) {
          await target.seed(handle, deployment, watch);
          await target.up(handle, deployment, watch);
        } else await target.release(handle, deployment, watch);
        seen.push({
          states: await target.describe(handle, watch),
          variable: readFileSync(file, 'utf8').trim(),
        });
      }
      const failover = target.disrupt(handle, { kind: 'failover', tier: 'Jobs' }, watch);
      await expect(failover).rejects.toMatchObject({
        code: 'no-failover',
        message:
          'Jobs cannot fail over: it is a storage tier, which has no members, and an emulator of AWS stands in for it',
      });
      await target.checkpoint(handle, 'one', watch);
    } finally {
      await target.down(handle, watch);
      expect((await target.inventory(handle)).found).toEqual([]);
    }
    return { seen, logged: watch.logged };
  }

  it('that the emulator does not know, or cannot make, are left out, and said', async () => {
    useFromPath('ministack');
    const { seen, logged } = await standUp({
      Jobs: queue,
      Times: { Type: 'AWS::Timestream::Database', Properties: {} },
      First: { Type: 'AWS::Events::EventBus', Properties: { Name: 'same' } },
      Second: { Type: 'AWS::Events::EventBus', Properties: { Name: 'same' }, DependsOn: 'First' },
      ...task({ Ref: 'Jobs' }),
    });
    const [{ states, variable }] = seen as [(typeof seen)[number]];
    expect(states).toMatchObject([
      { tier: 'Jobs', skipped: false, standIn: 'functional, not racing' },
      {
        tier: 'Times',
        skipped: true,
        because: expect.stringMatching(/^MiniStack \S+ does not know AWS::Timestream::Database$/) as string,
      },
      { tier: 'First', skipped: false },
      {
        tier: 'Second',
        skipped: true,
        because: expect.stringMatching(
          /^MiniStack \S+ could not make it: EventBus already exists: same$/,
        ) as string,
      },
      { tier: 'Web', skipped: false },
    ]);
    expect(variable).toMatch(/^http:\/\/127\.[\d.]+:4566\/000000000000\/twin-/);
    expect(logged.filter((line) => line.startsWith('Times is not there'))).toHaveLength(1);
  });

  it('follow the template of every release', async () => {
    useFromPath('ministack');
    const { seen } = await standUp(
      { Jobs: queue, ...task({ Ref: 'Jobs' }) },
      { Jobs: queue, More: queue, ...task({ 'Fn::GetAtt': ['More', 'Arn'] }) },
      { Jobs: queue, ...task({ Ref: 'Jobs' }) },
    );
    expect(seen.map(({ states }) => states.map(({ tier }) => tier))).toEqual([
      ['Jobs', 'Web'],
      ['Jobs', 'More', 'Web'],
      ['Jobs', 'Web'],
    ]);
    expect(seen[1]!.variable).toMatch(/^arn:aws:sqs:us-east-1:000000000000:twin-/);
    expect(seen[2]!.variable).toBe(seen[0]!.variable);
  });

  it('that moto leaves out silently are found out; it never leads to AWS', async () => {
    useFromPath('moto_server');
    const { seen } = await standUp({
      Jobs: queue,
      Key: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
      ...task({ 'Fn::Join': [' ', [{ Ref: 'Jobs' }, { Ref: 'Key' }]] }),
    });
    const [{ states, variable }] = seen as [(typeof seen)[number]];
    expect(states[0]).toMatchObject({ tier: 'Jobs', skipped: false, engine: 'moto' });
    expect((states[1] as RehearsedTier).differs).toContain(
      'AWS::SecretsManager::Secret Key is not there: moto does not know AWS::SecretsManager::Secret',
    );
    expect(variable).toMatch(/^http:\/\/127\.[\d.]+:4566\/123456789012\/twin-/);
  });
});
