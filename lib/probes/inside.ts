import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult } from './check';
import { CHECKS_INSIDE } from './checks-inside';
import type { ProbeContext, ProbeDatabase } from './context';
import { readData, type DataState, type KeyBounds } from './data';
import type { DatabaseFigures } from './database-figures';
import { watchDatabases } from './database-watch';
import { linesOf } from './messages';
import type { ProbePlan } from './plan';
import { runChecks } from './run-checks';
import { DatabaseFault } from './session';
import { Sessions } from './sessions';
import { sendTraffic, type TrafficPlan } from './traffic';
import type { TrafficFigures } from './traffic-figures';
import { askVersions, type VersionOrder, type VersionSeen } from './version';

/** What a process inside an environment's network is asked to do. */
export type InsideOrder =
  ChecksOrder | LoginOrder | TrafficOrder | DataOrder | DatabaseWatchOrder | VersionsOrder;

/** The checks that can run there. */
export type InsideChecks = Pick<ProbePlan, (typeof CHECKS_INSIDE)[number]['key'] | 'writtenReads'>;

/** Runs checks. */
export interface ChecksOrder {
  readonly kind: 'checks';
  readonly checks: InsideChecks;
  readonly release: string;
  readonly url: string | undefined;
  /** Without passwords. */
  readonly databases: readonly ProbeDatabase[];
}

/** Signs in to the writer of each database. */
export interface LoginOrder {
  readonly kind: 'login';
  /** How long a password may still be refused: a service says that it has changed one before the database has it. */
  readonly patienceMs: number;
  /** Without passwords. */
  readonly databases: readonly ProbeDatabase[];
}

/** Sends requests in the background from the start to SIGTERM, and until they are answered again where the plan says so. */
export interface TrafficOrder {
  readonly kind: 'traffic';
  readonly plan: TrafficPlan;
  readonly url: string;
}

/** Reads how much databases hold. */
export interface DataOrder {
  readonly kind: 'data';
  readonly bounds: KeyBounds;
  /** Without passwords. */
  readonly databases: readonly ProbeDatabase[];
}

/** Watches the writers of databases from the start to SIGTERM. */
export interface DatabaseWatchOrder {
  readonly kind: 'database-watch';
  /** Without passwords. */
  readonly databases: readonly ProbeDatabase[];
}

/** Asks services which release they are. */
export interface VersionsOrder extends VersionOrder {
  readonly kind: 'versions';
  /** Of the load balancers, by service. */
  readonly urls: Readonly<Record<string, string>>;
}

/** What it answers, each on lines of its output. */
export type InsideMessage =
  | { readonly log: string }
  /** What goes on until SIGTERM has started. */
  | { readonly watching: true }
  | { readonly results: readonly CheckResult[] }
  /** The databases that could not be signed in to, each with the reason. */
  | { readonly refused: readonly string[] }
  | { readonly traffic: TrafficFigures }
  | { readonly data: readonly DataState[] }
  | { readonly figures: readonly DatabaseFigures[] }
  | { readonly versions: readonly VersionSeen[] }
  | { readonly fault: string };

/** The environment variable that holds the order, as JSON. */
export const ORDER_VARIABLE = 'TWIN_ORDER';

/** The environment variable with the password of a database. */
export const passwordVariable = (index: number): string => `TWIN_PASSWORD_${index}`;

const SIGN_IN_EVERY_MS = 500;

/** How long it may still be waited for answers once what was broken is repaired: ECS gives a task two minutes to end. */
const RECOVERY_LIMIT_MS = 60_000;

/** Does what the environment variables say, and writes what was seen. */
export async function runInside(
  variables: Readonly<Record<string, string | undefined>>,
  write: (line: string) => void,
  untilTerminated: () => Promise<void>,
): Promise<void> {
  const say = (message: InsideMessage): void => linesOf(message).forEach(write);
  const { signal } = new AbortController();
  try {
    const order = JSON.parse(variables[ORDER_VARIABLE] ?? '') as InsideOrder;
    if (order.kind === 'checks')
      return say({
        results: await runChecksOf({ ...order, databases: withPasswords(order, variables) }, signal, say),
      });
    if (order.kind === 'login')
      return say({ refused: await refusedBy(withPasswords(order, variables), order.patienceMs, signal) });
    if (order.kind === 'versions') return say({ versions: await askVersions(order, order.urls, signal) });
    if (order.kind === 'data')
      return say({ data: await readData(withPasswords(order, variables), order.bounds, signal) });
    if (order.kind === 'database-watch') {
      const watch = watchDatabases(withPasswords(order, variables), signal);
      say({ watching: true });
      await untilTerminated();
      return say({ figures: await watch.stop() });
    }
    const { recoverWithinMs } = order.plan;
    const limitMs = recoverWithinMs && Math.min(recoverWithinMs, RECOVERY_LIMIT_MS);
    const plan = { ...order.plan, ...(limitMs !== undefined && { recoverWithinMs: limitMs }) };
    const work = async (): Promise<void> => {
      say({ watching: true });
      await untilTerminated();
    };
    say({ traffic: await sendTraffic(plan, { url: order.url, signal }, work) });
  } catch (error) {
    say({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

const withPasswords = (
  { databases }: Pick<ChecksOrder, 'databases'>,
  variables: Readonly<Record<string, string | undefined>>,
): ProbeDatabase[] => databases.map((it, i) => ({ ...it, password: variables[passwordVariable(i)] ?? '' }));

async function refusedBy(
  databases: readonly ProbeDatabase[],
  patienceMs: number,
  signal: AbortSignal,
): Promise<string[]> {
  const giveUp = performance.now() + patienceMs;
  const refused: string[] = [];
  for (const database of databases) {
    let fault = await signIn(database, signal);
    while (fault?.kind === 'password' && performance.now() < giveUp) {
      await sleep(SIGN_IN_EVERY_MS);
      fault = await signIn(database, signal);
    }
    if (fault) refused.push(fault.message);
  }
  return refused;
}

/** @returns why the writer of a database cannot be signed in to; undefined when it can */
async function signIn(database: ProbeDatabase, signal: AbortSignal): Promise<DatabaseFault | undefined> {
  const sessions = new Sessions(database, signal);
  try {
    await (await sessions.open(`the writer of ${database.tier}`, database.writer)).ask('select 1');
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseFault) return error;
    throw error;
  } finally {
    await sessions.close();
  }
}

function runChecksOf(
  { checks, release, url, databases }: ChecksOrder,
  signal: AbortSignal,
  say: (message: InsideMessage) => void,
): Promise<readonly CheckResult[]> {
  const context: ProbeContext = {
    url,
    urls: {},
    databases,
    release,
    folder: '.',
    environment: {},
    signal,
    log: (message) => say({ log: message }),
  };
  return runChecks(CHECKS_INSIDE, checks, context);
}
