import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Customer, expectExit, folder, lastCutover, twin, writeShop } from './two-productions';

jest.setTimeout(480_000);

/** The status of an order, by the address of clients. */
const order = async (url: string, id: number): Promise<number> => (await fetch(`${url}/orders/${id}`)).status;

/** Orders once, and @returns its number. */
async function buy(url: string): Promise<number> {
  const customer = new Customer(url);
  while (customer.placed.length === 0) await new Promise((done) => setTimeout(done, 10));
  await customer.leave();
  return customer.placed.at(-1)!;
}

it('seeds a second production from the first as it runs, moves clients within the loss that is allowed, and says what is lost', async () => {
  writeShop({ steps: [100], data: { Orders: { seed: { maxLossMinutes: 30 } } } });
  const up = ['production', 'up', '--environment'];
  const url = /TWIN_URL=(\S+)/.exec(await expectExit(0, ...up, 'Prod', '--release', '1.41.0'))![1]!;
  const before = await buy(url);
  const stood = await expectExit(0, ...up, 'ProdB', '--release', '1.43.0');
  expect(stood).toContain('and uses its data but for its own copy of Orders;');
  const own = /TWIN_URL=(\S+)/.exec(stood)![1]!;
  const after = await buy(url);
  // a copy: what was ordered before it is in both, what is ordered after it in one
  expect([await order(own, before), await order(own, after)]).toEqual([200, 404]);
  expect([await order(url, before), await order(url, after)]).toEqual([200, 200]);

  const refused = await twin('cutover', '--to', 'ProdB', '--max-loss-minutes', '0.01').ended;
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(
    /what is written to Orders of Prod since \S+ \S+ UTC is not in ProdB: .*; allowed: at most 600 ms/,
  );

  const customer = new Customer(url);
  const moved = await expectExit(0, 'cutover', '--to', 'ProdB');
  await customer.leave();
  expect(moved).toMatch(
    /How +a copy of Prod, \S+ \S+ UTC\n +Missing +what was written to Prod in \S+ s is not in ProdB/,
  );
  const { data = [] } = lastCutover();
  expect(data).toMatchObject([{ tier: 'Orders', way: 'seed', copyOf: 'Prod' }]);
  expect(data[0]!.lossMinutes).toBeGreaterThan(0);
  const taken = customer.placed.at(-1)!;
  expect(await order(url, taken)).toBe(200);
  expect(customer.failures).toBe(0);

  // what was ordered from ProdB is not in Prod: the way back is refused until somebody accepts that
  const back = await twin('cutover', '--to', 'Prod', '--max-loss-minutes', '0.01').ended;
  expect(back.exitCode).toBe(2);
  expect(back.stderr).toContain('is not in Prod');
  expect(back.stderr).toMatch(/accept the loss with --max-loss-minutes \d+/);
  await expectExit(0, 'cutover', '--to', 'Prod');

  // writes that are said to be stopped, and are not, bring all clients back
  const file = join(folder, 'twin.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { cutover: object };
  const stopped = { Orders: { seed: { writesStopped: 'a page says so' } } };
  writeFileSync(file, JSON.stringify({ ...config, cutover: { ...config.cutover, data: stopped } }));
  const late = new Customer(url);
  expect(await expectExit(1, 'cutover', '--to', 'ProdB')).toMatch(
    /writes: orders of Orders has \d+ rows? more in Prod,/,
  );
  await late.leave();
  await expectExit(0, 'cutover', '--to', 'ProdB');
  expect(lastCutover().data).toMatchObject([{ because: 'a page says so', unwritten: true }]);
  await expectExit(0, 'cutover', '--to', 'Prod');

  // the data of each are kept when it is torn down by name
  await expectExit(2, 'production', 'down', '--environment', 'ProdB', '--confirm', 'Prod');
  const down = await expectExit(0, 'production', 'down', '--environment', 'ProdB', '--confirm', 'ProdB');
  const kept = /^kept Orders (\S+) \(PostgreSQL/m.exec(down)![1]!;
  expect(existsSync(join(folder, kept, 'data', 'PG_VERSION'))).toBe(true);
  expect(await expectExit(0, 'list')).toContain(kept);
  expect(await expectExit(0, 'prune', '--keep', '0')).toContain(
    'it holds the final snapshots of ProdB: remove the folder by hand',
  );
  expect(existsSync(join(folder, kept, 'data', 'PG_VERSION'))).toBe(true);
});
