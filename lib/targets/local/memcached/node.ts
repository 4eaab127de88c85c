import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { HostPort } from '../../../probes/context';
import { lastLine, notStarted } from '../cache/failures';
import { freePort } from '../process/free-port';
import type { Machine, Program } from '../process/machine';
import { until } from '../process/until';
import type { MemcachedServer } from './server';

/** What a node is created with. */
export interface MemcachedNodeProps {
  /** Such as `Pages-1`. */
  readonly name: string;
  readonly folder: string;
  readonly machine: Machine;
  readonly server: MemcachedServer;
  /** What the server is started with beside its address. */
  readonly options: readonly string[];
  /** It has ended by itself. */
  readonly onEnd: (node: MemcachedNode, how: number | NodeJS.Signals) => void;
}

/** A node of Memcached: a process that its front alone reaches. */
export class MemcachedNode {
  readonly name: string;
  readonly host: string;
  private at: HostPort | undefined;
  private program: Program | undefined;
  /** Whether it has answered since its last start. */
  private answers = false;

  constructor(private readonly props: MemcachedNodeProps) {
    this.name = props.name;
    this.host = props.machine.address(props.name);
  }

  /** Where it listens; undefined where it does not run. */
  get inner(): HostPort | undefined {
    return this.program?.running === true ? this.at : undefined;
  }

  get isInPlace(): boolean {
    return this.answers && this.program?.running === true;
  }

  /** Starts it without data, and waits until it answers. */
  async start(signal: AbortSignal): Promise<void> {
    await this.kill();
    const { name, folder: cwd, machine, server, options } = this.props;
    mkdirSync(cwd, { recursive: true, mode: 0o755 });
    const at = { host: this.host, port: await freePort(this.host) };
    const args = ['-l', at.host, '-p', String(at.port), '-U', '0', ...options];
    const program = machine.start({ name, command: server.command, args, cwd, unprivileged: true });
    this.program = program;
    this.answers = false;
    this.at = at;
    void program.ended.then((how) => {
      if (program.endedByItself && this.program === program && this.answers) this.props.onEnd(this, how);
    });
    await until(
      async () => {
        if (!program.running) throw notStarted(name, await program.ended, program.tail());
        return answers(at);
      },
      { what: `${name} answers`, signal, seen: () => lastLine(program.tail()) },
    );
    this.answers = true;
  }

  /** Kills it with SIGKILL, and waits until it has ended. */
  async kill(): Promise<void> {
    await this.program?.kill();
  }
}

const answers = ({ host, port }: HostPort): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => socket.end('version\r\n'));
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
