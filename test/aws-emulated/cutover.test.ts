import { ECS } from '@aws-sdk/client-ecs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from './cutover-app';
import {
  cutoversOf,
  deployEnvironment,
  lastCutoverOf,
  makeCutoverProject,
  RECORD,
  Records,
  Shop,
  TO_B,
} from './cutovers';
import { emulated } from './emulated';
import type { Project } from './project';

const here = emulated('cutover-aws');

let project: Project;
let records: Records;
let prod: Shop;
let prodB: Shop;

beforeAll(async () => {
  [prod, prodB] = [await Shop.start('1.41.0'), await Shop.start('1.43.0')];
  const assembly = join(here.folder, 'assembly');
  synthesize(assembly, '1.41.0');
  for (const it of ['Prod', 'ProdB']) await deployEnvironment(assembly, it);
  records = await Records.make(here.emulator);
  project = makeCutoverProject(join(here.folder, 'app'), {
    app: 'cutover-app.ts',
    traffic: records.trafficOf(prod, prodB),
    gates: { maxDrifts: 0 },
  });
});
beforeEach(async () => {
  prodB.isFaulty = false;
  await records.set([200, 0]);
  for (const it of cutoversOf(project)) rmSync(it, { recursive: true });
});
afterAll(() => {
  prod?.stop();
  prodB?.stop();
});

const record = () => lastCutoverOf(project);

const BACK = ['cutover', '--back', '--target', 'aws'];

it('moves the weights of the records in steps, waits for the TTL, and leaves the rest of them as it is', async () => {
  const before = await records.all();
  const { exitCode, stdout, stderr } = await project.run(TO_B);
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain('MOVED: all traffic goes to ProdB, with 1.43.0');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'npx twin cutover --to Prod --target aws --release 1.41.0 --from-release 1.43.0, to move the traffic back',
  );
  expect(stderr).toContain('75 % to Prod, 25 % to ProdB');
  expect(stderr).toContain(`waits 1 s until no client follows what was before: the TTL of ${RECORD}`);
  expect(record()).toMatchObject({ verdict: 'MOVED', percent: 100, target: 'aws', stays: true });
  expect(await records.all()).toEqual(before.map((it, i) => ({ ...it, Weight: [0, 100][i] })));

  const back = await project.run(['cutover', '--to', 'Prod', '--target', 'aws', '--release', '1.41.0', '--from-release', '1.43.0']); // prettier-ignore
  expect(back).toMatchObject({ exitCode: 0 });
  expect(await records.weights()).toEqual([100, 0]);
});

it('puts the weights back that it found where a gate fails, and where it is stopped', async () => {
  prodB.isFaulty = true;
  expect(await project.run(TO_B)).toMatchObject({ exitCode: 1 });
  expect(record().verdict).toBe('NOT MOVED');
  expect(await records.weights()).toEqual([200, 0]);

  prodB.isFaulty = false;
  const stopped = await project.run(TO_B, 'SIGINT', /25 % to ProdB/);
  expect(stopped).toMatchObject({ exitCode: 1 });
  expect(stopped.stderr).toContain('100 % to Prod, 0 % to ProdB, as before');
  expect(stopped.stderr).toContain(`clients may follow what was before for 1 s: the TTL of ${RECORD}`);
  expect(record()).toMatchObject({ verdict: 'MOVED BACK', percent: 0 });
  expect(await records.weights()).toEqual([200, 0]);
});

it('puts them back from its ledger where its process was killed, and moves nothing before that', async () => {
  const killed = await project.run(TO_B, 'SIGKILL', /25 % to ProdB/);
  expect(killed.exitCode).toBeNull();
  expect(await records.weights()).toEqual([75, 25]);

  const again = await project.run(TO_B);
  expect(again).toMatchObject({ exitCode: 2, stdout: '' });
  expect(again.stderr).toMatch(/error: \S+-cutover-1.43.0 did not come to its end/);
  expect(again.stderr).toContain(
    'fix: Wait for it where it still runs, or put the traffic back with twin cutover --back --target aws.',
  );
  expect(await records.weights()).toEqual([75, 25]);

  const back = await project.run(BACK);
  expect(back).toMatchObject({ exitCode: 0 });
  expect(back.stdout).toContain('100 % of the traffic goes to Prod and 0 % to ProdB, as before it');
  expect(await records.weights()).toEqual([200, 0]);
  expect(await project.run(BACK)).toMatchObject({
    exitCode: 0,
    stdout: 'nothing to do: no cutover was broken off on the target aws\n',
  });
  expect(await project.run(TO_B)).toMatchObject({ exitCode: 0 });
});

it('verifies that what runs is what was deployed, and says what clients are not seen', async () => {
  const verify = ['verify', '--environment', 'Prod', '--release', '1.41.0', '--target', 'aws'];
  const sound = await project.run(verify);
  expect(sound).toMatchObject({ exitCode: 0 });
  expect(sound.stdout).toMatch(/ok +drift +0 +at most 0/);
  expect(sound.stdout.replaceAll(/\s+/g, ' ')).toContain('CloudWatch has no request of Web yet');
  const ecs = here.emulator.use(ECS);
  const cluster = (await ecs.listClusters()).clusterArns!.find((it) => it.includes('Prod-'));
  const [service] = (await ecs.listServices({ cluster })).serviceArns!;
  await ecs.updateService({ cluster, service, desiredCount: 3 });
  try {
    const drifted = await project.run(verify);
    expect(drifted.exitCode).toBe(1);
    expect(drifted.stdout).toContain(
      'drift: 1: Web/Service DesiredCount is 3, deployed 1; allowed: at most 0',
    );
  } finally {
    await ecs.updateService({ cluster, service, desiredCount: 1 });
  }
});

it('begins with nothing that it could not move back', async () => {
  const cases = [
    [[50, 50, 1], `error: the weights of the records ${RECORD} of ${records.zone} are A 50 and 50`],
    [[0, 0, 1], 'expected is that one production has all of the traffic'],
    [
      [200, 0, 86_400],
      'their TTL is 86400 s, and 900 s are allowed: for so long clients would not come back',
    ],
  ] as const;
  for (const [[first, second, ttl], said] of cases) {
    await records.set([first, second], ttl);
    const { exitCode, stderr } = await project.run(TO_B);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
    expect(await records.weights()).toEqual([first, second]);
  }
  expect(cutoversOf(project)).toEqual([]);
});
