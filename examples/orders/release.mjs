import { readdirSync } from 'node:fs';

/**
 * What differs from one release to the next.
 *
 * @typedef {object} Release
 * @property {readonly string[]} fields - of an order, as the API promises them
 * @property {(database: Database, order: NewOrder) => Promise<number>} placeOrder - gives the order's id
 * @property {(database: Database, id: number) => Promise<Order | undefined>} findOrder
 *
 * @typedef {import('./database.mjs').Database} Database
 * @typedef {{ readonly customer: string, readonly cents: number, readonly shipping: number }} NewOrder
 * @typedef {Readonly<Record<string, unknown>>} Order
 */

const here = new URL('./releases/', import.meta.url);

/** Every release there is, oldest first. */
export const releases = readdirSync(here)
  .map((file) => file.replace(/\.mjs$/, ''))
  .sort(byVersion);

/**
 * The release that the environment names.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function releaseNameOf({ RELEASE: name }) {
  if (name !== undefined && releases.includes(name)) return name;
  const got = name === undefined ? 'RELEASE is not set' : `there is no release "${name}"`;
  throw new Error(`${got}; use one of: ${releases.join(', ')}`);
}

/**
 * @param {string} name
 * @returns {Promise<Release>}
 */
export const loadRelease = (name) => import(new URL(`${name}.mjs`, here).href);

/**
 * @param {string} a
 * @param {string} b
 */
export function byVersion(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
