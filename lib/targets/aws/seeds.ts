import { beginningOf, isKept, type RestoreRequest } from '../../aws/restore-request';
import { CLONE_OF, RESTORES } from '../../aws/life';
import { standsAlone } from '../../aws/stands-alone';
import type { Address, Tier } from '../../blueprint/blueprint';
import { blueprintOf, counterpartsOf, type Counterparts } from '../../blueprint/read-blueprint';
import { didYouMean, TwinError } from '../../error';
import { isObject, own, type JsonObject } from '../../json';
import { sizeOfClass } from '../../scale/class-size';
import { constructOf } from '../../template/constructs';
import type { Deployment } from '../target';
import type { ClusterService, SnapshotService } from './database-service';

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
}

/** A cluster of staging that is made as a clone. */
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
 * @throws TwinError `seed` when a database would begin empty, though nothing says that it may; when a clone is asked for of what
 * is not cloned; and when something is asked for of a tier that there is not
 */
export function seedsOf(deployment: Deployment, request: RestoreRequest): Seeding {
  const { assembly, environment } = deployment;
  const { stacks, tiers } = blueprintOf(assembly, environment);
  const twins = counterpartsOf(assembly, environment);
  const databases = stacks.flatMap(({ path: stack, template }) =>
    databasesIn(template).map((database) => {
      const address = { stack, logicalId: database.logicalId };
      const tier = tiers.find((it) => it.stack === stack && it.logicalId === database.logicalId);
      return { ...database, address, name: tier?.name ?? database.path, tier };
    }),
  );
  checkNames(databases, request, environment);
  return {
    production: twins.production,
    seeds: databases.flatMap((it) => seedOf(it, request, twins) ?? checked(it, request, environment)),
    clones: databases.flatMap((it) => cloneOf(it, request) ?? []),
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

const beginning = ({ path, name, type }: NamedDatabase, request: RestoreRequest) =>
  beginningOf(request, [path, name], SERVICES[type] === 'elasticache');

/** What is restored from a snapshot that the rehearsal makes. */
function seedOf(
  { type, properties, address, name, path, tier }: NamedDatabase,
  request: RestoreRequest,
  twins: Counterparts,
): Seed | undefined {
  const snapshot = properties[RESTORES[type]!.from[0]!];
  if (typeof snapshot !== 'string' || !snapshot.startsWith(`${request.prefix}-`)) return undefined;
  if (isKept(request, [path, name])) return undefined;
  return {
    tier: name,
    service: SERVICES[type]!,
    snapshot,
    stack: address.stack,
    production: twins.of(address),
    ...roomOf(tier),
  };
}

function roomOf(tier: Tier | undefined): Pick<Seed, 'roomGiB'> {
  const node = tier?.kind === 'cache' ? sizeOfClass(tier.class)?.memoryGiB : undefined;
  return tier?.kind === 'cache' && node !== undefined ? { roomGiB: node * tier.shards } : {};
}

function cloneOf(database: NamedDatabase, request: RestoreRequest): Clone | undefined {
  const { name: tier, type, properties, address } = database;
  const asked = beginning(database, request);
  if (asked === 'empty' || !('clone' in asked) || properties[CLONE_OF] !== asked.clone) return undefined;
  const { Engine: engine } = properties;
  return {
    tier,
    service: SERVICES[type] as ClusterService,
    engine: typeof engine === 'string' ? engine : undefined,
    of: asked.clone,
    stack: address.stack,
  };
}

/** Nothing is made for what begins otherwise: with what the app chose, as a clone, or empty because that is said. */
function checked(database: NamedDatabase, request: RestoreRequest, environment: string): readonly [] {
  const { type, name, properties } = database;
  const asked = beginning(database, request);
  if (asked !== 'empty' && 'clone' in asked && RESTORES[type]!.isCloned !== true) throw notCloned(name, type);
  const isRestored = RESTORES[type]!.from.some((it) => Object.hasOwn(properties, it));
  if (isRestored || asked === 'empty') return [];
  throw wouldBeEmpty(name, environment);
}

/** Clones and caches that are asked for are there. */
function checkNames(
  databases: readonly NamedDatabase[],
  { clones = {}, caches = [] }: RestoreRequest,
  environment: string,
): void {
  const names = (isCache: boolean): string[] =>
    databases.filter(({ type }) => isCache === (SERVICES[type] === 'elasticache')).map(({ name }) => name);
  const check = (key: string, asked: readonly string[], known: readonly string[]): void => {
    const wrong = asked.find((it) => !known.some((name) => name === it || name.startsWith(`${it}/`)));
    if (wrong !== undefined) throw noSuchTier(key, wrong, known, environment);
  };
  check('clones', Object.keys(clones), names(false));
  check('caches', caches, names(true));
}

const noSuchTier = (key: string, tier: string, known: readonly string[], environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `aws.seed.${key} names "${tier}", which ${environment} does not have; ${didYouMean(tier, known)}`,
    fix: 'Name a tier of the environment.',
  });

const notCloned = (tier: string, type: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} cannot be a clone: it is an ${type}`,
    fix: `Take ${tier} out of aws.seed.clones: it then begins with a copy of a snapshot.`,
  });

const wouldBeEmpty = (tier: string, environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} of ${environment} would begin empty: its template asks for no snapshot`,
    fix: `Let synth.command hand -c on to the app, or list ${tier} in aws.seed.empty with the reason.`,
  });
