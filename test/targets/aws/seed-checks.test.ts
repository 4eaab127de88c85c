import { Clients } from '../../../lib/targets/aws/clients';
import { checkUse, type UseProps } from '../../../lib/targets/aws/seed-checks';
import { snapshotsOf } from '../../../lib/targets/aws/snapshots';
import type { Source } from '../../../lib/targets/aws/sources';
import { FakeService } from './service';

const { signal } = new AbortController();
const [ACCOUNT, OTHER] = ['111122223333', '444455556666'];
const key = (region: string, account = ACCOUNT): string => `arn:aws:kms:${region}:${account}:key/1`;

/** A backup of two shards, as Amazon ElastiCache's API Reference shows them. */
async function backup(sizes: readonly string[]) {
  const nodes = sizes.map(
    (size, i) =>
      `<NodeSnapshot><SnapshotCreateTime>2026-11-30T0${5 - i}:00:00Z</SnapshotCreateTime><CacheSize>${size}</CacheSize></NodeSnapshot>`,
  );
  const service = await FakeService.start((call) => ({
    status: 200,
    xml:
      `<${call}Response><${call}Result><Snapshots><Snapshot><SnapshotName>nightly</SnapshotName><SnapshotStatus>available</SnapshotStatus>` +
      `<NodeSnapshots>${nodes.join('')}</NodeSnapshots></Snapshot></Snapshots></${call}Result></${call}Response>`,
  }));
  try {
    return (await snapshotsOf('pages', 'elasticache', new Clients({ attempts: 1 }), signal))[0]!;
  } finally {
    service.close();
  }
}

const cache = async (sizes: readonly string[], more: Partial<Source> = {}): Promise<Source> => ({
  seed: {
    tier: 'Pages',
    service: 'elasticache',
    snapshot: 'twin-1',
    stack: '',
    production: { stack: '', logicalId: 'Pages' },
    roomGiB: 9.8,
  },
  region: 'eu-west-1',
  from: 'eu-west-1',
  snapshot: await backup(sizes),
  ...more,
});

const props: UseProps = {
  config: { kmsKeyArn: key('eu-west-1'), data: { mayBeSeen: 'they are made up' } },
  account: ACCOUNT,
  production: ACCOUNT,
};

it('reads of when a backup is, by its oldest shard, and how much it holds', async () => {
  const { takenAt, heldGiB } = await backup(['512 MB', '3 GB']);
  expect([takenAt.toISOString(), heldGiB]).toEqual(['2026-11-30T04:00:00.000Z', 3.5]);
  expect((await backup(['512 MB', 'much'])).heldGiB).toBeUndefined();
});

it('refuses a backup that staging has no room for', async () => {
  const { snapshot, ...rest } = await cache(['4 GB', '5 GB']);
  checkUse({ ...rest, snapshot }, props);
  expect(() => checkUse({ ...rest, snapshot: { ...snapshot, heldGiB: 12 } }, props)).toThrow(
    'the backup nightly of Pages holds 12.0 GiB, and staging has room for 9.8 GiB',
  );
});

it('refuses a backup of another account or Region, which ElastiCache does not copy', async () => {
  const source = await cache(['1 GB']);
  const text = 'and ElastiCache copies them to no other account or Region';
  expect(() => checkUse(source, { ...props, production: OTHER })).toThrow(
    `the backups of Pages are in the account ${OTHER}, ${text}`,
  );
  expect(() => checkUse({ ...source, from: 'us-east-1' }, props)).toThrow(
    `the backups of Pages are in us-east-1, ${text}`,
  );
});

it('refuses a key of another Region than that of staging', async () => {
  const source = await cache(['1 GB']);
  const config = { ...props.config, kmsKeyArn: key('us-east-1') };
  expect(() => checkUse(source, { ...props, config })).toThrow(
    'aws.seed.kmsKeyArn is a key in us-east-1, and Pages of staging is in eu-west-1',
  );
});
