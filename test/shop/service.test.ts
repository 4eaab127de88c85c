import { Match } from 'aws-cdk-lib/assertions';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();

interface Container {
  readonly Name: string;
  readonly Image: unknown;
  readonly Environment: readonly { Name: string; Value: unknown }[];
  readonly Secrets: readonly { Name: string }[];
  readonly [property: string]: unknown;
}

const tasks = Object.values(propertiesOf(template, 'AWS::ECS::TaskDefinition')).map((task) => ({
  task,
  container: (task['ContainerDefinitions'] as [Container])[0],
}));
const [web, worker] = ['Web', 'Worker'].map((name) =>
  tasks.find(({ container }) => container.Name === name)!,
);
const services = template.findResources('AWS::ECS::Service');

test('tasks are ARM64 of the size that the scale says', () => {
  expect(web!.task).toMatchObject({
    Cpu: '2048',
    Memory: '4096',
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
  });
  expect(worker!.task).toMatchObject({
    Cpu: '1024',
    Memory: '4096',
    RuntimePlatform: { CpuArchitecture: 'ARM64' },
  });
});

test('the image is the one of the release', () => {
  expect(JSON.stringify(web!.container.Image)).toContain('/shop/web:1.4.2');
  expect(JSON.stringify(worker!.container.Image)).toContain('/shop/worker:1.4.2');
});

test('the root file system is read-only, with one place to write', () => {
  for (const { container, task } of [web!, worker!]) {
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      MountPoints: [{ ContainerPath: '/tmp', SourceVolume: 'tmp', ReadOnly: false }],
    });
    expect(task).toMatchObject({ Volumes: [{ Name: 'tmp' }] });
  }
});

test('both services are told where every tier is', () => {
  const names = ({ container }: NonNullable<typeof web>): string[] =>
    container.Environment.map(({ Name }) => Name);
  expect(names(worker!)).toEqual([
    'RELEASE',
    'ASSETS_BUCKET',
    'ORDERS_WRITER_HOST',
    'ORDERS_READER_HOST',
    'ORDERS_PORT',
    'ORDERS_DATABASE',
    'ORDERS_POOL_SIZE',
    'CATALOG_HOST',
    'CATALOG_READER_HOST',
    'CATALOG_PORT',
    'CATALOG_OPTIONS',
    'SESSIONS_HOST',
    'SESSIONS_READER_HOST',
    'SESSIONS_PORT',
    'PAGES_HOST',
    'PAGES_PORT',
  ]);
  expect(names(web!).filter((name) => !names(worker!).includes(name))).toEqual(['PORT']);
});

test('writes go to the writer and reads to the readers', () => {
  const group = 'AWS::ElastiCache::ReplicationGroup';
  expect(valueOf('ORDERS_WRITER_HOST')).toEqual(attribute('AWS::RDS::DBCluster', 'Endpoint.Address'));
  expect(valueOf('ORDERS_READER_HOST')).toEqual(attribute('AWS::RDS::DBCluster', 'ReadEndpoint.Address'));
  expect(valueOf('CATALOG_HOST')).toEqual(attribute('AWS::DocDB::DBCluster', 'Endpoint'));
  expect(valueOf('CATALOG_OPTIONS')).toContain('replicaSet=rs0&readPreference=secondaryPreferred');
  expect(valueOf('SESSIONS_HOST')).toEqual(attribute(group, 'PrimaryEndPoint.Address', 'ShopSessions'));
  expect(valueOf('SESSIONS_READER_HOST')).toEqual(attribute(group, 'ReaderEndPoint.Address', 'ShopSessions'));
  expect(valueOf('PAGES_HOST')).toEqual(attribute(group, 'ConfigurationEndPoint.Address', 'ShopPages'));
});

test('every credential is injected, none is in the environment', () => {
  for (const { container } of [web!, worker!]) {
    expect(container.Secrets.map(({ Name }) => Name)).toEqual([
      'ORDERS_USERNAME',
      'ORDERS_PASSWORD',
      'CATALOG_USERNAME',
      'CATALOG_PASSWORD',
      'SESSIONS_AUTH_TOKEN',
      'PAGES_AUTH_TOKEN',
    ]);
    expect(JSON.stringify(container.Environment)).not.toMatch(/resolve:|secret/i);
  }
});

test('a release that does not come up rolls back, and nobody gets a shell', () => {
  expect(Object.keys(services)).toHaveLength(2);
  template.allResourcesProperties('AWS::ECS::Service', {
    EnableExecuteCommand: false,
    DeploymentConfiguration: {
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    },
    NetworkConfiguration: { AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED' }) },
  });
});

test('tasks start when every database instance and cache is up', () => {
  const needed = [
    'AWS::RDS::DBInstance',
    'AWS::DocDB::DBInstance',
    'AWS::ElastiCache::ReplicationGroup',
  ].flatMap((type) => Object.keys(template.findResources(type)));
  expect(needed).toHaveLength(4 + 4 + 2);
  for (const { DependsOn } of Object.values(services) as { DependsOn: string[] }[]) {
    expect(DependsOn).toEqual(expect.arrayContaining(needed));
  }
});

test('the worker runs as many tasks as its CPU asks for, within the scale', () => {
  const id = idOf(template, 'AWS::ECS::Service', 'ShopWorker');
  const targets = propertiesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
  const [target, ...others] = Object.entries(targets).filter(([, p]) =>
    JSON.stringify(p['ResourceId']).includes(id),
  );
  expect(others).toEqual([]);
  expect(target![1]).toMatchObject({ MinCapacity: 3, MaxCapacity: 10 });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    ScalingTargetId: { Ref: target![0] },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 60,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });
  expect(template.findResources('AWS::ECS::Service')[id]!['Properties']).not.toHaveProperty('DesiredCount');
});

test('the web tier reads the assets, the worker writes them', () => {
  expect(actionsOf('ShopWebTaskTaskRole')).toEqual(['s3:GetObject']);
  expect(actionsOf('ShopWorkerTaskTaskRole')).toEqual([['s3:DeleteObject', 's3:GetObject', 's3:PutObject']]);
});

test('Container Insights writes to a group that the stack owns', () => {
  const insights = idOf(template, 'AWS::Logs::LogGroup', 'ShopServicesInsights');
  template.hasResource('AWS::ECS::Cluster', {
    DependsOn: [insights],
    Properties: {
      ClusterName: 'prod-services',
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    },
  });
  expect(propertiesOf(template, 'AWS::Logs::LogGroup')[insights]).toMatchObject({
    LogGroupName: '/aws/ecs/containerinsights/prod-services/performance',
  });
});

test('each source has a log group of its own, which outlives the stack', () => {
  template.resourceCountIs('AWS::Logs::LogGroup', 9);
  template.allResources('AWS::Logs::LogGroup', {
    DeletionPolicy: 'Retain',
    Properties: { RetentionInDays: 90 },
  });
});

function valueOf(name: string): unknown {
  return web!.container.Environment.find(({ Name }) => Name === name)?.Value;
}

function attribute(type: string, name: string, start?: string): object {
  return { 'Fn::GetAtt': [idOf(template, type, start), name] };
}

/** The actions that each statement of a policy allows. */
function actionsOf(start: string): unknown[] {
  const policy = propertiesOf(template, 'AWS::IAM::Policy')[idOf(template, 'AWS::IAM::Policy', start)]!;
  return (policy['PolicyDocument'] as { Statement: { Action: unknown }[] }).Statement.map(
    ({ Action }) => Action,
  );
}
