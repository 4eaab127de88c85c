import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { TwinError } from '../../../error';
import type { HostPort } from '../../../probes/context';
import type { MemberState } from '../../target';
import { Proxy } from '../endpoint';
import { writeTls, type TierTls } from './tls';
import {
  ADMIN,
  clusterId,
  configOf,
  DUMP_FILE,
  NODES_FILE,
  type CacheNodeConfig,
  type ClusterMember,
  type NodeUser,
} from './config';
import type { CacheServer } from './server';
import { lastLine, notStarted } from './failures';
import { freePort } from '../process/free-port';
import { until } from '../process/until';
import type { Machine, Program } from '../process/machine';

/** What a cache node is created with. */
export interface CacheNodeProps {
  /** Such as `Sessions-1-2`. */
  readonly name: string;
  readonly folder: string;
  readonly machine: Machine;
  readonly server: CacheServer;
  readonly password: string;
  readonly adminPassword: string;
  /** How much data it keeps, in bytes. */
  readonly maxmemory: number;
  /** Commands that its clients are refused, beside those that every cache refuses. */
  readonly refused: readonly string[];
  readonly users: readonly NodeUser[] | undefined;
  /** It has ended by itself. */
  readonly onEnd: (node: CacheNode, how: number | NodeJS.Signals) => void;
}

/** How a node is started. */
export interface CacheNodeStart extends Pick<CacheNodeConfig, 'clusterMode' | 'primary' | 'parameters'> {
  /** The content of its nodes file. @default - none: it is not in a cluster */
  readonly nodes?: string;
  /** The snapshot with its data. @default - it starts empty */
  readonly dump?: string | undefined;
}

/** One node of a cache: a process with its own address. */
export class CacheNode implements ClusterMember {
  private tls: TierTls | undefined;
  readonly name: string;
  /** Its id in a cluster. */
  readonly id: string;
  /** Its address; the port is chosen before the first start. */
  readonly at: { readonly host: string; port: number };
  private delayed: Proxy | undefined;
  /** Where it listens, behind {@link delayed}; undefined where that is at its own port. */
  private innerPort: number | undefined;
  private joined = false;
  private program: Program | undefined;
  private client: Redis | undefined;

  constructor(private readonly props: CacheNodeProps) {
    this.name = props.name;
    this.at = { host: props.machine.address(props.name), port: 0 };
    this.id = clusterId(props.name);
  }

  /** Where its replicas get what is written to it. */
  get link(): HostPort {
    return this.innerPort === undefined ? (this.delayed ?? this.at) : this.at;
  }

  /** Encrypts its connections. Before the first start. */
  encrypt(tls: TierTls): void {
    this.tls = tls;
  }

  /** Lets its replicas have what is written to it only after a while. Before the first start. */
  async delay(ms: number): Promise<void> {
    const { machine, name } = this.props;
    const props = {
      name: `${name} link`,
      host: machine.address(`${name} link`),
      route: () => this.at,
      delayMs: ms,
    };
    [this.delayed] = await Proxy.openAll([props], 0);
  }

  /**
   * The same in cluster mode, where replicas find their primary at the address that clients have: those of its shard get what they
   * receive there later, and nobody else.
   */
  async delayInCluster(ms: number, replicas: ReadonlySet<string>): Promise<void> {
    const inner = { host: this.host, port: await freePort(this.host) };
    const props = {
      name: this.name,
      host: this.host,
      route: () => inner,
      delayMs: ({ remoteAddress = '' }: Socket) => (replicas.has(remoteAddress) ? ms : 0),
    };
    this.innerPort = inner.port;
    [this.delayed] = await Proxy.openAll([props], this.port);
    this.at.port = this.delayed!.port;
  }

  /** Closes what {@link delay} has opened. */
  async close(): Promise<void> {
    await this.delayed?.close();
    this.delayed = undefined;
  }

  get host(): string {
    return this.at.host;
  }

  get port(): number {
    return this.at.port;
  }

  get state(): MemberState['state'] {
    if (this.program?.running !== true) return 'stopped';
    return this.joined ? 'running' : 'starting';
  }

  get isInPlace(): boolean {
    return this.state === 'running';
  }

