import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { S3 } from '@aws-sdk/client-s3';
import type { STS } from '@aws-sdk/client-sts';
import { createHash } from 'node:crypto';
import { devNull } from 'node:os';

/** How an emulator is reached. */
export interface Reach {
  readonly endpoint: string;
  readonly region: string;
  /** MiniStack and LocalStack take an access key of twelve digits for the account, so that each environment has its own. */
  readonly accessKey: string;
}

/** Where the environment's own region is not known. */
export const DEFAULT_REGION = 'us-east-1';

/** The access key of an environment: the same each time, and another one for each folder. */
export function accessKeyOf(folder: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(folder).digest('hex')}`) % 900_000_000_000n;
  return String(digits + 100_000_000_000n);
}

/** The clients of the AWS SDK for an emulator. None ever takes an endpoint or credentials from its environment. */
export interface EmulatorClients {
  readonly cloudformation: CloudFormation;
  readonly logs: CloudWatchLogs;
  readonly s3: S3;
  readonly sts: STS;
}

/** Makes clients; each is loaded when it is first used. */
export function clientsFor({ endpoint, region, accessKey }: Reach): EmulatorClients {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const config = {
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: SECRET },
    maxAttempts: 2,
  };
  let [cloudformation, logs, s3, sts]: [CloudFormation?, CloudWatchLogs?, S3?, STS?] = [];
  return {
    get cloudformation() {
      const sdk =
        require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
      return (cloudformation ??= new sdk.CloudFormation(config));
    },
    get logs() {
      const sdk =
        require('@aws-sdk/client-cloudwatch-logs') as typeof import('@aws-sdk/client-cloudwatch-logs');
      return (logs ??= new sdk.CloudWatchLogs(config));
    },
    get s3() {
      const sdk = require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3');
      return (s3 ??= new sdk.S3({ ...config, forcePathStyle: true })); // buckets are host names otherwise
    },
    get sts() {
      const sdk = require('@aws-sdk/client-sts') as typeof import('@aws-sdk/client-sts');
      return (sts ??= new sdk.STS(config));
    },
  };
}

/** The secret key that every task gets: an emulator accepts any. */
export const SECRET = 'emulated';

/**
 * What keeps a program away from AWS and from the credentials of the user, and leads its SDK to an emulator; where there is none,
 * to a host that does not exist.
 */
export const awsVariables = ({
  endpoint = 'http://aws.skipped.invalid',
  region = DEFAULT_REGION,
  accessKey = 'none',
}: Partial<Reach>): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: accessKey,
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/**
 * The variables of a container without those that lead an SDK elsewhere: to a service's own endpoint, to a profile, or to the
 * credentials of a role.
 */
export const withoutAws = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !LEADS_ELSEWHERE.test(name)));

const LEADS_ELSEWHERE =
  /^AWS_(ENDPOINT_URL_|IGNORE_CONFIGURED_ENDPOINT_URLS$|PROFILE$|DEFAULT_PROFILE$|SESSION_TOKEN$|SECURITY_TOKEN$|ROLE_|WEB_IDENTITY_|CONTAINER_|USE_FIPS|USE_DUALSTACK)/;
