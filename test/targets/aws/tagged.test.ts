import { Clients } from '../../../lib/targets/aws/clients';
import type { SnapshotService } from '../../../lib/targets/aws/database-service';
import { taggedIn, type Tags } from '../../../lib/targets/aws/tagged';
import { FakeService, type Answer } from './service';

const { signal } = new AbortController();

/** As the API References of Amazon RDS and Amazon ElastiCache show them. */
const tagList = (tags: Tags): string =>
  `<TagList>${Object.entries(tags)
    .map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
    .join('')}</TagList>`;

const cluster = (id: string, engine: string, tags: Tags): string =>
  `<DBCluster><DBClusterIdentifier>${id}</DBClusterIdentifier><Engine>${engine}</Engine>${tagList(tags)}</DBCluster>`;

const instance = (id: string, of: string, tags: Tags): string =>
  `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier>${of}${tagList(tags)}</DBInstance>`;

const answer = (call: string, parts: string): Answer => ({
  status: 200,
  xml: `<${call}Response><${call}Result>${parts}</${call}Result></${call}Response>`,
});

const SHOP = { service: 'orders', stage: 'prod' };
const CACHES: Readonly<Record<string, Tags>> = { 'arn:sessions': SHOP, 'arn:pages': { service: 'pages' } };

/** Two pages of clusters, one of instances and one of caches. */
function answered(call: string, query: URLSearchParams): Answer {
  if (call === 'DescribeDBClusters' && query.get('Marker') === null)
    return answer(
      call,
      `<Marker>2</Marker><DBClusters>${cluster('docs', 'docdb', SHOP)}${cluster('graph', 'neptune', { stage: 'prod' })}</DBClusters>`,
    );
  if (call === 'DescribeDBClusters')
    return answer(
      call,
      `<DBClusters>${cluster('orders-1', 'aurora-postgresql', SHOP)}${cluster('orders-2', 'aurora-mysql', { ...SHOP, stage: 'test' })}</DBClusters>`,
    );
  if (call === 'DescribeDBInstances')
    return answer(
      call,
      `<DBInstances>${instance('orders-1-a', '<DBClusterIdentifier>orders-1</DBClusterIdentifier>', SHOP)}${instance('ledger', '', SHOP)}</DBInstances>`,
    );
  if (call === 'DescribeReplicationGroups') {
    const groups = Object.keys(CACHES).map(
      (arn) =>
        `<ReplicationGroup><ReplicationGroupId>${arn.slice(4)}</ReplicationGroupId><ARN>${arn}</ARN></ReplicationGroup>`,
    );
    return answer(call, `<ReplicationGroups>${groups.join('')}</ReplicationGroups>`);
  }
  return answer(call, tagList(CACHES[query.get('ResourceName')!]!));
}

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.start(answered);
});
afterEach(() => service.close());

const found = (of: SnapshotService, tags: Tags): Promise<string> =>
  taggedIn('Orders', tags, of, new Clients({ attempts: 1 }), signal);

it('finds what alone has all of the tags, on any page, among what its service keeps', async () => {
  expect(await found('rds', SHOP)).toBe('orders-1');
  expect(await found('docdb', SHOP)).toBe('docs');
  expect(await found('neptune', { stage: 'prod' })).toBe('graph');
  expect(await found('rds-instance', SHOP)).toBe('ledger');
  expect(await found('elasticache', SHOP)).toBe('sessions');
});

it('guesses neither where several have them nor where none has', async () => {
  await expect(found('rds', { service: 'orders' })).rejects.toMatchObject({
    code: 'seed',
    message:
      'orders-1, orders-2 all have the tags of Orders in aws.seed.clusters (service=orders) in eu-west-1',
    fix: 'Give more tags, so that one alone has them, or its name.',
  });
  await expect(found('rds', { ...SHOP, stage: 'Prod' })).rejects.toMatchObject({
    code: 'seed',
    message:
      'no cluster has the tags of Orders in aws.seed.clusters (service=orders, stage=Prod) in eu-west-1',
  });
  await expect(found('docdb', { ...SHOP, Service: 'orders' })).rejects.toMatchObject({ code: 'seed' });
});
