import { scrubTemplate, type ScratchDatabase } from '../../../lib/targets/aws/scrub-template';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/staging';

const orders: ScratchDatabase = {
  tier: 'Orders',
  service: 'rds',
  origin: { snapshot: 'twin-1-orders-raw' },
  username: 'shop',
  properties: { Engine: 'aurora-postgresql', EngineVersion: '17.9', StorageEncrypted: true },
  instanceClass: 'db.r7g.large',
  port: 5432,
};
const clone = (zones: readonly string[]): ScratchDatabase => ({
  ...orders,
  origin: { clone: 'prod-orders', kmsKeyArn: KEY, zones },
});

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const resourcesOf = (scratches: readonly ScratchDatabase[]) =>
  scrubTemplate(scratches, { image: 'scrub:1' })['Resources'] as unknown as Readonly<
    Record<string, Resource>
  >;
const ofType = (resources: Readonly<Record<string, Resource>>, type: string) =>
  Object.values(resources).filter(({ Type }) => Type === type);

it('makes a database from a copy of a snapshot, or a clone under the key of staging', () => {
  const { Database0: copied, Database1: cloned, Instance1 } = resourcesOf([orders, clone([])]);
  expect(copied!.Properties).toMatchObject({
    SnapshotIdentifier: 'twin-1-orders-raw',
    MasterUserPassword: { 'Fn::Sub': '{{resolve:secretsmanager:${Password0}}}' },
  });
  expect(cloned!.Properties).toEqual({
    Engine: 'aurora-postgresql',
    EngineVersion: '17.9',
    SourceDBClusterIdentifier: 'prod-orders',
    RestoreType: 'copy-on-write',
    UseLatestRestorableTime: true,
    KmsKeyId: KEY,
    DBSubnetGroupName: { Ref: 'SubnetsRDS' },
    VpcSecurityGroupIds: [{ Ref: 'DatabaseGroup' }],
    BackupRetentionPeriod: 1,
  });
  expect(Instance1!.Properties).toMatchObject({ DBClusterIdentifier: { Ref: 'Database1' } });
});

it('makes an instance that is in no cluster from a copy of its snapshot', () => {
  const { Database0 } = resourcesOf([{ ...orders, service: 'rds-instance' }]);
  expect(Database0!.Properties).toMatchObject({
    DBSnapshotIdentifier: 'twin-1-orders-raw',
    PubliclyAccessible: false,
  });
});

it('has a subnet in each zone of what is cloned, and tasks in two of them', () => {
  const zones = ['eu-west-1c', 'eu-west-1a', 'eu-west-1b'];
  const resources = resourcesOf([orders, clone(zones), clone(['eu-west-1a', 'eu-west-1c'])]);
  const subnets = ofType(resources, 'AWS::EC2::Subnet');
  expect(subnets.map((it) => it.Properties['AvailabilityZone'])).toEqual(zones.toSorted());
  expect(new Set(subnets.map((it) => it.Properties['CidrBlock'])).size).toBe(3);
  expect(resources['SubnetsRDS']!.Properties['SubnetIds']).toEqual(
    ['Subnet0', 'Subnet1', 'Subnet2'].map((Ref) => ({ Ref })),
  );
  const endpoints = ofType(resources, 'AWS::EC2::VPCEndpoint').flatMap(
    (it) => it.Properties['SubnetIds'] ?? [],
  );
  expect(new Set(endpoints.map((it) => JSON.stringify(it)))).toEqual(
    new Set(['{"Ref":"Subnet0"}', '{"Ref":"Subnet1"}']),
  );
});

it.each([[[orders]], [[clone(['eu-west-1a'])]]])(
  'is in two zones of the Region where none are asked for',
  (scratches) => {
    const subnets = ofType(resourcesOf(scratches), 'AWS::EC2::Subnet');
    expect(subnets.map((it) => it.Properties['AvailabilityZone'])).toEqual(
      [0, 1].map((i) => ({ 'Fn::Select': [i, { 'Fn::GetAZs': '' }] })),
    );
  },
);

it('has no way out: no gateway, no route, and no public address', () => {
  for (const scratches of [[orders], [clone(['eu-west-1a', 'eu-west-1b'])]]) {
    const types = Object.values(resourcesOf(scratches)).map(({ Type }) => Type);
    expect(types.filter((it) => /Gateway|::Route$|EIP|Peering|FlowLog/.test(it))).toEqual([]);
  }
});
