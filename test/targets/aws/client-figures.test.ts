import type { Tier } from '../../../lib/blueprint/blueprint';
import { clientFigures, clientsOf } from '../../../lib/targets/aws/client-figures';
import type { LiveTier } from '../../../lib/targets/aws/live-tiers';
import { AwsPlace } from '../../../lib/targets/aws/place';
import { FakeService, type Answer } from './service';

const MINUTE = 60_000;
const now = Math.floor(Date.now() / MINUTE) * MINUTE;
const { signal } = new AbortController();

let service: FakeService;
let answer: Answer;
beforeEach(async () => {
  service = await FakeService.start(() => answer);
});
afterEach(() => service.close());

/** What CloudWatch has, by the ids of the queries: values of one minute, two minutes and more ago. */
function metrics(results: Readonly<Record<string, readonly number[]>>): Answer {
  const MetricDataResults = Object.entries(results).map(([Id, Values]) => ({
    Id,
    Values,
    Timestamps: Values.map((_, i) => (now - (i + 1) * MINUTE) / 1000),
  }));
  return { status: 200, json: { MetricDataResults } };
}

const tierOf = (arn: string | undefined): LiveTier => ({
  tier: {
    kind: 'service',
    name: 'Web',
    balancer: { loadBalancer: { stack: '', logicalId: 'B' } },
  } as unknown as Tier,
  physicalId: 'web',
  properties: {},
  idOf: () => arn,
  clients: new AwsPlace({}).in(),
});
const ALB = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/50dc';
const look = (arn: string | undefined = ALB, since = now - 10 * MINUTE) =>
  clientsOf([tierOf(arn)], since, new AwsPlace({}), signal);

it('sums the minutes, and weighs their p95 by their requests', async () => {
  answer = metrics({ requests: [100, 300], times: [0.5, 0.1], failures0: [3, 1], failures1: [0, 2] });
  expect(await look()).toEqual({
    tiers: [{ tier: 'Web', requests: 400, failures: 6, p95Ms: 200 }],
    unseen: [],
  });
});

it('asks for no minute that is not over', async () => {
  answer = metrics({ requests: [1] });
  const metered = { region: 'eu-west-1', dimensions: [], failures: [] };
  expect(await clientFigures(metered, Date.now() - 1000, new AwsPlace({}), signal)).toEqual({
    requests: 0,
    failures: 0,
  });
  expect(service.asked).toEqual([]);
});

it('says of what there are no figures, and why', async () => {
  answer = metrics({ requests: [] });
  expect((await look()).unseen).toEqual([
    'CloudWatch has no request of Web yet: it has a minute two minutes after its end',
  ]);
  const network = ALB.replace('/app/', '/net/');
  for (const arn of [undefined, network])
    expect(await clientsOf([tierOf(arn)], now - 10 * MINUTE, new AwsPlace({}), signal)).toEqual({
      tiers: [],
      unseen: ['Web has no Application Load Balancer that CloudWatch has figures of'],
    });
  answer = { status: 400, json: { __type: 'AccessDeniedException', message: 'not authorized' } };
  const { unseen } = await look();
  expect(unseen).toEqual([
    expect.stringMatching(/^the clients of Web were not looked at: cloudwatch:GetMetricData/),
  ]);
});
