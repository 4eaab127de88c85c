import type { JsonObject } from '../../lib/json';
import { sha256 } from '../../lib/digest';
import { digestOf } from '../../lib/parity/digest';
import type {
  Cause,
  Definition,
  Manifest,
  ManifestEnvironment,
  ManifestPair,
  ManifestStacks,
  PermittedPlace,
} from '../../lib/parity/manifest';
import { at } from '../../lib/template/differences';
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

/** One environment of the shop: what its scale gives, and what it is called. */
export interface Shop {
  readonly name: string;
  readonly hash: string;
  readonly tasks: number;
  readonly cpu: number;
  readonly memory: number;
  readonly size: string;
  readonly connections: number;
  readonly readers: number;
  readonly ephemeral: boolean;
}

export const PROD: Shop = {
  name: 'Prod',
  hash: '1A2B3C4D',
  tasks: 6,
  cpu: 2048,
  memory: 4096,
  size: '2xlarge',
  connections: 4000,
  readers: 3,
  ephemeral: false,
};

export const STAGING: Shop = {
  name: 'Staging',
  hash: '5E6F7A8B',
  tasks: 2,
  cpu: 512,
  memory: 1024,
  size: 'large',
  connections: 1440,
  readers: 2,
  ephemeral: true,
};

/** A template with something of all that parity knows: factors, members, lists of members, names, and a life. */
export function template(shop: Shop): JsonObject {
  const { name, ephemeral, readers } = shop;
  const members = Array.from({ length: readers }, (_, i) => i + 1);
  const topic = `${name}Topic${shop.hash}`;
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
        Properties: { DesiredCount: shop.tasks, LaunchType: 'FARGATE', Topic: { Ref: topic } },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Family: `${name.toLowerCase()}-web`,
          Cpu: String(shop.cpu),
          Memory: String(shop.memory),
          ContainerDefinitions: [
            {
              Name: 'web',
              Command: ['java', `-Xmx${0.75 * shop.memory}m`],
              DockerLabels: { [`${name}-team`]: 'shop' },
              Environment: [{ Name: 'READERS', Value: String(readers) }],
            },
          ],
          Tags: [
            { Key: 'Name', Value: `${name}/Task` },
            { Key: 'cost center', Value: `cc-${name}` },
          ],
        },
      },
      [topic]: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `orders-${shop.hash}` } },
      Cluster: {
        Type: 'AWS::RDS::DBCluster',
        DeletionPolicy: ephemeral ? 'Delete' : 'Snapshot',
        UpdateReplacePolicy: 'Delete',
        Properties: {
          EngineVersion: '17.9',
          BackupRetentionPeriod: ephemeral ? 1 : 14,
          DeleteAutomatedBackups: true,
        },
      },
      ...Object.fromEntries(
        members.flatMap((i) => [
          [
            `Reader${i}`,
            {
              Type: 'AWS::RDS::DBInstance',
              Properties: {
                DBInstanceClass: `db.r7g.${shop.size}`,
                DBClusterIdentifier: { Ref: 'Cluster' },
                PromotionTier: i,
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
                Threshold: shop.connections,
                Dimensions: [{ Name: 'DBInstanceIdentifier', Value: { Ref: `Reader${i}` } }],
              },
            },
          ],
        ]),
      ),
      Board: {
        Type: 'AWS::CloudWatch::Dashboard',
        DependsOn: members.map((i) => `Reader${i}`),
        Properties: {
          DashboardBody: {
            'Fn::Join': ['', [`{"title":"all of ${shop.connections}","metrics":[`, ...rows, '"]]}']],
          },
        },
      },
      Hosts: {
        Type: 'AWS::SSM::Parameter',
        DependsOn: ['Board'],
        Properties: { Value: { 'Fn::Join': ['', commas] } },
      },
    },
    Outputs: { Url: { Value: { Ref: 'Web' }, Export: { Name: `${name}-url` } } },
  };
}

