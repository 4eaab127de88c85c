import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqlTier } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import type { HostPort, ProbeDatabase } from '../../../probes/context';
import type { RehearsedTier, Watch } from '../../target';
import { Proxy, type ProxyProps } from '../endpoint';
import { PostgresCluster } from './cluster';
import { connectionsOf } from './connections';
import { copyData, makeOwn } from './data';
import { differencesOf } from './differences';
import { whenDiskIsFull } from './failures';
import { installPostgres } from './installation';
import { PostgresNode } from './node';
import { seedNode } from './seed';
import type { LocalTier, LocalTierProps } from '../tier';

/**
 * An Aurora PostgreSQL cluster on this machine: a primary, streaming replicas, and the endpoints of the cluster, which
 * forward to the sockets of the members. One call at a time.
 *
 * Where root runs this, other users must be able to traverse the environment's folder (0711): PostgreSQL runs as `nobody`.
 */
export class PostgresTier implements LocalTier {
  private readonly tier: SqlTier;
  /** The data of the seed, until they are moved to the primary. */
  private readonly base: string;
  private readonly installation: string;
  private readonly nodes: readonly PostgresNode[];
  private readonly cluster: PostgresCluster;
  private readonly wanted: readonly ProxyProps[];
  /** The writer endpoint, the reader endpoint, and one for each member. */
  private proxies: readonly Proxy[] = [];
  private version = '';
  private turn = 0;
  private secret: string | undefined;

  /** @throws TwinError `socket-path` when the folder's path is too long for a socket */
  constructor(private readonly props: LocalTierProps<SqlTier>) {
    const { tier, folder, machine, replicationDelayMs } = props;
    this.tier = tier;
    this.base = join(folder, 'base');
    this.installation = join(dirname(folder), '.postgresql'); // not the name of a tier
    this.nodes = tier.members.map((_, index) => this.nodeAt(index + 1, join(folder, `${index + 1}`)));
    this.cluster = new PostgresCluster(this.nodes, replicationDelayMs);
    const endpoint = (name: string, route: () => PostgresNode | undefined): ProxyProps => ({
      name,
      host: machine.address(name),
      route: () => route()?.socket,
    });
    this.wanted = [
      endpoint(`${tier.name} writer`, () => this.writer()),
      endpoint(`${tier.name} reader`, () => this.nextReader()),
      ...this.nodes.map((node) => endpoint(node.name, () => (node.isRunning ? node : undefined))),
    ];
  }

  async seed(file: string | undefined, watch: Watch): Promise<void> {
    await this.explained(async () => {
      if (this.isSeeded) return;
      await this.prepare();
      const part = `${this.base}.part`;
      const { username, password } = this.props;
      await seedNode(this.nodeAt(1, part), { username, password, database: this.database, file }, watch);
      await rename(part, this.base);
    });
  }

  async up(watch: Watch): Promise<void> {
    if (this.cluster.isUp) return;
    await this.explained(async () => {
      if (!this.isSeeded) throw notSeeded(this.tier.name);
      await this.prepare();
      if (this.proxies.length === 0) this.proxies = await Proxy.openAll(this.wanted, this.tier.port);
      await this.cluster.halt();
      const { primary } = this.cluster;
      // The seed becomes the primary's data without a copy: copies take most of the time.
      if (existsSync(this.base)) await rename(this.base, primary.data);
      await this.startFrom(primary.data, watch);
    });
  }

  async checkpoint(folder: string, watch: Watch): Promise<void> {
    await this.explained(async () => {
      await mkdir(dirname(folder), { recursive: true });
      await this.cluster.backUp(folder, watch);
    });
  }

  async restore(folder: string, watch: Watch): Promise<void> {
    await this.explained(async () => {
      await this.cluster.halt();
      await this.startFrom(folder, watch);
    });
  }

  async failover(watch: Watch): Promise<void> {
    const disconnect = ({ socket }: PostgresNode): void => {
      for (const proxy of this.proxies) proxy.cut(socket);
    };
    await this.explained(() => this.cluster.failover(disconnect, watch));
  }

  /** Stops every member and closes the endpoints. */
  async stop(): Promise<void> {
    await Promise.all([this.cluster.halt(), ...this.proxies.map((proxy) => proxy.close())]);
    this.proxies = [];
  }

