import type { Blueprint, ServiceTier, Tier } from '../blueprint/blueprint';
import { clusterOf } from '../blueprint/databases';
import { Resources, type Resource } from '../blueprint/resources';
import { textOf } from '../template/values';
import { isObject, listOf, own } from '../json';
import { billingOf } from './billing';
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

/** Several of something that is billed together: at a price, or for a reason why there is none. */
export type Charge = {
  /** For a price the class alone; otherwise the resource type before it. */
  readonly what: string;
  readonly count: number;
  /** What it is a part of, when a reference tells: the cluster of an instance. @default - the resource by itself */
  readonly partOf?: Resource | undefined;
} & ({ readonly price: Price } | { readonly because: UnknownCost['because'] });

/** Tells what each resource of an environment is billed for. */
export class Charges {
  private readonly resources: Resources;

  constructor(private readonly blueprint: Blueprint) {
    this.resources = new Resources(blueprint.stacks);
  }

  /** Every charge, with the resource that it is for: an instance's is its cluster. */
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
  /** The tier that the resource is; undefined when it is none, or a part of one. */
  readonly tier: Tier | undefined;
  readonly resources: Resources;
}

const CHARGES: Readonly<Record<string, (billed: Billed) => Charge[]>> = {
  'AWS::RDS::DBCluster': ({ resource, tier }) =>
    tier?.kind === 'sql' ? [byUse(resource, 'storage and backups')] : [noPrice(resource, classOf(resource))],
  'AWS::RDS::DBInstance': auroraInstance,
  'AWS::DocDB::DBCluster': ({ resource }) => [byUse(resource, 'storage and backups')],
  'AWS::DocDB::DBInstance': documentInstance,
  'AWS::ElastiCache::ReplicationGroup': cacheNodes,
  'AWS::ECS::Service': tasks,
  'AWS::EC2::NatGateway': ({ resource }) => [
    { what: 'NAT gateway', count: 1, price: NAT_GATEWAY },
    byUse(resource, 'traffic'),
  ],
  'AWS::EC2::EIP': () => [publicAddresses(1)],
  'AWS::EC2::VPCEndpoint': endpoint,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
};

/** A type without a price per hour: free, by use, or unknown with whatever tells how large it is. */
function byType(resource: Resource): Charge[] {
  const billing = billingOf(resource.type, resource.properties);
  if (billing === 'free') return [];
  return [billing === 'by use' ? byUse(resource) : noPrice(resource, classOf(resource))];
}

function auroraInstance({ resource, resources }: Billed): Charge[] {
  const cluster = clusterOf(resource, resources);
  const { Engine } = resource.properties;
  const { Engine: engineOfCluster, StorageType: storage } = cluster?.properties ?? {};
  const isPriced = textOf(Engine ?? engineOfCluster) === 'aurora-postgresql' && isStandard(storage, 'aurora');
  return [{ ...priced(resource, isPriced ? AURORA_POSTGRESQL : {}), partOf: cluster }];
}

function documentInstance({ resource, resources }: Billed): Charge[] {
  const cluster = clusterOf(resource, resources);
  const isPriced = isStandard(cluster?.properties['StorageType'], 'standard');
  return [{ ...priced(resource, isPriced ? DOCUMENTDB : {}), partOf: cluster }];
}

/** I/O-Optimized storage makes the instances dearer. */
const isStandard = (storage: Resource['properties'][string] | undefined, standard: string): boolean =>
  storage === undefined || storage === standard;

function cacheNodes({ resource, tier }: Billed): Charge[] {
  if (tier?.kind !== 'cache') return byType(resource);
  const nodes = tier.shards * (1 + tier.replicas);
  const charge = priced(resource, tier.engine === 'valkey' ? VALKEY : {}, nodes);
  const { SnapshotRetentionLimit: backups = 0 } = resource.properties;
  return backups === 0 ? [charge] : [charge, byUse(resource, 'backups')];
}

function tasks({ resource, tier }: Billed): Charge[] {
  if (tier?.kind !== 'service') return byType(resource);
  const { tasks: count, cpu, memoryMiB, architecture } = tier;
  if (count === 0) return [];
  if (!isFargate(resource)) return [noPrice(resource, 'not on Fargate', count)];
  if (cpu === undefined || memoryMiB === undefined) return [noPrice(resource, 'of unknown size', count)];
  const { vcpu, gb } = FARGATE[architecture];
  const hourUsd = roundUsd((cpu / 1024) * vcpu.hourUsd + (memoryMiB / 1024) * gb.hourUsd);
  return [{ what: taskSize(tier), count, price: { hourUsd, seen: vcpu.seen } }];
}

const taskSize = ({ cpu, memoryMiB, architecture }: ServiceTier): string =>
  `task ${cpu! / 1024} vCPU ${memoryMiB! / 1024} GB ${architecture === 'ARM64' ? 'ARM' : 'x86'}`;

/** Fargate Spot is another price. */
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
    byUse(resource, 'LCUs'),
    // one in each subnet
    ...(scheme === 'internet-facing' && addresses > 0 ? [publicAddresses(addresses)] : []),
  ];
}

const publicAddresses = (count: number): Charge => ({
  what: 'public IPv4 address',
  count,
  price: PUBLIC_IPV4,
});

/** Billed in every zone that it is in; those of a gateway are free. */
function endpoint({ resource }: Billed): Charge[] {
  const { VpcEndpointType: type = 'Gateway', SubnetIds } = resource.properties;
  if (type !== 'Interface') return byType(resource);
  const zones = listOf(SubnetIds).length;
  return [
    zones > 0
      ? { what: 'interface endpoint', count: zones, price: INTERFACE_ENDPOINT }
      : noPrice(resource, 'in unknown zones'),
    byUse(resource, 'traffic'),
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

const byUse = (resource: Resource, what?: string): Charge => ({
  what: named(resource, what),
  count: 1,
  because: 'by use',
});

const named = ({ type }: Resource, what: string | undefined): string =>
  what === undefined ? type : `${type} ${what}`;

/** The property that tells how large a resource is. */
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
