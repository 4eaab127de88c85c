import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { checkSeed } from '../../lib/targets/local/mysql/seed';
import type { MysqlTier } from '../../lib/targets/local/mysql/tier';
import { processesOf } from '../../lib/targets/local/process/owned-processes';
import type { HostPort } from '../../lib/probes/context';
import { ask, connectTo, databaseOf, PASSWORD, soon, WATCH, Workshop } from './real-tier';
import { servers } from './servers';

/** The error, as code and message without the folder. */
async function errorOf(work: Promise<unknown>, folder: string): Promise<string> {
  const error: unknown = await work.then(
    () => 'no error',
    (it: unknown) => it,
  );
  if (!TwinError.isTwinError(error)) throw error;
  return `${error.code}: ${error.message} / ${error.fix}`.replaceAll(folder, 'FOLDER');
}

const rolesOf = (tier: MysqlTier): string[] =>
  tier
    .state()
    .members.map(({ role, state }) => `${role} ${state}`)
    .toSorted();

const write = (at: HostPort, id: number): Promise<unknown> =>
  ask(at, `insert into orders (id) values (${id})`, { connectTimeout: 1_000 });
const has = async (at: HostPort, id: number): Promise<boolean> =>
  (await ask(at, `select 1 from orders where id = ${id}`)).length === 1;

let begin = 0;

/** Writes all the time while something happens. @returns what was acknowledged */
async function writing(
  at: HostPort,
  work: () => Promise<void>,
): Promise<{ acknowledged: number[]; refused: number }> {
  const acknowledged: number[] = [];
  let refused = 0;
  const over = new AbortController();
  let next = (begin += 10_000);
  const workers = [1, 2, 3].map(async () => {
    while (!over.signal.aborted) {
      const id = next++;
      await write(at, id).then(
        () => acknowledged.push(id),
        () => refused++,
      );
    }
  });
  try {
    await soon(() => acknowledged.length > 20);
    await work();
    const before = acknowledged.length;
    await soon(() => acknowledged.length > before + 5);
  } finally {
    over.abort();
    await Promise.all(workers);
  }
  return { acknowledged, refused };
}

const missing = async (at: HostPort, ids: readonly number[]): Promise<number[]> => {
  const there = new Set((await ask(at, 'select id from orders')).map(({ id }) => id as number));
  return ids.filter((id) => !there.has(id));
};

const SEED = `
create table orders (id int primary key, customer varchar(80), at timestamp default current_timestamp);
insert into orders (id, customer) values (1, 'Ünïcode ✓; it\\'s');
/*!50003 SET sql_mode = 'NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
create definer=\`orders\`@\`%\` trigger shout before insert on orders for each row begin set new.customer = upper(new.customer); end ;;
create procedure count_orders() begin select count(*) as orders from orders; end ;;
DELIMITER ;
create view orders_of_all as select id from orders;
create database empty_one;
`;

