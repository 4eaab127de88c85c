import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import type { TwinError } from '../../../error';
import type { MemberState } from '../../target';
import { killAll } from '../process/owned-processes';
import { memberDown } from '../sql/server';
import { until } from '../process/until';
import { crashLine } from '../process/crash-line';
import type { HostPort } from '../../../probes/context';
import type { Machine, Program } from '../process/machine';
import { makeOwn, put } from '../sql/own-files';
import { endedEarly } from './failures';
import { unlessAborted } from './abort';
import { socketsOf } from './sockets';
import { ADMIN, authenticationOf, identities, settingsOf, type Listening, type Role } from './settings';

/** What a member is created with. */
export interface PostgresNodeProps {
  /** Such as `Orders-1`. */
  readonly name: string;
  /** The tier's folder. */
  readonly folder: string;
  /** The data directory. */
  readonly data: string;
  /** The folder of PostgreSQL's programs. */
  readonly programs: string;
  readonly machine: Machine;
  readonly maxConnections: number;
  /** The superuser's password. */
  readonly password: () => string;
  /** Where clients reach it; asked when it starts in a role that has clients. */
  readonly listening: () => Listening;
  /** What its parameter groups say, as far as it is applied here. */
  readonly parameters: () => Readonly<Record<string, string>>;
}

/** The user and the database of a session. @default - the superuser in `postgres` */
export interface SessionProps {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** One PostgreSQL server. */
export class PostgresNode {
  readonly name: string;
  readonly data: string;
  readonly maxConnections: number;
  /** The directory of the sockets. */
  readonly sockets: string;
  /** Of its TCP and its Unix socket. */
  port = SEED_PORT;
  /** Where connections are forwarded to: one object, by which they are known. */
  readonly upstream: HostPort;
  state: MemberState['state'] = 'stopped';
  private program: Program | undefined;
  /** The program that was ended on purpose. */
  private ended: Program | undefined;

  constructor(private readonly props: PostgresNodeProps) {
    const { name, folder, data, maxConnections } = props;
    this.name = name;
    this.data = data;
    this.maxConnections = maxConnections;
    this.sockets = socketsOf(folder);
    const listening = (): Listening => this.listening;
    this.upstream = {
      get host() {
        return listening().host;
      },
      get port() {
        return listening().port;
      },
    };
  }

  get listening(): Listening {
    return this.props.listening();
  }

  get parameters(): Readonly<Record<string, string>> {
    return this.props.parameters();
  }

