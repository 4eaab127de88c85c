import { Match } from 'aws-cdk-lib/assertions';
import { propertiesOf, synth } from './shop';

const template = synth();

test('subnets of each kind span three zones, whatever the stack knows of its region', () => {
  for (const built of [template, synth({ env: { account: '111111111111', region: 'eu-central-1' } })]) {
    const zones = Object.values(propertiesOf(built, 'AWS::EC2::Subnet')).map((p) =>
      JSON.stringify(p['AvailabilityZone']),
    );
    expect(zones).toHaveLength(9);
    expect(new Set(zones).size).toBe(3);
    expect(zones.every((zone) => zone.includes('Fn::GetAZs'))).toBe(true);
  }
});

test('each zone has a NAT gateway of its own', () => {
  template.resourceCountIs('AWS::EC2::NatGateway', 3);
});

test('an isolated subnet has no route out', () => {
  const routes = Object.keys(propertiesOf(template, 'AWS::EC2::Route'));
  expect(routes).toHaveLength(6);
  expect(routes.filter((id) => id.includes('Isolated'))).toEqual([]);
});

test('traffic is recorded in a log group of its own', () => {
  template.hasResourceProperties('AWS::EC2::FlowLog', {
    ResourceType: 'VPC',
    TrafficType: 'ALL',
    LogGroupName: { Ref: Match.stringLikeRegexp('^ShopNetworkFlowLogs') },
  });
});

test('images, logs, secrets and S3 are reached without leaving the VPC', () => {
  const endpoints = Object.values(propertiesOf(template, 'AWS::EC2::VPCEndpoint'));
  const services = endpoints.map(({ ServiceName: name, VpcEndpointType: type }) => [
    JSON.stringify(name).match(/"\.([a-z.0-9]+)"/)?.[1],
    type,
  ]);
  expect(services.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
    ['ecr.api', 'Interface'],
    ['ecr.dkr', 'Interface'],
    ['logs', 'Interface'],
    ['s3', 'Gateway'],
    ['secretsmanager', 'Interface'],
  ]);
});

test('only HTTPS of the services leaves to anywhere, and only the load balancer is open to anyone', () => {
  const groups = Object.entries(propertiesOf(template, 'AWS::EC2::SecurityGroup'));
  const out = groups.map(([id, p]) => [id.slice(0, -8), openPorts(p['SecurityGroupEgress'])] as const);
  const into = groups.map(([id, p]) => [id.slice(0, -8), openPorts(p['SecurityGroupIngress'])] as const);
  const some = (list: typeof out): object => Object.fromEntries(list.filter(([, ports]) => ports.length > 0));
  expect(some(out)).toEqual({ ShopNetworkWebGroup: [443], ShopNetworkWorkerGroup: [443] });
  expect(some(into)).toEqual({ ShopNetworkLoadBalancerGroup: [80, 443] });
});

test('no group allows everything out', () => {
  const text = JSON.stringify([
    propertiesOf(template, 'AWS::EC2::SecurityGroup'),
    propertiesOf(template, 'AWS::EC2::SecurityGroupEgress'),
  ]);
  expect(text).not.toContain('"IpProtocol":"-1"');
});

test('services reach each data tier on its own port, and nothing else reaches it', () => {
  const ingress = Object.values(propertiesOf(template, 'AWS::EC2::SecurityGroupIngress')).map((rule) => {
    return `${nameOf(rule['SourceSecurityGroupId'])} > ${nameOf(rule['GroupId'])}:${rule['FromPort'] as number}`;
  });
  expect(ingress.toSorted()).toEqual([
    'LoadBalancerGroup > WebGroup:8080',
    'WebGroup > CatalogGroup:27017',
    'WebGroup > EndpointGroup:443',
    'WebGroup > OrdersGroup:5432',
    'WebGroup > PagesGroup:6379',
    'WebGroup > SessionsGroup:6379',
    'WorkerGroup > CatalogGroup:27017',
    'WorkerGroup > EndpointGroup:443',
    'WorkerGroup > OrdersGroup:5432',
    'WorkerGroup > PagesGroup:6379',
    'WorkerGroup > SessionsGroup:6379',
  ]);
});

/** The ports that rules open to or from anywhere. */
function openPorts(rules: unknown): number[] {
  return ((rules ?? []) as { CidrIp: string; FromPort: number }[])
    .filter(({ CidrIp }) => CidrIp === '0.0.0.0/0')
    .map(({ FromPort }) => FromPort);
}

/** The construct id of the group that a rule refers to. */
function nameOf(group: unknown): string {
  const [id] = (group as { 'Fn::GetAtt': [string] })['Fn::GetAtt'];
  return id.slice('ShopNetwork'.length, -8);
}
