import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { Scheduler, type GetScheduleOutput } from '@aws-sdk/client-scheduler';
import { App, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import { detailsOf } from '../../lib/targets/aws/handle';
import { TAG } from '../../lib/targets/aws/tags';
import type { Handle, Watch } from '../../lib/targets/target';
import { SelfDestruct, type ExpiryWarning } from '../../lib/twins/lifecycle/self-destruct';
import { start, type Emulator } from './emulator';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await start('ministack');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'us-east-1',
  });
});
afterAll(() => emulator.stop());

const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString().slice(0, 19);

/** A stack that deletes itself, with a schedule of its own beside it. */
function templateOf(expires: string | undefined, warning?: ExpiryWarning): string {
  const app = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
  const stack = new Stack(app, 'S', { synthesizer: new LegacyStackSynthesizer() });
  if (expires !== undefined)
    new SelfDestruct(stack, 'SelfDestruct', { expires, ...(warning && { warning }) });
  new CfnSchedule(stack, 'Nightly', {
    flexibleTimeWindow: { mode: 'OFF' },
    scheduleExpression: 'rate(1 day)',
    target: {
      arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
      roleArn: 'arn:aws:iam::000000000000:role/any',
    },
  });
  return JSON.stringify(app.synth().getStackArtifact('S').template);
}

/** An environment of stacks that end in so many hours each. */
async function standing(
  name: string,
  ends: readonly (number | undefined)[],
  warning?: ExpiryWarning,
): Promise<Handle> {
  const cloudFormation = emulator.use(CloudFormation);
  const refs = [];
  for (const [i, hours] of ends.entries()) {
    const StackName = `${name}-${i}`;
    const { StackId: id } = await cloudFormation.createStack({
      StackName,
      TemplateBody: templateOf(hours === undefined ? undefined : inHours(hours), warning),
      Capabilities: ['CAPABILITY_IAM'],
      Tags: [{ Key: TAG, Value: name }],
    });
    await waitUntilStackCreateComplete(
      { client: cloudFormation, maxWaitTime: 30, minDelay: 1 },
      { StackName },
    );
    refs.push({ path: '', name: StackName, region: 'us-east-1', id });
  }
  return { target: 'aws', name, account: '000000000000', ...detailsOf(refs) };
}

/** The schedule of the self-destruct of a stack. */
async function scheduleOf(stack: string): Promise<GetScheduleOutput> {
  const { Schedules = [] } = await emulator.use(Scheduler).listSchedules({});
  const all = await Promise.all(Schedules.map(({ Name }) => emulator.use(Scheduler).getSchedule({ Name })));
  return all.find(({ Target }) => Target?.Input?.includes(`:stack/${stack}/`))!;
}

const watch: Watch = {
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: () => {},
};

/** Hours from now, as near as a test is. */
const hoursUntil = (iso: string): number => Math.round((Date.parse(iso) - Date.now()) / HOUR / 0.05) * 0.05;
const endOf = ({ ScheduleExpression: at = '' }: GetScheduleOutput): string => `${/at\((.*)\)/.exec(at)![1]}Z`;

it('moves the schedules of all stacks by as much, and nothing else of them', async () => {
  const handle = await standing('two', [2, 2.5]);
  const before = await scheduleOf('two-1');
  const ends = await new AwsTarget({}).extend(handle, 6, watch);
  expect(hoursUntil(ends)).toBeCloseTo(6);
  expect(endOf(await scheduleOf('two-0'))).toBe(ends);
  const after = await scheduleOf('two-1');
  expect(hoursUntil(endOf(after))).toBeCloseTo(6.5);
  const { Name, GroupName, Description, State, FlexibleTimeWindow, Target } = before;
  expect(after).toMatchObject({ Name, GroupName, Description, State, FlexibleTimeWindow, Target });
  expect(Target!.RoleArn).toContain(':role/two-1-');
});

it('moves the warning as far as the end, and the message that says it', async () => {
  const topicArn = 'arn:aws:sns:us-east-1:000000000000:operations';
  const handle = await standing('warned', [2], { topicArn });
  const ends = await new AwsTarget({}).extend(handle, 6, watch);
  const { Schedules = [] } = await emulator.use(Scheduler).listSchedules({ NamePrefix: 'warned-0' });
  const all = await Promise.all(Schedules.map(({ Name }) => emulator.use(Scheduler).getSchedule({ Name })));
  const warning = all.find(({ Target }) => Target?.Arn?.endsWith(':sns:publish'))!;
  expect(Date.parse(ends) - Date.parse(endOf(warning))).toBe(30 * 60_000);
  expect(JSON.parse(warning.Target!.Input!)).toEqual({
    TopicArn: topicArn,
    Subject: 'A staging is about to delete itself',
    Message: `The stack warned-0 deletes itself at ${ends}. To move that: npx twin extend --hours 4`,
  });
  expect(endOf(await scheduleOf('warned-0'))).toBe(ends);
});

it('leaves what ends later already, however often it is asked', async () => {
  const handle = await standing('later', [8]);
  const before = endOf(await scheduleOf('later-0'));
  for (const hours of [1, 8])
    expect(hoursUntil(await new AwsTarget({}).extend(handle, hours, watch))).toBeCloseTo(8);
  expect(hoursUntil(before)).toBeCloseTo(8);
  expect(hoursUntil(endOf(await scheduleOf('later-0')))).toBeCloseTo(8);
});

it('goes no further than the lifetime that the config allows, a day without one', async () => {
  const handle = await standing('policy', [2, 2.5]);
  const before = endOf(await scheduleOf('policy-0'));
  await expect(new AwsTarget({ maxHours: 4 }).extend(handle, 6, watch)).rejects.toMatchObject({
    code: 'lifetime',
    message: expect.stringMatching(
      /^the environment may stand at most 3 h (30|29) min from now, got 6 h: its lifetime is limited to 4 h$/,
    ) as string,
    fix: 'Ask for less, or raise aws.maxHours in twin.config.ts.',
  });
  await expect(new AwsTarget({}).extend(handle, 25, watch)).rejects.toMatchObject({ code: 'lifetime' });
  expect(endOf(await scheduleOf('policy-0'))).toBe(before);
  await expect(new AwsTarget({ maxHours: 4 }).extend(handle, 3.4, watch)).resolves.toMatch(/Z$/);
});

it('says so where nothing deletes a stack, or nothing stands', async () => {
  const handle = await standing('without', [undefined]);
  await expect(new AwsTarget({}).extend(handle, 6, watch)).rejects.toMatchObject({
    code: 'no-schedule',
    message: 'the stack without-0 has no schedule that deletes it',
  });
  await expect(new AwsTarget({}).extend({ target: 'aws', name: 'none' }, 6, watch)).rejects.toMatchObject({
    code: 'no-schedule',
    message: 'nothing of none stands',
  });
});
