import { setTimeout as sleep } from 'node:timers/promises';
import { databaseOf } from './database.mjs';
import { releaseNameOf } from './release.mjs';

/** Several workers share the orders: each takes what no other has locked. */
const PROCESS = `
  update orders set processed_at = now()
  where id in (select id from orders where processed_at is null order by id limit 20 for update skip locked)`;
const IDLE_MS = 200;
const RETRY_MS = 500;

try {
  const release = releaseNameOf(process.env);
  const database = databaseOf(process.env);
  const stopping = new AbortController();
  process.once('SIGTERM', () => stopping.abort());
  console.log(`orders worker ${release} started`);
  await work(database, stopping.signal).finally(() => database.end());
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/**
 * Marks orders as processed until it is stopped; a started batch is finished.
 *
 * @param {import('./database.mjs').Database} database
 * @param {AbortSignal} signal
 */
async function work({ writer }, signal) {
  while (!signal.aborted) {
    const wait = await writer.query(PROCESS).then(processed, notNow);
    await sleep(wait, undefined, { signal }).catch(() => {}); // stopped
  }
}

/** @param {{ rowCount: number | null }} result */
function processed({ rowCount }) {
  if (!rowCount) return IDLE_MS;
  console.log(`processed ${rowCount} orders`);
  return 0;
}

/**
 * Waiting loses nothing: the orders remain in the database.
 *
 * @param {Error & { code?: string }} error
 */
function notNow({ message, code }) {
  console.error(`could not process, trying again: ${code ?? message}`);
  return RETRY_MS;
}
