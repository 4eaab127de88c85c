import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { count, Twins } from '../../../lib';
import { AwsTarget } from '../../../lib/targets/aws/aws-target';
import { aws } from '../../../lib/targets/aws/module';
import type { Deployment, Handle, Watch } from '../../../lib/targets/target';

let server: Server;
let folder: string;
const before = { ...process.env };

/** The states of the only stack, one for each look at it; the last again and again. None: there is no stack. */
let states: string[];
let asked: string[];

/** The answer to a call: the account is 111122223333. */
function answerTo(action: string): { readonly status: number; readonly xml: string } {
  if (action === 'GetCallerIdentity')
    return {
      status: 200,
      xml: '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    };
  asked.push(action);
  if (action !== 'DescribeStacks')
    return { status: 200, xml: `<${action}Response><${action}Result/></${action}Response>` };
  const state = states.length > 1 ? states.shift() : states[0];
  if (state === undefined)
    return {
      status: 400,
      xml: '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>',
    };
  const stack = `<member><StackName>Staging</StackName><StackId>id-1</StackId><StackStatus>${state}</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime></member>`;
  return {
    status: 200,
    xml: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

beforeEach(async () => {
  states = [];
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'twin-aws-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { status, xml } = answerTo(new URLSearchParams(body).get('Action') ?? '');
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'eu-west-1',
  });
});
afterEach(() => {
  process.env = { ...before };
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function synthesize(): Deployment {
  const app = new App({ outdir: folder, builtinCloudFormationValidation: false, analyticsReporting: false });
  const twins = new Twins(app, {
    scale: { queues: count({ reason: 'fewer' }) },
    environment: (scope, id, { queues }, options) => {
      const stack = new Stack(scope, id, options);
      for (let i = 0; i < queues; i++) new sqs.Queue(stack, `Queue${i}`);
      return stack;
    },
  });
  twins.prod('Prod', { scale: { queues: 3 } });
  twins.staging('Staging', { scale: { queues: 2 }, expires: '2037-01-01T00:00:00' });
  app.synth();
  return { release: '1', assembly: folder, environment: 'Staging' };
}

const watchOf = (handle: Handle): Watch => ({
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: (details) => void Object.assign(handle, details),
});

it('does not say that it has stopped while a deployment of its own may still make a stack', async () => {
  let isAtWork = true;
  const aborted: unknown[] = [];
  const target = new AwsTarget(
    {},
    {
      // as the toolkit: it asks for a change set, and hears of nothing until there is an answer
      deploy: async (_, { signal }) => {
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
  await new Promise((done) => setTimeout(done, 100));
  await target.stop(handle, watchOf(handle));
  expect(isAtWork).toBe(false);
  expect(aborted).toMatchObject([{ code: 'stopped' }]);
  expect(await up).toMatchObject({ code: 'stopped' });
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
  const stop = (): Promise<void> => new AwsTarget({}, { pollMs: 1 }).stop(handle, watchOf({ ...handle }));

  it.each([
    ['CREATE_IN_PROGRESS', 'DeleteStack', 'DELETE_IN_PROGRESS'],
    ['REVIEW_IN_PROGRESS', 'DeleteStack', 'DELETE_COMPLETE'],
    ['UPDATE_IN_PROGRESS', 'CancelUpdateStack', 'UPDATE_ROLLBACK_COMPLETE'],
  ])('is ended in %s by %s, and waited for', async (state, call, end) => {
    states = [state, state, 'UPDATE_ROLLBACK_IN_PROGRESS', end];
    await stop();
    expect(asked.filter((it) => it !== 'DescribeStacks')).toEqual([call]);
    expect(states).toEqual([end]);
  });

  it.each(['CREATE_COMPLETE', 'DELETE_IN_PROGRESS', 'UPDATE_COMPLETE', 'DELETE_FAILED'])(
    'is left alone in %s, in which nothing is created',
    async (state) => {
      states = [state];
      await stop();
      expect(asked.filter((it) => it !== 'DescribeStacks')).toEqual([]);
    },
  );
});