describe.each(servers().map((it) => [it.engine, it] as const))('on %s', (_, programs) => {
  const workshop = new Workshop(programs);
  beforeAll(() => workshop.open());
  afterAll(() => workshop.remove());

  describe('a cluster of three', () => {
    let tier: MysqlTier;
    beforeAll(async () => {
      tier = workshop.tier('Orders', { members: 3 });
      await tier.seed(workshop.seedFile(SEED), WATCH);
      await tier.up(WATCH);
    });
    afterAll(() => tier.stop());

    it('has what the seed holds, whatever mysqldump writes', async () => {
      const { writer } = databaseOf(tier);
      expect(await ask(writer, 'select customer from orders where id = 1')).toEqual([
        { customer: "Ünïcode ✓; it's" },
      ]);
      await ask(writer, `insert into orders (id, customer) values (2, 'shouted')`);
      expect(await ask(writer, 'select customer from orders where id = 2')).toEqual([
        { customer: 'SHOUTED' },
      ]);
      const [[rows]] = (await (await connectTo(writer)).query('call count_orders()')) as unknown as [
        [object[]],
      ];
      expect(rows).toEqual(await ask(writer, 'select count(*) as orders from orders'));
      await ask(writer, 'create table empty_one.first (id int primary key)');
    });

    it('replicates to every member, which refuse writes, whoever asks', async () => {
      const { writer, reader, readers } = databaseOf(tier);
      await write(writer, 3);
      for (const at of [reader, ...readers]) {
        await soon(() => has(at, 3));
        await expect(write(at, 99)).rejects.toThrow(/read[-_]only/);
        await expect(ask(at, 'set global read_only = 0')).rejects.toThrow(/Access denied/);
      }
    });

    it('balances the connections of the reader endpoint over the replicas', async () => {
      const { reader, writer } = databaseOf(tier);
      const who = 'select @@server_id as member, @@global.read_only as replica';
      const answers = (await Promise.all([1, 2, 3, 4].map(() => ask(reader, who)))).map(([row]) => row!);
      expect(new Set(answers.map(({ member }) => member as number)).size).toBe(2);
      expect(answers.map(({ replica }) => replica as number)).toEqual([1, 1, 1, 1]);
      expect((await ask(writer, who))[0]!['replica']).toBe(0);
    });

    it('refuses every user without the right password, and the users of the service', async () => {
      const { writer } = databaseOf(tier);
      for (const more of [{ password: 'wrong' }, { user: 'rdsadmin' }, { user: 'root', password: '' }])
        await expect(ask(writer, 'select 1', more)).rejects.toThrow(/Access denied/);
      await expect(ask(writer, 'set global max_connections = 5000')).rejects.toThrow(/Access denied/);
      await ask(writer, `create user reporting@'%' identified by 'x'`);
      await ask(writer, `grant select on shop.* to reporting@'%'`);
    });

    it('loses no acknowledged write in a failover, and gets the old primary back', async () => {
      const before = tier.state().members.find(({ role }) => role === 'primary')!;
      const { writer } = databaseOf(tier);
      const { acknowledged, refused } = await writing(writer, () => tier.failover(WATCH));
      expect(await missing(writer, acknowledged)).toEqual([]);
      expect(refused).toBeGreaterThan(0);
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
      expect(tier.state().members).toContainEqual({ ...before, role: 'replica' });
      expect(databaseOf(tier).writer).toEqual(writer);
      for (const { name, ...at } of databaseOf(tier).readers) {
        expect([name, await soonAll(at, acknowledged)]).toEqual([name, []]);
      }
    });

    it('gives another one a copy to begin with, while it works on', async () => {
      const { writer } = databaseOf(tier);
      await write(writer, 800);
      const copy = join(workshop.folder, 'copies', 'Orders');
      await tier.checkpoint(copy, WATCH);
      await write(writer, 801);
      const other = workshop.tier('OrdersB', { members: 2 });
      // The passwords of its administrators are a part of the data.
      const [from, to] = ['Orders', 'OrdersB'].map((name) => join(workshop.folder, 'data', name));
      mkdirSync(to!, { recursive: true });
      for (const name of readdirSync(from!).filter((it) => it.endsWith('.password')))
        copyFileSync(join(from!, name), join(to!, name));
      await other.adopt(copy, WATCH);
      await other.up(WATCH);
      const at = databaseOf(other);
      expect([await has(at.writer, 800), await has(at.writer, 801)]).toEqual([true, false]);
      await soon(() => has(at.reader, 800));
      await write(at.writer, 802);
      await soon(() => has(at.reader, 802));
      expect(await has(writer, 802)).toBe(false);
      await other.stop();
    });

    it('brings the data of a checkpoint back that was made while it was written to', async () => {
      const { writer, reader } = databaseOf(tier);
      const checkpoint = join(workshop.folder, 'checkpoints', 'before');
      let until = 0;
      const { acknowledged } = await writing(writer, async () => {
        until = begin + 20;
        await tier.checkpoint(checkpoint, WATCH);
      });
      await write(writer, 900);
      await tier.failover(WATCH);
      await tier.restore(checkpoint, WATCH);
      expect(await has(writer, 900)).toBe(false);
      expect(
        await missing(
          writer,
          acknowledged.filter((id) => id <= until),
        ),
      ).toEqual([]);
      expect(databaseOf(tier)).toMatchObject({ writer, reader });
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
      expect((await ask(writer, 'check table orders'))[0]).toMatchObject({ Msg_text: 'OK' });
      await write(writer, 901);
      await soon(() => has(reader, 901));
    });

    it('keeps running without its replicas, and gets them back when it is stood up again', async () => {
      const { writer } = databaseOf(tier);
      const folder = join(workshop.folder, 'data', 'Orders');
      for (const { name } of databaseOf(tier).readers) {
        const data = join(folder, name.at(-1)!);
        for (const { pid } of processesOf(data)) process.kill(pid, 'SIGKILL');
      }
      await soon(() => rolesOf(tier).filter((it) => it === 'replica stopped').length === 2);
      await write(writer, 902);
      expect(await has(databaseOf(tier).reader, 902)).toBe(true);
      await tier.up(WATCH);
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
      expect(await has(writer, 902)).toBe(true);
    });

    it('says what it is', () => {
      const { engine, differs } = tier.state();
      expect(engine).toBe(`${programs.engine} ${programs.version}`);
      expect(differs).toContain('every member offers 1000 connections, as db.r7g.large does');
      const { writer, reader } = databaseOf(tier);
      expect(tier.attributes()).toEqual({
        'Endpoint.Address': writer.host,
        'Endpoint.Port': String(writer.port),
        'ReadEndpoint.Address': reader.host,
        Port: String(reader.port),
      });
    });

    it('leaves no process when it stops', async () => {
      await tier.stop();
      expect(processesOf(join(workshop.folder, 'data', 'Orders'))).toEqual([]);
      await expect(ask(databaseOf(tier).writer, 'select 1')).rejects.toThrow('ECONNREFUSED');
      await tier.up(WATCH);
      expect(await has(databaseOf(tier).writer, 1)).toBe(true);
    });
  });

  describe('a Multi-AZ cluster', () => {
    let tier: MysqlTier;
    const numbersOf = (wanted: string): number[] =>
      tier.state().members.flatMap(({ role }, i) => (role === wanted ? [i + 1] : []));
    beforeAll(async () => {
      tier = workshop.tier('Three', { members: 3, engine: 'mysql', isMultiAzCluster: true });
      await tier.seed(workshop.seedFile('create table orders (id int primary key);'), WATCH);
      await tier.up(WATCH);
    });
    afterAll(() => tier.stop());

    it('has the endpoints of a cluster, and no resource for any of its members', () => {
      const { writer, reader, readers } = databaseOf(tier);
      expect(tier.attributes()).toEqual({
        'Endpoint.Address': writer.host,
        'Endpoint.Port': `${writer.port}`,
        'ReadEndpoint.Address': reader.host,
        Port: `${reader.port}`,
      });
      expect([readers.length, tier.memberAttributes()]).toEqual([2, {}]);
      expect(tier.state().differs).toContain(
        'a failover takes as long as a reader needs to be promoted, on AWS usually less than 35 s',
      );
      expect(tier.state().differs.join()).not.toContain('Aurora');
    });

    it('acknowledges no commit before a reader has it', async () => {
      const variables = "show global variables like 'rpl_semi_sync_%_enabled'";
      const on = async (number: number): Promise<string[]> =>
        (await workshop.asAdmin('Three', number, variables)).flatMap((it) =>
          it['Value'] === 'ON' ? [String(it['Variable_name'])] : [],
        );
      const [writer] = numbersOf('primary');
      expect(await on(writer!)).toContainEqual(expect.stringMatching(/_(source|master)_enabled$/));
      for (const number of numbersOf('replica'))
        expect(await on(number)).toEqual([expect.stringMatching(/_(replica|slave)_enabled$/)]);
    });

    it.each([0, 1])(
      'promotes the reader that has the last write where the other, number %i, is behind',
      async (cut) => {
        const readers = numbersOf('replica');
        await workshop.asAdmin('Three', readers[cut]!, 'stop replica io_thread');
        await write(databaseOf(tier).writer, cut);
        await tier.failover(WATCH);
        expect(numbersOf('primary')).toEqual([readers[1 - cut]]);
        const { writer, readers: all } = databaseOf(tier);
        expect(await has(writer, cut)).toBe(true);
        for (const at of all) await soon(() => has(at, cut));
      },
    );

    it('loses no acknowledged write in a failover', async () => {
      const { writer } = databaseOf(tier);
      const { acknowledged, refused } = await writing(writer, () => tier.failover(WATCH));
      expect(await missing(writer, acknowledged)).toEqual([]);
      expect(refused).toBeGreaterThan(0);
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'replica running']);
    });
  });

  describe('replicas that delay', () => {
    it('show no write before its time, and lose none in a failover', async () => {
      const tier = workshop.tier('Late', { members: 2, delayMs: 1_000 });
      await tier.seed(workshop.seedFile('create table orders (id int primary key);'), WATCH);
      await tier.up(WATCH);
      const { writer, readers } = databaseOf(tier);
      for (let id = 1; id <= 3; id++) {
        const start = Date.now();
        await write(writer, id);
        await soon(() => has(readers[0]!, id));
        expect(Date.now() - start).toBeGreaterThan(950);
        expect(Date.now() - start).toBeLessThan(3_500);
      }
      await write(writer, 4);
      await tier.failover(WATCH);
      expect(await has(writer, 4)).toBe(true);
      expect(tier.state().differs).toContain('replicas delay every write by 1 to 2 s');
      await tier.stop();
    });
  });

  describe('an RDS instance', () => {
    it('with a standby fails over to it, and keeps its read replicas, which take no part', async () => {
      const engine = programs.engine === 'MariaDB' ? 'mariadb' : 'mysql';
      const tier = workshop.tier('Ledger', { members: 2, engine, instance: { isMultiAz: true } });
      await tier.seed(workshop.seedFile('create table orders (id int primary key);'), WATCH);
      await tier.up(WATCH);
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'standby running']);
      const { writer, reader, readers } = databaseOf(tier);
      expect(tier.attributes()).toEqual({
        'Endpoint.Address': writer.host,
        'Endpoint.Port': `${writer.port}`,
      });
      expect(tier.memberAttributes()).toEqual({
        Ledger1: { 'Endpoint.Address': reader.host, 'Endpoint.Port': `${reader.port}` },
      });
      expect(readers).toHaveLength(1);
      const { acknowledged } = await writing(writer, () => tier.failover(WATCH));
      expect(await missing(writer, acknowledged)).toEqual([]);
      expect(await soonAll(reader, acknowledged)).toEqual([]);
      expect(rolesOf(tier)).toEqual(['primary running', 'replica running', 'standby running']);
      await tier.stop();
    });

    it('without one is started again, with its data, and has the parameters of its group', async () => {
      const tier = workshop.tier('Single', {
        members: 1,
        engine: 'mysql',
        instance: { isMultiAz: false },
        said: {
          max_connections: '12',
          long_query_time: '3.5',
          innodb_buffer_pool_size: '{DBInstanceClassMemory*3/4}',
          ft_min_word_len: '2',
          'rds.something': '1',
          server_id: '7',
          sql_mode: 'WRONG',
          sort_buffer_size: '9000000000000',
          max_join_size: '9000000000000', // of rows: as large as can be by itself
        },
      });
      await tier.seed(
        workshop.seedFile('create table orders (id int primary key); insert into orders values (1);'),
        WATCH,
      );
      await tier.up(WATCH);
      const { writer, reader, readers } = databaseOf(tier);
      expect([reader, readers]).toEqual([writer, []]);
      await write(writer, 2);
      await tier.failover(WATCH);
      expect(await missing(writer, [1, 2])).toEqual([]);
      const [row] = await ask(
        writer,
        'select @@global.long_query_time as slow, @@ft_min_word_len as word, @@max_connections as most, @@max_join_size as `rows`',
      );
      expect(row).toEqual({ slow: 3.5, word: 2, most: 12, rows: 9_000_000_000_000 });
      const { differs } = tier.state();
      expect(differs).toContain('every member offers 12 connections, as its parameter group says');
      expect(differs).toContain(
        'the server here does not have these parameters of its parameter groups, which are not applied: rds.something',
      );
      expect(differs).toContain(
        'the local environment sets these parameters of its parameter groups by itself: innodb_buffer_pool_size, server_id',
      );
      expect(differs).toContain(
        'these parameters would take more memory than this machine has for them, and stay at their defaults: sort_buffer_size (9000000000000)',
      );
      expect(differs.join('\n')).toMatch(
        /does not take these parameters.*: sql_mode \(Variable 'sql_mode' can't be set/,
      );

      const open = await Promise.all(Array.from({ length: 12 }, () => connectTo(writer)));
      await expect(connectTo(writer)).rejects.toThrow(/Too many connections/);
      await tier.checkpoint(join(workshop.folder, 'checkpoints', 'full'), WATCH); // no client keeps that away
      for (const connection of open) connection.destroy();
      await tier.stop();
    });
  });

  describe('a final snapshot', () => {
    /** What production down keeps of a tier that works on: its files, and the passwords of its administrators. */
    const kept = join(workshop.folder, 'kept');
    const OTHER = { password: 'of another environment' };
    let acknowledged: readonly number[];
    beforeAll(async () => {
      const first = workshop.tier('Gone', { members: 1 });
      await first.seed(workshop.seedFile(SEED), WATCH);
      await first.up(WATCH);
      const { writer } = databaseOf(first);
      await workshop.asAdmin('Gone', 1, `alter user orders@'%' identified by 'of another environment'`);
      for (const id of [11, 12, 13]) await ask(writer, `insert into orders (id) values (${id})`, OTHER);
      acknowledged = [1, 11, 12, 13];
      mkdirSync(kept);
      const over = new AbortController();
      const busy = (async () => {
        for (let id = 100; !over.signal.aborted; id++)
          await ask(writer, `insert into orders (id) values (${id})`, OTHER);
      })();
      await first.checkpoint(join(kept, 'data'), WATCH);
      over.abort();
      await busy;
      for (const name of ['admin.password', 'replication.password'])
        copyFileSync(join(workshop.folder, 'data', 'Gone', name), join(kept, name));
      await first.stop();
    });

    it('stands up again with its data and the password of this environment, and replicates', async () => {
      await checkSeed(kept, programs);
      const tier = workshop.tier('Again', { members: 2 });
      await tier.seed(kept, WATCH);
      await tier.up(WATCH);
      const { writer, reader } = databaseOf(tier);
      expect(await missing(writer, acknowledged)).toEqual([]);
      await expect(ask(writer, 'select 1', OTHER)).rejects.toThrow(/Access denied/);
      await write(writer, 14);
      await soon(() => has(reader, 14));
      await ask(writer, 'create table empty_one.first (id int primary key)');
      const [[rows]] = (await (await connectTo(writer)).query('call count_orders()')) as unknown as [
        [object[]],
      ];
      expect(rows).toEqual(await ask(writer, 'select count(*) as orders from orders'));
      await tier.stop();
    });

    it('is refused where it has no passwords, or is of the other engine', async () => {
      const folder = join(workshop.folder, 'bare');
      mkdirSync(join(folder, 'data'), { recursive: true });
      const [own, others] =
        programs.engine === 'MySQL' ? ['mysql.ibd', 'aria_log_control'] : ['aria_log_control', 'mysql.ibd'];
      writeFileSync(join(folder, 'data', own), '');
      expect(await errorOf(checkSeed(folder, programs), workshop.folder)).toBe(
        'seed: FOLDER/bare has no admin.password, without which nobody signs in / Keep the folder whole.',
      );
      rmSync(join(folder, 'data', own));
      writeFileSync(join(folder, 'data', others), '');
      const other = programs.engine === 'MySQL' ? 'MariaDB' : 'MySQL';
      expect(await errorOf(checkSeed(folder, programs), workshop.folder)).toBe(
        `seed: FOLDER/bare holds the files of ${other}, and this machine stands ${programs.engine} up for this tier / ` +
          `Start them with ${other}, and name what "mysqldump --single-transaction --routines --triggers" writes.`,
      );
    });

    it('of another tier is named with what it lacks', async () => {
      const tier = workshop.tier('Other', { members: 1, database: 'another' });
      expect(await errorOf(tier.seed(kept, WATCH), workshop.folder)).toBe(
        'seed: FOLDER/kept has no database "another", which the template has / ' +
          'Name the final snapshot of the same tier, or let the template name what that has.',
      );
    });
  });

  describe('a seed', () => {
    it('that is wrong is named with its line, and another one is taken then', async () => {
      const tier = workshop.tier('Wrong', { members: 1 });
      const wrong = workshop.seedFile('create table items (id int);\n\ninsert into items values (1, 2);\n');
      const said = await errorOf(tier.seed(wrong, WATCH), workshop.folder);
      expect(said.replace(wrong.replace(workshop.folder, 'FOLDER'), 'WRONG')).toBe(
        `seed: WRONG:3: Column count doesn't match value count at row 1 / ` +
          'Correct that line; create dumps with "mysqldump --single-transaction --routines --triggers".',
      );
      expect(await errorOf(tier.seed(join(workshop.folder, 'none.sql'), WATCH), workshop.folder)).toBe(
        "seed: FOLDER/none.sql cannot be read: ENOENT: no such file or directory, open 'FOLDER/none.sql' / " +
          'Name an existing file of SQL.',
      );
      expect(await errorOf(tier.up(WATCH), workshop.folder)).toBe(
        'not-seeded: "Wrong" is not seeded / Call seed before up.',
      );
      const controller = new AbortController();
      const late = tier.seed(workshop.seedFile('select sleep(60);'), { ...WATCH, signal: controller.signal });
      setTimeout(() => controller.abort(new Error('enough')), 3_000);
      await expect(late).rejects.toThrow('enough');
      await tier.seed(workshop.seedFile('create table items (id int primary key);'), WATCH);
      const folder = join(workshop.folder, 'data', 'Wrong');
      expect([existsSync(join(folder, 'base')), readdirSync(folder).includes('client.cnf')]).toEqual([
        true,
        false,
      ]);
      expect(processesOf(folder)).toEqual([]);
    });
  });
});

/** What is missing at last. */
async function soonAll(at: HostPort, ids: readonly number[]): Promise<number[]> {
  let left: number[] = [];
  await soon(async () => (left = await missing(at, ids)).length === 0);
  return left;
}

it('has a password that is not easy to write', () => expect(PASSWORD).toMatch(/['"\\]/));
