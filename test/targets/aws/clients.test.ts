import { Clients } from '../../../lib/targets/aws/clients';
import { isNotThere } from '../../../lib/targets/aws/failed-call';
import { FakeService, refusal, type Answer } from './service';

/** What the service answers, one after the other; the last again and again. */
let replies: (() => Answer)[];
let service: FakeService;

beforeEach(async () => {
  replies = [];
  service = await FakeService.start(() => (replies.length > 1 ? replies.shift() : replies[0])!());
});
afterEach(() => service.close());

const FINE = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Staging</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const fine = (): Answer => ({ status: 200, xml: FINE });
const cut = (): Answer => ({ status: 200, xml: FINE.slice(0, 90) });
const hangs = (): Answer => ({ status: 200 });
const fails = (status: number, code: string, message: string) => (): Answer => refusal(status, code, message);

const ask = (signal = new AbortController().signal, requestMs?: number) =>
  new Clients(requestMs === undefined ? {} : { requestMs })
    .for('cloudformation', signal)
    .describeStacks({ StackName: 'Staging' });

it('comes through throttling and faults of a busy service', async () => {
  replies = [fails(400, 'Throttling', 'Rate exceeded'), fails(500, 'InternalFailure', 'oops'), fine];
  expect((await ask()).Stacks).toMatchObject([{ StackName: 'Staging' }]);
  expect(service.asked).toHaveLength(3);
});

it('reads again what was cut short, which the SDK does not, and writes nothing twice that would be made twice', async () => {
  replies = [cut, fine];
  expect((await ask()).Stacks).toHaveLength(1);
  replies = [cut];
  service.asked = [];
  const cloudFormation = new Clients({}).for('cloudformation', new AbortController().signal);
  await cloudFormation.createStack({ StackName: 'Staging' }).catch(() => {});
  expect(service.asked).toEqual(['CreateStack']);
});

it('does not wait for an answer that never comes', async () => {
  replies = [hangs, fine];
  const start = performance.now();
  expect((await ask(undefined, 100)).Stacks).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(service.asked).toHaveLength(2);
});

it('stops at once with its signal, and sends nothing after it', async () => {
  const stop = new AbortController();
  replies = [
    () => {
      stop.abort(new Error('stopped by SIGINT'));
      return hangs();
    },
  ];
  await expect(ask(stop.signal)).rejects.toThrow('stopped by SIGINT');
  await expect(ask(stop.signal)).rejects.toThrow('stopped by SIGINT');
  expect(service.asked).toHaveLength(1);
});

it.each([
  [
    403,
    'AccessDenied',
    'not authorized',
    'aws',
    'Allow cloudformation:DescribeStacks for the role of these credentials.',
    true,
  ],
  [
    403,
    'ExpiredToken',
    'the token has expired',
    'aws-credentials',
    expect.stringMatching(/^Sign in, or set AWS_PROFILE/),
    true,
  ],
  [
    403,
    'InvalidClientTokenId',
    'the token is invalid',
    'aws-credentials',
    expect.stringMatching(/^Sign in/),
    true,
  ],
  [400, 'ValidationError', 'no such thing', 'aws', expect.stringMatching(/^Try again/), false],
] as const)(
  'says which call failed on what, what to do, and whether a release may be to blame: %d %s',
  async (status, code, message, ours, fix, isMachineFault) => {
    replies = [fails(status, code, message)];
    await expect(ask()).rejects.toMatchObject({
      code: ours,
      message: `cloudformation:DescribeStacks on Staging failed: ${message}`,
      fix: fix as string,
      isMachineFault,
    });
    expect(service.asked).toHaveLength(1);
  },
);

it('names the action that a policy has to allow as IAM does', async () => {
  replies = [fails(403, 'AccessDenied', 'not authorized')];
  const balancers = new Clients({}).for('elbv2', new AbortController().signal);
  await expect(balancers.describeLoadBalancers({})).rejects.toMatchObject({
    message: 'elbv2:DescribeLoadBalancers failed: not authorized',
    fix: 'Allow elasticloadbalancing:DescribeLoadBalancers for the role of these credentials.',
  });
});

it('knows the answer that there is no such stack from other refusals', async () => {
  const errorOf = async (message: string): Promise<unknown> => {
    replies = [fails(400, 'ValidationError', message)];
    return ask().then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  expect(isNotThere(await errorOf('Stack with id Staging does not exist'))).toBe(true);
  expect(isNotThere(await errorOf('Stack with id Staging is invalid'))).toBe(false);
  expect(isNotThere(new Error('does not exist'))).toBe(false);
});

it('says so where there are no credentials, and which Region is taken', async () => {
  expect(await new Clients({}).region()).toBe('eu-west-1');
  expect(await new Clients({ region: 'eu-north-1' }).region()).toBe('eu-north-1');
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/there/is/no/home' });
  await expect(ask()).rejects.toMatchObject({ code: 'aws-credentials' });
  expect(service.asked).toEqual([]);
});
