import { Aspects, CfnOutput, Stack, type App } from 'aws-cdk-lib';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { count, defineScale, instanceClass, replicas, Twins, type Factor, type ScaleOf } from '../../lib';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import type { Definition, Manifest } from '../../lib/parity/manifest';
import type { ParityReport } from '../../lib/parity/report';
import { synthesize } from '../../lib/twins/synthesize';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApp } from '../app';

/** Somebody's own scale, of three factors. */
export const scale = defineScale({
  readers: replicas({ reason: 'more only add throughput', max: 15 }),
  instance: instanceClass({ reason: 'staging asks for less' }),
  backlog: count({ reason: 'staging is not busy' }),
});

/** What {@link Database} is made with. */
export interface DatabaseProps {
  readonly scale: ScaleOf<typeof scale>;
}

/** Somebody's own construct in twenty lines: it takes a scale, and that is all it takes to be an environment. */
export class Database extends Construct {
  readonly cluster: CfnDBCluster;

  constructor(scope: Construct, id: string, { scale: { readers, instance, backlog } }: DatabaseProps) {
    super(scope, id);
    this.cluster = new CfnDBCluster(this, 'Cluster', {
      engine: 'aurora-postgresql',
      masterUsername: 'shop',
      storageEncrypted: true,
      deletionProtection: true,
      backupRetentionPeriod: 14,
      tags: [{ key: 'Name', value: this.node.path }],
    });
    const member = { engine: 'aurora-postgresql', dbClusterIdentifier: this.cluster.ref };
    const dbInstanceClass = `db.${instance}`;
    new CfnDBInstance(this, 'Writer', { ...member, dbInstanceClass });
    const ids = Array.from(
      { length: readers },
      (_, i) => new CfnDBInstance(this, `Reader${i + 1}`, { ...member, dbInstanceClass }).ref,
    );
    new CfnOutput(this, 'Readers', { value: ids.join(',') });
    new CfnOutput(this, 'Backlog', { value: `at most ${backlog}, shared by ${readers} readers` });
  }
}

export const production = { readers: 3, instance: 'r7g.2xlarge', backlog: 10 } as const;
export const small = { readers: 2, instance: 'r7g.large', backlog: 2 } as const;
export const expires = '2026-12-01T18:00:00';

/** Production and a staging of {@link Database}, with a change to each that the definition knows nothing of. */
export function pair(change: { prod?: (stack: Stack) => void; staging?: (stack: Stack) => void } = {}) {
  const app = newApp();
  const twins = new Twins(app, { scale, environment: Database });
  const prod = Stack.of(twins.prod('Prod', { scale: production }));
  const staging = Stack.of(twins.staging('Staging', { scale: small, expires }));
  change.prod?.(prod);
  change.staging?.(staging);
  return { app, prod, staging };
}

/** The twins of a stack that is made by a function, of a few counts: production's values beside staging's. */
export function twinsOf<const N extends string>(
  counts: Readonly<Record<N, readonly [prod: number, staging: number]>>,
  make: (stack: Stack, values: Readonly<Record<N, number>>) => void,
  { prod: prodId = 'Prod', staging: stagingId = 'Staging' } = {},
) {
  const app = newApp();
  const names = Object.keys(counts) as N[];
  const valuesOf = <V>(value: (name: N) => V) =>
    Object.fromEntries(names.map((name) => [name, value(name)])) as Record<N, V>;
  const twins = new Twins(app, {
    scale: valuesOf((name): Factor<'count'> => count({ reason: `${name} cost money` })),
    environment: (scope, id, values, options) => {
      const stack = new Stack(scope, id, { ...options });
      make(stack, values);
      return stack;
    },
  });
  const prod = twins.prod(prodId, { scale: valuesOf((name) => counts[name][0]) });
  const staging = twins.staging(stagingId, { scale: valuesOf((name) => counts[name][1]), expires });
  return { app, prod, staging };
}

/** What parity says of the one staging of an app; a synth that fails because of it is no error here. */
export const parityOf = (app: App): ParityReport => reportsOf(app)[0]!;

/** The same of all stagings. */
export const reportsOf = (app: App): readonly ParityReport[] => parityOfAssembly(synthesize(anyStack(app)));

/** What is forbidden, each as `logical id and path: why`, without the values that were seen. */
export const forbiddenIn = (app: App): string[] =>
  parityOf(app).forbidden.map(
    ({ logicalId, path, why }) => `${[logicalId, ...path].join('.')}: ${why.replace(/ \(.*$/s, '')}`,
  );

/** The first definition of the manifest that an app writes. */
export function definitionIn(app: App): Definition {
  const directory = synthesize(anyStack(app));
  const manifest = JSON.parse(readFileSync(join(directory, 'twin.json'), 'utf8')) as Manifest;
  return manifest.definitions[0]!;
}

const anyStack = (app: App): Stack => app.node.findAll().find((node): node is Stack => Stack.isStack(node))!;

/** Adds an aspect that does something to every resource of a type. */
export function onEvery<T extends Construct>(
  stack: Stack,
  type: new (...args: never[]) => T,
  change: (node: T) => void,
): void {
  Aspects.of(stack).add({ visit: (node) => node instanceof type && change(node) });
}
