import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { TwinError } from '../../../error';
import type { MemberState } from '../../target';
import type { Upstream } from '../endpoint';
import { unlessAborted } from '../postgres/abort';
import { crashLine } from '../process/crash-line';
import { freePort } from '../process/free-port';
import type { Machine, Program } from '../process/machine';
import { killAll } from '../process/owned-processes';
import { memberDown } from '../sql/server';
import { checkSocketPath } from '../sql/socket-path';
import { until } from '../process/until';
import { makeOwn, put } from '../sql/own-files';
import { backUp } from './data';
import { dialectOf, type Dialect } from './dialect';
import { endedEarly, isPortTaken } from './failures';
import type { MysqlPrograms } from './server';
import { ADMIN, settingsOf, type Role } from './settings';

/** What a member is created with. */
export interface MysqlNodeProps {
  /** Such as `Orders-1`. */
  readonly name: string;
  /** From 1; distinguishes the servers of a tier. */
  readonly number: number;
  /** The tier's folder. */
  readonly folder: string;
  /** The data directory. */
  readonly data: string;
  readonly programs: MysqlPrograms;
  readonly machine: Machine;
  /** The loopback address of the tier's servers. */
  readonly host: string;
  readonly maxConnections: number;
  /** Settings that parameter groups may change. */
  readonly defaults: Readonly<Record<string, string>>;
  /** The superuser's password. */
  readonly password: () => string;
}

/** What the parameter groups of a member set here. */
export interface NodeParameters {
  /** In the file of settings. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Once the server runs. */
  readonly dynamic: Readonly<Record<string, string>>;
}

/** One server of MySQL or MariaDB. */
export class MysqlNode {
  readonly name: string;
  readonly number: number;
  readonly data: string;
  readonly host: string;
  readonly maxConnections: number;
  readonly socket: string;
  readonly dialect: Dialect;
  /** For clients, and for what no client may keep away: replicas, and what the local environment asks. */
  ports = { clients: 0, admin: 0 };
  upstream: Upstream;
  state: MemberState['state'] = 'stopped';
  parameters: NodeParameters = { fixed: {}, dynamic: {} };
  private program: Program | undefined;
  /** The program that was ended on purpose. */
  private ended: Program | undefined;
  private isSeed = false;

