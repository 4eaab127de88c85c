import { explain, markModel, type Marked } from '../../lib/parity/explain';
import type { Json, JsonObject } from '../../lib/json';
import type { Manifest, ManifestEnvironment, ManifestPair, ManifestStacks } from '../../lib/parity/manifest';
import { mark } from '../../lib/template/mark';
import { modelOf, type Model } from '../../lib/template/model';

/** JSON that a test may change. */
export type Tree = Record<string | number, unknown>;

/** A change of JSON. */
export type Edit = (root: Tree) => void;

/** Where a change is: keys, or keys with dots between them. */
type Place = string | readonly (string | number)[];

/** A copy of JSON that a test may change. */
export const copy = (json: unknown): Tree => JSON.parse(JSON.stringify(json)) as Tree;

/** The keys of a place; digits are indices. */
export const keysOf = (place: Place): readonly (string | number)[] =>
  typeof place === 'string' ? place.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key)) : place;

/** What stands at a place. */
export const get = (root: Tree, place: Place): unknown =>
  keysOf(place).reduce<unknown>((node, key) => (node as Tree)[key], root);

/** Puts a value at a place. */
export const set =
  (place: Place, value: unknown): Edit =>
  (root) => {
    const keys = keysOf(place);
    (get(root, keys.slice(0, -1)) as Tree)[keys.at(-1)!] = value;
  };

/** Takes away what stands at a place. */
export const remove =
  (place: Place): Edit =>
  (root) => {
    const keys = keysOf(place);
    const parent = get(root, keys.slice(0, -1));
    if (Array.isArray(parent)) parent.splice(Number(keys.at(-1)), 1);
    else delete (parent as Tree)[keys.at(-1)!];
  };

/** Puts a value at the end of a list. */
export const push =
  (place: Place, value: unknown): Edit =>
  (root) => {
    (get(root, place) as unknown[]).push(value);
  };

/** The model of a template with these resources. */
export const model = (Resources: unknown, more: object = {}): Model =>
  modelOf(copy({ Resources, ...more }), 'a.json');

/** The code, message and fix of the error that is thrown. */
export function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { code, message, fix } = error as { code?: string; message: string; fix?: string };
    return `${code}: ${message}\n${fix}`;
  }
  throw new Error('nothing was thrown');
}

/** What stands at the places of the factors: values, or `§{name}` where the definition has a name. */
interface Leaves {
  readonly tasks: Json;
  readonly cpu: Json;
  readonly memory: Json;
  readonly size: string;
  readonly connections: Json;
  readonly readers: Json;
}

/** One environment of the shop. */
export interface Shop {
  readonly name: string;
  readonly count: number;
  readonly leaves: Leaves;
  readonly ephemeral: boolean;
}

const NAMES: Leaves = {
  tasks: '§{webTasks}',
  cpu: '§{webSize.cpu}',
  memory: '§{webSize.memoryMiB}',
  size: '§{ordersInstance}',
  connections: '§{ordersInstance: connections}',
  readers: '§{ordersReaders}',
};

export const PROD: Shop = {
  name: 'Prod',
  count: 3,
  leaves: { tasks: 6, cpu: '2048', memory: '4096', size: 'r7g.2xlarge', connections: 4000, readers: 3 },
  ephemeral: false,
};

export const STAGING: Shop = {
  name: 'Staging',
  count: 2,
  leaves: { tasks: 2, cpu: '512', memory: '1024', size: 'r7g.large', connections: 1440, readers: 2 },
  ephemeral: true,
};

