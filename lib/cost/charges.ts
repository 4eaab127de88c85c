import type { Blueprint, ServiceTier, Tier } from '../blueprint/blueprint';
import { clusterOf } from '../blueprint/databases';
import { primaryOf } from '../blueprint/instances';
import { Resources, type Resource } from '../blueprint/resources';
import { textOf } from '../template/values';
import { isObject, listOf, own } from '../json';
import { billingOf } from '../aws/billing';
import type { UnknownCost } from './cost';
import {
  APPLICATION_LOAD_BALANCER,
  AURORA_POSTGRESQL,
  DOCUMENTDB,
  FARGATE,
  INTERFACE_ENDPOINT,
  NAT_GATEWAY,
  PUBLIC_IPV4,
  VALKEY,
  roundUsd,
  type Price,
} from './prices';

/** Several units that are billed alike: at a price, or with the reason why there is none. */
export type Charge = {
  /** The class; without a price, the resource type before it. */
  readonly what: string;
  readonly count: number;
  /** The resource that it belongs to by a reference: the cluster of an instance, the source of a read replica. @default - the resource itself */
  readonly partOf?: Resource | undefined;
} & ({ readonly price: Price } | { readonly because: UnknownCost['because'] });

/** The charges of an environment's resources. */
export class Charges {
  private readonly resources: Resources;

  constructor(private readonly blueprint: Blueprint) {
    this.resources = new Resources(blueprint.stacks);
  }

  /** Every charge with its resource; the charge of an instance is listed with its cluster, or its source. */
  all(): readonly (Charge & { readonly resource: Resource })[] {
    return this.resources.all.flatMap((resource) =>
      this.of(resource).map((charge) => ({ ...charge, resource: charge.partOf ?? resource })),
    );
  }

  private of(resource: Resource): Charge[] {
    const charge = own(CHARGES, resource.type);
    if (!charge) return byType(resource);
    const { stack, logicalId } = resource;
    const tier = this.blueprint.tiers.find((it) => it.stack === stack && it.logicalId === logicalId);
    return charge({ resource, tier, resources: this.resources });
  }
}

interface Billed {
  readonly resource: Resource;
  /** The tier that the resource is; undefined for any other resource, or a part of a tier. */
  readonly tier: Tier | undefined;
  readonly resources: Resources;
}

const CHARGES: Readonly<Record<string, (billed: Billed) => Charge[]>> = {
  'AWS::RDS::DBCluster': ({ resource, tier }) =>
    tier?.kind === 'sql'
      ? [...ownInstances(resource, tier.members.length), usageBased(resource, 'storage and backups')]
      : [noPrice(resource, classOf(resource))],
  'AWS::RDS::DBInstance': databaseInstance,
  'AWS::DocDB::DBCluster': ({ resource }) => [usageBased(resource, 'storage and backups')],
  'AWS::DocDB::DBInstance': documentInstance,
  'AWS::ElastiCache::ReplicationGroup': cacheNodes,
  'AWS::ECS::Service': tasks,
  'AWS::EC2::NatGateway': ({ resource }) => [
    { what: 'NAT gateway', count: 1, price: NAT_GATEWAY },
    usageBased(resource, 'traffic'),
  ],
  'AWS::EC2::EIP': () => [publicAddresses(1)],
  'AWS::EC2::VPCEndpoint': endpoint,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
};

/** A type without a price per hour: free, usage-based, or unknown, with its class where it has one. */
function byType(resource: Resource): Charge[] {
  const billing = billingOf(resource.type, resource.properties);
  if (billing === 'free') return [];
  return [billing === 'usage-based' ? usageBased(resource) : noPrice(resource, classOf(resource))];
}

/** Those that Amazon RDS makes of a Multi-AZ cluster, which the template has no resources of. */
const ownInstances = (cluster: Resource, count: number): Charge[] =>
  cluster.properties['DBClusterInstanceClass'] === undefined
    ? []
    : [noPrice(cluster, classOf(cluster), count)];

/** A member of an Aurora cluster, an instance that is in none, or a read replica of one. */
function databaseInstance({ resource, resources }: Billed): Charge[] {
  const cluster = clusterOf(resource, resources);
  const { Engine } = resource.properties;
  const { Engine: engineOfCluster, StorageType: storage } = cluster?.properties ?? {};
  const isPriced = textOf(Engine ?? engineOfCluster) === 'aurora-postgresql' && isStandard(storage, 'aurora');
  return [
    {
      ...priced(resource, isPriced ? AURORA_POSTGRESQL : {}),
      partOf: cluster ?? primaryOf(resource, resources),
    },
  ];
}

