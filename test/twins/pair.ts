import { App, Aspects, CfnOutput, Stack, type AppProps } from 'aws-cdk-lib';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { count, defineScale, instanceClass, replicas, Twins, type ScaleOf } from '../../lib';

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
    const ids = readers.times(
      (reader) => new CfnDBInstance(this, reader.id('Reader'), { ...member, dbInstanceClass }).ref,
    );
    new CfnOutput(this, 'Readers', { value: ids.join(',') });
    new CfnOutput(this, 'Backlog', { value: `at most ${backlog}, shared by ${readers} readers` });
  }
}

export const production = { readers: 3, instance: 'r7g.2xlarge', backlog: 10 } as const;
export const small = { readers: 2, instance: 'r7g.large', backlog: 2 } as const;
export const expires = '2026-12-01T18:00:00';

/** An app without the CDK's own validator, which takes seconds and is not what these tests are about. */
export const newApp = (props: AppProps = {}): App =>
  new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { 'aws:cdk:enable-path-metadata': true },
    ...props,
  });

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

/** Adds an aspect that does something to every resource of a type. */
export function onEvery<T extends Construct>(
  stack: Stack,
  type: new (...args: never[]) => T,
  change: (node: T) => void,
): void {
  Aspects.of(stack).add({ visit: (node) => node instanceof type && change(node) });
}