  state(): RehearsedTier {
    return {
      tier: this.tier.name,
      kind: 'sql',
      skipped: false,
      engine: `PostgreSQL ${this.version}`.trim(),
      members: this.nodes.map((node) => ({
        name: node.name,
        role: node === this.cluster.primary ? 'primary' : 'replica',
        state: node.state,
      })),
      differs: differencesOf(this.tier, this.version, this.props.replicationDelayMs),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    const { writer, reader } = this.endpoints();
    return {
      'Endpoint.Address': writer.host,
      'Endpoint.Port': `${writer.port}`,
      Port: `${writer.port}`,
      'ReadEndpoint.Address': reader.host,
    };
  }

  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const [, , ...members] = this.listening();
    return Object.fromEntries(
      members.map(({ host, port }, index) => [
        this.tier.members[index]!.logicalId,
        { 'Endpoint.Address': host, 'Endpoint.Port': `${port}` },
      ]),
    );
  }

  databases(): readonly ProbeDatabase[] {
    return [this.endpoints()];
  }

  /** Its addresses; with the declared port until it is up. */
  endpoints(): ProbeDatabase {
    const [writer, reader, ...members] = this.listening();
    const { username, password } = this.props;
    return {
      engine: 'postgresql',
      tier: this.tier.name,
      writer: hostPort(writer!),
      reader: hostPort(reader!),
      readers: members.filter(({ name }) => name !== this.cluster.primary.name),
      database: this.database,
      username,
      password,
    };
  }

  /** The writer endpoint, the reader endpoint and the members. */
  private listening(): readonly (HostPort & { readonly name: string })[] {
    return this.wanted.map(({ name, host }, index) => ({
      name,
      host,
      port: this.proxies[index]?.port ?? this.tier.port,
    }));
  }

  private get isSeeded(): boolean {
    return existsSync(this.base) || existsSync(this.cluster.primary.data);
  }

  private get database(): string {
    return this.tier.database ?? 'postgres';
  }

  private writer(): PostgresNode | undefined {
    const { primary } = this.cluster;
    return primary.isRunning ? primary : undefined;
  }

  /** Balances connections as Aurora's reader endpoint does, which leads to the writer when there is no reader. */
  private nextReader(): PostgresNode | undefined {
    const { replicas } = this.cluster;
    return replicas[this.turn++ % replicas.length] ?? this.writer();
  }

  private nodeAt(number: number, data: string): PostgresNode {
    const { tier, folder, machine } = this.props;
    return new PostgresNode({
      name: `${tier.name.replaceAll('/', '-')}-${number}`,
      number,
      folder,
      data,
      programs: join(this.installation, 'bin'),
      machine,
      maxConnections: connectionsOf(tier).max,
      password: () => this.adminPassword(),
    });
  }

  private async prepare(): Promise<void> {
    const { folder } = this.props;
    await mkdir(folder, { recursive: true });
    // Whatever the umask: PostgreSQL needs to traverse them.
    await Promise.all([dirname(folder), folder].map((it) => chmod(it, 0o711)));
    await installPostgres(this.installation);
    await makeOwn(this.nodes[0]!.sockets);
  }

  private async startFrom(data: string, watch: Watch): Promise<void> {
    const { signal } = watch;
    const others = this.nodes.filter((node) => node.data !== data);
    await watch.span('copy data', () => Promise.all(others.map((node) => copyData(data, node.data, signal))));
    await watch.span('start members', () => this.cluster.start(watch));
    const [answer] = await this.cluster.primary.ask<{ server_version: string }>('show server_version');
    this.version = answer!.server_version.split(' ')[0]!;
  }

  /** Kept in a file, because it is part of the seeded data. */
  private adminPassword(): string {
    if (this.secret !== undefined) return this.secret;
    const file = join(this.props.folder, 'admin.password');
    if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
    return (this.secret = readFileSync(file, 'utf8'));
  }

  private async explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw whenDiskIsFull(error, this.props.folder) ?? error;
    }
  }
}

const hostPort = ({ host, port }: HostPort): HostPort => ({ host, port });

function notSeeded(tier: string): TwinError {
  return new TwinError({
    code: 'not-seeded',
    message: `"${tier}" is not seeded`,
    fix: 'Call seed before up.',
  });
}
