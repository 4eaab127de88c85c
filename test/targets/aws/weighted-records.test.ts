import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { AwsPlace } from '../../../lib/targets/aws/place';
import { WeightedRecords } from '../../../lib/targets/aws/weighted-records';
import { asText, fromText, isSame, percentOf, withPercent } from '../../../lib/targets/aws/weights';

const SECTION = {
  hostedZone: 'Z0123',
  record: 'Shop.example.com',
  productions: { Prod: { setIdentifier: 'prod' }, ProdB: { setIdentifier: 'prod-b' } },
};
const { signal } = new AbortController();

let zone: ResourceRecordSet[];
let status: string;
let looks: number;
beforeEach(() => {
  [zone, status, looks] = [[recordOf('prod', 200), recordOf('prod-b', 0)], 'INSYNC', 0];
});

const recordOf = (
  SetIdentifier: string,
  Weight: number | undefined,
  more: Partial<ResourceRecordSet> = {},
) => ({
  Name: 'shop.example.com.',
  Type: 'A' as const,
  SetIdentifier,
  Weight,
  TTL: 60,
  ...more,
});

/** Route 53, with what the records call of it. */
const route53 = {
  listResourceRecordSets: () => Promise.resolve({ ResourceRecordSets: zone }),
  changeResourceRecordSets: ({
    ChangeBatch,
  }: {
    ChangeBatch: { Changes: { ResourceRecordSet: ResourceRecordSet }[] };
  }) => {
    const changed = ChangeBatch.Changes.map((it) => it.ResourceRecordSet);
    zone = zone.map((it) => changed.find(({ Type, SetIdentifier: id }) => Type === it.Type && id === it.SetIdentifier) ?? it); // prettier-ignore
    return Promise.resolve({ ChangeInfo: { Id: 'C1' } });
  },
  getChange: () => {
    looks++;
    return Promise.resolve({ ChangeInfo: { Status: status } });
  },
};
const records = (pollMs = 1): WeightedRecords =>
  new WeightedRecords(SECTION, { in: () => ({ for: () => route53 }) } as unknown as AwsPlace, pollMs);

it('reads and sets the weights of every type of the name, and of no other name', async () => {
  const AliasTarget = { HostedZoneId: 'Z1', DNSName: 'b.elb.amazonaws.com', EvaluateTargetHealth: true };
  const alias = { Type: 'AAAA' as const, TTL: undefined, AliasTarget };
  zone.push(recordOf('prod', 3, alias), recordOf('prod-b', 0, alias));
  zone.push(recordOf('other', 9, { Name: 'www.example.com.' }));
  expect(await records().read(signal)).toEqual({ A: [200, 0], AAAA: [3, 0] });
  await records().set({ A: [75, 25], AAAA: [75, 25] }, signal);
  expect(zone.map(({ Weight }) => Weight)).toEqual([75, 25, 75, 25, 9]);
  expect(zone[3]).toEqual(recordOf('prod-b', 25, alias));
});

it.each([
  [[], 'there is none of that name'],
  [[recordOf('prod', 1)], 'there is no weighted A record prod-b'],
  [[recordOf('prod', 1), recordOf('prod-b', undefined)], 'there is no weighted A record prod-b'],
  [[recordOf('prod', 1), recordOf('prod-b', 0), recordOf('third', 1)], 'the A record third has a share too'],
])('refuses records that are not two with weights: %#', async (all, why) => {
  zone = all;
  await expect(records().read(signal)).rejects.toThrow(
    `the weights of the records Shop.example.com of Z0123 cannot be moved: ${why}`,
  );
});

it('says which record is gone that it would set', async () => {
  zone = [recordOf('prod', 1)];
  await expect(records().set({ A: [100, 0] }, signal)).rejects.toThrow('the A record prod-b is gone');
});

it('waits until Route 53 has the weights everywhere, and not for ever', async () => {
  status = 'PENDING';
  const setting = records(200_000_000).set({ A: [0, 100] }, signal);
  await expect(setting).rejects.toThrow('Route 53 has not brought the weights');
  expect(looks).toBe(1);
});

it('knows for how long clients may have an answer', async () => {
  expect(await records().lasts(signal)).toMatchObject({ seconds: 60, isWaitedFor: true });
  zone[1] = recordOf('prod-b', 0, { TTL: 901 });
  await expect(records().lasts(signal)).rejects.toThrow('their TTL is 901 s, and 900 s are allowed');
});

describe('weights', () => {
  it('are a share where that is one for all', () => {
    expect(percentOf({ A: [3, 1], AAAA: [75, 25] })).toBe(25);
    expect(percentOf({ A: [1, undefined] })).toBe(0);
    expect(percentOf({ A: [undefined, 1] })).toBe(100);
    expect(percentOf({ A: [1, 0], AAAA: [0, 1] })).toBeUndefined();
    expect(percentOf({ A: [0, 0] })).toBeUndefined();
  });

  it('are written down and read back as they were', () => {
    const weights = { A: [200, 0], forward: [1, undefined] } as const;
    expect(isSame(fromText(asText(weights)), weights)).toBe(true);
    expect(isSame(withPercent(weights, 25), weights)).toBe(false);
    expect(isSame({ A: [1, 0] }, { A: [1, 0], AAAA: [1, 0] })).toBe(false);
  });
});
