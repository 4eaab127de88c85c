import { atEndpoint, byAddress, whyNotEndpoint } from '../../../../lib/targets/local/emulator/endpoint';

it.each([
  'http://127.0.0.1:4566',
  'http://127.31.7.2:4566/',
  'http://localhost:4566',
  'http://localhost.:4566',
  'https://sqs.localhost:4566',
  'http://[::1]:4566',
])('%s is on this machine', (endpoint) => {
  expect(whyNotEndpoint(endpoint, false)).toBeUndefined();
});

it.each([
  'http://10.0.0.7:4566',
  'http://localstack:4566',
  'http://localhost.example.com',
  'http://[2001:db8::1]:1',
])('%s is on another machine, and has to be allowed', (endpoint) => {
  expect(whyNotEndpoint(endpoint, false)).toBe(
    'which is on another machine; expected a loopback address, or local.allowRemoteAwsEndpoint: true where that is an emulator too',
  );
  expect(whyNotEndpoint(endpoint, true)).toBeUndefined();
});

it.each([
  'https://sqs.eu-west-1.amazonaws.com',
  'https://SQS.eu-west-1.AMAZONAWS.com:443/',
  'https://sqs.cn-north-1.amazonaws.com.cn',
  'https://s3.amazonaws.com.',
  'https://lambda.eu-west-1.api.aws',
  'https://abc.lambda-url.eu-west-1.on.aws',
])('%s is of AWS, and never used', (endpoint) => {
  expect([false, true].map((allowed) => whyNotEndpoint(endpoint, allowed))).toEqual([
    'which is an endpoint of AWS itself; expected that of an emulator',
    'which is an endpoint of AWS itself; expected that of an emulator',
  ]);
});

it.each(['4566', 'localhost:4566', 'ftp://127.0.0.1', ''])('"%s" is no URL of an emulator', (endpoint) => {
  expect(whyNotEndpoint(endpoint, true)).toBe('which is no URL; expected one such as http://127.0.0.1:4566');
});

it.each([
  ['https://sqs.us-east-1.amazonaws.com/123456789012/jobs', 'http://127.1.2.3:4566/123456789012/jobs'],
  ['https://queue.amazonaws.com/1/jobs?a=b', 'http://127.1.2.3:4566/1/jobs?a=b'],
  ['http://127.0.0.1:4566/1/jobs', 'http://127.0.0.1:4566/1/jobs'],
  ['arn:aws:sqs:us-east-1:1:jobs', 'arn:aws:sqs:us-east-1:1:jobs'],
  ['jobs', 'jobs'],
])('a program is given %s as %s', (value, expected) => {
  expect(atEndpoint(value, 'http://127.1.2.3:4566')).toBe(expected);
});

it.each([
  ['http://localhost:4566', 'http://127.0.0.1:4566'],
  ['http://127.1.2.3:4566', 'http://127.1.2.3:4566'],
  ['http://[::1]:4566/', 'http://[::1]:4566/'],
  ['https://localhost:4566', 'https://localhost:4566'], // its certificate has the name
])('%s is reached at %s', async (endpoint, expected) => {
  expect(await byAddress(endpoint)).toBe(expected);
});
