import { NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { CfnDBCluster } from 'aws-cdk-lib/aws-docdb';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { CfnDBCluster as CfnGraphCluster } from 'aws-cdk-lib/aws-neptune';
import { CfnDBCluster as CfnAuroraCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, Twins, type Snapshot } from '../../../lib';
import { RESTORE_CONTEXT, snapshotNameOf, type RestoreRequest } from '../../../lib/aws/restore-request';
import { blueprintOf } from '../../../lib/blueprint/read-blueprint';
import { regionOf, stacksOf } from '../../../lib/targets/aws/environment-stacks';
import type { SeedNames } from '../../../lib/targets/aws/seed-names';
import { seedsOf } from '../../../lib/targets/aws/seeds';
import { newApp } from '../../app';

const request: RestoreRequest = {
  prefix: 'twin-0123abcd',
  kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/staging',
  empty: ['Audit'],
};
const env = { account: '111122223333', region: 'eu-west-1' };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-seeds-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const cluster = (scope: Construct, id: string): CfnDBCluster =>
  new CfnDBCluster(scope, id, { masterUsername: 'shop', storageEncrypted: true });

class Shop extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    cluster(new Construct(this, 'Catalog'), 'Cluster');
    cluster(new Construct(this, 'Audit'), 'Cluster');
  }
}

function stageOf(scope: Construct, id: string): Stage {
  const stage = new Stage(scope, id, { env });
  const data = new Stack(stage, 'Data');
  cluster(new Construct(data, 'Catalog'), 'Cluster');
  cluster(new Construct(data, 'Audit'), 'Cluster');
  cluster(new NestedStack(data, 'Inner'), 'History');
  return stage;
}

/** The assembly of an app with both environments, as a rehearsal asks for it. */
function synthesize(
  environment: ((scope: Construct, id: string) => Stack | Stage) | typeof Shop,
  context: Readonly<Record<string, string>> = { [RESTORE_CONTEXT]: JSON.stringify(request) },
  restoreFrom: Readonly<Record<string, Snapshot>> = {},
) {
  const app = newApp({ outdir: folder, context });
  const scale = { size: count({ reason: 'less' }) };
  const twins =
    environment === Shop
      ? new Twins(app, { scale, environment: Shop })
      : new Twins(app, { scale, environment: environment as (scope: Construct, id: string) => Stack });
  twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires: '2037-01-01T00:00:00', restoreFrom });
  app.synth();
  return { release: '1', assembly: folder, environment: 'Staging' };
}

it('finds what the templates of an environment ask for, and its twin in production', () => {
  const { production, seeds } = seedsOf(synthesize(Shop), request);
  expect(production).toBe('Prod');
  expect(seeds).toEqual([
    {
      tier: 'Catalog',
      service: 'docdb',
      snapshot: snapshotNameOf(request, 'Catalog/Cluster'),
      stack: '',
      production: { stack: '', logicalId: expect.stringMatching(/^Catalog/) as string },
    },
  ]);
});

it('finds those in the stacks of a stage, and in stacks that are nested in them', () => {
  const deployment = synthesize(stageOf);
  const { seeds } = seedsOf(deployment, request);
  expect(seeds.map(({ tier, stack }) => [tier, stack])).toEqual([
    ['Catalog', 'Data'],
    ['History', 'Data/Inner'],
  ]);
  const stacks = stacksOf(deployment);
  expect(seeds.map(({ stack }) => regionOf(stacks, stack))).toEqual(['eu-west-1', 'eu-west-1']);
});

it('knows the Region of a stack that is nested in the only one', () => {
  const deployment = synthesize((scope, id) => {
    const stack = new Stack(scope, id, { env });
    cluster(new NestedStack(stack, 'Inner'), 'History');
    return stack;
  });
  const [seed] = seedsOf(deployment, request).seeds;
  expect(seed).toMatchObject({ stack: 'Inner' });
  expect(regionOf(stacksOf(deployment), seed!.stack)).toBe('eu-west-1');
});

it('asks for the same snapshots that a checkpoint takes: both go by the path of the construct', () => {
  for (const environment of [Shop, stageOf]) {
    const deployment = synthesize(environment);
    const tiers = blueprintOf(deployment.assembly, 'Staging').tiers.filter(({ name }) => name !== 'Audit');
    const taken = tiers.map(({ path }) => snapshotNameOf(request, path));
    expect(seedsOf(deployment, request).seeds.map(({ snapshot }) => snapshot)).toEqual(taken);
  }
});

