import { Match } from 'aws-cdk-lib/assertions';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();
const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const groups = propertiesOf(template, GROUP);
const sessions = groups[idOf(template, GROUP, 'ShopSessions')]!;
const pages = groups[idOf(template, GROUP, 'ShopPages')]!;

test.each([
  ['sessions', sessions],
  ['pages', pages],
])('%s are encrypted at rest and on the wire, and ask for a password', (_, group) => {
  expect(group).toMatchObject({
    Engine: 'valkey',
    EngineVersion: '8.1',
    AutoMinorVersionUpgrade: false,
    AtRestEncryptionEnabled: true,
    TransitEncryptionEnabled: true,
    TransitEncryptionMode: 'required',
    AutomaticFailoverEnabled: true,
    MultiAZEnabled: true,
  });
  expect(JSON.stringify(group['AuthToken'])).toContain('{{resolve:secretsmanager:');
});

test('sessions are one shard with replicas, kept and backed up', () => {
  template.hasResource(GROUP, {
    DeletionPolicy: 'Retain',
    Properties: { ClusterMode: 'disabled', NumCacheClusters: 3, SnapshotRetentionLimit: 14 },
  });
  // A change of this one would replace the group.
  expect(sessions).not.toHaveProperty('ReplicasPerNodeGroup');
  expect(sessions).toMatchObject({ CacheNodeType: 'cache.r7g.2xlarge' });
});

test('pages are sharded, and another number of shards does not replace them', () => {
  template.hasResource(GROUP, {
    UpdatePolicy: { UseOnlineResharding: true },
    Properties: {
      ClusterMode: 'enabled',
      NumNodeGroups: 3,
      ReplicasPerNodeGroup: 2,
      SnapshotRetentionLimit: 0,
    },
  });
  expect(pages).toMatchObject({ CacheNodeType: 'cache.r7g.xlarge' });
});

test('sessions never evict, pages evict what was not used for longest', () => {
  const parameters = propertiesOf(template, 'AWS::ElastiCache::ParameterGroup');
  const of = (group: Record<string, unknown>): unknown =>
    parameters[(group['CacheParameterGroupName'] as { Ref: string }).Ref]!['Properties'];
  expect(of(sessions)).toEqual({ 'maxmemory-policy': 'noeviction' });
  expect(of(pages)).toEqual({ 'cluster-enabled': 'yes', 'maxmemory-policy': 'allkeys-lru' });
});

test('slow commands go to a log group of each', () => {
  const groupsOf = [sessions, pages].map((group) => JSON.stringify(group['LogDeliveryConfigurations']));
  expect(groupsOf[0]).toContain(idOf(template, 'AWS::Logs::LogGroup', 'ShopSessionsValkeySlowLogs'));
  expect(groupsOf[1]).toContain(idOf(template, 'AWS::Logs::LogGroup', 'ShopPagesValkeySlowLogs'));
});

test('no password has characters that Valkey refuses', () => {
  template.resourcePropertiesCountIs(
    'AWS::SecretsManager::Secret',
    { GenerateSecretString: Match.objectLike({ PasswordLength: 48, ExcludePunctuation: true }) },
    4,
  );
});
