import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECS } from '@aws-sdk/client-ecs';
import { S3 } from '@aws-sdk/client-s3';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import { detailsOf, stacksIn } from '../../lib/targets/aws/handle';
import { TAG } from '../../lib/targets/aws/tags';
import type { Handle, Watch } from '../../lib/targets/target';
import { keepsTheContract } from '../targets/contract';
import { emulated } from './emulated';
import { makeProject, type Project } from './project';
import { deploymentIn } from './rehearsal-app';

const here = emulated('aws', { TWIN_EMULATOR_DAY: '86400' });

let count = 0;

const target = (): AwsTarget => new AwsTarget({}, { pollMs: 200 });
const nextRehearsal = (): string => `r${++count}`;

/** An environment whose calls write into its handle what they learn, as a ledger does. */
class Environment {
  readonly handle: Handle;
  onLearn: (details: Readonly<Record<string, string>>) => void = () => {};

  constructor(readonly rehearsal: string) {
    this.handle = { ...target().allocate(rehearsal) };
  }

  get stack(): string {
    return `Staging-${this.rehearsal}`;
  }

  watch(): Watch {
    return {
      signal: new AbortController().signal,
      log: () => {},
      span: (_, work) => work(),
      learn: (details) => {
        Object.assign(this.handle, details);
        this.onLearn(details);
      },
    };
  }

  async up(release = '1.41.0'): Promise<void> {
    const deployment = deploymentIn(here.folder, release, this.rehearsal);
    await target().seed(this.handle, deployment, this.watch());
    await target().up(this.handle, deployment, this.watch());
  }

  async found(): Promise<string[]> {
    return (await target().inventory(this.handle, this.watch())).found.map(({ what }) => what);
  }
}

const cloudFormation = (): CloudFormation => here.emulator.use(CloudFormation);
const EMPTY = JSON.stringify({ Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } });

