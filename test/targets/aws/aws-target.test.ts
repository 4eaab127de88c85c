import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliCredentialsStackSynthesizer, Stack, type IStackSynthesizer } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { count, Twins } from '../../../lib';
import { AwsTarget } from '../../../lib/targets/aws/aws-target';
import { aws } from '../../../lib/targets/aws/module';
import type { Deployment, Handle, Watch } from '../../../lib/targets/target';
import { FakeService, refusal, type Answer } from './service';
import { newApp } from '../../app';

let service: FakeService;
let folder: string;

/** The states of the only stack, one for each look at it; the last again and again. None: there is no stack. */
let states: string[];

/** The role that the stack was deployed with. */
let role: string | undefined;

/** The account is 111122223333. */
function answerTo(call: string): Answer {
  const answer = (result: string): Answer => ({
    status: 200,
    xml: `<${call}Response><${call}Result>${result}</${call}Result></${call}Response>`,
  });
  if (call === 'GetCallerIdentity') return answer('<Account>111122223333</Account>');
  if (call !== 'DescribeStacks') return answer('');
  const state = states.length > 1 ? states.shift() : states[0];
  if (state === undefined) return refusal(400, 'ValidationError', 'Stack does not exist');
  return answer(
    `<Stacks><member><StackName>Staging</StackName><StackId>id-1</StackId><StackStatus>${state}</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime>${role === undefined ? '' : `<RoleARN>${role}</RoleARN>`}<Tags><member><Key>cdk-twin:environment</Key><Value>r1</Value></member></Tags></member></Stacks>`,
  );
}

beforeEach(async () => {
  [states, role] = [[], undefined];
  folder = mkdtempSync(join(tmpdir(), 'twin-aws-'));
  service = await FakeService.start(answerTo);
});
afterEach(() => {
  service.close();
  rmSync(folder, { recursive: true });
});

function synthesize(synthesizer?: () => IStackSynthesizer, image?: string): Deployment {
  const app = newApp({ outdir: folder });
  const twins = new Twins(app, {
    scale: { queues: count({ reason: 'fewer' }) },
    environment: (scope, id, { queues }, options) => {
      const stack = new Stack(scope, id, {
        ...options,
        ...(synthesizer && { synthesizer: synthesizer() }),
      });
      for (let i = 0; i < queues; i++) new sqs.Queue(stack, `Queue${i}`);
      if (image !== undefined) serviceOf(stack, image);
      return stack;
    },
  });
  twins.prod('Prod', { scale: { queues: 3 } });
  twins.staging('Staging', { scale: { queues: 2 }, expires: '2037-01-01T00:00:00' });
  app.synth();
  return { release: '1', assembly: folder, environment: 'Staging' };
}

function serviceOf(stack: Stack, image: string): void {
  const task = new ecs.CfnTaskDefinition(stack, 'Task', {
    containerDefinitions: [
      { name: 'web', image, environment: [{ name: 'RELEASE', value: stack.stackName }] },
    ],
  });
  new ecs.CfnService(stack, 'Web', { taskDefinition: task.ref, desiredCount: 2 });
}

const watchOf = (handle: Handle): Watch => ({
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: (details) => void Object.assign(handle, details),
});

it('does not say that it has stopped while a deployment of its own may still make a stack', async () => {
  let isAtWork = true;
  let begin = (): void => {};
  const begun = new Promise<void>((done) => (begin = done));
  const aborted: unknown[] = [];
  const target = new AwsTarget(
    {},
    {
      // as the toolkit: it asks for a change set, and hears of nothing until there is an answer
      deploy: async (_, { signal }) => {
        begin();
        await new Promise((done) => setTimeout(done, 300));
        isAtWork = false;
        aborted.push(signal.reason);
        signal.throwIfAborted();
      },
    },
  );
  const handle = { ...target.allocate('r1') };
  const deployment = synthesize();
  await target.seed(handle, deployment, watchOf(handle));
  const up = target.up(handle, deployment, watchOf(handle)).catch((error: unknown) => error);
  await begun;
  await target.stop(handle, watchOf(handle));
  expect(isAtWork).toBe(false);
  expect(aborted).toMatchObject([{ code: 'stopped' }]);
  expect(await up).toMatchObject({ code: 'stopped' });
});

it('lets a migration take from the data what the config says', () => {
  const migrate = { command: ['node'], as: 'Web', timeoutSeconds: 1, removes: ['drafts'] };
  expect(new AwsTarget({ migrate }).removes).toEqual(['drafts']);
  expect(new AwsTarget({}).removes).toEqual([]);
  expect(new AwsTarget({ migrate }).contracts).toBe(false);
  expect(new AwsTarget({ migrate: { ...migrate, contract: ['node'] } }).contracts).toBe(true);
});

