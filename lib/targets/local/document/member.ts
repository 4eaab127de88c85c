import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document, MongoClient } from 'mongodb';
import { TwinError } from '../../../error';
import type { MemberState } from '../../target';
import type { Machine, Program } from '../process/machine';
import { until } from '../process/until';
import type { ServerCertificate } from '../tls/authority';
import { driver } from './driver';
import { argumentsFor } from './options';
import type { MemberStatus } from './replica-set';
import type { DocumentServer } from './server';

/** What a member is created with. */
export interface DocumentMemberProps {
  /** Such as `Catalog-1`. */
  readonly name: string;
  /** The logical id of its instance. */
  readonly logicalId: string;
  readonly folder: string;
  readonly machine: Machine;
  readonly server: DocumentServer;
  /** By which members know each other, and we them. */
  readonly key: string;
  /** How many connections it offers to clients; undefined for as many as MongoDB does. */
  readonly connections: number | undefined;
  /** It has ended by itself. */
  readonly onEnd: (member: DocumentMember, how: number | NodeJS.Signals) => void;
}

/** What a member encrypts its connections with. */
export interface MemberTls {
  readonly certificate: ServerCertificate;
  /** The certificate of the environment's authority, as PEM. */
  readonly authority: string;
}

/** One member of a cluster: a process with its own address. */
export class DocumentMember {
  readonly name: string;
  readonly logicalId: string;
  readonly host: string;
  /** Chosen before the first start. */
  port = 0;
  private tls: MemberTls | undefined;
  private joined = false;
  private program: Program | undefined;
  private client: MongoClient | undefined;

  constructor(private readonly props: DocumentMemberProps) {
    this.name = props.name;
    this.logicalId = props.logicalId;
    this.host = props.machine.address(props.name);
  }

  /** The folder of its data. */
  get data(): string {
    return join(this.props.folder, 'data');
  }

  get state(): MemberState['state'] {
    if (this.program?.running !== true) return 'stopped';
    return this.joined ? 'running' : 'starting';
  }

  get isInPlace(): boolean {
    return this.state === 'running';
  }

  /** Encrypts its connections. Before the first start. */
  encrypt(tls: MemberTls): void {
    this.tls = tls;
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param data - what its folder is to hold: a copy, `nothing`, or what it holds
   * @throws TwinError `start` when it ends before
   */
  async start(data: { readonly from: string } | 'nothing' | 'its own', signal: AbortSignal): Promise<void> {
    await this.kill();
    const { name, machine, server, folder, connections } = this.props;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (data !== 'its own') await rm(this.data, { recursive: true, force: true });
    mkdirSync(this.data, { recursive: true, mode: 0o700 });
    if (typeof data === 'object') await cp(data.from, this.data, { recursive: true });
    const { host, port } = this;
    const options = { host, port, connections, data: this.data, keyFile: this.write('key', this.props.key) };
    const args = argumentsFor({ ...options, ...(this.tls && { tls: this.tlsFiles(this.tls) }) }, server);
    const program = machine.start({ name, command: server.command, args, cwd: folder });
    this.program = program;
    void program.ended.then((how) => {
      if (program.endedByItself && this.program === program && this.joined) this.props.onEnd(this, how);
    });
    this.client = await this.connect(program, signal);
  }

  /** Marks it as in its place, so that endpoints lead to it. */
  join(): void {
    this.joined = true;
  }

  /** Has a command of the `admin` database run, as a member of the set would. */
  async command(command: Document): Promise<Document> {
    if (!this.client || this.state === 'stopped') throw new Error(`${this.name} does not run`);
    return this.client.db('admin').command(command);
  }

  /** A connection to it, as a member of the set has. */
  get connection(): MongoClient {
    if (!this.client) throw new Error(`${this.name} does not run`);
    return this.client;
  }

  async isPrimary(): Promise<boolean> {
    return (await this.command({ isMaster: 1 }))['ismaster'] === true;
  }

  /** All members, as it sees them. */
  async status(): Promise<readonly MemberStatus[]> {
    return (await this.command({ replSetGetStatus: 1 }))['members'] as MemberStatus[];
  }

  /** Copies its data while it runs; nothing is written meanwhile. */
  async save(folder: string): Promise<void> {
    await this.command({ fsync: 1, lock: true });
    try {
      await cp(this.data, folder, { recursive: true, filter: (it) => !it.endsWith('mongod.lock') });
    } finally {
      await this.command({ fsyncUnlock: 1 });
    }
  }

  /** Kills it with SIGKILL and waits until it has ended. */
  async kill(): Promise<void> {
    this.joined = false;
    await this.program?.kill();
    await this.client?.close(true);
    this.client = undefined;
  }

  private tlsFiles({ certificate, authority }: MemberTls) {
    return {
      certificate: this.write('server.pem', `${certificate.key}${certificate.chain}`),
      authority: this.write('authority.pem', authority),
    };
  }

  private write(name: string, content: string): string {
    const file = join(this.props.folder, name);
    rmSync(file, { force: true }); // it is read-only
    writeFileSync(file, content, { mode: 0o400 }); // a key that others may read is refused
    return file;
  }

  private async connect(program: Program, signal: AbortSignal): Promise<MongoClient> {
    const { MongoClient: Client } = driver();
    const { name } = this.props;
    const make = (): MongoClient =>
      new Client(`mongodb://${this.host}:${this.port}/`, {
        directConnection: true,
        serverSelectionTimeoutMS: 1000,
        // the user that members are to each other
        auth: { username: '__system', password: this.props.key },
        authSource: 'local',
        authMechanism: 'SCRAM-SHA-1',
        ...(this.tls && { tls: true, ca: this.tls.authority }),
      });
    let connected: MongoClient | undefined;
    let seen: unknown;
    await until(
      async () => {
        if (!program.running) throw notStarted(name, await program.ended, program.tail());
        const client = make();
        try {
          await client.db('admin').command({ ping: 1 });
          connected = client;
          return true;
        } catch (error) {
          seen = error;
          await client.close(true);
          return false;
        }
      },
      { what: `${name} answers`, signal, seen: () => `${String(seen)}; ${lastLine(program.tail())}` },
    );
    return connected!;
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) || 'no output';

function notStarted(name: string, end: number | NodeJS.Signals, tail: string): TwinError {
  return new TwinError({
    code: 'start',
    message: `${name} ended with ${end} before it answered: ${lastLine(tail)}`,
    fix: `See logs/${name}.log.`,
  });
}
