import { App } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { count, Twins } from '../../lib';
import type { JsonObject } from '../../lib/json';

/** What the topologies of these tests are made with. */
export interface TopologyProps {
  readonly tasks: number;
  readonly release: string;
}

/** What is synthesised. */
export interface TwinsAppProps {
  readonly topology: new (scope: Construct, id: string, props: TopologyProps) => Construct;
  readonly outdir: string;
  readonly release: string;
  /** In the name of staging's stack. */
  readonly rehearsal: string;
  /** Beside that of the CDK's command line. */
  readonly context: JsonObject;
  /** Another staging, with a factor of another size. @default - there is one */
  readonly second?: string;
}

/** Writes the assembly of a release, as `cdk synth` does. */
export function synthesizeTwins({
  topology: Topology,
  outdir,
  release,
  rehearsal,
  context,
  second,
}: TwinsAppProps): void {
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true, ...context },
  });
  const twins = new Twins(app, {
    scale: { tasks: count({ reason: 'staging is not busy' }) },
    environment: class extends Topology {
      constructor(scope: Construct, id: string, { scale }: { readonly scale: { readonly tasks: number } }) {
        super(scope, id, { tasks: scale.tasks, release });
      }
    },
  });
  const tags = { team: 'shop' };
  twins.prod('Prod', { scale: { tasks: 4 }, tags });
  const stackName = `Staging-${rehearsal}`;
  twins.staging('Staging', { scale: { tasks: 2 }, expires: '2037-01-01T00:00:00', stackName, tags });
  if (second !== undefined)
    twins.staging(second, {
      scale: { tasks: 3 },
      expires: '2037-01-01T00:00:00',
      stackName: `${second}-${rehearsal}`,
      tags,
    });
  app.synth();
}
