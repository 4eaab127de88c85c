import { ECS, type ServiceDeployment } from '@aws-sdk/client-ecs';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { AwsSection } from '../../lib/targets/aws/config';
import { deploymentIn } from './blue-green-app';
import { emulated } from './emulated';
import { makeProject } from './project';
import { Run } from './run';

const here = emulated('deployments');

let count = 0;

/** The deployments of the service of an environment, the first first. */
async function deploymentsOf({ rehearsal }: Run): Promise<readonly ServiceDeployment[]> {
  const ecs = here.emulator.use(ECS);
  const { clusterArns = [] } = await ecs.listClusters({});
  const cluster = clusterArns.find((it) => it.includes(`/Staging-${rehearsal}-`))!;
  const { serviceArns: [service = ''] = [] } = await ecs.listServices({ cluster });
  const { serviceDeployments: briefs = [] } = await ecs.listServiceDeployments({ cluster, service });
  const arns = briefs.map(({ serviceDeploymentArn: arn }) => arn!);
  return (await ecs.describeServiceDeployments({ serviceDeploymentArns: arns })).serviceDeployments!;
}

/** An environment that stands with the first release. */
async function standing(config: AwsSection): Promise<Run> {
  const run = new Run(new AwsTarget(config, { pollMs: 200 }), `d${++count}`);
  const first = deploymentIn(here.folder, '1.41.0', run.rehearsal);
  await run.target.seed(run.handle, first, run.watch());
  await run.target.up(run.handle, first, run.watch());
  return run;
}

const endOf = async (run: Run): Promise<readonly unknown[]> => {
  await run.target.down(run.handle, run.watch());
  return (await run.target.inventory(run.handle, run.watch())).found;
};

const imageOf = async (run: Run): Promise<string | undefined> => {
  const tiers = await run.target.describe(run.handle, run.watch());
  const web = tiers.find(({ tier }) => tier === 'Web')!;
  return web.skipped ? undefined : web.members[0]?.code;
};

it('answers each pause as the config says, and is done when ECS is', async () => {
  const run = await standing({ pauses: { Web: { run: 'test "$TWIN_RELEASE" != 1.43.0' } } });
  const said = run.lines.length;
  await run.target.release(run.handle, deploymentIn(here.folder, '1.42.0', run.rehearsal), run.watch());
  const [first, second] = await deploymentsOf(run);
  expect([first!.status, second!.status]).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
  expect(run.lines.slice(said)).toEqual(
    expect.arrayContaining([
      'Web: POST_TEST_TRAFFIC_SHIFT',
      'Web at POST_TEST_TRAFFIC_SHIFT: test "$TWIN_RELEASE" != 1.43.0: exit code 0',
      'Web: CONTINUE at POST_TEST_TRAFFIC_SHIFT',
      'Web: BAKE_TIME',
      'Web: SUCCESSFUL',
    ]),
  );
  expect(await imageOf(run)).toContain('shop:1.42.0');
  // what the command refuses is rolled back, and the release has failed
  await expect(
    run.target.release(run.handle, deploymentIn(here.folder, '1.43.0', run.rehearsal), run.watch()),
  ).rejects.toMatchObject({
    code: 'deploy',
    isMachineFault: false,
    message: expect.stringContaining(
      'Web is ROLLBACK_SUCCESSFUL: Service deployment rolled back by ContinueServiceDeployment.',
    ),
  });
  expect(await imageOf(run)).toContain('shop:1.42.0');
  expect(await endOf(run)).toEqual([]);
});

it('says why ECS rolled a release back, and rolls one back under way', async () => {
  const run = await standing({ pauses: { Web: 'continue' } });
  const alarming = deploymentIn(here.folder, '1.42.0-alarming', run.rehearsal);
  await expect(run.target.release(run.handle, alarming, run.watch())).rejects.toMatchObject({
    code: 'deploy',
    isMachineFault: false,
    message: expect.stringContaining(
      'Web is ROLLBACK_SUCCESSFUL: Service deployment rolled back because of alarm(s) detected. (too-many-errors)',
    ),
  });
  const next = deploymentIn(here.folder, '1.42.0', run.rehearsal);
  expect(run.target.isRolledBackUnderWay(next)).toBe(true);
  expect(await run.target.rollBackUnderWay(run.handle, next, run.watch())).toEqual(['Web']);
  expect(await imageOf(run)).toContain('shop:1.41.0');
  const latest = (await deploymentsOf(run)).at(-1)!;
  expect(latest).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    lifecycleStage: expect.stringMatching(/PRODUCTION_TRAFFIC_SHIFT|BAKE_TIME/),
  });
  await run.target.release(run.handle, next, run.watch());
  expect(await imageOf(run)).toContain('shop:1.42.0');
  expect(await endOf(run)).toEqual([]);
});