  /** @throws TwinError `socket-path` when the folder's path is too long for a socket */
  constructor(private readonly props: MysqlNodeProps) {
    const { name, number, folder, data, host, maxConnections, programs } = props;
    this.name = name;
    this.number = number;
    this.data = data;
    this.host = host;
    this.maxConnections = maxConnections;
    this.dialect = dialectOf(programs);
    this.socket = socketOf(folder, number);
    this.upstream = { host, port: 0 };
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  get settings(): Readonly<Record<string, string>> {
    const { defaults } = this.props;
    const { fixed } = this.parameters;
    const stated = Object.fromEntries(Object.entries(fixed).map(([name, value]) => [`loose_${name}`, value]));
    return { ...defaults, ...stated };
  }

  /** Creates an empty data directory. */
  async initialise(signal: AbortSignal): Promise<void> {
    const { machine, programs, folder, name } = this.props;
    await rm(this.data, { recursive: true, force: true });
    await makeOwn(this.data);
    const [command, ...args] =
      programs.installer === undefined
        ? [programs.server, '--no-defaults', '--initialize-insecure', ...INITIALIZE]
        : [programs.installer, '--no-defaults', ...INSTALL];
    const program = machine.start({
      name,
      command: command,
      args: [...args, `--datadir=${this.data}`],
      cwd: this.data,
      env: { LC_ALL: 'C' },
      unprivileged: true,
    });
    const code = await unlessAborted(signal, () => program.kill(), program.ended);
    if (code !== 0) throw endedEarly(name, program, folder);
  }

  /** Starts it on its data, and waits until it answers. `lost` is called when it ends unexpectedly. */
  async start(role: Role, signal: AbortSignal, lost: () => void = () => {}): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const program = await this.launch(role, lost);
      try {
        await this.untilUp(program, signal);
        break;
      } catch (error) {
        if (program.running || !isPortTaken(program) || attempt === ATTEMPTS) throw error;
      }
    }
    if (role.name === 'seed') return;
    await this.session(async (connection) => {
      for (const [name, value] of Object.entries(this.parameters.dynamic)) {
        await connection.query(`set global ${name} = ${literalOf(value)}`);
      }
    });
  }

  /** Why it ended unexpectedly; undefined when it did not. */
  failure(): TwinError | undefined {
    const { program } = this;
    if (!program || program.running || program === this.ended) return undefined;
    return endedEarly(this.name, program, this.props.folder);
  }

  /** Stops it in an orderly way. */
  async stop(): Promise<void> {
    await this.end((program) => program.stop({ signal: 'SIGTERM', graceMs: STOP_LIMIT_MS }));
  }

  /** Kills it as a crash of its machine would. */
  async kill(): Promise<void> {
    await this.end((program) => program.kill());
    await killAll(this.data);
  }

  /** Copies its data while it runs. */
  async backUp(to: string, signal: AbortSignal): Promise<void> {
    if (!this.isRunning) throw this.failure() ?? memberDown(`the server "${this.name}"`);
    await backUp(this.program!.child.pid!, this.data, to, signal);
  }

  /** Runs statements as the superuser. @returns the rows of the last one */
  async ask<R extends object>(...statements: readonly string[]): Promise<readonly R[]> {
    return this.session(async (connection) => {
      let rows: readonly R[] = [];
      for (const sql of statements)
        [rows] = (await connection.query<RowDataPacket[]>(sql)) as unknown as [R[]];
      return rows;
    });
  }

  /**
   * Works in one session of the superuser.
   *
   * @throws TwinError `member-down` when the server does not run
   */
  async session<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.state === 'stopped') throw this.failure() ?? memberDown(`the server "${this.name}"`);
    // Loaded here because only environments with such a tier need it.
    const { createConnection } = require('mysql2/promise') as typeof import('mysql2/promise');
    const connection = await createConnection({
      ...(this.isSeed ? { socketPath: this.socket } : { host: this.host, port: this.ports.admin }),
      user: ADMIN,
      password: this.props.password(),
      connectTimeout: CONNECT_LIMIT_MS,
    });
    connection.on('error', () => {}); // the work fails with the reason
    try {
      return await work(connection).catch(async (error: unknown) =>
        Promise.reject(await this.causeOf(error)),
      );
    } finally {
      connection.destroy();
    }
  }

  private async launch(role: Role, lost: () => void): Promise<Program> {
    const { machine, programs, folder } = this.props;
    this.isSeed = role.name === 'seed';
    this.ports = { clients: await freePort(this.host), admin: await freePort(this.host) };
    this.upstream = { host: this.host, port: this.ports.clients };
    const file = join(folder, `${this.number}.cnf`);
    await put(file, settingsOf(this, role));
    const program = machine.start({
      name: this.name,
      command: programs.server,
      args: [`--defaults-file=${file}`, ...(this.isSeed ? [`--init-file=${await this.accounts()}`] : [])],
      cwd: this.data,
      env: { LC_ALL: 'C' },
      unprivileged: true,
    });
    this.program = program;
    this.state = 'starting';
    void program.ended.then(() => {
      if (this.ended === program || this.program !== program) return;
      this.state = 'stopped';
      lost();
    });
    return program;
  }

  /** Statements that the server runs before it takes connections: nobody else can sign in first. */
  private async accounts(): Promise<string> {
    const file = join(this.props.folder, 'accounts.sql');
    const user = `'${ADMIN}'@'%' identified by '${this.props.password()}'`;
    await put(
      file,
      `create user if not exists ${user};\ngrant all privileges on *.* to '${ADMIN}'@'%' with grant option;\n`,
    );
    return file;
  }

  private async untilUp(program: Program, signal: AbortSignal): Promise<void> {
    const { folder } = this.props;
    const isUp = async (): Promise<boolean> => {
      if (!program.running) throw endedEarly(this.name, program, folder);
      return this.answers();
    };
    await until(isUp, {
      what: `the server "${this.name}" answers`,
      signal,
      seen: () => crashLine(program.tail()),
    });
    if (program.running) this.state = 'running';
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
    if (!isLost(error as NodeJS.ErrnoException)) return error;
    await Promise.race([this.program?.ended, setTimeout(END_LIMIT_MS)]);
    return this.failure() ?? error;
  }

  private async answers(): Promise<boolean> {
    try {
      await this.ask('select 1');
      return true;
    } catch (error) {
      if (isNotYet(error as NodeJS.ErrnoException)) return false;
      throw error;
    }
  }
}

/** Numbers and words as they are: a text that holds a number is refused for a variable that is one. */
export const literalOf = (value: string): string =>
  /^-?\d+(\.\d+)?$/.test(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** @throws TwinError `socket-path` when the path is too long for a socket */
function socketOf(folder: string, number: number): string {
  const socket = join(folder, 's', `${number}.sock`);
  checkSocketPath(socket, "the server's", folder);
  return socket;
}

/** The file of the time zones and a key pair for every server take seconds, and nothing here needs them. */
const INITIALIZE = ['--secure-file-priv=NULL', '--tls-version=', '--loose-innodb-redo-log-capacity=32M'];
const INSTALL = [
  '--auth-root-authentication-method=normal',
  '--skip-test-db',
  '--skip-name-resolve',
  '--innodb-log-file-size=32M',
];

/** How often a server is started where another program takes its port first. */
const ATTEMPTS = 3;
const STOP_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 10_000;
/** How long a server that closes its connections may take to end. */
const END_LIMIT_MS = 2_000;

const LOST = new Set(['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN']);
const isLost = ({ code = '' }: NodeJS.ErrnoException): boolean => LOST.has(code);

/** No socket yet, a stale one, or a server that is starting. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED']);
const isNotYet = (error: NodeJS.ErrnoException): boolean => NOT_YET.has(error.code ?? '') || isLost(error);
