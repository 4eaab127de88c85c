import { Match } from 'aws-cdk-lib/assertions';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();

test('the cluster is encrypted, protected, and backed up for two weeks', () => {
  template.hasResource('AWS::RDS::DBCluster', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      StorageEncrypted: true,
      DeletionProtection: true,
      DeleteAutomatedBackups: false,
      BackupRetentionPeriod: 14,
      EnableIAMDatabaseAuthentication: true,
    },
  });
});

test('the engine is pinned and moves with a release only', () => {
  template.hasResourceProperties('AWS::RDS::DBCluster', {
    Engine: 'aurora-postgresql',
    EngineVersion: '17.9',
  });
  template.allResourcesProperties('AWS::RDS::DBInstance', { AutoMinorVersionUpgrade: false });
});

test('the database refuses connections without TLS', () => {
  template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
    Family: 'aurora-postgresql17',
    Parameters: Match.objectLike({ 'rds.force_ssl': '1' }),
  });
});

test('readers are alike and wait for the writer', () => {
  const instances = template.findResources('AWS::RDS::DBInstance');
  const readers = Object.entries(instances).filter(([id]) => id.includes('OrdersReader'));
  expect(readers).toHaveLength(3);
  const [first, ...others] = readers.map(([, reader]) => reader);
  for (const other of others) expect(other).toEqual(first);
  const writer = idOf(template, 'AWS::RDS::DBInstance', 'ShopOrdersClusterWriter');
  expect(first!['DependsOn']).toContain(writer);
  expect(first!['Properties']).toMatchObject({
    DBInstanceClass: 'db.r7g.2xlarge',
    PubliclyAccessible: false,
  });
});

test('the log group exists before the service would make it', () => {
  const logs = idOf(template, 'AWS::Logs::LogGroup', 'ShopOrdersLogs');
  template.hasResource('AWS::RDS::DBCluster', {
    DependsOn: Match.arrayWith([logs]),
    Properties: { DBClusterIdentifier: 'prod-orders', EnableCloudwatchLogsExports: ['postgresql'] },
  });
  expect(propertiesOf(template, 'AWS::Logs::LogGroup')[logs]).toMatchObject({
    LogGroupName: '/aws/rds/cluster/prod-orders/postgresql',
    RetentionInDays: 90,
  });
});

test('the password is generated within the stack, and not part of the template', () => {
  const secret = idOf(template, 'AWS::SecretsManager::Secret', 'ShopOrdersSecret');
  template.hasResourceProperties('AWS::RDS::DBCluster', {
    MasterUsername: 'orders',
    MasterUserPassword: {
      'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:password::}}']],
    },
  });
});
