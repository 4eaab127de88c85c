import { inWords } from '../../../lib/targets/aws/failed-call';
import { ToolkitCalls } from '../../../lib/targets/aws/toolkit-calls';

const CALL = { service: 'rds', operation: 'DescribeDBClusters', input: { DBClusterIdentifier: 'orders' } };

/** What the SDK throws where a service answers. */
const answer = (name: string, status: number, isRead = true): Error =>
  Object.assign(new Error('so it is'), {
    name,
    $metadata: { httpStatusCode: status },
    ...(isRead && { $fault: status < 500 ? 'client' : 'server' }),
  });

it.each([
  ['a busy service', answer('Throttling', 400)],
  ['a service that fails', answer('InternalFailure', 500)],
  ['an answer that is cut short', answer('SyntaxError', 200, false)],
  ['no answer in time', Object.assign(new Error('no answer'), { name: 'TimeoutError' })],
  ['no connection', new AggregateError([new Error('refused')])],
  ['a quota that is used up', answer('SnapshotQuotaExceededFault', 400)],
  ['as many test failovers as a day has', answer('APICallRateForCustomerExceededFault', 400)],
  ['a call that is not allowed', answer('AccessDenied', 403)],
  ['credentials that have expired', answer('ExpiredToken', 403)],
])('blames no release for %s', (_, cause) => {
  const { message, isMachineFault } = inWords(CALL, cause);
  expect(message).toMatch(/^rds:DescribeDBClusters on orders failed: ./);
  expect(isMachineFault).toBe(true);
});

it('says what to do where a quota is used up', () => {
  const fault = answer('APICallRateForCustomerExceededFault', 400);
  const call = { service: 'elasticache', operation: 'TestFailover', input: { ReplicationGroupId: 'pages' } };
  expect(inWords(call, fault).fix).toMatch(/^An account may test 15 shards in 24 hours: /);
  expect(inWords(CALL, answer('SnapshotQuotaExceededFault', 400)).fix).toMatch(/Service Quotas\.$/);
});

it('names the profile that gives no credentials', () => {
  const none = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
  const { message, code } = inWords({ ...CALL, profile: 'prd' }, none);
  expect([code, message]).toEqual([
    'aws-credentials',
    'rds:DescribeDBClusters on orders failed: no credentials, with the profile prd',
  ]);
  expect(inWords({ ...CALL, profile: 'prd' }, answer('AccessDenied', 403)).message).not.toContain('prd');
});

describe('where nothing answers', () => {
  const before = process.env['AWS_ENDPOINT_URL'];
  afterEach(() => {
    if (before === undefined) delete process.env['AWS_ENDPOINT_URL'];
    else process.env['AWS_ENDPOINT_URL'] = before;
  });

  it.each(['ENOTFOUND', 'ECONNREFUSED'])('the address is named, or the Region: %s', (code) => {
    const refused = new AggregateError([Object.assign(new Error('not there'), { code })]);
    process.env['AWS_ENDPOINT_URL'] = 'http://localhost:1';
    expect(inWords(CALL, refused).fix).toBe(
      'Correct AWS_ENDPOINT_URL, which is http://localhost:1, or unset it.',
    );
    delete process.env['AWS_ENDPOINT_URL'];
    expect(inWords(CALL, refused).fix).toBe('Check the network, and the name of the Region.');
  });
});

it('may blame a release for what a service does not accept', () => {
  expect(inWords(CALL, answer('InvalidDBClusterStateFault', 400)).isMachineFault).toBe(false);
});

describe("a call of the CDK's toolkit", () => {
  const denied = Object.assign(answer('AccessDenied', 403), {
    message: 'arn:aws:iam::1:role/deploy may not',
  });
  const calls = new ToolkitCalls();
  const input = { StackName: 'Staging-r1' };
  const call = { clientName: 'CloudFormationClient', commandName: 'CreateChangeSetCommand', input };
  calls.note({ sdkLevel: 'info', content: [{ ...call, output: {} }] });
  calls.note({ sdkLevel: 'error', content: [{ ...call, error: denied }] });
  const told = {
    message: `cloudformation:CreateChangeSet on Staging-r1 failed: ${denied.message}`,
    fix: "Allow cloudformation:CreateChangeSet for the role of these credentials, or that of the bootstrap's roles which deploys with it.",
    isMachineFault: true,
  };

  it.each([
    ['is thrown', denied],
    ['is the cause of what is', new Error('the stack was not deployed', { cause: denied })],
    ['is one of several that are', new AggregateError([new Error('another'), denied])],
    [
      'is repeated in what is',
      new Error(`Could not assume role in target account ${denied.message}. Please`),
    ],
  ])('is named where its error %s', (_, error) => {
    expect(calls.failureIn(error)).toMatchObject(told);
  });

  it('is not blamed for an error of the stack', () => {
    expect(calls.failureIn(new Error('Orders: CREATE_FAILED'))).toBeUndefined();
  });
});
