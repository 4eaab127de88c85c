import { beginsEmpty, type RestoreRequest } from '../../aws/restore-request';
import { RESTORES } from '../../aws/life';
import { standsAlone } from '../../aws/stands-alone';
import type { Address } from '../../blueprint/blueprint';
import { blueprintOf, counterpartsOf, type Counterparts } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { isObject, own, type JsonObject } from '../../json';
import { constructOf } from '../../template/constructs';
import type { Deployment } from '../target';
import type { DatabaseService } from './database-service';

/** A database of staging that is restored from a snapshot of the rehearsal's own: a cluster, or an instance that is in none. */
export interface Seed {
  /** The tier's name, or the path of its construct where it is none. */
  readonly tier: string;
  readonly service: DatabaseService;
  /** The name of the snapshot that its template asks for. */
  readonly snapshot: string;
  /** The stack of staging that it is in, by its path. */
  readonly stack: string;
  /** The database of production that it is the twin of. */
  readonly production: Address;
}

/** The databases that a deployment restores, and how production calls its environment. */
export interface Seeding {
  readonly production: string;
  readonly seeds: readonly Seed[];
}

const SERVICES: Readonly<Record<string, DatabaseService>> = {
  'AWS::RDS::DBCluster': 'rds',
  'AWS::DocDB::DBCluster': 'docdb',
  'AWS::RDS::DBInstance': 'rds-instance',
};

/**
 * The databases of a deployment that are restored as a request says.
 *
 * @throws TwinError `seed` when one of them would begin empty, though nothing says that it may
 */
export function seedsOf(deployment: Deployment, request: RestoreRequest): Seeding {
  const { assembly, environment } = deployment;
  const { stacks, tiers } = blueprintOf(assembly, environment);
  const twins = counterpartsOf(assembly, environment);
  const seeds = stacks.flatMap(({ path: stack, template }) =>
    databasesIn(template).flatMap((database): Seed[] => {
      const address = { stack, logicalId: database.logicalId };
      const tier = tiers.find((it) => it.stack === stack && it.logicalId === database.logicalId);
      const name = tier?.name ?? database.path;
      const snapshot = snapshotIn(database, request);
      if (snapshot !== undefined) return [seedOf(name, database, snapshot, address, twins)];
      if (isRestored(database) || beginsEmpty(request, database.path) || beginsEmpty(request, name))
        return [];
      throw wouldBeEmpty(name, environment);
    }),
  );
  return { production: twins.production, seeds };
}

interface Database {
  readonly logicalId: string;
  readonly type: string;
  /** Of its construct, inside the environment. */
  readonly path: string;
  readonly properties: JsonObject;
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

const seedOf = (
  tier: string,
  { type }: Database,
  snapshot: string,
  address: Address,
  twins: Counterparts,
): Seed => ({
  tier,
  service: SERVICES[type]!,
  snapshot,
  stack: address.stack,
  production: twins.of(address),
});

/** The snapshot of the rehearsal's that a database is restored from. */
function snapshotIn({ type, properties }: Database, { prefix }: RestoreRequest): string | undefined {
  const snapshot =
    properties[type === 'AWS::RDS::DBInstance' ? 'DBSnapshotIdentifier' : 'SnapshotIdentifier'];
  return typeof snapshot === 'string' && snapshot.startsWith(`${prefix}-`) ? snapshot : undefined;
}

/** Whether the app restores a database from something of its own choice. */
const isRestored = ({ type, properties }: Database): boolean =>
  RESTORES[type]!.from.some((name) => Object.hasOwn(properties, name));

const wouldBeEmpty = (tier: string, environment: string): TwinError =>
  new TwinError({
    code: 'seed',
    message: `${tier} of ${environment} would begin empty: its template asks for no snapshot`,
    fix: `Let synth.command hand -c on to the app, or list ${tier} in aws.seed.empty with the reason.`,
  });
