import type { ChildProcess } from 'node:child_process';
import type { ControlGroups } from './control-groups';
import type { OwnFiles } from './own-files';

/** How the parts of a local environment use the machine. `leftovers` finds everything that is started through it. */
export interface Machine {
  /**
   * A loopback address of the environment (`127.a.b.n`), the same for the same name, so that every member can listen on the
   * port that the template declares.
   */
  address(name: string): string;
  /**
   * Starts a program whose output goes to `logs/<name>.log` in the environment's folder. Its environment variables are `env`,
   * PATH, HOME, LANG, TMPDIR (inside the environment's folder) and the mark by which it is found. A program that cannot be
   * started ends with 127, as in a shell, with the reason in its log.
   */
  start(program: ProgramProps): Program;
  /** The control groups of the environment; undefined where this machine lets it have none. */
  readonly groups: ControlGroups | undefined;
  /** Whether programs can find files of their own here. */
  readonly permitsOwnFiles: boolean;
}

/** A program to start. */
export interface ProgramProps {
  /** For logs and messages: `Orders-1`, `Web-2`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The files of the control groups that it joins before it begins. @default - none */
  readonly groups?: readonly string[];
  /** Files that it finds in place of those of this machine, where that permits it. @default - none */
  readonly files?: OwnFiles;
  /**
   * Whether it refuses to run as root: then root runs it as `nobody`, and its files must belong to {@link UNPRIVILEGED}.
   * @default false
   */
  readonly unprivileged?: boolean;
}

/** A program that was started. */
export interface Program {
  readonly child: ChildProcess;
  /** Resolves when it has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly running: boolean;
  /** Whether it has ended, and neither `stop` nor `kill` was called before. */
  readonly endedByItself: boolean;
  /** The end of its output, without that of earlier programs of its name. */
  tail(): string;
  /** Sends SIGTERM, or the given signal, and kills its process group when it has not ended within `graceMs`. */
  stop(props?: StopProps): Promise<void>;
  /** SIGKILL to its process group, at once. */
  kill(): Promise<void>;
}

/** How a program is stopped. */
export interface StopProps {
  /** @default SIGTERM */
  readonly signal?: NodeJS.Signals;
  /** @default 5000 */
  readonly graceMs?: number;
  /** Kills it at once when it aborts. @default - it has its grace */
  readonly abort?: AbortSignal;
}

/** The user of programs that refuse to run as root. */
export const UNPRIVILEGED = { uid: 65534, gid: 65534 } as const;
