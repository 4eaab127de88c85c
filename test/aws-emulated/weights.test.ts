import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { EC2 } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2, type Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { clientFigures } from '../../lib/targets/aws/client-figures';
import { AwsPlace } from '../../lib/targets/aws/place';
import { AwsTraffic } from '../../lib/targets/aws/traffic';
import { WeightedGroups } from '../../lib/targets/aws/weighted-groups';
import type { HeldTraffic, TrafficState } from '../../lib/targets/traffic';
import { start, useFromHere, type Emulator } from './emulator';

const variables = { ...process.env };

let emulator: Emulator;
let balancer: string;
let blue: string;
let green: string;
let other: string;
let listener: string;
let rule: string;

const elb = (): ElasticLoadBalancingV2 => emulator.use(ElasticLoadBalancingV2);

beforeAll(async () => {
  emulator = await start('moto');
  useFromHere(emulator);
  const ec2 = emulator.use(EC2);
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
  const subnetIn = async (zone: string, i: number): Promise<string> => {
    const { Subnet } = await ec2.createSubnet({ VpcId: Vpc!.VpcId, CidrBlock: `10.0.${i}.0/24`, AvailabilityZone: zone }); // prettier-ignore
    return Subnet!.SubnetId!;
  };
  const Subnets = [await subnetIn('us-east-1a', 1), await subnetIn('us-east-1b', 2)];
  const { LoadBalancers } = await elb().createLoadBalancer({ Name: 'shop', Subnets });
  balancer = LoadBalancers![0]!.LoadBalancerArn!;
  const group = async (Name: string): Promise<string> => {
    const { TargetGroups } = await elb().createTargetGroup({
      Name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: Vpc!.VpcId,
    });
    return TargetGroups![0]!.TargetGroupArn!;
  };
  [blue, green, other] = [await group('blue'), await group('green'), await group('other')];
  const made = await elb().createListener({
    LoadBalancerArn: balancer,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
  });
  listener = made.Listeners![0]!.ListenerArn!;
  const { Rules } = await elb().createRule({
    ListenerArn: listener,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', Values: ['/shop/*'] }],
    Actions: forward([blue, 3], [green, 0]),
  });
  rule = Rules![0]!.RuleArn!;
});
beforeEach(() =>
  elb().modifyListener({
    ListenerArn: listener,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: blue }],
  }),
);
afterAll(async () => {
  await emulator.stop();
  process.env = variables;
});

const forward = (...groups: readonly (readonly [string, number])[]): Action[] => [
  {
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
];

const sectionOf = (of: string) => ({
  listener: of,
  productions: { Prod: { targetGroup: blue }, ProdB: { targetGroup: green } },
});
const place = (): AwsPlace => new AwsPlace({});
const trafficOf = (of = listener): AwsTraffic => new AwsTraffic(sectionOf(of), place(), 10);

/** The weights of a listener's own action. */
async function weightsOf(of = listener): Promise<Record<string, number>> {
  const found = of.includes('listener-rule')
    ? (await elb().describeRules({ RuleArns: [of] })).Rules![0]!.Actions!
    : (await elb().describeListeners({ ListenerArns: [of] })).Listeners![0]!.DefaultActions!;
  const { ForwardConfig, TargetGroupArn } = found.at(-1)!;
  const tuples = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  return Object.fromEntries(tuples.map((it) => [it.TargetGroupArn!.split('/')[1]!, it.Weight!]));
}

/** Holds the traffic; @returns what was learned and said */
async function hold(
  traffic: AwsTraffic,
  work: (held: HeldTraffic) => Promise<void>,
  signal = new AbortController().signal,
) {
  const learned: Record<string, string> = {};
  const lines: string[] = [];
  const [first, second] = traffic.productions;
  const watch = {
    signal,
    log: (line: string) => void lines.push(line),
    learn: (before: object) => void Object.assign(learned, before),
  };
  const failure = await traffic.hold(first, second, work, watch).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  return { learned, lines, failure };
}

const read = (traffic: AwsTraffic): Promise<TrafficState> =>
  traffic.read(traffic.productions[0], { signal: new AbortController().signal, log: () => {} });

it('moves a share to a target group that the listener did not name, and takes it out again', async () => {
  const traffic = trafficOf();
  const seen: unknown[] = [];
  const { failure, learned } = await hold(traffic, async (held) => {
    await held.shift(0);
    seen.push(await weightsOf());
    await held.shift(25);
    seen.push(await weightsOf(), (await read(traffic)).percent);
    throw new Error('a gate failed');
  });
  expect(failure?.message).toBe('a gate failed');
  expect(seen).toEqual([{ blue: 1 }, { blue: 75, green: 25 }, 25]);
  expect(await weightsOf()).toEqual({ blue: 1 });
  expect(learned).toEqual({ before: '{"forward":[1,null]}' });
});

it('keeps what was moved, and moves it back to what it found', async () => {
  await hold(trafficOf(rule), async (held) => {
    await held.shift(100);
    await held.keep();
  });
  expect(await weightsOf(rule)).toEqual({ blue: 0, green: 100 });
  await hold(trafficOf(rule), async (held) => {
    await held.shift(100);
    await held.shift(40);
    throw new Error('it stops');
  });
  expect(await weightsOf(rule)).toEqual({ blue: 0, green: 100 });
  await hold(trafficOf(rule), async (held) => {
    await held.shift(0);
    await held.keep();
  });
  expect(await weightsOf(rule)).toEqual({ blue: 100, green: 0 });
});

it('is put back by another process, from what was learned', async () => {
  const killed = trafficOf();
  const { learned } = await hold(killed, async (held) => {
    await held.shift(25);
    await held.keep(); // a process that is killed puts nothing back
  });
  expect(await weightsOf()).toEqual({ blue: 75, green: 25 });
  const lines: string[] = [];
  const watch = { signal: new AbortController().signal, log: (line: string) => void lines.push(line) };
  expect(await trafficOf().putBack(learned, watch)).toEqual({ second: 'ProdB', percent: 0 });
  expect(await weightsOf()).toEqual({ blue: 1 });
  expect(lines).toEqual([`the listener ${listener}: 100 % to Prod, 0 % to ProdB, as before`]);
});

it('moves nothing on that another process has moved', async () => {
  const { failure } = await hold(trafficOf(), async (held) => {
    await elb().modifyListener({ ListenerArn: listener, DefaultActions: forward([blue, 10], [green, 90]) });
    await held.shift(25);
  });
  expect(failure?.message).toBe(
    `another process has set the weights of the listener ${listener}: they are forward 10 and 90, and were forward 1 and none`,
  );
  expect(await weightsOf()).toEqual({ blue: 10, green: 90 }); // it had moved nothing itself
});

it('refuses what is shared with another group, and what forwards to none', async () => {
  const check = () => trafficOf().check({ signal: new AbortController().signal, log: () => {} });
  await elb().modifyListener({ ListenerArn: listener, DefaultActions: forward([blue, 1], [other, 1]) });
  await expect(check()).rejects.toThrow(`it forwards to ${other} too`);
  await elb().modifyListener({ ListenerArn: listener, DefaultActions: forward([blue, 1], [green, 1]) });
  await expect(check()).rejects.toThrow('are forward 1 and 1; expected is that one production has all');
  await elb().modifyListener({
    ListenerArn: listener,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }],
  });
  await expect(check()).rejects.toThrow('it forwards to no target group');
});

it('leaves other actions, groups without a share and stickiness as they are, and says that clients stay', async () => {
  await elb().modifyListener({
    ListenerArn: listener,
    DefaultActions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: 7 },
            { TargetGroupArn: other, Weight: 0 },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3600 },
        },
      },
    ],
  });
  const { lines } = await hold(trafficOf(), async (held) => {
    await held.shift(100);
    await held.keep();
  });
  expect(lines[0]).toBe(
    `warning: clients may stay where they are for 3600 s: the stickiness of the listener ${listener}`,
  );
  expect(await weightsOf()).toEqual({ blue: 0, green: 100, other: 0 });
  const { Listeners } = await elb().describeListeners({ ListenerArns: [listener] });
  expect(Listeners![0]!.DefaultActions![0]!.ForwardConfig!.TargetGroupStickinessConfig).toMatchObject({
    Enabled: true,
    DurationSeconds: 3600,
  });
});

it('reads what CloudWatch has of each target group, in whole minutes', async () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const dimensions = [
    { Name: 'LoadBalancer', Value: balancer.split(':loadbalancer/')[1]! },
    { Name: 'TargetGroup', Value: green.split(':').at(-1)! },
  ];
  const put = (MetricName: string, Value: number, minutesAgo: number) =>
    emulator.use(CloudWatch).putMetricData({
      Namespace: 'AWS/ApplicationELB',
      MetricData: [
        {
          MetricName,
          Value,
          Dimensions: dimensions,
          Timestamp: new Date(minute - minutesAgo * 60_000 + 1000),
        },
      ],
    });
  await put('RequestCount', 300, 3);
  await put('RequestCount', 100, 2);
  await put('RequestCount', 999, 20); // before
  await put('HTTPCode_Target_5XX_Count', 4, 2);
  const [, second] = await new WeightedGroups(sectionOf(listener), place()).metered();
  expect(second!.dimensions).toEqual(dimensions);
  const figures = await clientFigures(second!, minute - 5 * 60_000, place(), new AbortController().signal);
  expect(figures).toMatchObject({ requests: 400, failures: 4 });
});
