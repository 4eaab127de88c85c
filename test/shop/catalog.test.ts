import { Match } from 'aws-cdk-lib/assertions';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();

test('the cluster is encrypted, protected, and backed up for two weeks', () => {
  template.hasResource('AWS::DocDB::DBCluster', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      EngineVersion: '5.0.0',
      StorageEncrypted: true,
      DeletionProtection: true,
      BackupRetentionPeriod: 14,
    },
  });
});

test('the database speaks TLS only and writes down who did what', () => {
  template.hasResourceProperties('AWS::DocDB::DBClusterParameterGroup', {
    Family: 'docdb5.0',
    Parameters: { tls: 'enabled', audit_logs: 'enabled', profiler: 'enabled', profiler_threshold_ms: '100' },
  });
});

test('the primary exists before its replicas, which are alike', () => {
  const instances = template.findResources('AWS::DocDB::DBInstance');
  const primary = idOf(template, 'AWS::DocDB::DBInstance', 'ShopCatalogPrimary');
  const { [primary]: first, ...replicas } = instances;
  expect(first).not.toHaveProperty('DependsOn');
  expect(Object.keys(replicas)).toHaveLength(3);
  for (const replica of Object.values(replicas)) expect(replica).toEqual({ ...first, DependsOn: [primary] });
  expect(first!['Properties']).toMatchObject({ DBInstanceClass: 'db.r6g.2xlarge' });
});

test('the log groups exist before the service would make them', () => {
  const groups = ['Audit', 'Profiler'].map((log) =>
    idOf(template, 'AWS::Logs::LogGroup', `ShopCatalog${log}Logs`),
  );
  template.hasResource('AWS::DocDB::DBCluster', {
    DependsOn: groups,
    Properties: { DBClusterIdentifier: 'prod-catalog', EnableCloudwatchLogsExports: ['audit', 'profiler'] },
  });
  const names = groups.map((id) => propertiesOf(template, 'AWS::Logs::LogGroup')[id]!['LogGroupName']);
  expect(names).toEqual(['/aws/docdb/prod-catalog/audit', '/aws/docdb/prod-catalog/profiler']);
});

test('its security group goes with the stack: it is not one that the L2 would retain', () => {
  template.hasResource('AWS::EC2::SecurityGroup', {
    DeletionPolicy: Match.absent(),
    Properties: { GroupDescription: 'Catalog database' },
  });
});

test('the secret knows the cluster that it opens', () => {
  template.hasResourceProperties('AWS::SecretsManager::SecretTargetAttachment', {
    TargetType: 'AWS::DocDB::DBCluster',
    TargetId: { Ref: idOf(template, 'AWS::DocDB::DBCluster') },
    SecretId: { Ref: idOf(template, 'AWS::SecretsManager::Secret', 'ShopCatalogSecret') },
  });
});
