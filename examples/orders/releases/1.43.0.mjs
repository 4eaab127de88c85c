/** @typedef {import('../release.mjs').Release} Release */

export const fields = ['id', 'customer', 'cents', 'shipping', 'total'];

/** @type {Release['placeOrder']} */
export async function placeOrder({ writer }, { customer, cents, shipping }) {
  const { rows } = await writer.query(
    'insert into orders (customer, cents, shipping, total) values ($1, $2, $3, $4) returning id',
    [customer, cents, shipping, cents + shipping],
  );
  return rows[0].id;
}

/**
 * A customer who reads one order has often just placed it: the writer has it.
 *
 * @type {Release['findOrder']}
 */
export async function findOrder({ writer }, id) {
  const { rows } = await writer.query(`select ${fields.join()} from orders where id = $1`, [id]);
  return rows[0];
}