describe('the AWS target on an emulator', () => {
  keepsTheContract(() => {
    const rehearsal = nextRehearsal();
    return {
      target: target(),
      reopened: target,
      first: deploymentIn(here.folder, '1.41.0', rehearsal),
      next: deploymentIn(here.folder, '1.42.0', rehearsal),
      tiers: { data: 'Orders', service: 'Web' },
    };
  });

  it('neither deploys over a stack of that name that is not its own, nor deletes it', async () => {
    const environment = new Environment(nextRehearsal());
    await cloudFormation().createStack({ StackName: environment.stack, TemplateBody: EMPTY });
    const refusal = {
      code: 'not-ours',
      message: `the stack ${environment.stack} is there already and does not belong to ${environment.handle.name}: it has not its tag`,
    };
    await expect(environment.up()).rejects.toMatchObject(refusal);
    // a ledger of an earlier life
    Object.assign(environment.handle, { stacks: '1', 'stack.0': environment.stack });
    await expect(target().down(environment.handle, environment.watch())).rejects.toMatchObject(refusal);
    const { Stacks } = await cloudFormation().describeStacks({ StackName: environment.stack });
    expect(Stacks![0]!.StackStatus).toBe('CREATE_COMPLETE');
  });

  it('reports a task that ended by itself, and none that a drill stopped', async () => {
    const environment = new Environment(nextRehearsal());
    await environment.up();
    const described = async () => {
      const tiers = await target().describe(environment.handle, environment.watch());
      const web = tiers.find(({ tier }) => tier === 'Web')!;
      return web.skipped ? undefined : web;
    };
    await target().disrupt(environment.handle, { kind: 'kill task', tier: 'Web' }, environment.watch());
    const { members, incidents } = (await described())!;
    expect(incidents).toEqual([]);
    const ecs = here.emulator.use(ECS);
    const { clusterArns = [] } = await ecs.listClusters({});
    const [task] = members;
    const arns = await Promise.all(clusterArns.map((cluster) => ecs.listTasks({ cluster })));
    const arn = arns.flatMap(({ taskArns = [] }) => taskArns).find((it) => it.endsWith(task!.name))!;
    const cluster = arn.split('/').at(-2)!;
    await ecs.submitTaskStateChange({
      cluster,
      task: arn,
      status: 'STOPPED',
      reason: 'Essential container exited',
    });
    expect((await described())!.incidents).toEqual([
      {
        at: expect.stringMatching(/^20/) as string,
        what: `${task!.name} stopped: Essential container exited: exit code 1`,
      },
    ]);
    const { serviceArns } = await ecs.listServices({ cluster });
    await ecs.updateService({ cluster, service: serviceArns![0]!, desiredCount: 1 });
    const left = (await described())!.members;
    const lost = target().disrupt(
      environment.handle,
      { kind: 'lose zone', tier: 'Web' },
      environment.watch(),
    );
    await expect(lost).rejects.toMatchObject({
      code: 'one-zone',
      message: expect.stringMatching(
        /^Web has one task, which is in us-east-1[ab]: losing that zone would leave none$/,
      ) as string,
    });
    expect((await described())!.members).toEqual(left);
    await target().down(environment.handle, environment.watch());
  });

  it("refuses production's account, which has its stack, unless the config says why", async () => {
    const deployment = deploymentIn(here.folder, '1.41.0', nextRehearsal());
    const environment = new Environment(nextRehearsal());
    const watch = (): Watch => environment.watch();
    const free = await target().preflight(environment.handle, deployment, watch());
    expect(free).toEqual({
      code: '["shop:1.41.0"]',
      tiers: [
        { tier: 'Orders', kind: 'sql', skipped: false },
        { tier: 'Catalog', kind: 'document', skipped: false },
        { tier: 'Pages', kind: 'cache', skipped: false },
        { tier: 'Web', kind: 'service', skipped: false },
      ],
      refusals: [],
      warnings: ['Prod was not found: what these credentials may do to it there is not known'],
      isBilled: true,
      failovers: [expect.objectContaining({ takes: { Pages: 3 }, most: 15 })],
    });
    await cloudFormation().createStack({ StackName: 'Prod', TemplateBody: EMPTY });
    const { refusals } = await target().preflight(environment.handle, deployment, watch());
    expect(refusals).toEqual([
      'the account 000000000000 has the stack Prod of Prod; if that is meant, say why in aws.allowProductionAccount of twin.config.ts',
    ]);
    const allowed = new AwsTarget({ allowProductionAccount: 'we have one account' });
    expect((await allowed.preflight(environment.handle, deployment, watch())).refusals).toEqual([]);
    await cloudFormation().deleteStack({ StackName: 'Prod' });
  });

  it('blames no release for a Region that is not bootstrapped', async () => {
    const elsewhere = new AwsTarget({ region: 'eu-west-1' }, { pollMs: 200 });
    const environment = new Environment(nextRehearsal());
    const deployment = deploymentIn(here.folder, '1.41.0', environment.rehearsal);
    await elsewhere.seed(environment.handle, deployment, environment.watch());
    await expect(elsewhere.up(environment.handle, deployment, environment.watch())).rejects.toMatchObject({
      code: 'not-bootstrapped',
      message: expect.stringMatching(
        /^the deployment failed: .*in aws:\/\/000000000000\/eu-west-1$/,
      ) as string,
      isMachineFault: true,
    });
  });

  it('removes what a runner left that ended in the middle of a deployment', async () => {
    const environment = new Environment(nextRehearsal());
    const deployment = deploymentIn(here.folder, '1.41.0', environment.rehearsal);
    await target().seed(environment.handle, deployment, environment.watch());
    const hasId = new Promise<void>((done) => {
      environment.onLearn = (details) => {
        if (stacksIn({ target: 'aws', name: '', ...details })[0]?.id !== undefined) done();
      };
    });
    const abandoned = target().up(environment.handle, deployment, environment.watch());
    abandoned.catch(() => {}); // the runner is not there any more
    await hasId;
    await target().down(environment.handle, environment.watch());
    expect(await environment.found()).toEqual([]);
    await abandoned.catch(() => {});
    expect(await environment.found()).toEqual([]);
  });

  it('says of an environment in another account where it is, never that it is gone', async () => {
    const environment = new Environment(nextRehearsal());
    const deployment = deploymentIn(here.folder, '1.41.0', environment.rehearsal);
    await target().seed(environment.handle, deployment, environment.watch());
    expect(environment.handle).toMatchObject({ account: '000000000000', 'region.0': 'us-east-1' });
    const handle = { ...environment.handle, account: '111122223333' };
    for (const call of ['checkPlace', 'stop', 'down', 'inventory', 'describe'] as const)
      await expect(target()[call](handle, environment.watch())).rejects.toMatchObject({
        code: 'elsewhere',
        message: `the environment ${handle.name} is in the account 111122223333, and the credentials are for 000000000000`,
      });
  });

  it('fails DocumentDB over, and each shard of a cache, and says which member is what', async () => {
    const environment = new Environment(nextRehearsal());
    await environment.up();
    const { handle } = environment;
    const roles = async (tier: string): Promise<{ before: string[]; after: string[] }> => {
      const { before, after } = await target().disrupt(
        handle,
        { kind: 'failover', tier },
        environment.watch(),
      );
      const shown = (members: typeof before): string[] => members.map(({ name, role }) => `${role} ${name}`);
      return { before: shown(before), after: shown(after) };
    };
    const primaries = (all: readonly string[]): string[] =>
      all.filter((it) => it.startsWith('primary')).toSorted();
    const catalog = await roles('Catalog');
    expect([
      catalog.before.length,
      primaries(catalog.before).length,
      primaries(catalog.after).length,
    ]).toEqual([2, 1, 1]);
    expect(primaries(catalog.after)).not.toEqual(primaries(catalog.before));
    const pages = await roles('Pages');
    expect([pages.before.length, primaries(pages.before).length, primaries(pages.after).length]).toEqual([
      6, 3, 3,
    ]);
    expect(primaries(pages.after).some((it) => pages.before.includes(it))).toBe(false);
    for (let rounds = 1; rounds < 5; rounds++) await roles('Pages');
    await expect(roles('Pages')).rejects.toMatchObject({
      code: 'failover-quota',
      message: expect.stringMatching(
        /^failovers of Pages take 3 test failovers of shards by ElastiCache in us-east-1 in 24 hours, and 0 of 15 are left; there are enough from .* UTC on$/,
      ) as string,
    });
    const first = deploymentIn(here.folder, '1.41.0', environment.rehearsal);
    const { failovers } = await target().preflight(handle, first, environment.watch());
    expect(failovers).toMatchObject([{ left: 0, most: 15 }]);
    await target().down(handle, environment.watch());
    expect(await environment.found()).toEqual([]);
  });

  it('leaves what cannot be deleted alone behind, and says what it is', async () => {
    const environment = new Environment(nextRehearsal());
    const { stack, handle } = environment;
    const bucket = `${stack.toLowerCase()}-full`;
    const { StackId } = await cloudFormation().createStack({
      StackName: stack,
      TemplateBody: JSON.stringify({
        Resources: {
          Full: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucket } },
          Topic: { Type: 'AWS::SNS::Topic' },
        },
      }),
      Tags: [{ Key: TAG, Value: handle.name }],
    });
    const s3 = here.emulator.use(S3);
    await waitUntilStackCreateComplete(
      { client: cloudFormation(), maxWaitTime: 30, minDelay: 1 },
      { StackName: stack },
    );
    await s3.putObject({ Bucket: bucket, Key: 'order.json', Body: '{}' });
    Object.assign(handle, {
      account: '000000000000',
      ...detailsOf([{ path: '', name: stack, region: 'us-east-1', id: StackId }]),
    });
    await target().down(handle, environment.watch());
    const { Stacks } = await cloudFormation().describeStacks({ StackName: StackId });
    expect(Stacks![0]!.StackStatus).toBe('DELETE_COMPLETE');
    expect(await environment.found()).toEqual(expect.arrayContaining([expect.stringContaining(bucket)]));
    expect((await environment.found()).filter((it) => /topic/i.test(it))).toEqual([]);
    await s3.deleteObject({ Bucket: bucket, Key: 'order.json' });
    await s3.deleteBucket({ Bucket: bucket });
  });

  it('sweeps the log groups of its own resources, finds one that has its name alone, and leaves its neighbours alone', async () => {
    const environment = new Environment(nextRehearsal());
    const { stack } = environment;
    await environment.up();
    const { Stacks } = await cloudFormation().describeStacks({ StackName: stack });
    expect(Stacks![0]!.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'shop' },
        { Key: TAG, Value: environment.handle.name },
      ]),
    );
    const { clusterArns = [] } = await here.emulator.use(ECS).listClusters({});
    const cluster = clusterArns
      .map((arn) => arn.split('/').at(-1)!)
      .find((name) => name.startsWith(`${stack}-`))!;
    const logs = here.emulator.use(CloudWatchLogs);
    const own = `/aws/ecs/containerinsights/${cluster}/performance`;
    const planted = `/aws/lambda/${stack}-planted`;
    const neighbour = `/aws/lambda/${stack}0-theirs`;
    for (const logGroupName of [own, planted, neighbour]) await logs.createLogGroup({ logGroupName });
    await target().down(environment.handle, environment.watch());
    expect(await environment.found()).toEqual([`log group ${planted}`]);
    const { logGroups = [] } = await logs.describeLogGroups({});
    const names = logGroups.map(({ logGroupName }) => logGroupName);
    expect(names).toContain(neighbour);
    expect(names).not.toContain(own);
    for (const logGroupName of [planted, neighbour]) await logs.deleteLogGroup({ logGroupName });
    expect(await environment.found()).toEqual([]);
  });
});

