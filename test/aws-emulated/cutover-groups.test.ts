import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start, useFromHere, type Emulator } from './emulator';
import { synthesize } from './cutover-app';
import { cutoversOf, lastCutoverOf, makeCutoverProject, Shop, TO_B } from './cutovers';
import type { Project } from './project';

/** MiniStack drops the weights of a forward action; moto keeps them. */
const variables = { ...process.env };

let emulator: Emulator;
let folder: string;
let project: Project;
let prod: Shop;
let prodB: Shop;
let listener: string;
let blue: string;
let green: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-cutover-groups-'));
  emulator = await start('moto');
  useFromHere(emulator);
  [prod, prodB] = [await Shop.start('1.41.0'), await Shop.start('1.43.0')];
  await deployBoth();
  await makeListener();
  const productions = {
    Prod: { targetGroup: blue, url: prod.url },
    ProdB: { targetGroup: green, url: prodB.url },
  };
  project = makeCutoverProject(join(folder, 'app'), {
    app: 'cutover-app.ts',
    traffic: { listener, productions },
  });
});
beforeEach(async () => {
  prodB.isFaulty = false;
  await elb().modifyListener({
    ListenerArn: listener,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
  });
  for (const it of cutoversOf(project)) rmSync(it, { recursive: true });
});
afterAll(async () => {
  prod?.stop();
  prodB?.stop();
  await emulator.stop();
  rmSync(folder, { recursive: true });
  process.env = variables;
});

const elb = (): ElasticLoadBalancingV2 => emulator.use(ElasticLoadBalancingV2);

async function deployBoth(): Promise<void> {
  const assembly = join(folder, 'assembly');
  synthesize(assembly, '1.41.0');
  for (const StackName of ['Prod', 'ProdB']) {
    const template = JSON.parse(readFileSync(join(assembly, `${StackName}.template.json`), 'utf8')) as object;
    const { Resources } = template as { Resources: object };
    await emulator
      .use(CloudFormation)
      .createStack({ StackName, TemplateBody: JSON.stringify({ Resources }) });
  }
}

async function makeListener(): Promise<void> {
  const ec2 = emulator.use(EC2);
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
  const VpcId = Vpc!.VpcId!;
  const Subnets: string[] = [];
  for (const [i, zone] of ['us-east-1a', 'us-east-1b'].entries()) {
    const { Subnet } = await ec2.createSubnet({
      VpcId,
      CidrBlock: `10.0.${i}.0/24`,
      AvailabilityZone: zone,
    });
    Subnets.push(Subnet!.SubnetId!);
  }
  const { LoadBalancers } = await elb().createLoadBalancer({ Name: 'shop', Subnets });
  const group = async (Name: string): Promise<string> =>
    (await elb().createTargetGroup({ Name, Protocol: 'HTTP', Port: 80, VpcId })).TargetGroups![0]!
      .TargetGroupArn!;
  [blue, green] = [await group('blue'), await group('green')];
  const { Listeners } = await elb().createListener({
    LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn!,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
  });
  listener = Listeners![0]!.ListenerArn!;
}

/** The weights of the listener, by the names of the groups. */
async function weights(): Promise<Record<string, number>> {
  const { Listeners } = await elb().describeListeners({ ListenerArns: [listener] });
  const { ForwardConfig, TargetGroupArn } = Listeners![0]!.DefaultActions!.at(-1)!;
  const tuples = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  return Object.fromEntries(tuples.map((it) => [it.TargetGroupArn!.split('/')[1]!, it.Weight!]));
}

const record = () => lastCutoverOf(project);

it('moves the weights of target groups in steps', async () => {
  const ran = await project.run(TO_B);
  expect({ ...ran }).toMatchObject({ exitCode: 0 });
  expect(ran.stderr).toContain('75 % to Prod, 25 % to ProdB');
  expect(await weights()).toEqual({ blue: 0, green: 100 });
  expect(record()).toMatchObject({ verdict: 'MOVED', percent: 100 });
});

it('puts them back where a check fails, and where it is stopped', async () => {
  prodB.isFaulty = true;
  expect(await project.run(TO_B)).toMatchObject({ exitCode: 1 });
  expect(await weights()).toEqual({ blue: 1 });
  prodB.isFaulty = false;
  expect(await project.run(TO_B, 'SIGINT', /25 % to ProdB/)).toMatchObject({ exitCode: 1 });
  expect(record()).toMatchObject({ verdict: 'MOVED BACK', percent: 0 });
  expect(await weights()).toEqual({ blue: 1 });
});

it('is put back from its ledger after kill -9 in the middle, and moves nothing before that', async () => {
  const killed = await project.run(TO_B, 'SIGKILL', /25 % to ProdB/);
  expect(killed.exitCode).toBeNull();
  expect(await weights()).toEqual({ blue: 75, green: 25 });
  const again = await project.run(TO_B);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain('did not come to its end');
  expect(await weights()).toEqual({ blue: 75, green: 25 });
  const back = await project.run(['cutover', '--back', '--target', 'aws']);
  expect(back).toMatchObject({ exitCode: 0 });
  expect(back.stdout).toContain('100 % of the traffic goes to Prod and 0 % to ProdB, as before it');
  expect(await weights()).toEqual({ blue: 1 });
});
