import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { SQS } from '@aws-sdk/client-sqs';
import { STS, type Credentials } from '@aws-sdk/client-sts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsTarget } from '../../lib/targets/aws/aws-target';
import type { Handle, Preflight, Watch } from '../../lib/targets/target';
import { buildProbe } from '../probes/build-probe';
import { start, type Emulator } from './emulator';
import { deploymentIn } from './rehearsal-app';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/cdk-twin-rehearsal`;
const PRODUCTION = '444455556666';

let emulator: Emulator;
let folder: string;
let probe: string;

/** Runs the command line of the CDK, as docs/aws.md does, with the credentials of the root user. */
function cdk(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('npx', ['cdk', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env }, // what this file sets in it is in jest's copy alone
  });
  if (status !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

const as = (accessKeyId: string, secretAccessKey: string, token?: string): void => {
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    CDK_HOME: emulator.cdkHome,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(token !== undefined && { AWS_SESSION_TOKEN: token }),
  });
};

/** A token of GitHub for a job: nobody verifies its signature here. */
const tokenFor = (sub: string): string =>
  [
    { alg: 'RS256' },
    { iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com', sub },
    {},
  ]
    .map((it) => Buffer.from(JSON.stringify(it)).toString('base64url'))
    .join('.');

const assume = async (sub: string): Promise<Credentials> => {
  const { Credentials: credentials } = await emulator.use(STS).assumeRoleWithWebIdentity({
    RoleArn: ROLE,
    RoleSessionName: 'job',
    WebIdentityToken: tokenFor(sub),
  });
  return credentials!;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-access-'));
  emulator = await start('ministack', { checks: true });
  as('any', 'any');
  const url = 'https://token.actions.githubusercontent.com';
  const { OpenIDConnectProviderArn: providerArn } = await emulator
    .use(IAM)
    .createOpenIDConnectProvider({ Url: url, ClientIDList: ['sts.amazonaws.com'] });
  // MiniStack's CloudFormation makes no provider
  writeFileSync(
    join(folder, 'access.ts'),
    `
    import { App } from 'aws-cdk-lib';
    import { RehearsalAccess } from '${resolve('lib/access')}';
    new RehearsalAccess(new App(), 'RehearsalAccess', {
      env: { account: '${ACCOUNT}', region: 'us-east-1' },
      repository: 'acme/shop',
      stackPrefixes: ['Staging-'],
      productionAccount: '${PRODUCTION}',
      keyArns: ['arn:aws:kms:us-east-1:${ACCOUNT}:key/staging'],
      providerArn: '${providerArn}',
    });`,
  );
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  cdk('deploy', '--app', 'npx tsx access.ts', 'RehearsalAccess', '--require-approval', 'never');
  cdk(
    'bootstrap',
    `aws://${ACCOUNT}/us-east-1`,
    '--custom-permissions-boundary',
    'cdk-twin-staging',
    '--cloudformation-execution-policies',
    'arn:aws:iam::aws:policy/AdministratorAccess',
  );
  // it lets nobody in without TLS, which the emulator has not
  await emulator.use(S3).deleteBucketPolicy({ Bucket: `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1` });
  probe = resolve('node_modules/.cache/cdk-twin', `probe-${process.pid}.js`);
  buildProbe(probe);
  await deployProduction();
});
afterAll(async () => {
  await emulator.stop();
  rmSync(probe);
  rmSync(folder, { recursive: true });
});

async function deployProduction(): Promise<void> {
  const { assembly } = deploymentIn(folder, '1.41.0', 'r0');
  const TemplateBody = readFileSync(join(assembly, 'Prod.template.json'), 'utf8');
  const cloudFormation = emulator.use(CloudFormation);
  await cloudFormation.createStack({ StackName: 'Prod', TemplateBody, Capabilities: ['CAPABILITY_IAM'] });
  const waiter = { client: cloudFormation, maxWaitTime: 60, minDelay: 1 };
  await waitUntilStackCreateComplete(waiter, { StackName: 'Prod' });
}

it('lets in one environment of one repository, and no fork, branch or pull request', async () => {
  for (const sub of [
    'repo:acme/shop:ref:refs/heads/main',
    'repo:acme/shop:pull_request',
    'repo:mallory/shop:environment:rehearsal',
    'repo:acme/shop:environment:rehearsal2',
  ])
    await expect(assume(sub)).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(await assume('repo:acme/shop:environment:rehearsal')).toHaveProperty('SessionToken');
});

const asPipeline = async (): Promise<void> => {
  const it = await assume('repo:acme/shop:environment:rehearsal');
  as(it.AccessKeyId!, it.SecretAccessKey!, it.SessionToken);
};

