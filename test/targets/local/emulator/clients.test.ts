import { devNull } from 'node:os';
import { accessKeyOf, awsVariables, withoutAws } from '../../../../lib/targets/local/emulator/clients';

it('gives each environment an account of its own, the same each time', () => {
  const keys = Array.from({ length: 200 }, (_, i) => accessKeyOf(`/tmp/twin-${i}`));
  expect(new Set(keys).size).toBe(200);
  expect(keys.filter((key) => !/^[1-9]\d{11}$/.test(key))).toEqual([]);
  expect(accessKeyOf('/tmp/twin-7')).toBe(keys[7]);
});

it('leads a program to the emulator, and away from the credentials of the user', () => {
  expect(
    awsVariables({ endpoint: 'http://127.1.2.3:4566', region: 'eu-west-1', accessKey: '123412341234' }),
  ).toEqual({
    AWS_ENDPOINT_URL: 'http://127.1.2.3:4566',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: '123412341234',
    AWS_SECRET_ACCESS_KEY: 'emulated',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

it('leads it nowhere without one', () => {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_ACCESS_KEY_ID: key } = awsVariables({});
  expect(new URL(endpoint).hostname).toMatch(/\.invalid$/); // never resolves: RFC 2606
  expect(key).toBe('none');
});

it('takes from a container what would lead an SDK elsewhere, and nothing else', () => {
  const elsewhere = {
    AWS_PROFILE: 'prod',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_SQS: 'https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com',
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/prod',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
  };
  const own = { AWS_NODEJS_CONNECTION_REUSE_ENABLED: '1', TABLE: 'orders', MY_AWS_PROFILE: 'x' };
  expect(withoutAws({ ...elsewhere, ...own })).toEqual(own);
});
