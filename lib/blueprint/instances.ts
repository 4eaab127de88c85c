import { standsAlone } from '../aws/stands-alone';
import type { Json } from '../json';
import { textOf as wholeTextOf } from '../template/text';
import { DEFAULT_VERSION, numberOf, textOf } from '../template/values';
import type { ReadTier, SqlTier } from './blueprint';
import { memberOf, tokensOf } from './databases';
import { proxiesOf } from './proxies';
import type { Resource, Resources } from './resources';

/** Reads an RDS instance that is in no cluster, with its read replicas. */
export function instanceTier(instance: Resource, resources: Resources): ReadTier<SqlTier> {
  const { Engine, EngineVersion, DBName, Port, MasterUsername, MasterUserPassword } = instance.properties;
  const engine = textOf(Engine)?.toLowerCase() ?? 'unknown';
  const replicas = resources.ofType(instance.type).filter((it) => primaryOf(it, resources) === instance);
  return {
    kind: 'sql',
    instance: { isMultiAz: booleanOf(instance.properties['MultiAZ']) },
    engine,
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    database: textOf(DBName),
    port: numberOf(Port) ?? portOf(engine),
    username: MasterUsername,
    password: MasterUserPassword,
    ...tokensOf(instance),
    ...proxiesOf(instance, resources),
    members: [instance, ...replicas].map((it) => memberOf(it, resources)),
  };
}

/** The instance of the environment that another one is a read replica of, directly or not; undefined where it is none, or that is elsewhere. */
export function primaryOf(replica: Resource, resources: Resources): Resource | undefined {
  const passed = new Set([replica]);
  for (let at = sourceOf(replica, resources); at && !passed.has(at); at = sourceOf(at, resources)) {
    if (standsAlone(at.properties)) return at;
    passed.add(at);
  }
  return undefined;
}

/** The CDK names a source by its ARN, which has the reference in it. */
function sourceOf(replica: Resource, resources: Resources): Resource | undefined {
  const { SourceDBInstanceIdentifier: named } = replica.properties;
  if (named === undefined) return undefined;
  const referred = resources.referredWithin(named, replica, replica.type);
  if (referred) return referred;
  const name = wholeTextOf(named)?.split(':db:').at(-1);
  return resources
    .ofType(replica.type)
    .find(({ properties }) => name !== undefined && wholeTextOf(properties['DBInstanceIdentifier']) === name);
}

/** `true` may be a text; of a parameter nothing is known. */
function booleanOf(value: Json | undefined): boolean | undefined {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? value.toLowerCase() === 'true' : undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html#cfn-rds-dbinstance-port */
const PORTS: readonly (readonly [engine: string, port: number])[] = [
  ['db2', 50000],
  ['oracle', 1521],
  ['postgres', 5432],
  ['sqlserver', 1433],
];

const portOf = (engine: string): number =>
  PORTS.find(([name]) => engine.replace(/^custom-/, '').startsWith(name))?.[1] ?? 3306;
