import { databaseOf, isUnavailable } from './database.mjs';
import { BadRequest, bodyOf, serve } from './http.mjs';
import { loadRelease, releaseNameOf } from './release.mjs';

/** @typedef {import('./http.mjs').Answer} Answer */
/** @typedef {import('./http.mjs').IncomingMessage} IncomingMessage */

/** In cents, whatever is ordered. */
const SHIPPING = 490;
/** How long a request may still take after SIGTERM. */
const GRACE_MS = 900;
/** PostgreSQL's `integer`. */
const MAX_INTEGER = 2_147_483_647;

try {
  const name = releaseNameOf(process.env);
  const database = databaseOf(process.env);
  const answer = apiOf(name, await loadRelease(name), database);
  const [host, port] = [process.env.HOST ?? '0.0.0.0', Number(process.env.PORT ?? 8080)];
  const { address, stop } = await serve({ host, port, answer, failed });
  process.once('SIGTERM', () => {
    void stop().then(() => database.end());
    setTimeout(() => process.exit(), GRACE_MS).unref();
  });
  console.log(`orders ${name} listens on ${address}`);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/**
 * @param {string} name
 * @param {import('./release.mjs').Release} release
 * @param {import('./database.mjs').Database} database
 * @returns {(request: IncomingMessage) => Promise<Answer>}
 */
function apiOf(name, { fields, placeOrder, findOrder }, database) {
  return async (request) => {
    const [path = '/', query] = (request.url ?? '/').split('?');
    const id = /^\/orders\/(\d{1,9})$/.exec(path)?.[1];
    const customer = new URLSearchParams(query).get('customer');
    switch (`${request.method} ${id === undefined ? path : '/orders/{id}'}`) {
      case 'GET /health':
        await database.writer.query('select 1');
        return { status: 200, body: { healthy: true } };
      case 'GET /version':
        return { status: 200, body: { release: name, order: fields } };
      case 'POST /orders':
        return { status: 201, body: { id: await placeOrder(database, newOrder(await bodyOf(request))) } };
      case 'GET /orders/{id}': {
        const order = await findOrder(database, Number(id));
        return order
          ? { status: 200, body: order }
          : { status: 404, body: { error: `there is no order ${id}` } };
      }
      case 'DELETE /orders/{id}':
        return (await removeOrder(database, Number(id)))
          ? { status: 204, body: null }
          : { status: 404, body: { error: `there is no order ${id} of a synthetic customer` } };
      case 'GET /orders':
        if (customer === null) throw new BadRequest('whose orders? give ?customer=<name>');
        return { status: 200, body: await ordersOf(customer, fields, database) };
      default:
        return { status: 404, body: { error: `there is no ${request.method} ${path}` } };
    }
  };
}

/**
 * A list may lag: it shows past orders, and a customer who has just placed an order sees that order by its id.
 *
 * @param {string} customer
 * @param {readonly string[]} fields
 * @param {import('./database.mjs').Database} database
 */
async function ordersOf(customer, fields, { reader }) {
  const query = `select ${fields.join()} from orders where customer = $1 order by id desc limit 50`;
  return (await reader.query(query, [customer])).rows;
}

/**
 * Removes what a check has ordered: no order of a real customer can be removed like that.
 *
 * @param {import('./database.mjs').Database} database
 * @param {number} id
 */
async function removeOrder({ writer }, id) {
  const query = "delete from orders where id = $1 and customer like 'synthetic-%'";
  return (await writer.query(query, [id])).rowCount === 1;
}

/**
 * @param {unknown} body
 * @returns {import('./release.mjs').NewOrder}
 */
function newOrder(body) {
  const { customer, cents } = Object(body);
  if (typeof customer !== 'string' || customer === '') throw new BadRequest('customer must be a text');
  if (!Number.isInteger(cents) || cents < 0 || cents > MAX_INTEGER - SHIPPING) {
    throw new BadRequest('cents must be a whole number, 0 or more');
  }
  return { customer, cents, shipping: SHIPPING };
}

/**
 * The answer to a request that failed.
 *
 * @param {unknown} error
 * @returns {Answer}
 */
function failed(error) {
  const { message, stack, code } = /** @type {Error & { code?: string }} */ (error);
  if (error instanceof BadRequest) return { status: 400, body: { error: message } };
  if (isUnavailable(error)) {
    console.error(`the database does not answer: ${code ?? message}`);
    return { status: 503, body: { error: 'the database does not answer; try again' } };
  }
  console.error(stack);
  return { status: 500, body: { error: 'a bug; see the log' } };
}
