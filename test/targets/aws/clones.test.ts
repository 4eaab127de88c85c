import { checkClone, type CloneProps } from '../../../lib/targets/aws/clones';
import { Clients } from '../../../lib/targets/aws/clients';
import { copySnapshot, ownSnapshots } from '../../../lib/targets/aws/snapshots';
import { FakeService, type Answer } from './service';

const { signal } = new AbortController();
const [ACCOUNT, OTHER] = ['111122223333', '444455556666'];
const ARN = `arn:aws:rds:eu-west-1:${OTHER}:cluster:orders`;

/** What Amazon RDS says of a cluster, as its API Reference shows the answer. */
interface Described {
  readonly id?: string;
  readonly engine?: string;
  readonly mode?: string;
  readonly status?: string;
  readonly isEncrypted?: boolean;
  readonly members?: number;
  readonly group?: string;
  readonly isForeign?: boolean;
}

const clusterXml = ({
  id = 'orders',
  engine = 'aurora-postgresql',
  mode = 'provisioned',
  status = 'available',
  isEncrypted = true,
  members = 1,
  group,
  isForeign,
}: Described): string =>
  `<DBCluster><DBClusterIdentifier>${id}</DBClusterIdentifier><DBClusterArn>arn:${id}</DBClusterArn><Engine>${engine}</Engine>` +
  `<EngineMode>${mode}</EngineMode><Status>${status}</Status><StorageEncrypted>${isEncrypted}</StorageEncrypted>` +
  '<MasterUsername>shop</MasterUsername><AvailabilityZones><AvailabilityZone>eu-west-1b</AvailabilityZone></AvailabilityZones>' +
  `<DBClusterMembers>${'<DBClusterMember/>'.repeat(members)}</DBClusterMembers>` +
  (group === undefined ? '' : `<CloneGroupId>${group}</CloneGroupId>`) +
  (isForeign === undefined ? '' : `<CrossAccountClone>${isForeign}</CrossAccountClone>`) +
  '</DBCluster>';

const listed = (clusters: readonly Described[]): Answer => ({
  status: 200,
  xml: `<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters>${clusters.map(clusterXml).join('')}</DBClusters></DescribeDBClustersResult></DescribeDBClustersResponse>`,
});

const notFound: Answer = {
  status: 404,
  xml: '<ErrorResponse><Error><Code>DBClusterNotFoundFault</Code><Message>no</Message></Error></ErrorResponse>',
};

const queries: URLSearchParams[] = [];

/** What a check says of a clone, where Amazon RDS has one source, or none, and other clusters. */
async function checked(
  source: Described | undefined,
  more: Partial<CloneProps> & { readonly of?: string; readonly service?: 'rds' | 'docdb' } = {},
  others: readonly Described[] = [],
): Promise<unknown> {
  const { of = 'orders', service: kind = 'rds', ...rest } = more;
  queries.length = 0;
  const service = await FakeService.start((_, query) => {
    queries.push(query);
    if (query.get('DBClusterIdentifier') === null) return listed([...(source ? [source] : []), ...others]);
    return source ? listed([source]) : notFound;
  });
  const engine = kind === 'rds' ? 'aurora-postgresql' : undefined;
  const clone = { tier: 'Orders', service: kind, engine, of, stack: '' };
  const props = { clone, account: ACCOUNT, production: ACCOUNT, region: 'eu-west-1' };
  try {
    return await checkClone({ ...props, clients: new Clients({ attempts: 1 }), ...rest }, signal);
  } catch (error) {
    return error;
  } finally {
    service.close();
  }
}

const clones = (count: number): Described[] =>
  Array.from({ length: count }, (_, i) => ({ id: `clone-${i}`, group: 'g' }));

it('is made of a cluster that is encrypted, has an instance, and has fewer than fifteen clones', async () => {
  expect(await checked({})).toMatchObject({ MasterUsername: 'shop', AvailabilityZones: ['eu-west-1b'] });
  expect(await checked({ group: 'g' }, {}, clones(14))).toMatchObject({ Status: 'available' });
  expect(await checked({ engine: 'docdb' }, { service: 'docdb' })).toMatchObject({ Engine: 'docdb' });
});

it.each([
  [undefined, 'there is no such cluster'],
  [{ engine: 'aurora-mysql' }, 'it is aurora-mysql, Orders of staging is aurora-postgresql'],
  [{ mode: 'serverless' }, 'it is Aurora Serverless v1, which becomes no provisioned clone'],
  [{ isEncrypted: false }, "it is not encrypted, and a clone is under staging's key, aws.seed.kmsKeyArn"],
  [{ status: 'stopped' }, 'it is stopped, expected available'],
  [{ members: 0 }, 'it has no instance'],
] as const)('is not made of %j', async (source, why) => {
  expect(await checked(source)).toMatchObject({
    code: 'seed',
    message: `Orders cannot be a clone of orders: ${why}`,
  });
});

