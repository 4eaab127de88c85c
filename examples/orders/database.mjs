import pg from 'pg';

/**
 * The writer takes writes; the reader balances over the replicas, which lag.
 *
 * @typedef {{ readonly writer: pg.Pool, readonly reader: pg.Pool, end(): Promise<unknown> }} Database
 */

/**
 * Connections to both endpoints of the cluster, as its environment names them.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Database}
 */
export function databaseOf(env) {
  const writer = poolOf('ORDERS_WRITER_HOST', env);
  const reader = poolOf('ORDERS_READER_HOST', env);
  return { writer, reader, end: () => Promise.all([writer.end(), reader.end()]) };
}

/**
 * @param {string} host - the variable that holds it
 * @param {NodeJS.ProcessEnv} env
 */
function poolOf(host, env) {
  const pool = new pg.Pool({
    host: required(env, host),
    port: Number(required(env, 'ORDERS_PORT')),
    database: required(env, 'ORDERS_DATABASE'),
    user: required(env, 'ORDERS_USERNAME'),
    password: required(env, 'ORDERS_PASSWORD'),
    max: Number(env.ORDERS_POOL_SIZE ?? 10),
    // A dead primary does not answer at all: without time-outs a failover would hang every request.
    connectionTimeoutMillis: 1000,
    query_timeout: 2000,
    keepAlive: true,
  });
  // A broken idle connection leaves the pool by itself; without a listener the error would end the process.
  pool.on('error', (error) => console.error(`an idle connection to ${host} broke: ${error.message}`));
  return pool;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 */
function required(env, name) {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is not set: the environment names the database`);
}

/**
 * Whether a request failed because the database could not be reached or is failing over: then the next one may pass. The
 * pool drops the connection of every query that failed, so the next one gets another.
 *
 * @param {unknown} error
 */
export function isUnavailable(error) {
  const { code, message } = /** @type {Error & { code?: string }} */ (error);
  if (code === undefined) return /timeout|terminated|not queryable/i.test(message);
  return /^(E[A-Z]+|EAI_AGAIN|08...|57P..|53300|25006)$/.test(code);
}
