import type { DataState, KeyBound, KeyBounds } from '../../probes/data';
import type { DatabaseFigures } from '../../probes/database-figures';
import type { DatabaseWatch } from '../../probes/database-watch';
import type { InsideOrder } from '../../probes/inside';
import type { ReachableDatabase } from './probe-databases';
import type { ProbeTask } from './probe-task';

/** A SQL tier, and how checks inside reach it; or why they do not. */
export interface ProbedTier {
  readonly tier: string;
  readonly found: ReachableDatabase | string;
}

/** Starts a task in the place of the service that is given a database's password. */
export type StartTask = (found: ReachableDatabase, order: InsideOrder) => Promise<ProbeTask>;

/** How much of a task definition, which holds 64 KiB, bounds may take. */
const MAX_BOUNDS = 8_000;

/** Reads how much databases hold, each in a task of its own. */
export function readDataInside(
  tiers: readonly ProbedTier[],
  bounds: KeyBounds,
  start: StartTask,
  signal: AbortSignal,
): Promise<readonly DataState[]> {
  return Promise.all(
    tiers.map(async ({ tier, found }): Promise<DataState> => {
      if (typeof found === 'string') return { tier, tables: [], faults: [], unread: found };
      const fitting = { [tier]: fittingOf(bounds[tier] ?? []) };
      const task = await start(found, { kind: 'data', bounds: fitting, databases: [found.database] });
      let state: DataState | undefined;
      for await (const message of task.messages(signal)) if ('data' in message) [state] = message.data;
      return state!;
    }),
  );
}

/** The tables whose bounds do not fit are compared without. */
function fittingOf(bounds: readonly KeyBound[]): readonly KeyBound[] {
  let room = MAX_BOUNDS;
  return bounds.filter((bound) => (room -= JSON.stringify(bound).length) >= 0);
}

/** Watches the writers of databases, each from a task of its own, which is under way when this returns. */
export async function watchDatabasesInside(
  tiers: readonly ProbedTier[],
  start: StartTask,
  signal: AbortSignal,
): Promise<DatabaseWatch> {
  const watches = await Promise.all(tiers.map((it) => watchOne(it, start, signal)));
  return { stop: () => Promise.all(watches.map((stop) => stop())) };
}

async function watchOne(
  { tier, found }: ProbedTier,
  start: StartTask,
  signal: AbortSignal,
): Promise<() => Promise<DatabaseFigures>> {
  if (typeof found === 'string') {
    const nothing = { tier, looks: 0, locks: [], unseen: { ms: 0, because: found } };
    return () => Promise.resolve(nothing);
  }
  const task = await start(found, { kind: 'database-watch', databases: [found.database] });
  const messages = task.messages(signal);
  await messages.next(); // that it watches
  return async () => {
    await task.terminate(signal);
    let figures: DatabaseFigures | undefined;
    for await (const message of messages) if ('figures' in message) [figures] = message.figures;
    return figures!;
  };
}
