import type { Stack } from '@aws-sdk/client-cloudformation';
import { Stack as CdkStack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { count, Twins } from '../../../lib';
import { OldAwsProduction } from '../../../lib/targets/aws/old-production';
import type { AwsPlace } from '../../../lib/targets/aws/place';
import { newApp } from '../../app';

const ACCOUNT = '111122223333';
const REF = { name: 'Prod', id: 'arn:prod', region: 'eu-west-1' };
const watch = { signal: new AbortController().signal, log: () => {} };

let assembly: string;
beforeAll(() => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { workers: count({ reason: 'the load differs' }) },
    environment: (scope, id, values, options) => {
      const stack = new CdkStack(scope, id, options);
      new CfnQueue(stack, 'Jobs', { delaySeconds: values.workers });
      return stack;
    },
  });
  const env = { account: ACCOUNT, region: 'eu-west-1' };
  for (const name of ['Prod', 'ProdB']) twins.prod(name, { scale: { workers: 4 }, env });
  assembly = app.synth().directory;
});

let account: string;
/** The stack as CloudFormation knows it; undefined where it knows none. */
let stack: Partial<Stack> | undefined;
let resources: Record<string, object>;
/** What becomes of the stack, look by look, once it is to be deleted. */
let next: (Partial<Stack> | undefined)[];
let deleted: string[];
let skipped: object[];
beforeEach(() => {
  [account, resources, next, deleted, skipped] = [ACCOUNT, {}, [], [], []];
  stack = { StackName: 'Prod', StackId: REF.id, StackStatus: 'CREATE_COMPLETE' };
});

const cloudFormation = {
  describeStacks: () => {
    if (deleted.length > 0 && next.length > 0) stack = next.shift();
    return Promise.resolve({ Stacks: stack ? [stack] : [] });
  },
  getTemplate: () => Promise.resolve({ TemplateBody: JSON.stringify({ Resources: resources }) }),
  listStackResources: () =>
    Promise.resolve({
      StackResourceSummaries: [
        ...Object.entries(resources).map(([id, it]) => ({
          LogicalResourceId: id,
          ResourceType: (it as { Type: string }).Type,
          PhysicalResourceId: `prod-${id.toLowerCase()}`,
          ResourceStatus: 'CREATE_COMPLETE',
        })),
        ...skipped,
      ],
    }),
  deleteStack: ({ StackName }: { StackName: string }) => Promise.resolve(deleted.push(StackName)),
};
const clients = {
  for: () => cloudFormation,
  reads: () => cloudFormation,
  region: () => Promise.resolve('eu-west-1'),
};

const production = (): OldAwsProduction =>
  new OldAwsProduction(
    { release: '1', assembly, environment: 'Prod' },
    {
      in: () => clients,
      account: () => Promise.resolve(account),
      region: clients.region,
    } as unknown as AwsPlace,
    1,
  );

it('finds what stands', async () => {
  expect(await production().look(watch)).toEqual({ stacks: [REF], databases: [], without: [] });
});

it('is not looked for in another account, or where nothing of it stands', async () => {
  account = '444455556666';
  await expect(production().look(watch)).rejects.toMatchObject({
    code: 'elsewhere',
    message: 'Prod is in the account 111122223333, and the credentials are for 444455556666',
  });
  account = ACCOUNT;
  stack = { ...stack, StackStatus: 'DELETE_COMPLETE' };
  await expect(production().look(watch)).rejects.toMatchObject({ code: 'no-stack' });
});

const HELD = [{ Key: 'deletion_protection.enabled', Value: 'true' }];

it.each<[string, Record<string, object>, Partial<Stack>]>([
  ['the stack Prod', {}, { EnableTerminationProtection: true }],
  [
    'AWS::RDS::DBInstance prod-orders',
    { Orders: { Type: 'AWS::RDS::DBInstance', Properties: { DeletionProtection: true } } },
    {},
  ],
  [
    'AWS::ElasticLoadBalancingV2::LoadBalancer prod-web',
    {
      Web: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: { LoadBalancerAttributes: HELD },
      },
    },
    {},
  ],
])('is protected by %s', async (what, all, more) => {
  resources = all;
  stack = { ...stack, ...more };
  await expect(production().look(watch)).rejects.toMatchObject({
    code: 'protected',
    message: `Prod is protected from being deleted\n  ${what}`,
  });
});

it('is not protected by what its stack leaves where it is, or by what is off', async () => {
  const off = [{ ...HELD[0]!, Value: 'false' }];
  resources = {
    Orders: {
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    },
    Web: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: { LoadBalancerAttributes: off },
    },
  };
  expect(await production().look(watch)).toMatchObject({ stacks: [REF] });
});

it('deletes a stack by its id, waits for its end, and says what it leaves', async () => {
  const gone = { ...stack, StackStatus: 'DELETE_COMPLETE' } as const;
  next = [{ ...stack, StackStatus: 'DELETE_IN_PROGRESS' }, gone];
  skipped = [
    { ResourceStatus: 'DELETE_SKIPPED', ResourceType: 'AWS::S3::Bucket', PhysicalResourceId: 'pictures' },
  ];
  expect(await production().remove(REF, watch)).toEqual(['AWS::S3::Bucket pictures']);
  expect(deleted).toEqual([REF.id]);
  expect(next).toEqual([]);

  expect(await production().remove(REF, watch)).toEqual(['AWS::S3::Bucket pictures']);
  stack = undefined; // forgotten
  expect(await production().remove(REF, watch)).toEqual([]);
  expect(deleted).toEqual([REF.id]);
});

it('says which stack could not be deleted, and why', async () => {
  const reason = 'the bucket is not empty';
  next = [{ ...stack, StackStatus: 'DELETE_FAILED', StackStatusReason: reason }];
  await expect(production().remove(REF, watch)).rejects.toMatchObject({
    code: 'not-deleted',
    message: `the stack Prod could not be deleted: it is DELETE_FAILED, ${reason}`,
  });
});