  /** Starts it with clean files and waits until it answers. */
  async start(start: CacheNodeStart, signal: AbortSignal): Promise<void> {
    await this.kill();
    const { name, machine, server } = this.props;
    const config = this.writeFiles(start);
    const program = machine.start({ name, command: server.command, args: [config], cwd: this.props.folder });
    this.program = program;
    void program.ended.then((how) => {
      if (program.endedByItself && this.program === program && this.joined) this.props.onEnd(this, how);
    });
    this.client = this.connect(program);
    await this.untilAnswers(program, this.client, signal);
  }

  /** Marks it as in its place, so that endpoints lead to it. */
  join(): void {
    this.joined = true;
  }

  /** Sends it a command. */
  async call(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    if (!this.client || this.state === 'stopped') throw new Error(`${this.name} does not run`);
    return this.client.call(command, ...args);
  }

  /** A section of its INFO. */
  async info(section: string): Promise<Readonly<Record<string, string>>> {
    return fields((await this.call('INFO', section)) as string);
  }

  /**
   * Writes a snapshot of its data to a file while it runs.
   *
   * @throws TwinError `checkpoint` when the server cannot write it
   */
  async save(file: string, signal: AbortSignal): Promise<void> {
    const dump = join(this.props.folder, DUMP_FILE);
    const isIdle = async (): Promise<boolean> =>
      (await this.info('persistence'))['rdb_bgsave_in_progress'] === '0';
    await until(isIdle, { what: `${this.name} can write a snapshot`, signal });
    rmSync(dump, { force: true });
    await this.call('BGSAVE', 'SCHEDULE');
    await until(async () => existsSync(dump) || (await this.isFailed()), {
      what: `${this.name} has written a snapshot`,
      signal,
    });
    if (!existsSync(dump)) throw notSaved(this.name, this.program?.tail() ?? '');
    copyFileSync(dump, file);
  }

  /** Kills it with SIGKILL and waits until it has ended. */
  async kill(): Promise<void> {
    this.joined = false;
    await this.program?.kill();
  }

  private async isFailed(): Promise<boolean> {
    const { rdb_bgsave_in_progress: running, rdb_last_bgsave_status: status } =
      await this.info('persistence');
    return running === '0' && status !== 'ok';
  }

  /** Fills its folder with the files for this start, and removes all others. @returns the configuration file */
  private writeFiles({ nodes, dump, ...config }: CacheNodeStart): string {
    const { folder, password, adminPassword, maxmemory, refused, users } = this.props;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (nodes !== undefined) writeFileSync(join(folder, NODES_FILE), nodes);
    if (dump !== undefined) copyFileSync(dump, join(folder, DUMP_FILE));
    const file = join(folder, 'node.conf');
    const { host, port, innerPort } = this;
    const own = { host, port, ...(innerPort !== undefined && { innerPort }) };
    const tls = this.tls && writeTls(folder, this.tls);
    const given = { folder, password, adminPassword, maxmemory, refused, users };
    const full = { ...own, ...given, ...(tls && { tls }), ...config };
    writeFileSync(file, configOf(full), { mode: 0o600 });
    return file;
  }

  private connect(program: Program): Redis {
    const client = new Redis({
      host: this.host,
      port: this.port,
      username: ADMIN,
      password: this.props.adminPassword,
      ...(this.tls && { tls: { ca: this.tls.authority } }),
      maxRetriesPerRequest: null,
      // Retries until the program listens; stops once the program has ended.
      retryStrategy: () => (program.running ? 20 : null),
    });
    client.on('error', () => undefined); // the next command fails with the reason
    return client;
  }

  private async untilAnswers(program: Program, client: Redis, signal: AbortSignal): Promise<void> {
    let answered = false;
    const ping = client.ping().then(
      () => (answered = true),
      () => undefined,
    );
    await until(
      async () => {
        await Promise.race([ping, new Promise((resolve) => setTimeout(resolve, 20))]);
        if (!program.running) throw notStarted(this.name, await program.ended, program.tail());
        return answered;
      },
      { what: `${this.name} answers`, signal, seen: () => lastLine(program.tail()) },
    );
  }
}

/** The lines `name:value` of an INFO. */
function fields(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\r\n').map((line) => /^([^#:]+):(.*)$/.exec(line));
  return Object.fromEntries(lines.flatMap((match) => (match ? [[match[1]!, match[2]!]] : [])));
}

function notSaved(name: string, tail: string): TwinError {
  return new TwinError({
    code: 'checkpoint',
    message: `${name} could not write a snapshot of its data: ${lastLine(tail)}`,
    fix: `Make room on the disk and in memory; see logs/${name}.log.`,
  });
}