it('finds instances that are in no cluster, and not their read replicas or the members of clusters', () => {
  const topology = (scope: Construct, id: string): Stack => {
    const stack = new Stack(scope, id, { env });
    const dbInstanceClass = 'db.t4g.medium';
    const ledger = new CfnDBInstance(stack, 'Ledger', { engine: 'postgres', dbInstanceClass });
    new CfnDBInstance(stack, 'Copy', { sourceDbInstanceIdentifier: ledger.ref, dbInstanceClass });
    const orders = new CfnAuroraCluster(stack, 'Orders', { engine: 'aurora-postgresql' });
    new CfnDBInstance(stack, 'Writer', { dbClusterIdentifier: orders.ref, dbInstanceClass });
    return stack;
  };
  const found = ({ seeds }: ReturnType<typeof seedsOf>) =>
    seeds.map(({ tier, service, snapshot }) => [tier, service, snapshot]);
  expect(found(seedsOf(synthesize(topology), request))).toEqual([
    ['Ledger', 'rds-instance', snapshotNameOf(request, 'Ledger')],
    ['Orders', 'rds', snapshotNameOf(request, 'Orders')],
  ]);
  const without = { ...request, empty: ['Ledger'] };
  const context = { [RESTORE_CONTEXT]: JSON.stringify(without) };
  expect(found(seedsOf(synthesize(topology, context), without))).toEqual([
    ['Orders', 'rds', snapshotNameOf(request, 'Orders')],
  ]);
  expect(() => seedsOf(synthesize(topology, {}), request)).toThrow(
    'Ledger of Staging would begin empty: its template asks for no snapshot',
  );
});

/** A graph, documents, an instance and a cache. */
const mixed = (scope: Construct, id: string): Stack => {
  const stack = new Stack(scope, id, { env });
  cluster(stack, 'Catalog');
  new CfnGraphCluster(stack, 'Graph', { storageEncrypted: true });
  new CfnDBInstance(stack, 'Ledger', { engine: 'postgres', dbInstanceClass: 'db.t4g.medium' });
  new CfnReplicationGroup(stack, 'Pages', { replicationGroupDescription: 'pages', engine: 'valkey' });
  return stack;
};

/** What is found where the config names tiers, and where it has them scrubbed. */
const asked = (names: SeedNames, more: Partial<RestoreRequest> = {}, environment = mixed) => {
  const { clones, caches, empty = {} } = names;
  const all = {
    ...request,
    empty: Object.keys(empty),
    ...(clones && { clones }),
    ...(caches && { caches }),
    ...more,
  };
  return seedsOf(synthesize(environment, { [RESTORE_CONTEXT]: JSON.stringify(all) }), all, names);
};

it('finds graphs like every database, caches that are named, and what is cloned', () => {
  const { seeds, clones } = asked({ clones: { Catalog: 'prod-catalog' }, caches: ['Pages'] });
  expect(seeds.map(({ tier, service, snapshot }) => [tier, service, snapshot])).toEqual([
    ['Graph', 'neptune', snapshotNameOf(request, 'Graph')],
    ['Ledger', 'rds-instance', snapshotNameOf(request, 'Ledger')],
    ['Pages', 'elasticache', snapshotNameOf(request, 'Pages')],
  ]);
  expect(clones).toEqual([
    { tier: 'Catalog', service: 'docdb', engine: undefined, of: 'prod-catalog', stack: '' },
  ]);
  const plain = asked({});
  expect(plain.seeds.map(({ tier }) => tier)).toEqual(['Catalog', 'Graph', 'Ledger']);
  expect(plain.clones).toEqual([]);
});

it('looks for nothing of what a checkpoint has kept', () => {
  const { seeds, clones } = asked(
    { clones: { Catalog: 'prod-catalog' }, clusters: { Ledger: 'ledger' }, caches: ['Pages'] },
    { kept: ['Catalog', 'Ledger'] },
  );
  expect(seeds.map(({ tier }) => tier)).toEqual(['Graph', 'Pages']);
  expect(clones).toEqual([]);
});

