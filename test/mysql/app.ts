import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
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

/** A writer with a reader of Aurora MySQL, and one service in front of it. */
class Shop extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly scale: ScaleOf<typeof scale>; readonly release: string },
  ) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
    const instanceType = new ec2.InstanceType(props.scale.db);
    const cluster = new rds.DatabaseCluster(this, 'Orders', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
      writer: rds.ClusterInstance.provisioned('Writer', { instanceType }),
      readers: [rds.ClusterInstance.provisioned('Reader', { instanceType })],
      defaultDatabaseName: 'shop',
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
      vpc,
    });
    const secret = cluster.secret!;
    new ApplicationLoadBalancedFargateService(this, 'Web', {
      vpc,
      taskImageOptions: {
        image: ecs.ContainerImage.fromRegistry(`web:${props.release}`),
        containerPort: 8080,
        environment: {
          RELEASE: props.release,
          WRITER_HOST: cluster.clusterEndpoint.hostname,
          READER_HOST: cluster.clusterReadEndpoint.hostname,
          WRITER_PORT: cluster.clusterEndpoint.port.toString(),
        },
        secrets: {
          DB_USER: ecs.Secret.fromSecretsManager(secret, 'username'),
          DB_PASSWORD: ecs.Secret.fromSecretsManager(secret, 'password'),
        },
      },
      desiredCount: 2,
      minHealthyPercent: 100,
    }).targetGroup.configureHealthCheck({ path: '/', interval: Duration.seconds(5) });
  }
}

/**
 * `sound` reads what it wrote from the writer, over a pool; `stale` from the reader; `stuck` has one connection for ever, and
 * answers nothing once that is gone.
 */
const SERVER = `
  import { createServer } from 'node:http';
  import mysql from 'mysql2/promise';
  const { RELEASE, WRITER_HOST, READER_HOST, WRITER_PORT, DB_USER: user, DB_PASSWORD: password, PORT, HOST } = process.env;
  const at = (host) => ({ host, port: Number(WRITER_PORT), user, password, database: 'shop' });
  const pool = (host) => mysql.createPool({ ...at(host), connectionLimit: 5, connectTimeout: 1000 });
  const one = async (host) => { const it = await mysql.createConnection(at(host)); it.on('error', () => {}); return it; };
  const writer = RELEASE === 'stuck' ? await one(WRITER_HOST) : pool(WRITER_HOST);
  const reader = RELEASE === 'stale' ? pool(READER_HOST) : writer;
  const answer = async (request) => {
    if (request.method === 'POST') {
      const [{ insertId: id }] = await writer.query('insert into orders (cents) values (1990)');
      return { status: 201, body: { id } };
    }
    const id = /^\\/orders\\/(\\d+)$/.exec(request.url)?.[1];
    if (id === undefined) return { status: 200, body: { release: RELEASE } };
    const [rows] = await reader.query('select id, cents from orders where id = ?', [id]);
    return rows.length > 0 ? { status: 200, body: rows[0] } : { status: 404, body: { error: 'no order ' + id } };
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch((error) => ({ status: 503, body: { error: error.message } }))
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
  }).listen(Number(PORT), HOST);
  process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

/** What the app is synthesised with here: the assembly of every release is there already. */
const SYNTH = `
  import { cpSync } from 'node:fs';
  const [, release] = /release=(\\S+)/.exec(process.argv.join(' '));
  cpSync('assembly-' + release, process.argv[process.argv.indexOf('--output') + 1], { recursive: true });
`;

const SEED = `
create table orders (id bigint auto_increment primary key, cents int not null);
DELIMITER ;;
create procedure fill() begin declare n int default 0; while n < 200 do insert into orders (cents) values (n); set n = n + 1; end while; end ;;
DELIMITER ;
call fill();
`;

const MIGRATION = `
  import mysql from 'mysql2/promise';
  const { RELEASE, WRITER_HOST: host, WRITER_PORT, DB_USER: user, DB_PASSWORD: password } = process.env;
  const connection = await mysql.createConnection({ host, port: Number(WRITER_PORT), user, password, database: 'shop' });
  const [there] = await connection.query("show columns from orders like 'note'");
  if (RELEASE !== 'first' && there.length === 0) await connection.query('alter table orders add column note varchar(80)');
  await connection.end();
