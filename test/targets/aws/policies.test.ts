import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as rds from 'aws-cdk-lib/aws-rds';
import { replicas, Twins } from '../../../lib';
import { Clients } from '../../../lib/targets/aws/clients';
import { policiesOnProduction, type PolicyFindings } from '../../../lib/targets/aws/policies';
import { FakeService, refusal, type Answer } from './service';
import { newApp } from '../../app';

const ROLE = 'arn:aws:iam::111122223333:role/ci/pipeline';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/pipeline/job';

let service: FakeService;

/** The assemblies: without accounts, and with production in an account of its own. */
const folders = { one: folder(), two: folder() };

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'twin-policies-'));
}

beforeAll(() => {
  synthesize(folders.one);
  synthesize(folders.two, '444455556666');
});
afterAll(() => Object.values(folders).forEach((it) => rmSync(it, { recursive: true })));

/** Whether production's stack is there. */
let stands: boolean;
/** What IAM answers to a simulated action on a resource: `allowed`, unless it is here. */
let decisions: Record<string, string>;
/** The keys that the policies ask for. */
let missing: string[];
/** The calls that are denied. */
let denied: string[];
/** What was simulated, as `action on resource with tags as principal`. */
let simulated: string[];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function answerTo(call: string, query: URLSearchParams): Answer {
  const answer = (result: string): Answer => ({
    status: 200,
    xml: `<${call}Response><${call}Result>${result}</${call}Result></${call}Response>`,
  });
  if (denied.includes(call)) return refusal(403, 'AccessDenied', 'not authorized');
  if (call === 'DescribeStacks')
    return stands
      ? answer(
          '<Stacks><member><StackName>Prod</StackName><StackId>id-1</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-28T00:00:00Z</CreationTime></member></Stacks>',
        )
      : refusal(400, 'ValidationError', 'Stack does not exist');
  if (call === 'GetTemplate')
    return answer(
      `<TemplateBody>${escaped(readFileSync(join(folders.one, 'Prod.template.json'), 'utf8'))}</TemplateBody>`,
    );
  if (call === 'ListStackResources')
    return answer(`<StackResourceSummaries>${RESOURCES}</StackResourceSummaries>`);
  if (call === 'GetRole')
    return answer(
      `<Role><Path>/ci/</Path><RoleName>pipeline</RoleName><RoleId>AROA</RoleId><Arn>${ROLE}</Arn><CreateDate>2026-11-28T00:00:00Z</CreateDate></Role>`,
    );
  if (call === 'GetResources')
    return {
      status: 200,
      xml: '{"ResourceTagMappingList":[{"ResourceARN":"any","Tags":[{"Key":"stage","Value":"prod"}]}]}',
    };
  return answer(`<EvaluationResults>${simulate(query)}</EvaluationResults><IsTruncated>false</IsTruncated>`);
}

function simulate(query: URLSearchParams): string {
  const list = (name: string): string[] =>
    [...query].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
  const [resource = ''] = list('ResourceArns');
  const tags = list('ContextEntries').join(' ');
  return list('ActionNames')
    .map((action) => {
      simulated.push(`${action} on ${resource} with ${tags} as ${query.get('PolicySourceArn')}`);
      const decision = decisions[action] ?? 'allowed';
      const keys = missing.map((it) => `<member>${it}</member>`).join('');
      return `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName><EvalDecision>${decision}</EvalDecision><MissingContextValues>${keys}</MissingContextValues></member>`;
    })
    .join('');
}

