import { beginningOf, isKept, type RestoreRequest } from '../../aws/restore-request';
import { CLONE_OF, RESTORES } from '../../aws/life';
import { standsAlone } from '../../aws/stands-alone';
import type { Address, Tier } from '../../blueprint/blueprint';
import { blueprintOf, counterpartsOf, type Counterparts } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { isObject, own, type JsonObject } from '../../json';
import { sizeOfClass } from '../../scale/class-size';
import { constructOf } from '../../template/constructs';
import type { Deployment } from '../target';
import type { ClusterService, SnapshotService } from './database-service';
import { checkNames, type Begins, type SeedNames } from './seed-names';

/** A tier of staging that is restored from a snapshot of the rehearsal's own: a cluster, an instance that is in none, or a cache. */
export interface Seed {
  /** The tier's name, or the path of its construct where it is none. */
  readonly tier: string;
  readonly service: SnapshotService;
  /** The name of the snapshot that its template asks for. */
  readonly snapshot: string;
  /** The stack of staging that it is in, by its path. */
  readonly stack: string;
  /** The tier of production that it is the twin of. */
  readonly production: Address;
  /** Of a cache, how much data its shards have room for. @default - not known */
  readonly roomGiB?: number;
  /** What is scrubbed, where that is a clone. @default - a copy of a snapshot */
  readonly clone?: Clone;
}

/** A clone of production's cluster: a cluster of staging, or one that is scrubbed first. */
export interface Clone {
  readonly tier: string;
  readonly service: ClusterService;
  /** As its template says. */
  readonly engine: string | undefined;
  /** The cluster that it is a clone of: its identifier, or its ARN. */
  readonly of: string;
  readonly stack: string;
}

/** The tiers that a deployment restores from what production has, and how production calls its environment. */
export interface Seeding {
  readonly production: string;
  readonly seeds: readonly Seed[];
  /** The clusters that are clones themselves. */
  readonly clones: readonly Clone[];
}

const SERVICES: Readonly<Record<string, SnapshotService>> = {
  'AWS::RDS::DBCluster': 'rds',
  'AWS::DocDB::DBCluster': 'docdb',
  'AWS::Neptune::DBCluster': 'neptune',
  'AWS::RDS::DBInstance': 'rds-instance',
  'AWS::ElastiCache::ReplicationGroup': 'elasticache',
};

/**
 * The tiers of a deployment that are restored as a request says. What a checkpoint has kept begins with that, and is none of them.
 *
 * @param names - what the config says of tiers: a clone that is scrubbed is not in the request, whose templates ask for a snapshot
 * @throws TwinError `seed` when a database would begin empty, though nothing says that it may; when a clone is asked for of what
 * is not cloned; and when something is asked for of a tier that there is not, or that begins otherwise
 */
export function seedsOf(deployment: Deployment, request: RestoreRequest, names: SeedNames = {}): Seeding {
  const { assembly, environment, isPlain = false } = deployment;
  const { stacks, tiers } = blueprintOf(assembly, environment);
  const twins = counterpartsOf(assembly, environment);
  const databases = stacks.flatMap(({ path: stack, template }) =>
    databasesIn(template).map((database) => {
      const address = { stack, logicalId: database.logicalId };
      const tier = tiers.find((it) => it.stack === stack && it.logicalId === database.logicalId);
      const named = { ...database, address, name: tier?.name ?? database.path, tier };
      return isPlain ? asAsked(named, request) : named;
    }),
  );
  const found = databases.map((it) => {
    if (own(names.clones ?? {}, it.name) !== undefined && RESTORES[it.type]!.isCloned !== true)
      throw notCloned(it.name, it.type);
    const seed = seedOf(it, request, twins, names);
    const clone = cloneOf(it, request);
    const made: Begins | undefined = seed?.clone || clone ? 'clone' : seed ? 'copy' : undefined;
    const begins = made ?? otherwise(it, request, environment);
    return { name: it.name, isCache: isCache(it), begins, seed, clone };
  });
  checkNames(names, found, environment);
  return {
    production: twins.production,
    seeds: found.flatMap(({ seed }) => seed ?? []),
    clones: found.flatMap(({ clone }) => clone ?? []),
  };
}

interface Database {
  readonly logicalId: string;
  readonly type: string;
  /** Of its construct, inside the environment. */
  readonly path: string;
  readonly properties: JsonObject;
}