function documentInstance({ resource, resources }: Billed): Charge[] {
  const cluster = clusterOf(resource, resources);
  const isPriced = isStandard(cluster?.properties['StorageType'], 'standard');
  return [{ ...priced(resource, isPriced ? DOCUMENTDB : {}), partOf: cluster }];
}

/** Instances cost more with I/O-Optimized storage. */
const isStandard = (storage: Resource['properties'][string] | undefined, standard: string): boolean =>
  storage === undefined || storage === standard;

function cacheNodes({ resource, tier }: Billed): Charge[] {
  if (tier?.kind !== 'cache') return byType(resource);
  const nodes = tier.shards * (1 + tier.replicas);
  const charge = priced(resource, tier.engine === 'valkey' ? VALKEY : {}, nodes);
  const { SnapshotRetentionLimit: backups = 0 } = resource.properties;
  return backups === 0 ? [charge] : [charge, usageBased(resource, 'backups')];
}

function tasks({ resource, tier }: Billed): Charge[] {
  if (tier?.kind !== 'service') return byType(resource);
  const { tasks: count, cpu, memoryMiB, architecture } = tier;
  if (count === 0) return [];
  if (!isFargate(resource)) return [noPrice(resource, 'not on Fargate', count)];
  if (cpu === undefined || memoryMiB === undefined) return [noPrice(resource, 'of unknown size', count)];
  const { vcpu, gb } = FARGATE[architecture];
  const hourUsd = roundUsd((cpu / 1024) * vcpu.hourUsd + (memoryMiB / 1024) * gb.hourUsd);
  return [{ what: taskSize(tier), count, price: { hourUsd, asOf: vcpu.asOf } }];
}

const taskSize = ({ cpu, memoryMiB, architecture }: ServiceTier): string =>
  `task ${cpu! / 1024} vCPU ${memoryMiB! / 1024} GB ${architecture === 'ARM64' ? 'ARM' : 'x86'}`;

/** Whether tasks run on Fargate; Fargate Spot has another price. */
function isFargate({ properties: { LaunchType, CapacityProviderStrategy } }: Resource): boolean {
  const providers = listOf(CapacityProviderStrategy).map((it) => isObject(it) && it['CapacityProvider']);
  return providers.length > 0 ? providers.every((it) => it === 'FARGATE') : LaunchType === 'FARGATE';
}

function loadBalancer({ resource }: Billed): Charge[] {
  const { Type: type = 'application', Scheme: scheme = 'internet-facing', Subnets } = resource.properties;
  if (type !== 'application') return [noPrice(resource, textOf(type))];
  const addresses = listOf(Subnets).length;
  return [
    { what: 'load balancer', count: 1, price: APPLICATION_LOAD_BALANCER },
    usageBased(resource, 'LCUs'),
    // one in each subnet
    ...(scheme === 'internet-facing' && addresses > 0 ? [publicAddresses(addresses)] : []),
  ];
}

const publicAddresses = (count: number): Charge => ({
  what: 'public IPv4 address',
  count,
  price: PUBLIC_IPV4,
});

/** An interface endpoint is billed in each of its zones; gateway endpoints are free. */
function endpoint({ resource }: Billed): Charge[] {
  const { VpcEndpointType: type = 'Gateway', SubnetIds } = resource.properties;
  if (type !== 'Interface') return byType(resource);
  const zones = listOf(SubnetIds).length;
  return [
    zones > 0
      ? { what: 'interface endpoint', count: zones, price: INTERFACE_ENDPOINT }
      : noPrice(resource, 'in unknown zones'),
    usageBased(resource, 'traffic'),
  ];
}

function priced(resource: Resource, prices: Readonly<Record<string, Price>>, count = 1): Charge {
  const what = classOf(resource) ?? 'of unknown class';
  const price = own(prices, what);
  return price ? { what, count, price } : noPrice(resource, what, count);
}

const noPrice = (resource: Resource, what?: string, count = 1): Charge => ({
  what: named(resource, what),
  count,
  because: 'no price',
});

const usageBased = (resource: Resource, what?: string): Charge => ({
  what: named(resource, what),
  count: 1,
  because: 'usage-based',
});

const named = ({ type }: Resource, what: string | undefined): string =>
  what === undefined ? type : `${type} ${what}`;

/** The properties that hold the size of a resource. */
const CLASSES = [
  'DBInstanceClass',
  'DBClusterInstanceClass',
  'CacheNodeType',
  'InstanceType',
  'NodeType',
  'VpcEndpointType',
];

const classOf = ({ properties }: Resource): string | undefined =>
  CLASSES.map((name) => textOf(properties[name])).find((it) => it !== undefined);
