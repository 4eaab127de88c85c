// The team's own check: in a release that promises totals, every order has one. TWIN_URL is the URL of the environment.
const url = process.env.TWIN_URL;
/** Spread over the thousand orders of the seed. */
const SAMPLE = Array.from({ length: 40 }, (_, i) => i * 25 + 1);

/**
 * @param {string} path
 * @returns {Promise<any>} undefined for 404
 */
async function get(path) {
  const response = await fetch(new URL(path, url));
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

try {
  if (!url) throw new Error('TWIN_URL is not set: it is the URL of the environment');
  const { release, order } = await get('/version');
  if (order.includes('total')) await checkTotals();
  else console.log(`release ${release} promises no totals`);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function checkTotals() {
  const sample = await Promise.all(SAMPLE.map((id) => get(`/orders/${id}`)));
  const orders = sample.filter((order) => order !== undefined);
  if (orders.length === 0) throw new Error('there is no order to check');
  const without = orders.filter(({ total }) => !Number.isInteger(total)).map(({ id }) => id);
  console.log(`${without.length} of ${orders.length} orders have no total`);
  if (without.length === 0) return;
  console.log(`without a total: ${without.join(', ')}`);
  process.exitCode = 1;
}