it('finds a clone that is scrubbed where its template asks for a snapshot', () => {
  const names = { clones: { Catalog: 'prod-catalog' } };
  const { seeds, clones } = asked(names, { clones: {} });
  expect(clones).toEqual([]);
  expect(seeds.map(({ tier, snapshot, clone }) => [tier, snapshot, clone?.of])).toEqual([
    ['Catalog', snapshotNameOf(request, 'Catalog'), 'prod-catalog'],
    ['Graph', snapshotNameOf(request, 'Graph'), undefined],
    ['Ledger', snapshotNameOf(request, 'Ledger'), undefined],
  ]);
  expect(() => asked({ clones: { Ledger: 'ledger' } }, { clones: {} })).toThrow('Ledger cannot be a clone');
});

it.each<[SeedNames, string]>([
  [
    { clusters: { Ledgers: 'x' } },
    'clusters names "Ledgers", which is no database and no cache of Staging; did you mean "Ledger"?',
  ],
  [
    { clones: { Catalogue: 'x' } },
    'clones names "Catalogue", which is no database of Staging; did you mean "Catalog"?',
  ],
  [{ caches: ['Catalog'] }, 'caches names "Catalog", which is no cache of Staging; use one of: Pages'],
  [{ empty: { Graf: 'why' } }, 'empty names "Graf", which is no database of Staging; did you mean "Graph"?'],
])('refuses what is asked for of a tier that there is not: %j', (names, message) => {
  expect(() => asked(names)).toThrow(`aws.seed.${message}`);
});

it('refuses a clone of what is not cloned', () => {
  expect(() => asked({ clones: { Ledger: 'ledger' } })).toThrow(
    'Ledger cannot be a clone: it is an AWS::RDS::DBInstance',
  );
});

it.each<[SeedNames, string]>([
  [
    { clusters: { Catalog: 'x' }, clones: { Catalog: 'y' } },
    'clusters names "Catalog", which begins as a clone, by aws.seed.clones',
  ],
  [{ clusters: { Catalog: 'x' }, empty: { Catalog: 'why' } }, 'clusters names "Catalog", which begins empty'],
  [{ clusters: { Pages: 'x' } }, 'clusters names "Pages", which begins empty'],
  [
    { clones: { Catalog: 'x' }, empty: { Catalog: 'why' } },
    'empty names "Catalog", which begins as a clone, by aws.seed.clones',
  ],
])('refuses an entry that decides nothing: %j', (names, message) => {
  expect(() => asked(names)).toThrow(`aws.seed.${message}: the entry would decide nothing`);
});

it.each<SeedNames>([
  { clusters: { Catalog: 'x' } },
  { clones: { Catalog: 'x' } },
  { empty: { Catalog: 'why' } },
])('refuses %j where the app restores the tier by itself', (names) => {
  const restoreFrom = { Catalog: { snapshot: 'of-the-app', kmsKeyArn: request.kmsKeyArn } };
  const own = { ...request, empty: ['Graph', 'Ledger'] };
  const context = { [RESTORE_CONTEXT]: JSON.stringify(own) };
  const run = () => seedsOf(synthesize(mixed, context, restoreFrom), own, names);
  expect(run).toThrow('names "Catalog", which begins as the app says, by its own restoreFrom');
});

it('finds of a plain assembly what one that is synthesised for a rehearsal would have', () => {
  const names = { clones: { Catalog: 'prod-catalog' }, caches: ['Pages'], empty: { Graph: 'why' } };
  const all = { ...request, empty: ['Graph'], clones: names.clones, caches: names.caches };
  const plain = { ...synthesize(mixed, {}), isPlain: true };
  const { seeds, clones } = seedsOf(plain, all, names);
  expect(seeds.map(({ tier, snapshot }) => [tier, snapshot])).toEqual([
    ['Ledger', snapshotNameOf(request, 'Ledger')],
    ['Pages', snapshotNameOf(request, 'Pages')],
  ]);
  expect(clones.map(({ tier, of }) => [tier, of])).toEqual([['Catalog', 'prod-catalog']]);
});

it('refuses a template that asks for nothing, unless the tier is to begin empty', () => {
  expect(() => seedsOf(synthesize(Shop, {}), request)).toThrow(
    'Catalog of Staging would begin empty: its template asks for no snapshot',
  );
  const all = { ...request, empty: ['Audit', 'Catalog'] };
  expect(seedsOf(synthesize(Shop, {}), all).seeds).toEqual([]);
});
