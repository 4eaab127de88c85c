import type { FailoverQuota } from '../../../lib/targets/failover-quota';
import { Clients } from '../../../lib/targets/aws/clients';
import { disrupt } from '../../../lib/targets/aws/disrupt';
import type { LiveTier } from '../../../lib/targets/aws/live-tiers';
import { testFailovers } from '../../../lib/targets/aws/test-failovers';
import { FakeService, refusal, type Answer } from './service';

/** How many shards were tested, an hour apart, the last first, as the service sends them: page by page, between other events. */
let tested: number;
let isDenied: boolean;
/** What was asked for. */
let asked: Record<string, string>[];
let service: FakeService;

const NOON = Date.parse('2026-11-29T12:00:00Z');
const at = (hours: number): string => new Date(NOON - hours * 3_600_000).toISOString();
const PAGE = 8;

/** The messages of the API's reference, in the order in which they occur. */
const eventsOf = (group: string, hours: number): string[] =>
  [
    [group, 'replication-group', 'Test Failover API called for node group 0001'],
    [
      `${group}-1`,
      'cache-cluster',
      `Failover from primary node ${group}-1 to replica node ${group}-2 completed`,
    ],
    [
      group,
      'replication-group',
      `Failover from primary node ${group}-1 to replica node ${group}-2 completed`,
    ],
    [`${group}-1`, 'cache-cluster', 'Recovering cache nodes 0001'],
    [`${group}-1`, 'cache-cluster', 'Finished recovery for cache nodes 0001'],
  ].map(
    ([source, type, message]) =>
      `<Event><SourceIdentifier>${source}</SourceIdentifier><SourceType>${type}</SourceType><Message>${message}</Message><Date>${at(hours)}</Date></Event>`,
  );

const answerTo = (call: string, query: URLSearchParams): Answer => {
  asked.push(Object.fromEntries(query));
  const answer = (result: string): Answer => ({
    status: 200,
    xml: `<${call}Response><${call}Result>${result}</${call}Result></${call}Response>`,
  });
  if (call === 'DescribeReplicationGroups')
    return answer(
      '<ReplicationGroups><ReplicationGroup><Status>available</Status><NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId></NodeGroup><NodeGroup><NodeGroupId>0002</NodeGroupId></NodeGroup></NodeGroups></ReplicationGroup></ReplicationGroups>',
    );
  if (call === 'TestFailover') return answer('');
  if (isDenied) return refusal(403, 'AccessDenied', 'not authorized');
  const all = Array.from({ length: tested }, (_, i) => eventsOf(`pages-${i}`, i)).flat();
  const first = Number(query.get('Marker') ?? 0);
  const marker = first + PAGE < all.length ? `<Marker>${first + PAGE}</Marker>` : '';
  return answer(`<Events>${all.slice(first, first + PAGE).join('')}</Events>${marker}`);
};

beforeEach(async () => {
  [tested, isDenied, asked] = [0, false, []];
  service = await FakeService.start(answerTo);
});
afterEach(() => service.close());

const quota = (): Promise<FailoverQuota> =>
  testFailovers({ Pages: 2 }, new Clients({}), new AbortController().signal);

it('counts the calls of 24 hours by their events, and no other event', async () => {
  tested = 7;
  expect(await quota()).toEqual({
    of: 'test failovers of shards by ElastiCache in eu-west-1 in 24 hours',
    takes: { Pages: 2 },
    most: 15,
    left: 8,
    back: [6, 5, 4, 3, 2, 1, 0].map((hours) => new Date(at(hours - 24))),
  });
  expect(asked[0]).toMatchObject({
    Action: 'DescribeEvents',
    SourceType: 'replication-group',
    Duration: '1440',
  });
});

describe('a failover of a cache', () => {
  const lines: string[] = [];
  const failOver = () => {
    lines.length = 0;
    const live = {
      tier: { kind: 'cache', name: 'Pages' },
      physicalId: 'pages',
      clients: new Clients({}),
    } as unknown as LiveTier;
    const { signal } = new AbortController();
    return disrupt(live, { kind: 'failover', tier: 'Pages' }, 1, {
      signal,
      log: (line) => void lines.push(line),
      span: (_, work) => work(),
      learn: () => {},
    });
  };
  const shards = (): (string | undefined)[] =>
    asked.filter(({ Action }) => Action === 'TestFailover').map(({ NodeGroupId: shard }) => shard);

  it('says how many are left, and takes the last ones', async () => {
    tested = 13;
    await failOver();
    expect(shards()).toEqual(['0001', '0002']);
    expect(lines[0]).toBe(
      'failovers of Pages take 2 of the 2 test failovers of shards by ElastiCache in eu-west-1 in 24 hours that are left of 15',
    );
  });

  it('fails no shard over where there are not enough for all, and says when there are', async () => {
    tested = 14;
    await expect(failOver()).rejects.toMatchObject({
      code: 'failover-quota',
      message:
        'failovers of Pages take 2 test failovers of shards by ElastiCache in eu-west-1 in 24 hours, and 1 of 15 are left; there are enough from 2026-11-29 23:00 UTC on',
      isMachineFault: true,
    });
    expect(shards()).toEqual([]);
  });

  it('is made where the events may not be read: the service says when there are no more', async () => {
    isDenied = true;
    await failOver();
    expect(shards()).toEqual(['0001', '0002']);
    expect(lines[0]).toMatch(
      /; how many are left is not known: these credentials may not call elasticache:DescribeEvents$/,
    );
  });
});
