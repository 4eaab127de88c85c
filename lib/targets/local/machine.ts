import type { ChildProcess } from 'node:child_process';

/** What the parts of a local environment use of the machine. Everything that is started through it is found again by `leftovers`. */
export interface Machine {
  /**
   * A loopback address of the environment's own (`127.a.b.n`), the same for the same name; so every member can listen on
   * the port that the template declares.
   */
  address(name: string): string;
  /**
   * Starts a program whose output goes to `logs/<name>.log` in the environment's folder. It gets `env` and nothing of our own
   * environment beside PATH, HOME, LANG, TMPDIR (inside the environment's folder) and the mark by which it is found again.
   * One that cannot be started at all ends with 127, as in a shell, and its log says why.
   */
  start(program: ProgramProps): Program;
}

/** A program to start. */
export interface ProgramProps {
  /** For logs and messages: `Orders-1`, `Web-2`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /**
   * Whether it refuses to run as root: then, when we are root, it runs as `nobody`, and what it needs must belong to
   * {@link UNPRIVILEGED}. @default false
   */
  readonly unprivileged?: boolean;
}

/** A program that was started. */
export interface Program {
  readonly child: ChildProcess;
  /** Resolves when it has ended, with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly running: boolean;
  /** The last lines that it wrote. */
  tail(): string;
  /** Asks it to end (SIGTERM, or what is given), and kills its process group when it does not within `graceMs`. */
  stop(props?: { readonly signal?: NodeJS.Signals; readonly graceMs?: number }): Promise<void>;
  /** SIGKILL to its process group, at once. */
  kill(): Promise<void>;
}

/** Whom programs run as that refuse root. */
export const UNPRIVILEGED = { uid: 65534, gid: 65534 } as const;