it("runs the team's commands in the folder of the config", async () => {
  writeFileSync(join(folder, 'marker'), '');
  const handle: Handle = { target: 'aws', name: 'r1', account: '111122223333' };
  const probes = await aws.open({}, folder).probes(handle, watchOf({ ...handle }));
  const results = await probes.run(
    { commands: [{ name: 'ours', run: 'test -f marker' }] },
    '1',
    watchOf({ ...handle }),
  );
  expect(results).toMatchObject([{ name: 'ours', outcome: 'passed' }]);
});

it('knows before anything stands whether two releases run the same images', async () => {
  const target = new AwsTarget({}, { pollMs: 1, deploy: () => Promise.resolve() });
  const handle: Handle = { target: 'aws', name: 'r1' };
  const codeOf = async (image: string) =>
    (await target.preflight(handle, synthesize(undefined, image), watchOf({ ...handle }))).code;
  const [first, same, other] = [await codeOf('shop:1'), await codeOf('shop:1'), await codeOf('shop:2')];
  expect(first).toBeDefined();
  expect([same === first, other === first]).toEqual([true, false]);
});

describe('a staging that could not delete itself', () => {
  const handle: Handle = { target: 'aws', name: 'r1' };
  const target = new AwsTarget({}, { pollMs: 1, deploy: () => Promise.resolve() });
  const up = (): Promise<void> => target.up(handle, synthesize(), watchOf({ ...handle }));

  it('is refused before it stands, where its assembly gives CloudFormation no role', async () => {
    const preflight = async (deployment: Deployment): Promise<readonly string[]> =>
      (await target.preflight(handle, deployment, watchOf({ ...handle }))).refusals;
    expect(await preflight(synthesize())).toEqual([]);
    expect(await preflight(synthesize(() => new CliCredentialsStackSynthesizer()))).toEqual([
      "the stack Staging would be deployed without a role of CloudFormation's: it could not delete itself when its time is over; deploy it with the bootstrap's roles, as the CDK's DefaultStackSynthesizer does",
    ]);
  });

  it('fails the stand-up, where CloudFormation says that it has no role after all', async () => {
    states = ['CREATE_COMPLETE'];
    await expect(up()).rejects.toMatchObject({
      code: 'self-destruct',
      message:
        "the stack Staging was deployed without a role of CloudFormation's: it could not delete itself when its time is over",
      fix: "Bootstrap the account, and deploy it with the bootstrap's roles, as the CDK's DefaultStackSynthesizer does.",
    });
    role = 'arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1';
    await expect(up()).resolves.toBeUndefined();
  });
});

describe('what CloudFormation is doing', () => {
  const handle: Handle = {
    target: 'aws',
    name: 'r1',
    account: '111122223333',
    stacks: '1',
    'stack.0': 'Staging',
    'region.0': 'eu-west-1',
    'id.0': 'id-1',
  };
  /** The calls that change something. */
  const changes = (): string[] => service.asked.filter((it) => !/^(Describe|List|Get)/.test(it));
  const stop = (): Promise<void> => new AwsTarget({}, { pollMs: 1 }).stop(handle, watchOf({ ...handle }));

  it.each([
    ['CREATE_IN_PROGRESS', 'DeleteStack', 'DELETE_IN_PROGRESS'],
    ['REVIEW_IN_PROGRESS', 'DeleteStack', 'DELETE_COMPLETE'],
    ['UPDATE_IN_PROGRESS', 'CancelUpdateStack', 'UPDATE_ROLLBACK_COMPLETE'],
  ])('is ended in %s by %s, and waited for', async (state, call, end) => {
    states = [state, state, 'UPDATE_ROLLBACK_IN_PROGRESS', end];
    await stop();
    expect(changes()).toEqual([call]);
    expect(states).toEqual([end]);
  });

  it('is known by the id of the stack from then on, also where a deployment was broken off before it said that', async () => {
    const { 'id.0': id, ...known } = handle;
    states = ['CREATE_COMPLETE'];
    await new AwsTarget({}, { pollMs: 1 }).stop({ ...known }, watchOf(known));
    expect(known).toMatchObject({ 'id.0': id });
  });

  it.each(['CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'UPDATE_COMPLETE', 'DELETE_FAILED'])(
    'is left alone in %s, in which nothing is created',
    async (state) => {
      states = [state];
      await stop();
      expect(changes()).toEqual([]);
    },
  );
});

it('is reached with credentials alone, which are asked for before anything is planned', async () => {
  const target = new AwsTarget({});
  const handle = target.allocate('r');
  await target.reach(handle, watchOf({ ...handle }));
  const known = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = known.map((name) => process.env[name]);
  const { HOME } = process.env;
  for (const name of known) delete process.env[name];
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/there/is/no/home' });
  try {
    const other = new AwsTarget({});
    await expect(other.reach(handle, watchOf({ ...handle }))).rejects.toMatchObject({
      code: 'aws-credentials',
    });
  } finally {
    known.forEach((name, i) => (process.env[name] = before[i]));
    Object.assign(process.env, { HOME });
  }
});
