import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqlTier } from '../../../blueprint/blueprint';
import type { ProbeDatabase } from '../../../probes/context';
import type { RehearsedTier, Watch } from '../../target';
import { freePort } from '../process/free-port';
import type { LocalTier, LocalTierProps } from '../tier';
import type { Authority } from '../tls/authority';
import { trusting } from '../tls/variables';
import { arrange, serversOf, type Arrangement } from '../sql/arrangement';
import { PostgresCluster } from './cluster';
import type { Json } from '../../../json';
import { Certificates } from './certificates';
import { connectionsOf } from './connections';
import { copyData } from './data';
import type { Said } from '../sql/declared';
import { forcesTls } from './forces-tls';
import { differencesOf } from './differences';
import { Endpoints } from '../sql/endpoints';
import { makeOwn } from '../sql/own-files';
import { notSeeded, whenDiskIsFull } from './failures';
import { installPostgres } from './installation';
import { PostgresNode } from './node';
import { parametersOfEach } from './asked-parameters';
import { defaultParameters, type AppliedParameters } from './parameters';
import { RdsProxies } from './rds-proxy';
import { seedNode } from './seed';
import { ADMIN_PASSWORD } from '../sql/final-snapshot';
import type { Listening } from './settings';
import { TOKEN_SIGN_IN, TokenSignIn } from './token-sign-in';

/** What a tier is created with. */
export interface PostgresTierProps extends LocalTierProps<SqlTier> {
  readonly authority: Authority;
  /** What the parameter groups of each member say. */
  readonly said: readonly Said[];
  /** The text of a secret that the template names; undefined for one that is elsewhere. @default - all are elsewhere */
  readonly secret?: (named: Json) => string | undefined;
}

/**
 * An Aurora PostgreSQL cluster or an RDS instance of PostgreSQL on this machine: servers that replicate, and the addresses in
 * front of them. One call at a time.
 *
 * Where root runs this, other users must be able to traverse the environment's folder (0711): PostgreSQL runs as `nobody`.
 */
export class PostgresTier implements LocalTier {
  private readonly tier: SqlTier;
  /** The data of the seed, until they are moved to the primary. */
  private readonly base: string;
  private readonly installation: string;
  private readonly arrangement: Arrangement<PostgresNode>;
  private readonly cluster: PostgresCluster;
  private readonly addresses: Endpoints;
  private readonly proxies: RdsProxies;
  private readonly certificates: Certificates;
  private readonly forcesTls: boolean;
  /** What is applied of the parameter groups of each member. */
  private parameters: readonly AppliedParameters[] = [];
  private readonly ports = new Map<PostgresNode, number>();
  private version = '';
  private secret: string | undefined;

  /** @throws TwinError `socket-path` when the folder's path is too long for a socket */
  constructor(private readonly props: PostgresTierProps) {
    const { tier, folder, machine, replicationDelayMs, said } = props;
    this.tier = tier;
    this.base = join(folder, 'base');
    this.installation = join(dirname(folder), '.postgresql'); // not the name of a tier
    this.forcesTls = forcesTls(tier, said);
    const nodes = Array.from({ length: serversOf(tier) }, (_, index) =>
      this.nodeAt(index + 1, join(folder, `${index + 1}`)),
    );
    const arrangement = arrange(tier, nodes);
    const { candidates } = arrangement;
    this.arrangement = arrangement;
    this.cluster = new PostgresCluster({
      nodes,
      candidates,
      // nobody reads a standby
      delayMsOf: (node) => (arrangement.isInstance && candidates.includes(node) ? 0 : replicationDelayMs),
    });
    const { cluster } = this;
    this.certificates = new Certificates(folder, props.authority);
    const { certificates } = this;
    const signIn = new TokenSignIn({ certificates, endpoints: () => this.addresses.listeners });
    this.addresses = new Endpoints({
      tier,
      machine,
      primary: () => cluster.primary,
      arrangement,
      ...(tier.takesTokens === true && { serve: signIn.serve }),
    });
    const connections = connectionsOf(tier, said).max;
    this.proxies = new RdsProxies({
      tier,
      machine,
      cluster,
      connections,
      certificates,
      secret: props.secret,
    });
  }

  async seed(file: string | undefined, watch: Watch): Promise<void> {
    await this.explained(async () => {
      if (this.isSeeded) return;
      await this.prepare();
      const part = `${this.base}.part`;
      const { username, password, machine } = this.props;
      const { database } = this;
      const { folder } = this.props;
      await seedNode(this.nodeAt(1, part), { username, password, database, file, machine, folder }, watch);
      await rename(part, this.base);
    });
  }

  async adopt(folder: string): Promise<void> {
    await this.explained(async () => {
      if (this.isSeeded) return;
      await this.prepare();
      await rename(folder, this.base);
    });
  }

