import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqlTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import type { ProbeDatabase } from '../../../probes/context';
import type { RehearsedTier, Watch } from '../../target';
import { arrange, serversOf, type Arrangement } from '../sql/arrangement';
import { variablesOf, type Said } from '../sql/declared';
import { Endpoints } from '../sql/endpoints';
import { makeOwn } from '../sql/own-files';
import type { LocalTier, LocalTierProps } from '../tier';
import { MysqlCluster } from './cluster';
import { connectionsOf, connectionSentences, type Connections } from './connections';
import { copyData } from './data';
import { defaultsFor } from './defaults';
import { delayFor, delaySecondsOf, differencesOf } from './differences';
import { whenDiskIsFull } from './failures';
import { MysqlNode } from './node';
import { applicable, type AppliedParameters } from './parameters';
import { memoryShareOf } from '../sql/refused-parameters';
import { ADMIN_PASSWORD } from '../sql/final-snapshot';
import { seedNode } from './seed';
import { REPLICATION_PASSWORD } from './snapshot';
import type { MysqlPrograms } from './server';

/** What a tier is created with. */
export interface MysqlTierProps extends LocalTierProps<SqlTier> {
  readonly programs: MysqlPrograms;
  /** What the parameter groups of each member say. */
  readonly said: readonly Said[];
}

/**
 * An Aurora MySQL cluster, or an RDS instance of MySQL or MariaDB with its read replicas, on this machine. One call at a time.
 *
 * Where root runs this, other users must be able to traverse the environment's folder (0711): servers run as `nobody`.
 */
export class MysqlTier implements LocalTier {
  private readonly tier: SqlTier;
  /** The data of the seed, until they are moved to the primary. */
  private readonly base: string;
  private readonly arrangement: Arrangement<MysqlNode>;
  private readonly cluster: MysqlCluster;
  private readonly endpoints: Endpoints;
  private readonly connections: readonly Connections[];
  private parameters: readonly AppliedParameters[] = [];

  /** @throws TwinError `socket-path` when the folder's path is too long for a socket */
  constructor(private readonly props: MysqlTierProps) {
    const { tier, folder, machine, said, programs, replicationDelayMs } = props;
    this.tier = tier;
    this.base = join(folder, 'base');
    this.connections = connectionsOf(tier, said);
    const nodes = Array.from({ length: serversOf(tier) }, (_, i) =>
      this.nodeAt(i + 1, join(folder, `${i + 1}`)),
    );
    this.arrangement = arrange(tier, nodes);
    this.cluster = new MysqlCluster({
      arrangement: this.arrangement,
      delaySeconds: delayFor(programs, delaySecondsOf(replicationDelayMs)),
      password: () => this.secret('replication'),
    });
    this.endpoints = new Endpoints({
      tier,
      machine,
      primary: () => this.cluster.primary,
      arrangement: this.arrangement,
    });
  }

  async seed(file: string | undefined, watch: Watch): Promise<void> {
    await this.explained(async () => {
      if (this.isSeeded) return;
      await this.prepare();
      const part = `${this.base}.part`;
      const { username, password, programs, machine, folder } = this.props;
      const props = {
        username,
        password,
        programs,
        machine,
        folder,
        file,
        database: this.tier.database,
        adminPassword: this.secret('admin'),
        replicationPassword: this.secret('replication'),
      };
      const node = this.nodeAt(1, part);
      await seedNode(node, props, watch, async (connection) => {
        this.parameters = await this.applied(connection, node);
      });
      await rename(part, this.base);
    });
  }

  /** The server that makes empty data says which parameters it takes. */
  async adopt(folder: string, watch: Watch): Promise<void> {
    await this.seed(undefined, watch);
    await this.explained(async () => {
      if (!existsSync(this.base)) return;
      await rm(this.base, { recursive: true });
      await rename(folder, this.base);
    });
  }

  async up(watch: Watch): Promise<void> {
    if (this.cluster.isUp) return;
    await this.explained(async () => {
      if (!this.isSeeded) throw notSeeded(this.tier.name);
      await this.prepare();
      await this.endpoints.open();
      await this.cluster.halt();
      const { primary } = this.cluster;
      // The seed becomes the primary's data without a copy.
      if (existsSync(this.base)) await rename(this.base, primary.data);
      await this.startFrom(primary.data, watch);
    });
  }