const RESOURCES = [
  ['Orders', 'AWS::RDS::DBCluster', 'prod-orders'],
  ['Catalog', 'AWS::DocDB::DBCluster', 'prod-catalog'],
  ['Pages', 'AWS::ElastiCache::ReplicationGroup', 'prod-pages'],
  ['Old', 'AWS::RDS::DBInstance', 'prod-old'],
]
  .map(
    ([id, type, name]) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${name}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-11-28T00:00:00Z</LastUpdatedTimestamp></member>`,
  )
  .join('');

/** Production and staging, of four kinds of data. */
function synthesize(outdir: string, account?: string): void {
  const app = newApp({ outdir });
  const twins = new Twins(app, {
    scale: { copies: replicas({ reason: 'fewer', max: 5 }) },
    environment: (scope, id, { copies }, options) => {
      const stack = new Stack(scope, id, options);
      new rds.CfnDBCluster(stack, 'Orders', { engine: 'aurora-postgresql', engineVersion: '17.7' });
      new docdb.CfnDBCluster(stack, 'Catalog', { engineVersion: '5.0.0' });
      new elasticache.CfnReplicationGroup(stack, 'Pages', {
        replicationGroupDescription: 'pages',
        engine: 'valkey',
        cacheNodeType: 'cache.r7g.large',
        replicasPerNodeGroup: copies,
        automaticFailoverEnabled: true,
      });
      new rds.CfnDBInstance(stack, 'Old', { engine: 'mysql', dbInstanceClass: 'db.r7g.large' });
      return stack;
    },
  });
  const env = account === undefined ? {} : { env: { account, region: 'eu-west-1' } };
  twins.prod('Prod', { scale: { copies: 3 }, ...env });
  const own = { ...env, ...(account !== undefined && { env: { ...env.env!, account: '111122223333' } }) };
  twins.staging('Staging', { scale: { copies: 2 }, expires: '2037-01-01T00:00:00', ...own });
  app.synth();
}

const findings = (arn = SESSION, assembly = folders.one): Promise<PolicyFindings> =>
  policiesOnProduction(
    { release: '1', assembly, environment: 'Staging' },
    { account: '111122223333', arn },
    (region) => new Clients({ region }),
    new AbortController().signal,
  );

beforeEach(async () => {
  [stands, decisions, missing, denied, simulated] = [true, {}, [], [], []];
  service = await FakeService.start(answerTo);
});
afterEach(() => service.close());

const DENIALS = Object.fromEntries(
  [
    'DeleteDBCluster',
    'FailoverDBCluster',
    'ModifyDBCluster',
    'DeleteDBInstance',
    'ModifyDBInstance',
    'RebootDBInstance',
  ]
    .map((it) => [`rds:${it}`, 'implicitDeny'])
    .concat(
      ['DeleteReplicationGroup', 'ModifyReplicationGroup'].map((it) => [`elasticache:${it}`, 'explicitDeny']),
    ),
) as Record<string, string>;

describe('what the policies of the caller say of production', () => {
  it('is nothing where they deny all changes of its clusters: each is asked for, with its tags, for the role and its path', async () => {
    decisions = DENIALS;
    expect(await findings()).toEqual({ refusals: [], warnings: [] });
    const asked = simulated.map((it) => it.split(' with ')[0]);
    const rdsArn = 'arn:aws:rds:eu-west-1:111122223333';
    const cache = 'arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:prod-pages';
    expect(new Set(asked)).toEqual(
      new Set([
        ...['prod-catalog', 'prod-orders'].flatMap((name) =>
          ['Delete', 'Failover', 'Modify'].map((it) => `rds:${it}DBCluster on ${rdsArn}:cluster:${name}`),
        ),
        ...['Delete', 'Modify', 'Reboot'].map((it) => `rds:${it}DBInstance on ${rdsArn}:db:prod-old`),
        ...['Delete', 'Modify'].map((it) => `elasticache:${it}ReplicationGroup on ${cache}`),
      ]),
    );
    expect(new Set(simulated.map((it) => it.split(' with ')[1]))).toEqual(
      new Set([`aws:ResourceTag/stage prod string as ${ROLE}`]),
    );
  });

  it('is a refusal for each cluster that they let be changed', async () => {
    decisions = { ...DENIALS, 'rds:ModifyDBCluster': 'allowed' };
    const refused = (cluster: string): string =>
      `the policies of ${ROLE} allow rds:ModifyDBCluster on arn:aws:rds:eu-west-1:111122223333:cluster:${cluster} of Prod`;
    const { refusals, warnings } = await findings();
    expect(refusals.toSorted()).toEqual([refused('prod-catalog'), refused('prod-orders')]);
    expect(warnings).toEqual([]);
  });

  it('is asked of a user by its own name', async () => {
    decisions = DENIALS;
    const user = 'arn:aws:iam::111122223333:user/anna';
    expect(await findings(user)).toEqual({ refusals: [], warnings: [] });
    expect(simulated[0]).toMatch(/ as arn:aws:iam::111122223333:user\/anna$/);
    expect(service.asked).not.toContain('GetRole');
  });

  it('is everything for the root user, which has no policies', async () => {
    expect(await findings('arn:aws:iam::111122223333:root')).toEqual({
      refusals: ['the root user may do anything to the clusters of Prod'],
      warnings: [],
    });
    expect(simulated).toEqual([]);
  });

  it.each([
    [
      'GetRole',
      'what these credentials may do to the clusters of Prod is not known: iam:GetRole on pipeline is not allowed',
    ],
    [
      'SimulatePrincipalPolicy',
      `what ${ROLE} may do to the clusters of Prod is not known: iam:SimulatePrincipalPolicy on it is not allowed`,
    ],
  ])('is not known without %s, which is a warning', async (call, warning) => {
    denied = [call];
    expect(await findings()).toEqual({ refusals: [], warnings: [warning] });
  });

  it('is not known for a session that is no role of the account', async () => {
    const arn = 'arn:aws:sts::111122223333:federated-user/anna';
    expect((await findings(arn)).warnings).toEqual([
      `what these credentials may do to the clusters of Prod is not known: ${arn} is neither a role nor a user`,
    ]);
  });

  it('is not known where it depends on what only a real call has, other than tags that the cluster has not', async () => {
    decisions = DENIALS;
    missing = ['aws:ResourceTag/cdk-twin:environment'];
    expect(await findings()).toEqual({ refusals: [], warnings: [] });
    missing = ['aws:ResourceTag/cdk-twin:environment', 'aws:MultiFactorAuthPresent'];
    const { refusals, warnings } = await findings();
    expect(refusals).toEqual([]);
    expect(warnings).toHaveLength(4);
    expect(warnings[0]).toMatch(/ of Prod is not known: it depends on aws:MultiFactorAuthPresent$/);
  });

  it('is not known where production was not found', async () => {
    stands = false;
    expect(await findings()).toEqual({
      refusals: [],
      warnings: ['Prod was not found: what these credentials may do to it there is not known'],
    });
  });
});

it('says that production is in another account, which it does not look into', async () => {
  expect(await findings(SESSION, folders.two)).toEqual({
    refusals: [],
    warnings: ['Prod is in the account 444455556666: what these credentials may do to it there is not known'],
  });
  expect(service.asked).toEqual([]);
});
