import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clients, isNotThere } from '../../../lib/targets/aws/clients';

/** What the service answers, one after the other; the last again and again. */
type Reply = (response: ServerResponse) => void;

let server: Server;
let replies: Reply[];
let asked: string[];
const before = { ...process.env };

beforeEach(async () => {
  replies = [];
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(new URLSearchParams(body).get('Action') ?? '');
      (replies.length > 1 ? replies.shift() : replies[0])!(response);
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
});

const FINE = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Staging</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
const fine: Reply = (response) => void response.writeHead(200, { 'content-type': 'text/xml' }).end(FINE);
const cut: Reply = (response) =>
  void response.writeHead(200, { 'content-type': 'text/xml' }).end(FINE.slice(0, 90));
const hangs: Reply = () => {};
const fails =
  (status: number, code: string, message: string): Reply =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(`<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);

const ask = (signal = new AbortController().signal, requestMs?: number) =>
  new Clients(requestMs === undefined ? {} : { requestMs })
    .for('cloudformation', signal)
    .describeStacks({ StackName: 'Staging' });

it('comes through throttling and faults of a busy service', async () => {
  replies = [fails(400, 'Throttling', 'Rate exceeded'), fails(500, 'InternalFailure', 'oops'), fine];
  expect((await ask()).Stacks).toMatchObject([{ StackName: 'Staging' }]);
  expect(asked).toHaveLength(3);
});

it('reads again what was cut short, which the SDK does not, and writes nothing twice', async () => {
  replies = [cut, fine];
  expect((await ask()).Stacks).toHaveLength(1);
  replies = [cut];
  asked = [];
  const cloudFormation = new Clients({}).for('cloudformation', new AbortController().signal);
  await cloudFormation.deleteStack({ StackName: 'Staging' }).catch(() => {});
  expect(asked).toEqual(['DeleteStack']);
});

it('does not wait for an answer that never comes', async () => {
  replies = [hangs, fine];
  const start = performance.now();
  expect((await ask(undefined, 100)).Stacks).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(asked).toHaveLength(2);
});

it('stops at once with its signal, and sends nothing after it', async () => {
  const stop = new AbortController();
  replies = [() => stop.abort(new Error('stopped by SIGINT'))];
  await expect(ask(stop.signal)).rejects.toThrow('stopped by SIGINT');
  await expect(ask(stop.signal)).rejects.toThrow('stopped by SIGINT');
  expect(asked).toHaveLength(1);
});

it.each([
  [
    403,
    'AccessDenied',
    'not authorized',
    'aws',
    'Allow cloudformation:DescribeStacks for the role that rehearses.',
  ],
  [
    403,
    'ExpiredToken',
    'the token has expired',
    'aws-credentials',
    expect.stringMatching(/^Sign in, or set AWS_PROFILE/),
  ],
  [403, 'InvalidClientTokenId', 'the token is invalid', 'aws-credentials', expect.stringMatching(/^Sign in/)],
  [400, 'ValidationError', 'no such thing', 'aws', expect.stringMatching(/^Try again/)],
] as const)(
  'says which call failed on what, and what to do: %d %s',
  async (status, code, message, ours, fix) => {
    replies = [fails(status, code, message)];
    await expect(ask()).rejects.toMatchObject({
      code: ours,
      message: `cloudformation:DescribeStacks on Staging failed: ${message}`,
      fix: fix as string,
    });
    expect(asked).toHaveLength(1);
  },
);

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
  expect(asked).toEqual([]);
});
