import { ask, databaseOf, soon, WATCH, Workshop } from './real-tier';
import { servers } from './servers';
import type { MysqlTier } from '../../lib/targets/local/mysql/tier';

describe.each(servers().map((it) => [it.engine, it] as const))('a cluster on %s', (_, programs) => {
  const workshop = new Workshop(programs);
  let tier: MysqlTier;
  beforeAll(async () => {
    await workshop.open();
    tier = workshop.tier('Orders', { members: 3 });
    console.time('seed');
    await tier.seed(workshop.seedFile('create table orders (id int primary key);'), WATCH);
    console.timeEnd('seed');
    console.time('up');
    await tier.up(WATCH);
    console.timeEnd('up');
  });
  afterAll(() => workshop.remove());

  it('works', async () => {
    const { writer, reader } = databaseOf(tier);
    await ask(writer, 'insert into orders values (1)');
    await soon(async () => (await ask(reader, 'select * from orders')).length === 1);
    console.time('failover');
    await tier.failover(WATCH);
    console.timeEnd('failover');
    await ask(writer, 'insert into orders values (2)');
    await soon(async () => (await ask(reader, 'select * from orders')).length === 2);
    console.log(tier.state());
  });
});