it('is not made of a cluster that has fifteen: the next would be a full copy', async () => {
  expect(await checked({ group: 'g' }, {}, [...clones(15), { id: 'another', group: 'h' }])).toMatchObject({
    message: 'Orders cannot be a clone of orders: it has 15 clones, and the next one would be a full copy',
    fix: 'Take Orders out of aws.seed.clones: it then begins with a copy of a snapshot.',
  });
});

describe("of another account's cluster", () => {
  it('is made where that shares it, once', async () => {
    expect(await checked({ members: 0 }, { of: ARN, production: OTHER })).toMatchObject({
      Status: 'available',
    });
    expect(queries.map((it) => [it.get('DBClusterIdentifier'), it.get('IncludeShared')])).toEqual([
      [ARN, 'true'],
    ]);
    expect(
      await checked({ group: 'g' }, { of: ARN, production: OTHER }, [
        { id: 'ours', group: 'g', isForeign: true },
      ]),
    ).toMatchObject({
      message: `Orders cannot be a clone of ${ARN}: this account has a clone of it, ours, and may have one`,
    });
  });

  it('says how it is shared', async () => {
    expect(await checked(undefined, { of: ARN, production: OTHER })).toMatchObject({
      message: `Orders cannot be a clone of ${ARN}: it is not shared with the account ${ACCOUNT}`,
      fix: expect.stringMatching(/^Share it in AWS RAM with the account of staging/) as string,
    });
    expect(await checked({}, { production: OTHER })).toMatchObject({
      message: `Orders cannot be a clone of orders: production has the account ${OTHER}, and a cluster there is named by its ARN`,
    });
    expect(queries).toEqual([]);
  });

  it('is not made in another Region, nor by Amazon DocumentDB', async () => {
    const far = ARN.replace('eu-west-1', 'us-east-1');
    expect(await checked({}, { of: far, production: OTHER })).toMatchObject({
      message: `Orders cannot be a clone of ${far}: it is in us-east-1, staging in eu-west-1, and a clone is in the Region of its source`,
    });
    expect(await checked({}, { of: ARN, production: OTHER, service: 'docdb' })).toMatchObject({
      message: `Orders cannot be a clone of ${ARN}: it belongs to the account ${OTHER}, and Aurora alone is cloned across accounts`,
    });
    expect(queries).toEqual([]);
  });
});

/**
 * Amazon Neptune, whose API has the endpoint, the version and the signing name of Amazon RDS (botocore 1.40, neptune/2014-10-31): the
 * members of its calls about snapshots are some of those that Amazon RDS's have.
 */
it('has the snapshots of Amazon Neptune by the calls of Amazon RDS', async () => {
  const name = 'twin-0123abcd-graph-000000';
  let copied: URLSearchParams | undefined;
  const xml = (result: string, inner: string): Answer => ({
    status: 200,
    xml: `<${result}Response><${result}Result>${inner}</${result}Result></${result}Response>`,
  });
  const service = await FakeService.start((call, query) => {
    if (call === 'CopyDBClusterSnapshot') copied = query;
    const snapshot =
      `<DBClusterSnapshot><DBClusterSnapshotIdentifier>${name}</DBClusterSnapshotIdentifier>` +
      '<DBClusterSnapshotArn>arn:graph</DBClusterSnapshotArn><Engine>neptune</Engine><Status>available</Status></DBClusterSnapshot>';
    if (call === 'CopyDBClusterSnapshot') return xml(call, snapshot);
    if (call === 'DescribeDBClusterSnapshots')
      return xml(call, `<DBClusterSnapshots>${copied ? snapshot : ''}</DBClusterSnapshots>`);
    if (call === 'ListTagsForResource')
      return xml(
        call,
        '<TagList><Tag><Key>cdk-twin:environment</Key><Value>r1-0123abcd</Value></Tag></TagList>',
      );
    return xml(call, '');
  });
  const watch = {
    signal,
    log: () => {},
    learn: () => {},
    span: <T>(_: string, work: () => Promise<T>) => work(),
  };
  try {
    const clients = new Clients({ attempts: 1 });
    const copy = {
      source: 'rds:graph',
      name,
      service: 'neptune',
      kmsKeyArn: 'arn:key',
      tags: { a: 'b' },
    } as const;
    await copySnapshot(copy, clients, 10, watch);
    expect(Object.fromEntries(copied!)).toMatchObject({
      Version: '2014-10-31',
      SourceDBClusterSnapshotIdentifier: 'rds:graph',
      TargetDBClusterSnapshotIdentifier: name,
      KmsKeyId: 'arn:key',
    });
    const own = await ownSnapshots({ target: 'aws', name: 'r1-0123abcd' }, clients, signal);
    expect(own.map((it) => [it.name, it.service])).toEqual([[name, 'neptune']]);
  } finally {
    service.close();
  }
});
