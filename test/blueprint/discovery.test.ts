import type { ServiceTier } from '../../lib/blueprint/blueprint';
import { blueprintOfTemplates } from '../../lib/blueprint/read-blueprint';
import type { Json } from '../../lib/json';

function discoveryOf(service: Record<string, Json>, more: Record<string, Json> = {}) {
  const Resources: Record<string, Json> = {
    Web: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' }, ...service } },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ContainerDefinitions: [
          { Name: 'web', PortMappings: [{ Name: 'api', ContainerPort: 3000, AppProtocol: 'http' }] },
          {
            Name: 'side',
            PortMappings: [
              { Name: 'stats', ContainerPort: 9090 },
              { ContainerPort: 9091, Protocol: 'udp' },
            ],
          },
        ],
      },
    },
    ...more,
  };
  const { tiers } = blueprintOfTemplates('Staging', [{ path: '', name: 'Staging', template: { Resources } }]);
  return (tiers[0] as ServiceTier).discovery;
}

const connecting = (services: Json, more: Record<string, Json> = {}): Record<string, Json> => ({
  ServiceConnectConfiguration: { Enabled: true, Namespace: 'shop', Services: services, ...more },
});

const space = (kind: string): Json => ({
  Type: `AWS::ServiceDiscovery::${kind}`,
  Properties: { Name: 'shop.local' },
});
const Registered: Json = {
  Type: 'AWS::ServiceDiscovery::Service',
  Properties: { Name: 'orders', DnsConfig: { NamespaceId: { 'Fn::GetAtt': ['Space', 'Id'] } } },
};
const registries = { ServiceRegistries: [{ RegistryArn: { 'Fn::GetAtt': ['Registered', 'Arn'] } }] };

it('has none of a service without either', () => {
  expect(discoveryOf({})).toBeUndefined();
  expect(discoveryOf({ ServiceConnectConfiguration: { Enabled: false, Namespace: 'shop' } })).toBeUndefined();
});

it('has the aliases of Service Connect, and the namespace whose names it finds', () => {
  const aliases = [{ PortName: 'api', ClientAliases: [{ DnsName: 'orders', Port: 80 }] }];
  expect(discoveryOf(connecting(aliases))).toEqual({
    connects: 'shop',
    names: [
      {
        name: 'orders',
        by: 'service-connect',
        namespace: 'shop',
        port: 80,
        containerPort: 3000,
        protocol: 'http',
        requestTimeoutSeconds: 15,
      },
    ],
  });
  expect(discoveryOf(connecting([]))).toEqual({ connects: 'shop', names: [] });
});

it.each([
  [{ PortName: 'api' }, 'api.shop'],
  [{ PortName: 'api', DiscoveryName: 'orders' }, 'orders.shop'],
])('has the default name of the alias of %j', (service, name) => {
  const [found] = discoveryOf(connecting([{ ...service, ClientAliases: [{ Port: 3000 }] }]))!.names;
  expect(found!.name).toBe(name);
});

it.each([
  ['api', { PerRequestTimeoutSeconds: 0 }, 0],
  ['api', { PerRequestTimeoutSeconds: 40 }, 40],
  ['stats', {}, 0],
])('has how long a request to %s may take, with %j', (PortName, Timeout, seconds) => {
  const [found] = discoveryOf(connecting([{ PortName, Timeout, ClientAliases: [{ Port: 1 }] }]))!.names;
  expect(found!.requestTimeoutSeconds).toBe(seconds);
});

it.each([
  ['an ARN', 'arn:aws:servicediscovery:eu-west-1:1:namespace/ns-1', {}, 'ns-1'],
  ['a reference', { 'Fn::GetAtt': ['Space', 'Arn'] }, { Space: space('HttpNamespace') }, 'shop.local'],
])('takes %s for the namespace', (_, Namespace, more, connects) => {
  expect(discoveryOf(connecting([], { Namespace }), more)).toEqual({ connects, names: [] });
});

it('takes the default namespace of the cluster', () => {
  const Cluster = {
    Type: 'AWS::ECS::Cluster',
    Properties: { ServiceConnectDefaults: { Namespace: 'all' } },
  };
  const service = { Cluster: { Ref: 'Cluster' }, ServiceConnectConfiguration: { Enabled: true } };
  expect(discoveryOf(service, { Cluster })).toEqual({ connects: 'all', names: [] });
});

it('has a name of Cloud Map with every port that its containers have for TCP', () => {
  const found = discoveryOf(registries, { Registered, Space: space('PrivateDnsNamespace') });
  expect(found!.names.map(({ name, port, by }) => [name, port, by])).toEqual([
    ['orders.shop.local', 3000, 'dns'],
    ['orders.shop.local', 9090, 'dns'],
  ]);
});

it('has no name of a namespace without DNS', () => {
  expect(discoveryOf(registries, { Registered, Space: space('HttpNamespace') })).toBeUndefined();
});
