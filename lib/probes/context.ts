import type { CheckResult } from './check';

/** Where checks run, and how they are followed and stopped. */
export interface ProbeContext {
  /** The load balancer's; undefined when there is none. */
  readonly url: string | undefined;
  /** By service: its load balancer's URL. */
  readonly urls: Readonly<Record<string, string>>;
  readonly databases: readonly ProbeDatabase[];
  /** The release that runs there. */
  readonly release: string;
  /** Where commands run. */
  readonly folder: string;
  /** What commands get in their environment beside the URLs: the mark by which those left behind are found. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** One line of progress. */
  tell(message: string): void;
}

/** Where a SQL tier is reached. */
export interface ProbeDatabase {
  readonly tier: string;
  readonly writer: ProbeAddress;
  /** Balances connections over the readers; the writer when there is none. */
  readonly reader: ProbeAddress;
  /** Each reader by itself. */
  readonly readers: readonly (ProbeAddress & { readonly name: string })[];
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** A host and a port. */
export interface ProbeAddress {
  readonly host: string;
  readonly port: number;
}

/** What a probe saw: a check's result without its name and its times. */
export type Seen = Pick<CheckResult, 'outcome' | 'tier' | 'detail' | 'measures' | 'output'>;

/** One kind of check. It throws for nothing that it sees: only when it is aborted, the signal's reason. */
export type Probe<C> = (check: C, context: ProbeContext) => Promise<Seen>;

/** What a check saw that has nowhere to send its requests. */
export const NO_URL: Seen = {
  outcome: 'failed',
  detail: 'there is nothing to send a request to: no service with a load balancer stands here',
};