`;

export const RELEASES = ['first', 'sound', 'stale', 'stuck'] as const;

const CONFIG = {
  baseline: 'first',
  synth: { command: 'node synth.mjs' },
  version: { path: '/', json: 'release' },
  checks: {
    smoke: [{ name: 'an order is there', path: '/orders/1' }],
    readYourWrites: [
      {
        name: 'an order is there once it is placed',
        write: { method: 'POST', path: '/orders', status: 201 },
        read: { path: '/orders/{id}', contains: '"id":{id},' },
        times: 20,
      },
    ],
    replicaLag: [{ name: 'the reader follows', tier: 'Orders', maxMs: 5000 }],
  },
  drills: { failover: ['Orders'], rollBack: true },
  gates: { maxStaleReads: 0, maxRecoverySeconds: 20 },
  local: {
    services: { Web: { command: 'exec node server.mjs' } },
    migrate: { command: 'node migrate.mjs', as: 'Web' },
    seed: { Orders: 'seed.sql' },
    replicationDelayMs: 1000,
  },
};

/** What a rehearsal ended with. */
export interface Rehearsed {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly handle: Ledger['handle'];
}

/** The command line and an app, in one folder that is removed in the end. */
export class MysqlApp {
  private readonly folder = mkdtempSync(join(tmpdir(), 'twin-mysql-'));
  /** Beside the sources, so that it finds its dependencies. */
  private readonly program = resolve('node_modules/.cache/cdk-twin', `mysql-${process.pid}`);

  constructor() {
    buildTwin(this.program);
    for (const release of RELEASES) this.synthesize(release);
    const files = { 'server.mjs': SERVER, 'synth.mjs': SYNTH, 'migrate.mjs': MIGRATION, 'seed.sql': SEED };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    writeFileSync(join(this.folder, 'twin.config.mjs'), `export default ${JSON.stringify(CONFIG)};`);
    symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules')); // the app's own driver
  }

  /** Rehearses a release, and says what is left of it. */
  rehearse(release: (typeof RELEASES)[number]): Rehearsed {
    rmSync(join(this.folder, '.twin'), { recursive: true, force: true });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(this.program, 'twin.js'), 'rehearse', '--to', release],
      { cwd: this.folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
    );
    return { exitCode: status, stdout, stderr, handle: this.ledger().handle };
  }

  /** Removes everything, what a failed test left standing too. */
  async remove(): Promise<void> {
    if (existsSync(join(this.folder, '.twin'))) {
      const { name } = this.ledger().handle;
      await killAll(name);
      rmSync(name, { recursive: true, force: true });
    }
    rmSync(this.folder, { recursive: true });
    rmSync(this.program, { recursive: true });
  }

  private ledger(): Ledger {
    const rehearsal = readdirSync(join(this.folder, '.twin')).find((name) => /^\d/.test(name))!;
    return JSON.parse(readFileSync(join(this.folder, '.twin', rehearsal, 'ledger.json'), 'utf8')) as Ledger;
  }

  private synthesize(release: string): void {
    const app = new App({
      outdir: join(this.folder, `assembly-${release}`),
      context: { 'aws:cdk:enable-path-metadata': true, '@aws-cdk/core:validateAgainstDefaultRules': false },
      builtinCloudFormationValidation: false,
      treeMetadata: false,
      analyticsReporting: false,
    });
    const environment = class extends Shop {
      constructor(scope: Construct, id: string, props: { readonly scale: ScaleOf<typeof scale> }) {
        super(scope, id, { ...props, release });
      }
    };
    const twins = new Twins(app, { scale, environment });
    twins.prod('Prod', { scale: { db: 'r7g.2xlarge' } });
    twins.staging('Staging', { scale: { db: 'r7g.large' }, expires: '2026-12-01T18:00:00' });
    app.synth();
  }
}