function environmentOf(shop: Shop, role: ManifestEnvironment['role']): ManifestEnvironment {
  const { name, tasks, cpu, memory, size, connections, readers } = shop;
  return {
    role,
    scale: {
      webTasks: tasks,
      webSize: { cpu, memoryMiB: memory },
      ordersInstance: `r7g.${size}`,
      ordersReaders: readers,
    },
    expressions: {
      webTasks: tasks,
      'webSize.cpu': cpu,
      'webSize.memoryMiB': memory,
      ordersInstance: `r7g.${size}`,
      'ordersInstance.size': size,
      ordersReaders: readers,
      connections,
    },
    names: { name, 'name.lower': name.toLowerCase(), stackName: name, account: '111111111111' },
    declared: { 'tag.cost center': `cc-${name}` },
    proportions: [{ name: 'pool', tolerance: 0.5, value: role === 'production' ? 1 : 0.9 }],
  };
}

/** Other values, as the experiments try them. */
const TRIED = [4, 5, 7, 8].map((n) => ({
  webTasks: n,
  'webSize.cpu': 1024,
  'webSize.memoryMiB': 1024 * n,
  ordersInstance: `r7g.${n}xlarge`,
  'ordersInstance.size': `${n}xlarge`,
  ordersReaders: n,
  connections: 1000 * n,
}));

const TASK = 'Resources.Task.Properties';

/** What Twins writes of the shop's places: cause, factor or rule, and text. */
const PLACES: readonly (readonly [
  path: string | readonly (string | number)[],
  by: Cause,
  factor: string,
  text?: string,
])[] = [
  ['Description', 'naming', 'name', 'The shop of ${name}'],
  ['Resources.Web.Properties.DesiredCount', 'scale', 'webTasks', '${webTasks}'],
  [`${TASK}.Family`, 'naming', 'name', '${name.lower}-web'],
  [`${TASK}.Cpu`, 'scale', 'webSize', '${webSize.cpu}'],
  [`${TASK}.Memory`, 'scale', 'webSize', '${webSize.memoryMiB}'],
  [`${TASK}.ContainerDefinitions.0.Command.1`, 'scale', 'webSize', '-Xmx${0.75 * webSize.memoryMiB}m'],
  [`${TASK}.ContainerDefinitions.0.Environment.0.Value`, 'scale', 'ordersReaders', '${ordersReaders}'],
  [`${TASK}.Tags.0.Value`, 'naming', 'name', '${name}/Task'],
  [`${TASK}.Tags.1.Value`, 'declared', 'tag.cost center', '${tag.cost center}'],
  [
    'Resources.StagingTopic5E6F7A8B.Properties.TopicName',
    'naming',
    'generated name',
    'orders-${generated.0}',
  ],
  ['Resources.Cluster.DeletionPolicy', 'lifecycle', 'deletion policy'],
  ['Resources.Cluster.Properties.BackupRetentionPeriod', 'lifecycle', 'backup retention'],
  ...[1, 2].flatMap((i) => [
    [
      `Resources.Reader${i}.Properties.DBInstanceClass`,
      'scale',
      'ordersInstance',
      'db.r7g.${ordersInstance.size}',
    ] as const,
    [`Resources.Lag${i}.Properties.Threshold`, 'scale', 'ordersInstance', '${connections}'] as const,
  ]),
  [
    ['Resources', 'Board', 'Properties', 'DashboardBody', '(json)', 'title'],
    'scale',
    'ordersInstance',
    'all of ${connections}',
  ],
  [['Outputs', 'Url', 'Export', 'Name'], 'naming', 'name', '${name}-url'],
];

const METRICS = ['Resources', 'Board', 'Properties', 'DashboardBody', '(json)', 'metrics'];
const HOSTS = ['Resources', 'Hosts', 'Properties', 'Value', 'Fn::Join', 1];
const ORDERS = { factor: 'ordersReaders', count: '${ordersReaders}' };

