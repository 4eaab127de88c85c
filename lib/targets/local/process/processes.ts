import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../../error';
import { ControlGroups, joiningWords } from './control-groups';
import { ownFileWords, permitsOwnFiles } from './own-files';
import { killProgram, MARK } from './owned-processes';
import { markingWords } from './process-mark';
import { UNPRIVILEGED, type Machine, type Program, type ProgramProps, type StopProps } from './machine';
import { groupLives, signalGroup } from './process-group';

/** The environment variables that a program inherits. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot'];

/** The environment variables of every process of an environment. */
export function environmentFor(
  folder: string,
  more: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), TMPDIR: join(folder, 'tmp'), ...more, [MARK]: folder };
}

/** The processes and addresses of one environment on this machine. */
export class Processes implements Machine {
  private readonly addresses = new Map<string, string>();
  private readonly programs = new Set<OwnProgram>();
  /** How many programs this process has started: no two have one number, also not those of two objects for one folder. */
  private static started = 0;
  private isOver = false;
  private opened: { readonly groups: ControlGroups | undefined } | undefined;

  /**
   * @param folder - the environment's
   * @param block - the first three bytes of its addresses, such as `127.31.7`
   */
  constructor(
    private readonly folder: string,
    private readonly block: string,
  ) {
    mkdirSync(join(folder, 'logs'), { recursive: true });
    mkdirSync(join(folder, 'tmp'), { recursive: true });
    chmodSync(join(folder, 'tmp'), 0o1777); // a program may run as another user; mkdir's mode is cut by the umask
  }

  address(name: string): string {
    const known = this.addresses.get(name);
    if (known !== undefined) return known;
    if (this.addresses.size >= 250) {
      throw new TwinError({
        code: 'addresses',
        message: `${name} is member 251; a local environment has at most 250`,
        fix: 'Give staging fewer members, or rehearse on AWS.',
      });
    }
    const address = `${this.block}.${this.addresses.size + 1}`;
    this.addresses.set(name, address);
    return address;
  }

  get groups(): ControlGroups | undefined {
    return (this.opened ??= { groups: ControlGroups.open(this.folder) }).groups;
  }

  get permitsOwnFiles(): boolean {
    return permitsOwnFiles();
  }

  start({
    name,
    command,
    args,
    env,
    cwd,
    groups = [],
    files = {},
    unprivileged = false,
  }: ProgramProps): Program {
    const log = join(this.folder, 'logs', `${name}.log`);
    const output = openSync(log, 'a');
    const logStart = fstatSync(output).size;
    const number = ++Processes.started;
    try {
      const before = [
        ...markingWords(this.folder, number),
        ...joiningWords(groups),
        ...ownFileWords(files, this.folder, cwd),
      ];
      const [first, ...others] = [...before, command, ...args];
      const child = spawn(first!, others, {
        cwd,
        env: environmentFor(this.folder, env),
        stdio: ['ignore', output, output],
        detached: true, // its own process group, so that its children can be ended with it
        ...(unprivileged && process.getuid?.() === 0 && UNPRIVILEGED),
      });
      const program = new OwnProgram(name, child, log, logStart, () => killProgram(this.folder, number));
      this.programs.add(program);
      void program.ended.then(() => this.programs.delete(program));
      if (this.isOver) void program.kill();
      return program;
    } finally {
      closeSync(output);
    }
  }

  /** Kills every program, and those that are started later. */
  async killAll(): Promise<void> {
    this.isOver = true;
    await Promise.all([...this.programs].map((program) => program.kill()));
  }
}

class OwnProgram implements Program {
  readonly ended: Promise<number | NodeJS.Signals>;
  running = true;
  private isStopping = false;
  private isUnwanted = false;

  constructor(
    private readonly name: string,
    readonly child: ChildProcess,
    private readonly log: string,
    /** Where its output begins: programs of one name write to one log. */
    private readonly logStart: number,
    /** Kills every process that it started, also those that have left its group. */
    private readonly killAll: () => Promise<void>,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
      child.once('error', (error) => {
        appendFileSync(this.log, `${this.name} could not be started: ${error.message}\n`);
        resolve(NOT_STARTED);
      });
    });
    void this.ended.then(() => {
      this.running = false;
      // Its other processes end with it, as those of a container do; while it is stopped they have time to.
      if (!this.isStopping) void this.killAll();
    });
  }

  get endedByItself(): boolean {
    return !this.running && !this.isUnwanted;
  }

  tail(): string {
    const end = statSync(this.log).size;
    const begin = Math.max(this.logStart, end - TAIL_BYTES);
    const text = Buffer.alloc(Math.max(end - begin, 0));
    const file = openSync(this.log, 'r');
    try {
      readSync(file, text, 0, text.length, begin);
    } finally {
      closeSync(file);
    }
    return text.toString();
  }

  async stop({ signal = 'SIGTERM', graceMs = 5000, abort }: StopProps = {}): Promise<void> {
    // The whole group: a shell neither forwards signals nor waits for its children.
    const giveUp = Date.now() + graceMs;
    this.isStopping = true;
    if (this.running) this.isUnwanted = true;
    this.signal(signal);
    await this.gone(giveUp, abort);
    await this.kill();
  }

  async kill(): Promise<void> {
    if (this.running) this.isUnwanted = true;
    this.signal('SIGKILL');
    await this.ended;
    await this.gone(Date.now() + KILL_LIMIT_MS);
    await this.killAll();
  }

  /** Waits until every process of the group has ended. */
  private async gone(giveUp: number, abort?: AbortSignal): Promise<void> {
    const { pid } = this.child;
    const isOver = (): boolean =>
      pid === undefined || Date.now() > giveUp || abort?.aborted === true || !groupLives(pid);
    while (!isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) signalGroup(this.child.pid, signal);
  }
}

/** The exit code of a shell for a missing program. */
const NOT_STARTED = 127;
/** How long the kernel may take to end a process after SIGKILL. */
const KILL_LIMIT_MS = 5000;
/** Enough for the traces below an error, and the properties that Node shows of it. */
const TAIL_BYTES = 64 * 1024;