  get password(): string {
    return this.props.password();
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  /** Creates an empty database cluster. */
  async initialise(signal: AbortSignal): Promise<void> {
    const { machine, programs, folder } = this.props;
    await rm(this.data, { recursive: true, force: true });
    await makeOwn(this.data);
    const secret = join(folder, 'initdb.password');
    await put(secret, this.password);
    const program = machine.start({
      name: this.name,
      command: join(programs, 'initdb'),
      args: ['-D', this.data, '-U', ADMIN, `--pwfile=${secret}`, ...INITDB],
      cwd: this.data,
      env: { LC_ALL: 'C' },
      unprivileged: true,
    });
    const code = await unlessAborted(signal, () => program.kill(), program.ended);
    if (code !== 0) throw endedEarly(this.name, program, folder);
    await rm(secret);
    await appendFile(join(this.data, 'postgresql.conf'), `include 'twin.conf'\n`);
  }

  /** Starts it on its data, and waits until it answers. `lost` is called when it ends unexpectedly. */
  async start(role: Role, signal: AbortSignal, lost: () => void = () => {}): Promise<void> {
    const { machine, programs, folder } = this.props;
    this.port = role.name === 'seed' ? SEED_PORT : this.listening.port;
    await this.write(role);
    const signalFile = join(this.data, 'standby.signal');
    await (role.name === 'replica' ? put(signalFile, '') : rm(signalFile, { force: true }));
    const program = machine.start({
      name: this.name,
      command: join(programs, 'postgres'),
      args: ['-D', this.data],
      cwd: this.data,
      env: { LC_ALL: 'C.UTF-8' },
      unprivileged: true,
    });
    this.program = program;
    this.state = 'starting';
    void program.ended.then(() => {
      if (this.ended === program) return;
      this.state = 'stopped';
      lost();
    });
    const isUp = async (): Promise<boolean> => {
      if (!program.running) throw endedEarly(this.name, program, folder);
      return this.answers();
    };
    await until(isUp, {
      what: `PostgreSQL "${this.name}" answers`,
      signal,
      seen: () => crashLine(program.tail()),
    });
    if (program.running) this.state = 'running';
  }

  /** Why it ended unexpectedly; undefined when it did not. */
  failure(): TwinError | undefined {
    const { program } = this;
    if (!program || program.running || program === this.ended) return undefined;
    return endedEarly(this.name, program, this.props.folder);
  }

  /** Gives a running server its role. */
  async become(role: Role): Promise<void> {
    await this.write(role);
    await this.ask('select pg_reload_conf()');
  }

  /** Stops it in an orderly way. */
  async stop(): Promise<void> {
    await this.end((program) => program.stop({ signal: 'SIGINT', graceMs: STOP_LIMIT_MS }));
  }

  /** Stops it at once, without regard for its data. */
  async halt(): Promise<void> {
    await this.end((program) => program.stop({ signal: 'SIGQUIT', graceMs: STOP_LIMIT_MS }));
  }

  /** Kills it as a crash of its machine would: all of its processes, which leave the process group of their start. */
  async kill(): Promise<void> {
    await this.end((program) => program.kill());
    await killAll(this.data);
  }

  /** Runs one statement as the superuser. */
  async ask<R extends object>(sql: string): Promise<readonly R[]> {
    return this.session(async (client) => (await client.query<R>(sql)).rows);
  }

  /**
   * Works in one session.
   *
   * @throws TwinError `member-down` when the server does not run
   */
  async session<T>(work: (client: Client) => Promise<T>, as: SessionProps = {}): Promise<T> {
    if (this.state === 'stopped') throw this.failure() ?? memberDown(`PostgreSQL "${this.name}"`);
    const { user = ADMIN, password = this.password, database = 'postgres' } = as;
    const client = new Client({
      host: this.sockets,
      port: this.port,
      user,
      password,
      database,
      ssl: false, // whatever PGSSLMODE says
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      ...(user === ADMIN && { options: OWN_SESSION }),
    });
    client.on('error', () => {}); // the work fails with the reason
    try {
      await client.connect();
      return await work(client).catch(async (error: unknown) => Promise.reject(await this.causeOf(error)));
    } finally {
      await client.end().catch(() => {});
    }
  }

  private async end(how: (program: Program) => Promise<void>): Promise<void> {
    const { program } = this;
    this.state = 'stopped';
    if (!program?.running) return;
    this.ended = program;
    await how(program);
  }

  /** The cause of an error: for a lost connection, why the server ended. */
  private async causeOf(error: unknown): Promise<unknown> {
    if (!isLost(error as Error)) return error;
    await Promise.race([this.program?.ended, setTimeout(END_LIMIT_MS)]);
    return this.failure() ?? error;
  }

  private async answers(): Promise<boolean> {
    try {
      await this.ask('select 1');
      return true;
    } catch (error) {
      if (isNotYet(error as Error)) return false;
      throw error;
    }
  }

  private async write(role: Role): Promise<void> {
    const listening = role.name === 'seed' ? undefined : this.listening;
    await put(join(this.data, 'pg_hba.conf'), authenticationOf(listening));
    await put(join(this.data, 'pg_ident.conf'), identities);
    await put(join(this.data, 'twin.conf'), settingsOf(this, role));
  }
}

/** No sync and small WAL segments, for speed; a locale that every machine has. */
const INITDB = [
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--wal-segsize=1',
  '--no-sync',
  '--set=dynamic_shared_memory_type=mmap',
  '--no-instructions',
];

/** Of a server that no client reaches: it is in the name of its socket alone. */
const SEED_PORT = 5432;

/** Our statements hold passwords, and no time-out of the parameter groups is meant for them. */
const OWN_SESSION = [
  ['log_min_error_statement', 'panic'],
  ['log_statement', 'none'],
  ['log_min_duration_statement', '-1'],
  ['statement_timeout', '0'],
  ['transaction_timeout', '0'],
  ['lock_timeout', '0'],
  ['idle_session_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
]
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

const STOP_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 10_000;
/** How long a server that closes its connections may take to end. */
const END_LIMIT_MS = 2_000;

const isLost = ({ code, message }: NodeJS.ErrnoException): boolean =>
  code === 'ECONNRESET' || code === 'EPIPE' || message.startsWith('Connection terminated');

/** No socket yet, a stale one, or a server that is starting, stopping or recovering (an SQLSTATE). */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', '57P03']);

const isNotYet = (error: NodeJS.ErrnoException): boolean => NOT_YET.has(error.code ?? '') || isLost(error);