describe('twin rehearse --target aws', () => {
  const REHEARSE = ['rehearse', '--to', '1.42.0', '--target', 'aws'];
  const CONFIG = {
    baseline: '1.41.0',
    synth: { command: 'node synth.cjs' },
    checks: { commands: [{ name: 'our own tests', run: 'test -n "$TWIN_URL"' }] },
    drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'], loseZone: ['Web'] },
    gates: {},
  };

  const project = (): Project => makeProject(join(here.folder, `project-${nextRehearsal()}`), CONFIG);

  const stacksLeft = async (): Promise<string[]> => {
    const { StackSummaries = [] } = await cloudFormation().listStacks({});
    return StackSummaries.flatMap(({ StackName: name = '', StackStatus: status }) =>
      status === 'DELETE_COMPLETE' || !/^Staging-\d{8}/.test(name) ? [] : [`${name} ${status}`],
    );
  };

  it('plays the whole rehearsal, and its evidence says what was looked for', async () => {
    const { at, run } = project();
    const { exitCode, stdout } = await run(REHEARSE);
    expect({ exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stdout).toMatch(/^GO: 1\.42\.0 may follow 1\.41\.0 into production\n/);
    const rehearsal = readdirSync(join(at, '.twin')).find((name) => /^\d/.test(name))!;
    const evidence = JSON.parse(
      readFileSync(join(at, '.twin', rehearsal, 'evidence.json'), 'utf8'),
    ) as Evidence;
    expect(evidence).toMatchObject({
      target: 'aws',
      verdict: 'GO',
      tearDown: { outcome: 'gone', leftovers: [] },
    });
    expect(evidence.drills.map(({ outcome }) => outcome)).toEqual(Array(4).fill('passed'));
    expect(evidence.drills.find(({ kind }) => kind === 'lose zone')!.detail).toMatch(
      /^recovered, .*; lost us-east-1[ab], with 1 of 2 tasks; \S+ is gone, \S+ is new$/,
    );
    expect(evidence.tearDown.looked).toEqual([
      expect.stringMatching(/^snapshots of databases and caches that are called twin-[0-9a-f]{8}-\*$/),
      expect.stringMatching(/^the stack arn:aws:cloudformation:.*:stack\/Staging-\S+ and its resources$/),
      expect.stringMatching(
        /^log groups, snapshots of databases and caches and retained backups that are called by Staging-/,
      ),
      expect.stringMatching(/^the tag cdk-twin:environment=\S+ in us-east-1$/),
    ]);
    expect(evidence.files).toContainEqual(expect.stringMatching(/^logs\/Staging-.*\.events\.log$/));
    expect((await run(['down'])).stdout).toMatch(/^nothing to do/);
    expect(await stacksLeft()).toEqual([]);
  });

  it('is found by twin sweep where its folder is lost too, and torn down when it is old enough', async () => {
    const [lost, other] = [project(), project()];
    expect((await lost.run(REHEARSE, 'SIGKILL', / CREATE_IN_PROGRESS /)).exitCode).toBeNull();
    rmSync(lost.at, { recursive: true });
    const sweep = ['sweep', '--target', 'aws'];
    const listed = await other.run([...sweep, '--older-than', '1']);
    expect(listed.stdout).toMatch(
      /^\d{8}-\d{6}-1\.42\.0-[0-9a-f]{8} stands since .* UTC \(.*\), stood up by arn:aws:iam::000000000000:root\n$/,
    );
    const { exitCode, stdout, stderr } = await other.run([...sweep, '--older-than', '0']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d{8}-\S+ is torn down: no leftovers\n(?: {2}looked for .*\n){4}$/);
    expect(await stacksLeft()).toEqual([]);
    expect((await other.run(sweep)).stdout).toBe('nothing stands on the target aws\n');
  });

  it.each([/ CREATE_IN_PROGRESS /, /release$/m])('tears down on Ctrl-C, at %s', async (when) => {
    const { run } = project();
    const { exitCode, stdout, stderr } = await run(REHEARSE, 'SIGINT', when);
    expect(stdout).toMatch(/^NO-GO: .*\n {2}- stopped by SIGINT before it was judged\n/);
    expect({ exitCode, stderr: exitCode === 1 ? '' : stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(await stacksLeft()).toEqual([]);
  });

  it('is finished by twin down where its process was killed', async () => {
    const { run } = project();
    expect((await run(REHEARSE, 'SIGKILL', / CREATE_IN_PROGRESS /)).exitCode).toBeNull();
    expect(await stacksLeft()).not.toEqual([]);
    const { exitCode, stdout, stderr } = await run(['down']);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/is torn down: no leftovers\n$/);
    expect(await stacksLeft()).toEqual([]);
  });
});