it('tears down where a release waits for an answer, and names it', async () => {
  const run = await standing({ pauses: { Web: 'continue' } });
  const nobody = new AwsTarget({}, { pollMs: 200 });
  const next = deploymentIn(here.folder, '1.42.0', run.rehearsal);
  const releasing = nobody.release(run.handle, next, run.watch()).catch((error: unknown) => error);
  const waits = (): string | undefined => run.lines.find((it) => it.startsWith('Web waits for an answer at'));
  while (waits() === undefined) await new Promise((done) => setTimeout(done, 100));
  expect(waits()).toMatch(
    /^Web waits for an answer at POST_TEST_TRAFFIC_SHIFT, until 2\S+Z, then ECS does ROLLBACK: aws ecs continue-service-deployment --service-deployment-arn \S+ --hook-id \S+$/,
  );
  await nobody.down(run.handle, run.watch());
  expect(await releasing).toMatchObject({ code: 'stopped' });
  expect((await nobody.inventory(run.handle, run.watch())).found).toEqual([]);
});

it('says before anything stands where a release waits, for how long, and for whom', async () => {
  const run = new Run(new AwsTarget({}), `d${++count}`);
  const deployment = deploymentIn(here.folder, '1.41.0', run.rehearsal);
  const { refusals, warnings, waitMinutes } = await run.target.preflight(run.handle, deployment, run.watch());
  expect({ refusals, waitMinutes }).toEqual({ refusals: [], waitMinutes: 5 });
  expect(warnings).toContain(
    'each release of Web waits for an answer at POST_TEST_TRAFFIC_SHIFT, for 60 min, then ECS does ROLLBACK; aws.pauses.Web of twin.config.ts can give it',
  );
  const plain = run.target.limitSeconds('release');
  expect(run.target.limitSeconds('release', deployment) - plain).toBe((5 + 60) * 60);
  const answered = new AwsTarget({ pauses: { Web: 'continue' } });
  const { warnings: others } = await answered.preflight(run.handle, deployment, run.watch());
  expect(others.filter((it) => it.includes('waits for an answer'))).toEqual([]);
});

it('rehearses a release that waits: back, rolled back under way, and forward', async () => {
  const config = {
    baseline: '1.41.0',
    // longer than the command line takes to look again
    synth: { command: 'node synth.cjs -c bake=20' },
    checks: { commands: [{ name: 'our own tests', run: 'true' }] },
    drills: { rollBack: true },
    gates: {},
    aws: { pauses: { Web: 'continue' } },
  };
  const { at, run } = makeProject(
    join(here.folder, 'project'),
    config,
    'test/aws-emulated/blue-green-app.ts',
  );
  const { exitCode, stdout, stderr } = await run(['rehearse', '--to', '1.42.0', '--target', 'aws']);
  expect({ exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toContain(
    'each release waits for 20 min on purpose: 4 in this rehearsal, 80 min in all at least',
  );
  const rehearsal = readdirSync(join(at, '.twin')).find((name) => /^\d/.test(name))!;
  const evidence = JSON.parse(
    readFileSync(join(at, '.twin', rehearsal, 'evidence.json'), 'utf8'),
  ) as Evidence;
  expect(evidence.drills).toMatchObject([
    {
      outcome: 'passed',
      detail: expect.stringMatching(
        /^Back: .*\n.*\nUnder way: Web rolled 1\.42\.0 back under way\. 1\.41\.0 runs\./,
      ),
    },
  ]);
  expect(evidence.tearDown).toMatchObject({ outcome: 'gone', leftovers: [] });
});