/** A template with something of all that parity knows: factors, members, lists of members, names, and a life. */
export function template({ name, count, leaves, ephemeral }: Shop): JsonObject {
  const members = Array.from({ length: count }, (_, i) => i + 1);
  const commas = members.flatMap((i) => [
    ...(i === 1 ? [] : [',']),
    { 'Fn::GetAtt': [`Reader${i}`, 'Endpoint.Address'] },
  ]);
  const rows = members.flatMap((i) => [
    `${i === 1 ? '' : '"],'}["AWS/RDS","CPU","DBInstanceIdentifier","`,
    { Ref: `Reader${i}` },
  ]);
  return {
    Description: `The shop of ${name}`,
    Resources: {
      Web: {
        Type: 'AWS::ECS::Service',
        Properties: { DesiredCount: leaves.tasks, LaunchType: 'FARGATE' },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Family: `${name.toLowerCase()}-web`,
          Cpu: leaves.cpu,
          Memory: leaves.memory,
          ContainerDefinitions: [{ Name: 'web', Environment: [{ Name: 'READERS', Value: leaves.readers }] }],
          Tags: [{ Key: 'Name', Value: `${name}/Task` }],
        },
      },
      Cluster: {
        Type: 'AWS::RDS::DBCluster',
        DeletionPolicy: ephemeral ? 'Delete' : 'Snapshot',
        Properties: { EngineVersion: '17.9', BackupRetentionPeriod: ephemeral ? 1 : 14 },
      },
      ...Object.fromEntries(
        members.flatMap((i) => [
          [
            `Reader${i}`,
            {
              Type: 'AWS::RDS::DBInstance',
              Properties: {
                DBInstanceClass: `db.${leaves.size}`,
                DBClusterIdentifier: { Ref: 'Cluster' },
                Tags: [{ Key: 'Role', Value: `OrdersReader${i}` }],
              },
            },
          ],
          [
            `Lag${i}`,
            {
              Type: 'AWS::CloudWatch::Alarm',
              DependsOn: `Reader${i}`,
              Properties: {
                Threshold: leaves.connections,
                Dimensions: [{ Name: 'DBInstanceIdentifier', Value: { Ref: `Reader${i}` } }],
              },
            },
          ],
        ]),
      ),
      Board: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardBody: {
            'Fn::Join': [
              '',
              [`{"title":"all of ${leaves.connections as string}","metrics":[`, ...rows, '"]]}'],
            ],
          },
        },
      },
      Hosts: { Type: 'AWS::SSM::Parameter', Properties: { Value: { 'Fn::Join': ['', commas] } } },
    },
    Outputs: { Url: { Value: { Ref: 'Web' }, Export: { Name: `${name}-url` } } },
  };
}

/** A shop's model with marks, its definition changed where a test wants it. */
export function markedShop(shop: Shop, change: Edit = () => {}): Marked {
  const [values, named] = [copy(template(shop)), copy(template({ ...shop, leaves: NAMES }))];
  change(values);
  change(named);
  const read = (leaf: number | string): string | undefined =>
    String(leaf).includes('§') ? String(leaf).replaceAll('§', '$') : undefined;
  const members = Array.from({ length: shop.count }, (_, i) => [`Lag${i + 1}`, `Reader${i + 1}`]);
  return {
    model: markModel(modelOf(values, shop.name), modelOf(named, shop.name), mark, read),
    groups: members.length > 0 ? [{ factor: 'ordersReaders', members, names: ['OrdersReader'] }] : [],
  };
}

function environmentOf({ leaves }: Shop, role: ManifestEnvironment['role']): ManifestEnvironment {
  const [cpu, memoryMiB] = [Number(leaves.cpu), Number(leaves.memory)];
  return {
    role,
    scale: {
      webTasks: leaves.tasks as number,
      webSize: { cpu, memoryMiB },
      ordersInstance: leaves.size,
      ordersReaders: leaves.readers as number,
    },
    expressions: {
      webTasks: { factor: 'webTasks', value: leaves.tasks as number },
      'webSize.cpu': { factor: 'webSize', value: cpu },
      'webSize.memoryMiB': { factor: 'webSize', value: memoryMiB },
      ordersInstance: { factor: 'ordersInstance', value: leaves.size },
      'ordersInstance: connections': { factor: 'ordersInstance', value: leaves.connections as number },
      ordersReaders: { factor: 'ordersReaders', value: leaves.readers as number },
    },
    proportions: [{ name: 'connections', tolerance: 0.5, value: role === 'production' ? 1 : 0.9 }],
  };
}

/** A manifest, with its only pair and the only stacks of that. */
export interface SmallManifest {
  readonly manifest: Manifest;
  readonly pair: ManifestPair;
  readonly stacks: ManifestStacks;
}

/** The manifest of production and staging, as Twins would write it. */
export function manifestOf(
  prod: Marked = markedShop(PROD),
  staging: Marked = markedShop(STAGING),
): SmallManifest {
  const names = { prod: { Prod: 'environment' }, staging: { Staging: 'environment' } };
  const environments = {
    Prod: environmentOf(PROD, 'production'),
    Staging: environmentOf(STAGING, 'staging'),
  };
  const factorOf = (name: string): string => environments.Prod.expressions[name]?.factor ?? name;
  const stacks: ManifestStacks = {
    path: '',
    prod: 'Prod.template.json',
    staging: 'Staging.template.json',
    names,
    ...explain(prod, staging, names, factorOf),
  };
  const pair: ManifestPair = { prod: 'Prod', staging: 'Staging', stacks: [stacks] };
  const reason = 'fewer will do';
  const manifest: Manifest = {
    version: 1,
    factors: {
      webTasks: { kind: 'count', reason },
      webSize: { kind: 'fargateSize', reason },
      ordersInstance: { kind: 'instanceClass', reason },
      ordersReaders: { kind: 'replicas', reason },
    },
    environments,
    pairs: [pair],
  };
  return { manifest, pair, stacks };
}
