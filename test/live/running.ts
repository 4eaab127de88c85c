import { CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instanceClass, replicas, Twins } from '../../lib';
import { isObject, type JsonObject } from '../../lib/json';
import { live, type LiveProps } from '../../lib/live/live';
import type { LiveReport } from '../../lib/live/report';
import { Assembly } from '../../lib/parity/assembly';
import { stacksOn } from '../../lib/parity/side-stacks';
import type {
  Question,
  RunningEnvironment,
  RunningResource,
  RunningStack,
  StackToFind,
} from '../../lib/targets/observe';
import { newApp } from '../app';

interface ShopScale {
  readonly readers: number;
  readonly dbClass: string;
}

/** A cluster whose members follow factors, and a parameter. */
function fill(scope: Construct, { readers, dbClass }: ShopScale): void {
  new CfnParameter(scope, 'LogLevel', { default: 'info' });
  const cluster = new rds.CfnDBCluster(scope, 'Orders', {
    engine: 'aurora-postgresql',
    engineVersion: '17',
    masterUsername: 'shop',
    manageMasterUserPassword: true,
  });
  for (let i = 0; i <= readers; i++)
    new rds.CfnDBInstance(scope, `Member${i}`, {
      dbClusterIdentifier: cluster.ref,
      dbInstanceClass: `db.${dbClass}`,
      engine: 'aurora-postgresql',
    });
}

/** One stack, a stage of two of which one has a nested stack, two productions, or a stack for each member. */
export type Form = 'stack' | 'stage' | 'productions' | 'cells';

/** Writes an assembly, as `cdk synth` does. @returns its folder */
export function synthesize(form: Form = 'stack', stagings: readonly string[] = ['Staging']): string {
  const outdir = mkdtempSync(join(tmpdir(), 'twin-live-'));
  const app = newApp({ outdir });
  const twins = new Twins(app, {
    scale: {
      readers: replicas({ reason: 'two already show stale reads', max: 15 }),
      dbClass: instanceClass({ reason: 'fewer connections' }),
    },
    environment: (scope, id, scale, options) => {
      if (form === 'cells') {
        const cells = new Stage(scope, id, options);
        for (let i = 0; i < scale.readers; i++) fill(new Stack(cells, `Cell${i}`), { ...scale, readers: 2 });
        return cells;
      }
      if (form !== 'stage') {
        const stack = new Stack(scope, id, options);
        fill(stack, scale);
        return stack;
      }
      const stage = new Stage(scope, id, options);
      new sqs.Queue(new Stack(stage, 'Jobs'), 'Queue');
      fill(new NestedStack(new Stack(stage, 'Data'), 'Inner'), scale);
      return stage;
    },
  });
  twins.prod('Prod', { scale: { readers: 3, dbClass: 'r7g.2xlarge' } });
  if (form === 'productions') twins.prod('ProdEuCentral1', { scale: { readers: 5, dbClass: 'r7g.large' } });
  for (const name of form === 'productions' ? [] : stagings)
    twins.staging(name, { scale: { readers: 2, dbClass: 'r7g.large' }, expires: '2037-01-01T00:00:00' });
  app.synth();
  return outdir;
}

/** A part of what runs that a test changes. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Resource = Mutable<RunningResource>;

/** Two environments that run as an assembly says, until a test changes them. */
export class Running {
  readonly asked: Question[] = [];
  readonly prod: Mutable<RunningEnvironment>;
  readonly staging: Mutable<RunningEnvironment>;

  constructor(readonly assembly: string) {
    const { definitions } = new Assembly(assembly).manifest;
    const [pair] = definitions[0]!.pairs;
    this.prod = { account: '111122223333', stacks: [], unseen: [] };
    this.staging = { account: '444455556666', stacks: [], unseen: [] };
    const stacksOf = (side: 'prod' | 'staging', region: string): Mutable<RunningStack>[] =>
      stacksOn(pair!, side).map(({ path, file }) => stackOf(assembly, path, file, region));
    this.prod.stacks = stacksOf('prod', 'eu-west-1');
    this.staging.stacks = stacksOf('staging', 'eu-central-1');
  }

  /** A resource of one of them. @param path - of its stack. @default - the first that has it */
  resource(side: 'prod' | 'staging', logicalId: string, path?: string): Resource {
    const stacks = this[side].stacks.filter((it) => path === undefined || it.path === path);
    const all = stacks.flatMap(({ resources }) => resources);
    return all.find((it) => it.logicalId === logicalId)!;
  }

  /** Changes what a property runs with. */
  set(
    side: 'prod' | 'staging',
    logicalId: string,
    name: string,
    value: string | number,
    path?: string,
  ): void {
    const resource = this.resource(side, logicalId, path);
    resource.properties = resource.properties.map((it) => (it.path[1] === name ? { ...it, value } : it));
  }

  /** Adds what no template says. */
  state(side: 'prod' | 'staging', logicalId: string, state: RunningResource['states'][number]): void {
    const resource = this.resource(side, logicalId);
    resource.states = [...resource.states, state];
  }

  look(more: Partial<LiveProps> = {}): Promise<LiveReport> {
    const flags = (side: string) => ({
      profile: `--${side}-profile`,
      region: '--region',
      stack: `--${side}-stack`,
    });
    return live({
      assembly: this.assembly,
      prod: { stacks: new Map(), flags: flags('prod') },
      second: { stacks: new Map(), flags: flags('staging') },
      observe: (question) => {
        this.asked.push(question);
        return Promise.resolve(question.flags.profile === '--prod-profile' ? this.prod : this.staging);
      },
      signal: new AbortController().signal,
      ...more,
    });
  }

  /** The stacks that were asked for, one list for each look. */
  get stacksAsked(): string[][] {
    return this.asked.map(({ stacks }) =>
      stacks.map(({ path, name }: StackToFind) => (path === '' ? name : `${path}=${name}`)),
    );
  }
}

/** A stack that was deployed from a template. */
function stackOf(assembly: string, path: string, file: string, region: string): Mutable<RunningStack> {
  const template = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as JsonObject;
  const entries = Object.entries(template['Resources'] as JsonObject).filter(
    (entry): entry is [string, JsonObject] => isObject(entry[1]),
  );
  const name = new Assembly(assembly).deployment(file)?.name ?? file.replace(/\.nested\.template\.json$/, '');
  return {
    path,
    name,
    id: `arn:aws:cloudformation:${region}:1:stack/${name}/1`,
    isNested: file.includes('.nested.'),
    region,
    deployed: '2026-11-28T00:00:00.000Z',
    status: 'CREATE_COMPLETE',
    template,
    parameters: new Map([['LogLevel', 'info']]),
    deployedResources: new Map(
      entries.map(([id, { Type: type }]) => [id, { type: String(type), physicalId: `${name}-${id}` }]),
    ),
    resources: entries.flatMap(([logicalId, { Type: type, Properties: properties }]) =>
      String(type).startsWith('AWS::RDS::')
        ? [resourceOf(logicalId, String(type), properties as JsonObject)]
        : [],
    ),
  };
}

const resourceOf = (logicalId: string, type: string, properties: JsonObject): RunningResource => ({
  logicalId,
  type,
  exists: true,
  properties: Object.entries(properties).flatMap(([name, value]) => {
    if (isObject(value) || Array.isArray(value)) return [];
    const isVersion = name === 'EngineVersion';
    return [
      {
        path: ['Properties', name],
        value: isVersion ? '17.7' : value,
        ...(isVersion && { isVersion: true as const }),
      },
    ];
  }),
  states: [],
  strays: [],
});