/** With a role of the account that may do everything, but for what its boundary denies. */
const asAdministrator = async (role: string, boundary?: string): Promise<void> => {
  as('any', 'any');
  const iam = emulator.use(IAM);
  await iam.createRole({
    RoleName: role,
    AssumeRolePolicyDocument: TRUST,
    ...(boundary !== undefined && { PermissionsBoundary: boundary }),
  });
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  await iam.attachRolePolicy({ RoleName: role, PolicyArn });
  const { Credentials: it } = await emulator
    .use(STS)
    .assumeRole({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`, RoleSessionName: 'any' });
  as(it!.AccessKeyId!, it!.SecretAccessKey!, it!.SessionToken);
};

const TRUST = JSON.stringify({
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } }],
});

const watchOf = (handle: Handle): Watch => ({
  signal: new AbortController().signal,
  log: () => {},
  span: (_, work) => work(),
  learn: (details) => void Object.assign(handle, details),
});

/** Waits until every member of an environment runs. */
async function running(target: AwsTarget, handle: Handle, watch: Watch): Promise<void> {
  for (;;) {
    const members = (await target.describe(handle, watch)).flatMap((it) =>
      'members' in it ? it.members : [],
    );
    if (members.every(({ state }) => state === 'running')) return;
    await sleep(100);
  }
}

const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/staging`;
const BOUNDARY = { '@aws-cdk/core:permissionsBoundary': { name: 'cdk-twin-staging' } };

/** The emulator has one. */
const ONE_ACCOUNT = { allowProductionAccount: 'there is one account here' };

describe('the role of the pipeline', () => {
  beforeEach(asPipeline);
  afterEach(() => as('any', 'any'));

  it('seeds, sets passwords, migrates, checks inside and keeps a checkpoint', async () => {
    const target = new AwsTarget(
      {
        ...ONE_ACCOUNT,
        seed: {
          kmsKeyArn: KEY,
          data: { scrub: { image: 'scrub:1', command: ['node', '-e', ''] } },
          empty: { Orders: 'no server stands behind it here' },
        },
        migrate: {
          command: ['node', '-e', "console.log('migrated')"],
          as: 'Web',
          timeoutSeconds: 60,
          removes: [],
        },
      },
      { pollMs: 200, probe },
    );
    const handle: Handle = { ...target.allocate('r3') };
    const lines: string[] = [];
    const watch: Watch = { ...watchOf(handle), log: (line) => void lines.push(line) };
    const deployment = deploymentIn(folder, '1.41.0', 'r3', { ...target.context(handle), ...BOUNDARY });
    await target.preflight(handle, deployment, watch);
    await target.seed(handle, deployment, watch);
    await target.up(handle, deployment, watch);
    expect(lines).toContain('Catalog: its password is set to that of staging');
    const probes = await target.probes(handle, watch);
    const checks = { replicaLag: [{ name: 'replicas follow', tier: 'Orders', maxMs: 2000 }] };
    expect(await probes.run(checks, '1.41.0', watch)).toMatchObject([
      { outcome: 'failed', detail: expect.stringMatching(/cannot be reached/) as string },
    ]);
    await target.checkpoint(handle, 'before', watch);
    await target.release(handle, deployment, watch);
    await target.down(handle, watch);
    expect((await target.inventory(handle, watch)).found).toEqual([]);
  });

  it('rehearses: it deploys, looks, breaks, deletes and finds nothing left', async () => {
    const target = new AwsTarget(ONE_ACCOUNT, { pollMs: 200 });
    const handle: Handle = { ...target.allocate('r1') };
    const watch = watchOf(handle);
    const deployment = deploymentIn(folder, '1.41.0', 'r1', BOUNDARY);
    expect((await target.preflight(handle, deployment, watch)).refusals).toEqual([]);
    await target.seed(handle, deployment, watch);
    await target.up(handle, deployment, watch);
    expect((await target.find(watch)).map((it) => it.handle.name)).toEqual([handle.name]);
    expect((await target.describe(handle, watch)).map(({ tier }) => tier)).toEqual([
      'Orders',
      'Catalog',
      'Pages',
      'Web',
    ]);
    await target.probes(handle, watch);
    await running(target, handle, watch); // the emulator says that a stack is complete a moment before
    for (const tier of ['Orders', 'Catalog', 'Pages'])
      await target.disrupt(handle, { kind: 'failover', tier }, watch);
    await target.disrupt(handle, { kind: 'kill task', tier: 'Web' }, watch);
    expect(await target.extend(handle, 1, watch)).toBe('2037-01-01T00:00:00Z'); // later already
    const patient = new AwsTarget({ ...ONE_ACCOUNT, maxHours: 200_000 });
    expect(await patient.extend(handle, 150_000, watch)).toMatch(/^204/);
    await target.logs(handle, join(folder, 'logs'), watch);
    await target.down(handle, watch);
    expect((await target.inventory(handle, watch)).found).toEqual([]);
  });

  it('deletes no stack that is not of a rehearsal, and does nothing else', async () => {
    await emulator.use(CloudFormation).createStack({ StackName: 'Other', TemplateBody: EMPTY });
    const denied = { name: expect.stringMatching(/^AccessDenied/) as string };
    await expect(new CloudFormation({}).deleteStack({ StackName: 'Other' })).rejects.toMatchObject(denied);
    await expect(new SQS({}).createQueue({ QueueName: 'q' })).rejects.toMatchObject(denied);
    await expect(new IAM({}).createUser({ UserName: 'mallory' })).rejects.toMatchObject(denied);
  });
});

describe('a role of staging that may do everything, within the boundary', () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/cdk-twin-staging`;
  const denied = { name: expect.stringMatching(/^AccessDenied/) as string };

  beforeAll(() => asAdministrator('task', boundary));
  afterAll(() => as('any', 'any'));

  it('works', async () => {
    await expect(new SQS({}).createQueue({ QueueName: 'jobs' })).resolves.toHaveProperty('QueueUrl');
  });

  it('makes no identity without the boundary, and no keys', async () => {
    // that one with it can be made, the emulator cannot show: it does not know iam:PermissionsBoundary
    const iam = new IAM({});
    const role = { RoleName: 'free', AssumeRolePolicyDocument: TRUST };
    await expect(iam.createRole(role)).rejects.toMatchObject(denied);
    await expect(iam.createUser({ UserName: 'free' })).rejects.toMatchObject(denied);
    await expect(iam.createAccessKey({ UserName: 'any' })).rejects.toMatchObject(denied);
    await expect(iam.deleteRolePermissionsBoundary({ RoleName: 'task' })).rejects.toMatchObject(denied);
  });

  it('changes neither the boundary nor the roles that rehearse, nor takes them on', async () => {
    const iam = new IAM({});
    const document = { PolicyArn: boundary, PolicyDocument: '{}', SetAsDefault: true };
    await expect(iam.createPolicyVersion(document)).rejects.toMatchObject(denied);
    const change = { RoleName: 'cdk-twin-rehearsal', PolicyDocument: TRUST };
    await expect(iam.updateAssumeRolePolicy(change)).rejects.toMatchObject(denied);
    const RoleName = `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`;
    await expect(iam.deleteRolePermissionsBoundary({ RoleName })).rejects.toMatchObject(denied);
    const deploying = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-deploy-role-${ACCOUNT}-us-east-1`;
    for (const RoleArn of [deploying, `arn:aws:iam::${PRODUCTION}:role/any`])
      await expect(new STS({}).assumeRole({ RoleArn, RoleSessionName: 'task' })).rejects.toMatchObject(
        denied,
      );
  });
});

