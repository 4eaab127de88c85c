import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplicaLagCheck } from '../config/types';
import { nonBlank } from '../field';
import type { Probe, ProbeDatabase, Seen } from './context';
import type { CheckKind } from './check-kind';
import { DatabaseFault, Sessions, type Row, type Session } from './session';

const ROUNDS = 5;
const POLL_MS = 5;
/** How much longer than expected a write is waited for, so that the result can report how late it appeared. */
const PATIENCE_MS = 5_000;
/** The table that the marker is in, while the check runs. */
export const MARKER_TABLE = 'twin_probe_marker';
/** The errors of a replica that does not have the table yet. */
const NOT_YET = new Set<string | undefined>(['42P01', '40001']);

/**
 * How long the slowest replica takes to show a write: a marker is written on the writer and read at the address of every
 * reader. It also fails when reads would prove nothing: there is no replica, or a reader's address or the reader endpoint
 * leads to a writer.
 */
export const replicaLag: Probe<ReplicaLagCheck> = async ({ tier, maxMs }, context) => {
  const database = context.databases.find((it) => it.tier === tier);
  if (!database)
    return { outcome: 'skipped', tier, detail: `${tier} is no PostgreSQL database that stands here` };
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
  const wrong = await leadingToWriter(replicas, sessions, database);
  if (wrong !== undefined) return { outcome: 'failed', detail: wrong };
  const writer = await sessions.open(`the writer of ${database.tier}`, database.writer);
  await writer.ask(
    `create table if not exists ${MARKER_TABLE} (id integer primary key, token text not null)`,
  );
  try {
    const slowest = await slowestOfRounds(replicas, writer, maxMs);
    return verdict(slowest, maxMs, database);
  } finally {
    await writer.ask(`drop table if exists ${MARKER_TABLE}`).catch(() => {});
  }
}

/** Which reader is not a replica; undefined when all are. */
async function leadingToWriter(
  replicas: readonly Replica[],
  sessions: Sessions,
  { tier, reader }: ProbeDatabase,
): Promise<string | undefined> {
  for (const { name, session } of replicas) {
    if (!(await isReplica(session))) return `${name} is a writer of ${tier}, not a replica`;
  }
  // the endpoint balances connections: one more than there are replicas reaches every target
  for (let turn = 0; turn <= replicas.length; turn++) {
    const session = await sessions.open(`the reader endpoint of ${tier}`, reader);
    if (await isReplica(session)) continue;
    return `the reader endpoint of ${tier} leads to the writer: read-your-writes proves nothing here`;
  }
  return undefined;
}

async function isReplica(session: Session): Promise<boolean> {
  const [row] = await session.ask('select pg_is_in_recovery() as recovering');
  return row?.['recovering'] === true;
}

async function slowestOfRounds(
  replicas: readonly Replica[],
  writer: Session,
  maxMs: number,
): Promise<Sighting> {
  let slowest: Sighting | undefined;
  for (let round = 1; round <= ROUNDS; round++) {
    slowest = slower(slowest, await slowestOf(replicas, writer, maxMs));
    if (slowest.ms === undefined) break;
  }
  return slowest!;
}

/** Writes a marker, and waits until every replica shows it. */
async function slowestOf(replicas: readonly Replica[], writer: Session, maxMs: number): Promise<Sighting> {
  const token = crypto.randomUUID();
  await writer.ask(
    `insert into ${MARKER_TABLE} (id, token) values (1, $1) on conflict (id) do update set token = excluded.token`,
    [token],
  );
  const start = performance.now();
  const sightings = await Promise.all(
    replicas.map(async ({ name, session }): Promise<Sighting> => ({
      name,
      ms: await appearance(session, token, start, maxMs + PATIENCE_MS),
    })),
  );
  return sightings.reduce(slower);
}

function slower(one: Sighting | undefined, other: Sighting): Sighting {
  return one && (one.ms ?? Infinity) > (other.ms ?? Infinity) ? one : other;
}

async function appearance(
  session: Session,
  token: string,
  start: number,
  limitMs: number,
): Promise<number | undefined> {
  for (;;) {
    const [row] = await marker(session);
    const ms = Math.round(performance.now() - start);
    if (row?.['token'] === token) return ms;
    if (ms > limitMs) return undefined;
    await sleep(POLL_MS);
  }
}

async function marker(session: Session): Promise<readonly Row[]> {
  try {
    return await session.ask(`select token from ${MARKER_TABLE} where id = 1`);
  } catch (error) {
    if (error instanceof DatabaseFault && NOT_YET.has(error.code)) return [];
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