  async checkpoint(folder: string, watch: Watch): Promise<void> {
    await this.explained(async () => {
      await mkdir(dirname(folder), { recursive: true });
      await this.cluster.primary.backUp(folder, watch.signal);
    });
  }

  async restore(folder: string, watch: Watch): Promise<void> {
    await this.explained(async () => {
      await this.cluster.halt();
      await this.startFrom(folder, watch);
    });
  }

  async failover(watch: Watch): Promise<void> {
    await this.explained(() => this.cluster.failover((node) => this.endpoints.cut(node), watch));
  }

  /** Stops every member and closes the endpoints. */
  async stop(): Promise<void> {
    await Promise.all([this.cluster.halt(), this.endpoints.close()]);
  }

  state(): RehearsedTier {
    const { tier, programs, replicationDelayMs } = this.props;
    return {
      tier: tier.name,
      kind: 'sql',
      skipped: false,
      engine: `${programs.engine} ${programs.version}`,
      members: this.cluster.nodes.map((node) => ({
        name: node.name,
        role: this.arrangement.roleOf(node, this.cluster.primary),
        state: node.state,
      })),
      differs: differencesOf({
        tier,
        programs,
        replicationDelayMs,
        connections: connectionSentences(this.connections),
        parameters: [...new Set(this.parameters.flatMap(({ notes }) => notes))],
      }),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    return this.endpoints.attributes();
  }

  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return this.endpoints.memberAttributes();
  }

  databases(): readonly ProbeDatabase[] {
    const { username, password } = this.props;
    return [
      {
        engine: 'mysql',
        tier: this.tier.name,
        ...this.endpoints.reached(),
        database: this.tier.database ?? 'mysql',
        username,
        password,
      },
    ];
  }

  private get isSeeded(): boolean {
    return existsSync(this.base) || existsSync(this.cluster.primary.data);
  }

  private nodeAt(number: number, data: string): MysqlNode {
    const { tier, folder, machine, programs } = this.props;
    const own = serversOf(tier) - tier.members.length; // before its read replicas, an instance is its standby too
    const offered = this.connections[Math.max(0, number - 1 - own)];
    return new MysqlNode({
      number,
      folder,
      data,
      programs,
      machine,
      name: `${tier.name.replaceAll('/', '-')}-${number}`,
      host: machine.address(tier.instance ? tier.name : `${tier.name} writer`),
      maxConnections: offered!.max,
      defaults: defaultsFor(tier, programs),
      password: () => this.secret('admin'),
    });
  }

  private async prepare(): Promise<void> {
    const { folder } = this.props;
    await mkdir(folder, { recursive: true });
    // Whatever the umask: the servers need to traverse them.
    await Promise.all([dirname(folder), folder].map((it) => chmod(it, 0o711)));
    await makeOwn(join(folder, 's'));
  }

  private applied(
    ...[connection, node]: Parameters<typeof applicable> extends [infer C, infer N, unknown] ? [C, N] : never
  ) {
    const memoryShare = memoryShareOf(serversOf(this.tier));
    return Promise.all(
      this.tier.members.map((member, i) =>
        applicable(connection, node, {
          said: this.props.said[i] ?? {},
          variables: variablesOf(this.tier, member.class),
          memoryShare,
        }),
      ),
    );
  }

  private async startFrom(data: string, watch: Watch): Promise<void> {
    const { signal } = watch;
    const { nodes } = this.cluster;
    for (const node of nodes)
      node.parameters = this.parameters[this.arrangement.memberOf(node)] ?? node.parameters;
    const others = nodes.filter((node) => node.data !== data);
    await watch.span('copy data', () => Promise.all(others.map((node) => copyData(data, node.data, signal))));
    await watch.span('start members', () => this.cluster.start(watch));
  }

  /** Kept in files, because they are part of the seeded data. */
  private secret(of: 'admin' | 'replication'): string {
    const file = join(this.props.folder, of === 'admin' ? ADMIN_PASSWORD : REPLICATION_PASSWORD);
    if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 }); // MySQL takes 32 characters for a source
    return readFileSync(file, 'utf8');
  }

  private async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw whenDiskIsFull(error, this.props.folder) ?? error;
    }
  }
}

function notSeeded(tier: string): TwinError {
  return new TwinError({
    code: 'not-seeded',
    message: `"${tier}" is not seeded`,
    fix: 'Call seed before up.',
  });
}
