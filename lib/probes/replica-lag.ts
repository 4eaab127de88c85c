import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplicaLagCheck } from '../config/types';
import { nonBlank } from '../field';
import type { Probe, ProbeDatabase, Seen } from './context';
import type { CheckKind } from './check-kind';
import type { Dialect, MarkerStatements } from './dialect';
import { dialectOf } from './dialects';
import { DatabaseFault, type Row, type Session } from './session';
import { Sessions } from './sessions';

const ROUNDS = 5;
const POLL_MS = 5;
/** How much longer than expected a write is waited for, so that the result can report how late it appeared. */
const PATIENCE_MS = 5_000;

/**
 * How long the slowest replica takes to show a write: a marker is written on the writer and read at the address of every
 * reader. It also fails when reads would prove nothing: there is no replica, or a reader's address or the reader endpoint
 * leads to a writer.
 */
export const replicaLag: Probe<ReplicaLagCheck> = async ({ tier, maxMs }, context) => {
  const database = context.databases.find((it) => it.tier === tier);
  if (!database) return { outcome: 'skipped', tier, detail: `${tier} is no database that stands here` };
  if (database.readers.length === 0) {
    return { outcome: 'failed', detail: `${tier} has no replica: read-your-writes proves nothing here` };
  }
  const sessions = new Sessions(database, context.signal);
  try {
    return await measure(sessions, database, maxMs);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof DatabaseFault)) throw error;
    return { outcome: 'failed', detail: error.message };
  } finally {
    await sessions.close();
  }
};

/** A replica and its session. */
interface Replica {
  readonly name: string;
  readonly session: Session;
}

/** How long a replica took to show a write; undefined when it did not. */
interface Sighting {
  readonly name: string;
  readonly ms: number | undefined;
}

async function measure(sessions: Sessions, database: ProbeDatabase, maxMs: number): Promise<Seen> {
  const replicas: Replica[] = [];
  for (const reader of database.readers) {
    replicas.push({ name: reader.name, session: await sessions.open(reader.name, reader) });
  }
  const dialect = dialectOf(database);
  const wrong = await leadingToWriter(replicas, sessions, database, dialect);
  if (wrong !== undefined) return { outcome: 'failed', detail: wrong };
  const writer = await sessions.open(`the writer of ${database.tier}`, database.writer);
  const { marker } = dialect;
  await writer.ask(marker.create);
  try {
    const slowest = await slowestOfRounds(replicas, writer, marker, maxMs);
    const seen = verdict(slowest, maxMs, database);
    const said = await saidByEngine(dialect, writer);
    return said === undefined ? seen : { ...seen, detail: `${seen.detail}; ${said}` };
  } finally {
    await writer.ask(marker.drop).catch(() => {});
  }
}

/**
 * The engine's own figure, beside what was measured, which alone is judged: an engine counts it now and then.
 *
 * @returns undefined where it has none
 */
async function saidByEngine(dialect: Dialect, writer: Session): Promise<string | undefined> {
  try {
    const said = await dialect.lagOfReplicas?.(writer);
    if (said === undefined) return undefined;
    const { by, replicas } = said;
    if (replicas.length === 0) return `${by} knows no replica`;
    const { name, ms } = replicas.reduce((one, other) => (other.ms > one.ms ? other : one));
    return `${by} says that ${name} is ${ms} ms behind${replicas.length === 1 ? '' : ', the slowest'}`;
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    return `its own figure is not known: ${error.reason}`;
  }
}

/** Which reader is not a replica; undefined when all are. */
async function leadingToWriter(
  replicas: readonly Replica[],
  sessions: Sessions,
  { tier, reader }: ProbeDatabase,
  dialect: Dialect,
): Promise<string | undefined> {
  for (const { name, session } of replicas) {
    if (!(await dialect.isReplica(session))) return `${name} is a writer of ${tier}, not a replica`;
  }
  // the endpoint balances connections: one more than there are replicas reaches every target
  for (let turn = 0; turn <= replicas.length; turn++) {
    const session = await sessions.open(`the reader endpoint of ${tier}`, reader);
    if (await dialect.isReplica(session)) continue;
    return `the reader endpoint of ${tier} leads to the writer: read-your-writes proves nothing here`;
  }
  return undefined;
}

async function slowestOfRounds(
  replicas: readonly Replica[],
  writer: Session,
  marker: MarkerStatements,
  maxMs: number,
): Promise<Sighting> {
  let slowest: Sighting | undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    slowest = slower(slowest, await slowestOf(replicas, writer, marker, maxMs));
    if (slowest.ms === undefined) break;
  }
  return slowest!;
}

/** Writes a marker, and waits until every replica shows it. */
async function slowestOf(
  replicas: readonly Replica[],
  writer: Session,
  marker: MarkerStatements,
  maxMs: number,
): Promise<Sighting> {
  const token = crypto.randomUUID();
  await writer.ask(marker.write, [token]);
  const start = performance.now();
  const sightings = await Promise.all(
    replicas.map(async ({ name, session }): Promise<Sighting> => ({
      name,
      ms: await appearance(() => shown(session, marker), token, start, maxMs + PATIENCE_MS),
    })),
  );
  return sightings.reduce(slower);
}

function slower(one: Sighting | undefined, other: Sighting): Sighting {
  return one && (one.ms ?? Infinity) > (other.ms ?? Infinity) ? one : other;
}

async function appearance(
  read: () => Promise<readonly Row[]>,
  token: string,
  start: number,
  limitMs: number,
): Promise<number | undefined> {
  for (;;) {
    const [row] = await read();
    const ms = Math.round(performance.now() - start);
    if (row?.['token'] === token) return ms;
    if (ms > limitMs) return undefined;
    await sleep(POLL_MS);
  }
}

/** What a replica shows: nothing where it does not have the table yet. */
async function shown(session: Session, { read }: MarkerStatements): Promise<readonly Row[]> {
  try {
    return await session.ask(read);
  } catch (error) {
    if (error instanceof DatabaseFault && error.kind === 'not-there') return [];
    throw error;
  }
}

function verdict({ name, ms }: Sighting, maxMs: number, { tier, readers }: ProbeDatabase): Seen {
  if (ms === undefined) {
    const detail = `${name} did not show a write within ${maxMs + PATIENCE_MS} ms, expected ${maxMs} ms`;
    return { outcome: 'failed', detail };
  }
  const measures = { lagMs: ms };
  if (ms > maxMs) {
    return {
      outcome: 'failed',
      detail: `${name} showed a write after ${ms} ms, expected ${maxMs} ms`,
      measures,
    };
  }
  const who = readers.length === 1 ? 'the replica' : `the slowest of ${readers.length} replicas`;
  const detail = `${who} of ${tier} showed a write after ${ms} ms, expected ${maxMs} ms`;
  return { outcome: 'passed', detail, measures };
}

/** The lag of replicas. */
export const REPLICA_LAG: CheckKind<'replicaLag', 'replica-lag'> = {
  key: 'replicaLag',
  kind: 'replica-lag',
  schema: (z) =>
    z
      .strictObject({
        name: nonBlank(z).describe('Its name in reports.'),
        tier: nonBlank(z).describe('The SQL, document or cache tier.'),
        maxMs: z.number().min(0).max(60_000).describe('How many milliseconds the slowest replica may take.'),
      })
      .meta({
        name: 'ReplicaLagCheck',
        about:
          "How long a database's replicas may take to show a write. Fails where there is no replica: it would prove nothing.",
      }),
  run: replicaLag,
  tiers: ['sql', 'document', 'cache'],
};