it("refuses whom its policies let change production's clusters, and no other one", async () => {
  const deployment = deploymentIn(folder, '1.41.0', 'r2');
  const handle: Handle = { target: 'aws', name: 'r2' };
  const preflight = (): Promise<Preflight> =>
    new AwsTarget(ONE_ACCOUNT).preflight(handle, deployment, watchOf(handle));
  await asPipeline();
  expect(await preflight()).toMatchObject({ refusals: [], warnings: [] });
  await asAdministrator('administrator');
  const clusters = (await preflight()).refusals.map((it) =>
    it.replaceAll(/:(cluster|replicationgroup):[\w-]+/g, ':$1:...'),
  );
  const why = (actions: string, cluster: string): string =>
    `the policies of arn:aws:iam::${ACCOUNT}:role/administrator allow ${actions} on arn:aws:${cluster}:... of Prod`;
  const database = 'rds:DeleteDBCluster, rds:FailoverDBCluster, rds:ModifyDBCluster';
  const cache = 'elasticache:DeleteReplicationGroup, elasticache:ModifyReplicationGroup';
  expect(clusters.toSorted()).toEqual([
    why(cache, `elasticache:us-east-1:${ACCOUNT}:replicationgroup`),
    why(database, `rds:us-east-1:${ACCOUNT}:cluster`),
    why(database, `rds:us-east-1:${ACCOUNT}:cluster`),
  ]);
  as('any', 'any');
  expect((await preflight()).refusals).toEqual(['the root user may do anything to the clusters of Prod']);
});

const EMPTY = JSON.stringify({ Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } });
