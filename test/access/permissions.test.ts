import { Aws } from 'aws-cdk-lib';
import { TAG } from '../../lib/access/names';
import type { Permission } from '../../lib/access/permissions';
import { pipelinePermissions } from '../../lib/access/pipeline-permissions';
import { cutoverPermissions } from '../../lib/access/cutover-permissions';
import { snapshotPermissions } from '../../lib/access/snapshot-permissions';
import { TAG as TAG_OF_THE_TARGET } from '../../lib/targets/aws/tags';
import { callsOfTheTarget } from './calls';

const pipeline = pipelinePermissions({
  stackPrefixes: ['Staging-'],
  qualifier: 'hnb659fds',
  productionAccount: '444455556666',
  keyArns: ['arn:aws:kms:eu-west-1:111122223333:key/1'],
});
const granted = new Set(pipeline.flatMap(({ actions }) => actions));
const calls = callsOfTheTarget();

/** What IAM allows everybody. */
const FREE = new Set(['sts:GetCallerIdentity']);

/**
 * What nobody calls by that name: the toolkit takes the bootstrap's roles on, an update of a schedule and a task pass their roles, what is
 * made with tags is tagged, and keys are used on the caller's behalf.
 */
const OTHERWISE =
  /^(iam:PassRole|sts:AssumeRole|(rds|elasticache):AddTagsToResource|ecs:TagResource|kms:.+)$/;

/** What is called in production's account alone, with its role. */
const OF_PRODUCTION = new Set(['rds:ModifyDBClusterSnapshotAttribute', 'rds:ModifyDBSnapshotAttribute']);

/** What `twin live` and `twin cutover` call, with the credentials of who asks, is no part of a rehearsal. */
const isOfOthers = (file: string): boolean => /^observe.*\.ts$/.test(file) || isOfCutover(file);

const isOfCutover = (file: string): boolean => /^(weighted-\w+|client-figures)\.ts$/.test(file);

const isRead = (action: string): boolean => /:(Describe|Get|List|Filter|Simulate)/.test(action);

const isOwn = (arn: string): boolean => arn.includes(Aws.ACCOUNT_ID);

it('finds the calls of the target, through variables and functions alike', () => {
  expect(calls.get('cloudformation:DeleteStack')).toContain('remove.ts');
  expect(calls.get('rds:FailoverDBCluster')).toContain('disrupt.ts');
  expect(calls.get('elasticloadbalancing:DescribeListeners')).toContain('addresses.ts');
  expect(calls.get('tag:GetResources')).toContain('traces.ts');
});

it('allows the pipeline every call that the AWS target makes', () => {
  const missing = [...calls].filter(
    ([action, files]) =>
      !granted.has(action) && !FREE.has(action) && !OF_PRODUCTION.has(action) && !files.every(isOfOthers),
  );
  expect(missing).toEqual([]);
});

it('allows the pipeline nothing that the AWS target does not call', () => {
  expect([...granted].filter((action) => !calls.has(action) && !OTHERWISE.test(action))).toEqual([]);
});

describe('a role that moves traffic', () => {
  const LISTENER = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/50dc/f2f7';
  const RULE = `${LISTENER.replace(':listener/', ':listener-rule/')}/9683`;
  const RECORDS = { hostedZone: 'Z0123', record: 'Shop.example.com.' };
  const allows = (traffic: Parameters<typeof cutoverPermissions>[0]): string[] =>
    cutoverPermissions(traffic).flatMap(({ actions }) => actions);
  const writes = (traffic: Parameters<typeof cutoverPermissions>[0]): Permission[] =>
    cutoverPermissions(traffic).filter(({ actions }) => !actions.every(isRead));

  it('may make every call that a cutover makes, and what else verification reads', () => {
    const all = new Set([{ listener: LISTENER }, { listener: RULE }, RECORDS].flatMap(allows));
    const needed = [...calls].filter(([, files]) => files.some(isOfCutover)).map(([action]) => action);
    expect(needed.filter((it) => !all.has(it))).toEqual([]);
    expect([...all].filter((it) => !calls.has(it))).toEqual([]);
  });

  it('changes one listener, one rule or the records of one name, and nothing else', () => {
    const [, ofListener] = LISTENER.split('arn:aws:');
    const [, ofRule] = RULE.split('arn:aws:');
    expect(writes({ listener: LISTENER })).toEqual([
      { actions: ['elasticloadbalancing:ModifyListener'], on: [ofListener] },
    ]);
    expect(writes({ listener: RULE })).toEqual([
      { actions: ['elasticloadbalancing:ModifyRule'], on: [ofRule] },
    ]);
    expect(writes(RECORDS)).toEqual([
      {
        actions: ['route53:ChangeResourceRecordSets'],
        on: ['route53:::hostedzone/Z0123'],
        when: {
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['shop.example.com'],
            'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
          },
        },
      },
    ]);
  });
});

describe.each([
  ['the pipeline', pipeline, ['ecs:DeregisterTaskDefinition']],
  ['production', snapshotPermissions(['arn:aws:kms:eu-west-1:444455556666:key/1']), []],
] as const)('a role of %s', (_, permissions: readonly Permission[], withoutResource) => {
  it('changes and deletes nothing but what has the tag of an environment, or is named', () => {
    const free = permissions
      .filter(({ on, tagged }) => on === undefined && tagged !== true)
      .flatMap(({ actions }) => actions.filter((it) => !isRead(it)));
    expect(free).toEqual(withoutResource);
    const ofOthers = permissions.filter(({ on = [], tagged }) => tagged === true && !on.every(isOwn));
    expect(ofOthers).toEqual([]);
  });

  it('has no action with a wildcard, but those of keys', () => {
    const wild = permissions.flatMap(({ actions }) => actions.filter((it) => it.includes('*')));
    expect(wild.filter((it) => !it.startsWith('kms:'))).toEqual([]);
  });
});

it('names what has no tags by the prefixes of the stacks', () => {
  const ofAction = (action: string): Permission => pipeline.find(({ actions }) => actions.includes(action))!;
  expect(ofAction('ecs:StopTask').on).toEqual([
    `ecs:*:${Aws.ACCOUNT_ID}:task/*Staging-*/*`,
    `ecs:*:${Aws.ACCOUNT_ID}:task/*twin-*/*`, // of the stack that data are scrubbed in
  ]);
  expect(ofAction('logs:DeleteLogGroup').on).toEqual([
    `logs:*:${Aws.ACCOUNT_ID}:log-group:*Staging-*`,
    `logs:*:${Aws.ACCOUNT_ID}:log-group:*staging-*`,
  ]);
});

it('means the tag that the AWS target sets', () => {
  expect(TAG).toBe(TAG_OF_THE_TARGET);
});

it('lets a rehearsal change, share and delete its own copies of snapshots alone', () => {
  const permissions = snapshotPermissions([]);
  const writes = permissions.filter(({ actions }) => actions.some((it) => /:(Add|Modify|Delete)/.test(it)));
  expect(writes).toHaveLength(3);
  for (const { on = [] } of writes)
    expect(on.filter((it) => !/:(cluster-)?snapshot:twin-\*$/.test(it))).toEqual([]);
});
