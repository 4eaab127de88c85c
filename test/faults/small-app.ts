import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { buildTwin } from '../build-twin';
import { defineScale, instanceClass, Twins, type ScaleOf } from '../../lib';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { killAll } from '../../lib/targets/local/process/owned-processes';

const scale = defineScale({ db: instanceClass({ reason: 'staging asks for fewer connections' }) });
/** The stagings of an app that has several. */
export const STAGINGS = ['Staging', 'StagingLarge'] as const;

interface SmallProps {
  readonly scale: ScaleOf<typeof scale>;
}

/** A writer with a reader, and one service in front of it. */
class Small extends Construct {
  constructor(scope: Construct, id: string, props: SmallProps & { readonly release: string }) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
    const instanceType = new ec2.InstanceType(props.scale.db);
    const orders = new rds.DatabaseCluster(this, 'Orders', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_9 }),
      writer: rds.ClusterInstance.provisioned('Writer', { instanceType }),
      readers: [rds.ClusterInstance.provisioned('Reader', { instanceType })],
      defaultDatabaseName: 'orders',
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
      vpc,
    });
    new ApplicationLoadBalancedFargateService(this, 'Web', {
      vpc,
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry(`web:${props.release}`),
        containerPort: 8080,
        environment: {
          RELEASE: props.release,
          WRITER_HOST: orders.clusterEndpoint.hostname,
          READER_HOST: orders.clusterReadEndpoint.hostname,
          DB_PORT: String(orders.clusterEndpoint.port),
        },
        secrets: {
          DB_USER: ecs.Secret.fromSecretsManager(orders.secret!, 'username'),
          DB_PASSWORD: ecs.Secret.fromSecretsManager(orders.secret!, 'password'),
        },
      },
      desiredCount: 2,
      minHealthyPercent: 100,
    }).targetGroup.configureHealthCheck({ path: '/', interval: Duration.seconds(5) });
  }
}

const SERVER = `
  import { createServer } from 'node:http';
  const server = createServer((_, response) => response.end(process.env.RELEASE)).listen(Number(process.env.PORT), process.env.HOST);
  process.on('SIGTERM', () => { server.close(); server.closeAllConnections(); });
`;

/** What the app is synthesised with here: the assembly of every release is there already. */
const SYNTH = `
  import { cpSync } from 'node:fs';
  const [, release] = /release=(\\S+)/.exec(process.argv.join(' '));
  cpSync('assembly-' + release, process.argv[process.argv.indexOf('--output') + 1], { recursive: true });
`;
const RELEASES = ['1', '2', '3'];

/** What a test changes in the config of the small app. */
export interface ConfigChange {
  readonly local?: object;
  readonly [key: string]: unknown;
}

const CONFIG = {
  baseline: '1',
  synth: { command: 'node synth.mjs' },
  version: { path: '/', text: true },
  checks: { smoke: [{ name: 'it answers', path: '/' }] },
  drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'] },
  gates: {},
  local: { services: { Web: { command: 'exec node server.mjs' } }, migrate: { command: 'true', as: 'Web' } },
};

/** The command line and an app, in one folder that is removed in the end. */
export class Bench {
  private readonly folder = mkdtempSync(join(tmpdir(), 'twin-faults-'));
  /** Beside the sources, so that it finds its dependencies. */
  private readonly program = resolve('node_modules/.cache/cdk-twin', `faults-${process.pid}`);
  private readonly projects: Project[] = [];

  /** @param isSeveral - whether the app has several stagings */
  constructor(private readonly isSeveral = false) {
    buildTwin(this.program);
    for (const release of RELEASES) this.synthesize(release);
  }

  private synthesize(release: string): void {
    const app = new App({
      outdir: join(this.folder, `assembly-${release}`),
      context: { 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:validateAgainstDefaultRules': false },
      builtinCloudFormationValidation: false,
      treeMetadata: false,
      analyticsReporting: false,
    });
    const environment = class extends Small {
      constructor(scope: Construct, id: string, props: SmallProps) {
        super(scope, id, { ...props, release });
      }
    };
    const twins = new Twins(app, { scale, environment });
    twins.prod('Prod', { scale: { db: 'r7g.2xlarge' } });
    const [first, second] = STAGINGS;
    twins.staging(first, { scale: { db: 'r7g.large' }, expires: '2026-12-01T18:00:00' });
    if (this.isSeveral)
      twins.staging(second, { scale: { db: 'r7g.xlarge' }, expires: '2026-12-01T18:00:00' });
    app.synth();
  }

  /** A folder with the app, as a user has it. */
  project(change: ConfigChange = {}): Project {
    const folder = join(this.folder, `project-${this.projects.length + 1}`);
    mkdirSync(folder);
    for (const release of RELEASES)
      cpSync(join(this.folder, `assembly-${release}`), join(folder, `assembly-${release}`), {
        recursive: true,
      });
    writeFileSync(join(folder, 'server.mjs'), SERVER);
    writeFileSync(join(folder, 'synth.mjs'), SYNTH);
    writeFileSync(
      join(folder, 'twin.config.mjs'),
      `export default ${JSON.stringify({ ...CONFIG, ...change, local: { ...CONFIG.local, ...change.local } })};`,
    );
    const project = new Project(folder, join(this.program, 'twin.js'));
    this.projects.push(project);
    return project;
  }

  /** Removes everything, what a failed test left standing too. */
  async remove(): Promise<void> {
    for (const { handle } of this.projects.flatMap((project) => project.ledgers())) {
      await killAll(handle.name);
      if (existsSync(handle.name)) rmSync(handle.name, { recursive: true });
    }
    rmSync(this.folder, { recursive: true });
    rmSync(this.program, { recursive: true });
  }
}

/** What a process ended with. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the app. */
export class Project {
  constructor(
    readonly folder: string,
    readonly program: string,
  ) {}

  /** Starts `twin` with arguments. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    return new Running(
      spawn(process.execPath, [this.program, ...args], {
        cwd: this.folder,
        env: { ...process.env, NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Runs `twin` to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** The ledger of the only rehearsal; undefined before there is one. */
  ledger(): Ledger | undefined {
    return this.ledgers()[0];
  }

  /** The ledgers of all rehearsals, the oldest first. */
  ledgers(): Ledger[] {
    const folder = join(this.folder, '.twin');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^\d/.test(name))
      .sort()
      .map((name) => join(folder, name, 'ledger.json'))
      .filter((file) => existsSync(file)) // a process that was killed may have made the folder alone: without a ledger nothing starts
      .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Ledger);
  }
}

/** A `twin` that runs. */
export class Running {
  readonly ended: Promise<Ended>;
  private stderr = '';
  private readonly waiting: { readonly text: RegExp; readonly resolve: () => void }[] = [];

  constructor(readonly child: ChildProcess) {
    let stdout = '';
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => this.note(chunk.toString()));
    this.ended = new Promise((done) => {
      child.once('close', (exitCode) => {
        for (const { resolve: go } of this.waiting) go();
        done({ exitCode, stdout, stderr: this.stderr });
      });
    });
  }

  /** Resolves when it has said something on stderr, or has ended. */
  said(text: RegExp): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ text, resolve: done });
      this.note('');
    });
  }

  private note(chunk: string): void {
    this.stderr += chunk;
    for (const { text, resolve: go } of this.waiting) if (text.test(this.stderr)) go();
  }
}
