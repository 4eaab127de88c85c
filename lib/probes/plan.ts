/** What is checked. */
export interface ChecksPlan {
  readonly smoke?: readonly SmokeCheck[];
  readonly readYourWrites?: readonly ReadYourWritesCheck[];
  readonly replicaLag?: readonly ReplicaLagCheck[];
  readonly commands?: readonly CommandCheck[];
  readonly load?: readonly LoadCheck[];
}

/** What is sent at once: the checks of a config, and what a rehearsal asks beside them. */
export interface ProbePlan extends ChecksPlan {
  readonly writtenReads?: readonly WrittenRead[];
}

/** A read of what was written earlier. */
export interface WrittenRead extends RequestPlan {
  readonly name: string;
}

/** The defaults of checks. */
export const CHECK_DEFAULTS = {
  smoke: { status: 200 },
  readYourWrites: { times: 100 },
  request: { method: 'GET' },
  command: { timeoutSeconds: 300 },
  load: { method: 'GET', connections: 10, seconds: 5 },
} as const;

/** A page that is expected to answer. */
export interface SmokeCheck {
  readonly name: string;
  /** On the load balancer, such as `/health`. */
  readonly path: string;
  /** @default 200 */
  readonly status?: number;
  /** A text that the body contains; `{release}` is the release that runs. @default - not checked */
  readonly contains?: string;
}

/** A write that the next read is expected to show. */
export interface ReadYourWritesCheck {
  readonly name: string;
  readonly write: RequestPlan;
  /** Names what was written: `{field}` is that field of the write's answer, which is JSON, `{i}` its number. */
  readonly read: RequestPlan;
  /** @default 100 */
  readonly times?: number;
}

/** An HTTP request and the expected answer. */
export interface RequestPlan {
  /** @default 'GET' */
  readonly method?: string;
  readonly path: string;
  /** Sent as JSON; `{i}` in a text is a number that no other attempt has. @default - none */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
  /** @default - any 2xx */
  readonly status?: number;
  /** A text that the body contains, with `{field}` of the write's answer. @default - not checked */
  readonly contains?: string;
}

/** How long a database's replicas may take to show a write. Fails where there is no replica: it would prove nothing. */
export interface ReplicaLagCheck {
  readonly name: string;
  /** The SQL, document or cache tier. */
  readonly tier: string;
  readonly maxMs: number;
}

/** A team's own test. */
export interface CommandCheck {
  readonly name: string;
  /** Run by the shell in the folder of the config, with TWIN_URL, TWIN_RELEASE and the URLs of the databases. */
  readonly run: string;
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

/** HTTP load. */
export interface LoadCheck {
  readonly name: string;
  readonly path: string;
  /** @default 'GET' */
  readonly method?: string;
  /** Sent as JSON. @default - none */
  readonly body?: Readonly<Record<string, string | number | boolean>>;
  /** @default 10 */
  readonly connections?: number;
  /** @default 5 */
  readonly seconds?: number;
}
