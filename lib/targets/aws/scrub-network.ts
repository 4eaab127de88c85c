import type { Json, JsonObject } from '../../json';
import { ref, resource, sub } from './resource';

/** The logical ids of what all scratch databases share. */
export const SHARED_IDS = {
  ecs: 'Ecs',
  log: 'Log',
  /** Those of tasks and endpoints. */
  subnets: ['Subnet0', 'Subnet1'],
  taskGroup: 'TaskGroup',
} as const;

const CIDR = '10.255.0.0/20';
/** What a task needs to start where there is no way out. */
const ENDPOINTS = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'] as const;
/** What the network of scratch databases has to have. */
export interface NetworkProps {
  /** Those that databases listen on. */
  readonly ports: readonly number[];
  /** Those of what is cloned. @default - two of any */
  readonly zones: readonly string[];
}

/** The subnets of a network: tasks and endpoints are in the first ones, databases in all. */
export function subnetsOf({ zones }: Pick<NetworkProps, 'zones'>): { id: string; zone: Json }[] {
  const anyOf = SHARED_IDS.subnets.map((_, i): Json => ({ 'Fn::Select': [i, { 'Fn::GetAZs': '' }] }));
  const chosen = zones.length >= anyOf.length ? zones : anyOf;
  return chosen.map((zone, i) => ({ id: `Subnet${i}`, zone }));
}

/** A network without a way out. */
export function network({ ports, zones }: NetworkProps): Record<string, JsonObject> {
  const tcp = (port: number, CidrIp: string): JsonObject => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    CidrIp,
  });
  const group = (GroupDescription: string, inbound: JsonObject[], outbound: JsonObject[]): JsonObject =>
    resource('AWS::EC2::SecurityGroup', {
      GroupDescription,
      VpcId: ref('Vpc'),
      SecurityGroupIngress: inbound,
      SecurityGroupEgress: outbound,
    });
  // without a rule CloudFormation adds one that lets everything out
  const nowhere: JsonObject = { IpProtocol: '-1', CidrIp: '127.0.0.1/32' };
  return {
    Vpc: resource('AWS::EC2::VPC', {
      CidrBlock: CIDR,
      EnableDnsSupport: true,
      EnableDnsHostnames: true,
    }),
    Routes: resource('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
    ...Object.fromEntries(subnetsOf({ zones }).flatMap((it, i) => Object.entries(subnet(it, i)))),
    [SHARED_IDS.taskGroup]: group(
      'Tasks that scrub',
      [],
      // there is no route to anywhere but the endpoints
      [tcp(443, '0.0.0.0/0'), ...ports.map((port) => tcp(port, CIDR))],
    ),
    DatabaseGroup: group('Databases', ports.map((port) => tcp(port, CIDR)), [nowhere]), // prettier-ignore
    EndpointGroup: group('Endpoints', [tcp(443, CIDR)], [nowhere]),
    LayersEndpoint: layersEndpoint(),
    ...Object.fromEntries(ENDPOINTS.map((service, i) => [`Endpoint${i}`, endpoint(service)])),
  };
}

const subnet = ({ id, zone }: { readonly id: string; readonly zone: Json }, i: number) => ({
  [id]: resource('AWS::EC2::Subnet', {
    VpcId: ref('Vpc'),
    CidrBlock: `10.255.${i}.0/24`,
    AvailabilityZone: zone,
  }),
  [`RoutesOf${i}`]: resource('AWS::EC2::SubnetRouteTableAssociation', {
    SubnetId: ref(id),
    RouteTableId: ref('Routes'),
  }),
});

/** The layers of images alone: no other bucket can be written to. */
const layersEndpoint = (): JsonObject =>
  resource('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Gateway',
    VpcId: ref('Vpc'),
    ServiceName: sub('com.amazonaws.${AWS::Region}.s3'),
    RouteTableIds: [ref('Routes')],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
          Resource: sub('arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*'),
        },
      ],
    },
  });

const endpoint = (service: string): JsonObject =>
  resource('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    VpcId: ref('Vpc'),
    ServiceName: sub(`com.amazonaws.\${AWS::Region}.${service}`),
    SubnetIds: SHARED_IDS.subnets.map(ref),
    SecurityGroupIds: [ref('EndpointGroup')],
    PrivateDnsEnabled: true,
  });
