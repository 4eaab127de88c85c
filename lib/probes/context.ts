import type { Recording } from '../replay/recording';
import type { CheckResult } from './check';

/** Where checks run, and how they report progress and are stopped. */
export interface ProbeContext {
  /** The load balancer's; undefined when there is none. */
  readonly url: string | undefined;
  /** By service: its load balancer's URL. */
  readonly urls: Readonly<Record<string, string>>;
  readonly databases: readonly ProbeDatabase[];
  /** The release that runs. */
  readonly release: string;
  /** The folder in which commands run. */
  readonly folder: string;
  /** Further environment variables for commands: the mark by which processes that they leave running are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** The words before those of a command: a program that starts it. @default - none */
  readonly launcher?: readonly string[];
  /** What replay checks send. @default - there are none */
  readonly recordings?: Recordings;
  /** Whether it is production, where every write is cleaned up. @default false */
  readonly inProduction?: boolean;
  readonly signal: AbortSignal;
  /** One line of progress. */
  log(message: string): void;
}

/** What is sent of each log, by the name of its replay check. */
export type Recordings = Readonly<Record<string, Recording>>;

/** The addresses and the credentials of a database. */
export interface ProbeDatabase {
  /** What it speaks: `postgresql` also for Aurora PostgreSQL, `mysql` also for Aurora MySQL and MariaDB, `mongodb` for DocumentDB. */
  readonly engine: 'postgresql' | 'mysql' | 'mongodb';
  readonly tier: string;
  readonly writer: HostPort;
  /** Balances connections over the readers; leads to the writer when there is none. */
  readonly reader: HostPort;
  /** The address of each reader. */
  readonly readers: readonly (HostPort & { readonly name: string })[];
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Whether the connection is encrypted where the server can: as libpq's `sslmode=prefer`. @default - it is not */
  readonly tls?: 'prefer';
}

/** A host and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** What a probe observed: a check's result without its name and its times. */
export type Seen = Pick<
  CheckResult,
  'outcome' | 'tier' | 'detail' | 'measures' | 'firstError' | 'lastReads' | 'shows' | 'output'
>;

/** One kind of check. A finding is a result, never an exception; only an abort throws, with the signal's reason. */
export type Probe<C> = (check: C, context: ProbeContext) => Promise<Seen>;

/** The result of a check that has no URL to send requests to. */
export const NO_URL: Seen = {
  outcome: 'failed',
  detail: 'there is no URL to send a request to: no service with a load balancer is up',
};
