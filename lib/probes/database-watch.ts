import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeDatabase } from './context';
import type { DatabaseFigures } from './database-figures';
import { dialectOf } from './dialects';
import { FigureKeeper } from './figure-keeper';
import { DatabaseFault } from './session';
import { Sessions } from './sessions';

/** A watch over databases. */
export interface DatabaseWatch {
  /** Ends it. @returns what was seen of each database, in their order; nothing of one that is no longer there is an error */
  stop(): Promise<readonly DatabaseFigures[]>;
}

const POLL_MS = 200;
/** A look that takes longer is one at a server that is gone. */
const TIMEOUT_MS = 3_000;
/** How long the end of a session is waited for. */
const PATIENCE_MS = 500;

/**
 * Looks at the writer of each database five times a second, in one session, until it is stopped. A writer that goes away is looked for
 * again; it locks nothing, and no statement waits for it.
 *
 * @param signal - stops it too
 */
export function watchDatabases(databases: readonly ProbeDatabase[], signal: AbortSignal): DatabaseWatch {
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const watches = databases.map((database) => {
    const keeper = new FigureKeeper(database.tier, performance.now());
    const done = watchOne(database, keeper, all);
    done.catch(() => {}); // a bug is thrown by `stop`
    return { keeper, done };
  });
  return {
    stop: async () => {
      ended.abort();
      const figures = watches.map(({ keeper }) => keeper.figures(performance.now()));
      const late = sleep(PATIENCE_MS, undefined, { ref: false });
      await Promise.race([Promise.all(watches.map(({ done }) => done)), late]);
      return figures;
    },
  };
}

async function watchOne(database: ProbeDatabase, keeper: FigureKeeper, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const sessions = new Sessions(database, signal);
    try {
      await lookUntilAborted(sessions, database, keeper, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DatabaseFault)) throw error;
      keeper.miss(error.message);
    } finally {
      await sessions.close();
    }
    await pause(signal);
  }
}

async function lookUntilAborted(
  sessions: Sessions,
  database: ProbeDatabase,
  keeper: FigureKeeper,
  signal: AbortSignal,
): Promise<void> {
  const { tier, writer } = database;
  const dialect = dialectOf(database);
  const session = await sessions.open(`the writer of ${tier}`, writer, TIMEOUT_MS);
  while (!signal.aborted) {
    keeper.add(await dialect.lookAt(session), performance.now());
    await pause(signal);
  }
}

/** Ends at once when it is aborted. */
const pause = (signal: AbortSignal): Promise<void> =>
  sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