interface NamedDatabase extends Database {
  /** Of its tier. */
  readonly name: string;
  readonly address: Address;
  /** Undefined where it is none. */
  readonly tier: Tier | undefined;
}

/** Read replicas, and the members of clusters, get their data from another one. */
function databasesIn(template: JsonObject): Database[] {
  const resources = isObject(template['Resources']) ? template['Resources'] : {};
  return Object.entries(resources).flatMap(([logicalId, entry]): Database[] => {
    const type = isObject(entry) ? String(entry['Type']) : '';
    if (!isObject(entry) || own(SERVICES, type) === undefined) return [];
    const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
    if (type === 'AWS::RDS::DBInstance' && !standsAlone(properties)) return [];
    return [{ logicalId, type, path: constructOf(entry) ?? logicalId, properties }];
  });
}

const isCache = ({ type }: Database): boolean => SERVICES[type] === 'elasticache';

const beginning = (database: NamedDatabase, request: RestoreRequest) =>
  beginningOf(request, [database.path, database.name], isCache(database));

const isRestored = ({ type, properties }: Database): boolean =>
  RESTORES[type]!.from.some((it) => Object.hasOwn(properties, it));

/** As it would be in an assembly that was synthesised with the request. */
function asAsked(database: NamedDatabase, request: RestoreRequest): NamedDatabase {
  const asked = beginning(database, request);
  if (asked === 'empty' || isRestored(database)) return database;
  const [from, value] =
    'clone' in asked ? [CLONE_OF, asked.clone] : [RESTORES[database.type]!.from[0]!, asked.snapshot];
  return { ...database, properties: { ...database.properties, [from]: value } };
}

/** What is restored from a snapshot that the rehearsal makes. */
function seedOf(
  database: NamedDatabase,
  request: RestoreRequest,
  twins: Counterparts,
  { clones = {} }: SeedNames,
): Seed | undefined {
  const { type, properties, address, name, path, tier } = database;
  const snapshot = properties[RESTORES[type]!.from[0]!];
  if (typeof snapshot !== 'string' || !snapshot.startsWith(`${request.prefix}-`)) return undefined;
  if (isKept(request, [path, name])) return undefined;
  const of = own(clones, name);
  return {
    tier: name,
    service: SERVICES[type]!,
    snapshot,
    stack: address.stack,
    production: twins.of(address),
    ...roomOf(tier),
    ...(of !== undefined && { clone: cloneIn(database, of) }),
  };
}

function roomOf(tier: Tier | undefined): Pick<Seed, 'roomGiB'> {
  const node = tier?.kind === 'cache' ? sizeOfClass(tier.class)?.memoryGiB : undefined;
  return tier?.kind === 'cache' && node !== undefined ? { roomGiB: node * tier.shards } : {};
}

function cloneOf(database: NamedDatabase, request: RestoreRequest): Clone | undefined {
  const asked = beginning(database, request);
  if (asked === 'empty' || !('clone' in asked)) return undefined;
  return database.properties[CLONE_OF] === asked.clone ? cloneIn(database, asked.clone) : undefined;
}

function cloneIn({ name: tier, type, properties, address }: NamedDatabase, of: string): Clone {
  const { Engine: engine } = properties;
  return {
    tier,
    service: SERVICES[type] as ClusterService,
    engine: typeof engine === 'string' ? engine : undefined,
    of,
    stack: address.stack,
  };
}

/** Nothing is made for what begins otherwise: with what the app chose or a checkpoint kept, or empty because that is said. */
function otherwise(
  database: NamedDatabase,
  request: RestoreRequest,
  environment: string,
): 'kept' | 'own' | 'empty' {
  const { path, name } = database;
  if (isRestored(database)) return isKept(request, [path, name]) ? 'kept' : 'own';
  if (beginning(database, request) === 'empty') return 'empty';
  throw wouldBeEmpty(name, environment);
}

const notCloned = (tier: string, type: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} cannot be a clone: it is an ${type}`,
    fix: `Take ${tier} out of aws.seed.clones: clusters of Aurora, DocumentDB and Neptune are cloned.`,
  });

const wouldBeEmpty = (tier: string, environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} of ${environment} would begin empty: its template asks for no snapshot`,
    fix: `Let synth.command hand -c on to the app, or list ${tier} in aws.seed.empty with the reason.`,
  });