/** A manifest, with its only definition, the only pair of that, and its only stacks. */
export interface SmallManifest {
  readonly manifest: Manifest;
  readonly definition: Definition;
  readonly pair: ManifestPair;
  readonly stacks: ManifestStacks;
}

/** The manifest of production and staging, as Twins writes it. */
export function manifestOf(): SmallManifest {
  const [prod, staging] = [modelOf(template(PROD), 'Prod'), modelOf(template(STAGING), 'Staging')];
  const stacks: ManifestStacks = {
    path: '',
    prod: 'Prod.template.json',
    staging: 'Staging.template.json',
    env: { prod: {}, staging: {} },
    ids: [{ prod: 'ProdTopic1A2B3C4D', staging: 'StagingTopic5E6F7A8B' }],
    keys: [
      {
        path: keysOf(`${TASK}.ContainerDefinitions.0.DockerLabels`),
        prod: 'Prod-team',
        staging: 'Staging-team',
        text: '${name}-team',
      },
    ],
    generated: [{ prod: PROD.hash, staging: STAGING.hash }],
    members: [
      ...['Reader', 'Lag'].map((id) => ({
        ...ORDERS,
        path: ['Resources'],
        prod: [1, 2, 3].map((i) => `${id}${i}`),
        staging: [1, 2].map((i) => `${id}${i}`),
        words: [1, 2, 3].map((i) => `${id}${i}`),
      })),
      { ...ORDERS, path: METRICS, prod: [0, 1, 2], staging: [0, 1], words: [] },
      { ...ORDERS, path: HOSTS, prod: [0, 2, 4], staging: [0, 2], words: [] },
      {
        ...ORDERS,
        count: '${-1 + ordersReaders}',
        path: HOSTS,
        prod: [1, 3],
        staging: [1],
        words: [],
        isSeparator: true,
      },
    ],
    places: PLACES.map(([where, by, factor, text]): PermittedPlace => {
      const path = keysOf(where);
      const before = path.map((key) => (key === 'StagingTopic5E6F7A8B' ? 'ProdTopic1A2B3C4D' : key));
      const values = { prod: at(prod, before)!, staging: at(staging, path)! };
      return { path, by, factor, ...(text !== undefined && { text }), ...values };
    }),
    refused: [],
  };
  const checks = { stackNames: ['Staging'], outside: [], acknowledged: [] };
  const pair: ManifestPair = { prod: 'Prod', staging: 'Staging', stacks: [stacks], checks };
  const reason = 'fewer will do';
  const definition: Definition = {
    factors: {
      webTasks: { kind: 'count', reason },
      webSize: { kind: 'fargateSize', reason },
      ordersInstance: { kind: 'instanceClass', reason },
      ordersReaders: { kind: 'replicas', reason },
    },
    derived: { connections: { from: ['ordersInstance'] } },
    environments: {
      Prod: environmentOf(PROD, 'production'),
      Staging: environmentOf(STAGING, 'staging'),
    },
    tried: TRIED,
    unproven: [],
    notes: [],
    pairs: [pair],
  };
  return { manifest: sealed({ definitions: [definition] }, files()), definition, pair, stacks };
}

/** The shop's templates as text, by file. */
export const files = (): Readonly<Record<string, string>> => ({
  'Prod.template.json': JSON.stringify(template(PROD)),
  'Staging.template.json': JSON.stringify(template(STAGING)),
});

/** A manifest with the digests that belong to it. */
export function sealed(
  { definitions }: Pick<Manifest, 'definitions'>,
  texts: Readonly<Record<string, string>>,
  assembly: Manifest['assembly'] = { artifacts: {}, assets: {} },
): Manifest {
  const templates = Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, sha256(text)]));
  const content = { version: 2, definitions, templates, assembly } as const;
  return { ...content, digest: digestOf(content) };
}