  async up(watch: Watch): Promise<void> {
    if (this.cluster.isUp) return;
    await this.explained(async () => {
      if (!this.isSeeded) throw notSeeded(this.tier.name);
      await this.prepare();
      await this.addresses.open();
      await this.cluster.halt();
      const { primary } = this.cluster;
      // The seed becomes the primary's data without a copy: copies take most of the time.
      if (existsSync(this.base)) await rename(this.base, primary.data);
      await this.listen();
      if (this.parameters.length === 0) {
        const { installation } = this;
        this.parameters = await parametersOfEach(
          primary,
          { tier: this.tier, said: this.props.said, installation },
          watch,
        );
      }
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
    await this.explained(() => this.cluster.failover((node) => this.addresses.cut(node), watch));
  }

  /** Stops every member and closes the endpoints. */
  async stop(): Promise<void> {
    await Promise.all([this.cluster.halt(), this.addresses.close(), this.proxies.close()]);
  }

  state(): RehearsedTier {
    const { nodes, primary } = this.cluster;
    return {
      tier: this.tier.name,
      kind: 'sql',
      skipped: false,
      engine: `PostgreSQL ${this.version}`.trim(),
      members: nodes.map((node) => ({
        name: node.name,
        role: this.arrangement.roleOf(node, primary),
        state: node.state,
      })),
      differs: differencesOf(this.tier, {
        version: this.version,
        replicationDelayMs: this.props.replicationDelayMs,
        connections: connectionsOf(this.tier, this.props.said),
        forcesTls: this.forcesTls,
        parameters: this.parameters,
      }),
    };
  }

  attributes(): Readonly<Record<string, string>> {
    return this.addresses.attributes();
  }

  memberAttributes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return { ...this.addresses.memberAttributes(), ...this.proxies.attributes() };
  }

  variables(): Readonly<Record<string, string>> {
    // Node's client connects without TLS unless a variable or its code says otherwise; all others try TLS first.
    const { file } = this.props.authority;
    return this.forcesTls ? { ...trusting(file), PGSSLMODE: 'prefer' } : trusting(file);
  }

  databases(): readonly ProbeDatabase[] {
    return [this.endpoints()];
  }

  /** Its addresses; with the declared port until it is up. */
  endpoints(): ProbeDatabase {
    const { username, password } = this.props;
    return {
      engine: 'postgresql',
      tier: this.tier.name,
      ...this.addresses.reached(),
      database: this.database,
      username,
      password,
      ...(this.forcesTls && { tls: 'prefer' }),
    };
  }

  private get isSeeded(): boolean {
    return existsSync(this.base) || existsSync(this.cluster.primary.data);
  }

  private get database(): string {
    return this.tier.database ?? 'postgres';
  }

  private nodeAt(number: number, data: string): PostgresNode {
    const { tier, folder, machine, said } = this.props;
    const node: PostgresNode = new PostgresNode({
      name: `${tier.name.replaceAll('/', '-')}-${number}`,
      folder,
      data,
      programs: join(this.installation, 'bin'),
      machine,
      maxConnections: connectionsOf(tier, said).max,
      password: () => this.adminPassword(),
      listening: () => this.listeningOf(node),
      parameters: () => this.parametersOf(node),
    });
    return node;
  }

  private listeningOf(node: PostgresNode): Listening {
    const { certificateFile, keyFile, authorityFile } = this.certificates;
    const { username: master } = this.props;
    return {
      host: this.addresses.host,
      port: this.ports.get(node)!,
      certificateFile,
      keyFile,
      forcesTls: this.forcesTls,
      ...(this.tier.takesTokens === true && { tokens: { master, authorityFile } }),
    };
  }

  private parametersOf(node: PostgresNode): Readonly<Record<string, string>> {
    const applied = this.parameters[this.arrangement.memberOf(node)];
    return (applied ?? defaultParameters(this.installation)).settings;
  }

  private async prepare(): Promise<void> {
    const { folder } = this.props;
    await mkdir(folder, { recursive: true });
    // Whatever the umask: PostgreSQL needs to traverse them.
    await Promise.all([dirname(folder), folder].map((it) => chmod(it, 0o711)));
    await installPostgres(this.installation);
    await makeOwn(this.cluster.nodes[0]!.sockets);
  }

  /** Chooses where the servers listen, behind the endpoints, and gives them a certificate for the endpoints' addresses. */
  private async listen(): Promise<void> {
    for (const node of this.cluster.nodes) {
      if (!this.ports.has(node)) this.ports.set(node, await freePort(this.addresses.host));
    }
    await this.certificates.make([...this.addresses.hosts, ...this.proxies.hosts], TOKEN_SIGN_IN);
    await this.proxies.open();
  }

  private async startFrom(data: string, watch: Watch): Promise<void> {
    const { signal } = watch;
    const others = this.cluster.nodes.filter((node) => node.data !== data);
    await watch.span('copy data', () => Promise.all(others.map((node) => copyData(data, node.data, signal))));
    await watch.span('start members', () => this.cluster.start(watch));
    const [answer] = await this.cluster.primary.ask<{ server_version: string }>('show server_version');
    this.version = answer!.server_version.split(' ')[0]!;
  }

  /** Kept in a file, because it is part of the seeded data. */
  private adminPassword(): string {
    if (this.secret !== undefined) return this.secret;
    const file = join(this.props.folder, ADMIN_PASSWORD);
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
