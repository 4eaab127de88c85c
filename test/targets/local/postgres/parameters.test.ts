import { totalmem } from 'node:os';
import { Client } from 'pg';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import type { HostPort } from '../../../../lib/probes/context';
import { valueOf } from '../../../../lib/targets/local/sql/formula';
import { memoryShareOf } from '../../../../lib/targets/local/sql/refused-parameters';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { ask, PASSWORD, Stage } from './fixture';

jest.setTimeout(60_000);

const stage = new Stage();
afterAll(() => stage.remove());

const setting = async (at: PostgresTier['endpoints'], name: string): Promise<unknown> =>
  (await ask(at().writer, `select current_setting('${name}') as value`))[0]!['value'];

describe('the parameters of a cluster', () => {
  let tier: PostgresTier;
  const at = (): ReturnType<PostgresTier['endpoints']> => tier.endpoints();
  beforeAll(async () => {
    const parameters = {
      statement_timeout: '700',
      idle_in_transaction_session_timeout: 400,
      log_min_duration_statement: '{DBInstanceVCPU*500}',
      work_mem: '8192',
      timezone: 'Europe/Paris',
      datestyle: 'iso, dmy',
      max_worker_processes: '20',
      shared_preload_libraries: 'auto_explain,pg_hint_plan',
      'auto_explain.log_min_duration': '3000',
      shared_buffers: '{DBInstanceClassMemory*3/32768}',
      effective_cache_size: '{DBInstanceClassMemory/16384}',
      max_wal_senders: '50',
      random_page_cost: 'cheap',
      block_size: '16384',
      'rds.logical_replication': '1',
      apg_plan_mgmt_use_plan_baselines: 'on',
      maintenance_work_mem: '{AllocatedStorage/3}',
      max_connections: '{DBInstanceClassMemory/95313920}',
    };
    const members: SqlTier['members'] = [
      { logicalId: 'Writer', class: 'db.r7g.large' },
      { logicalId: 'Reader', class: 'db.r7g.large', parameters: { work_mem: '16384' } },
    ];
    tier = await stage.standing('Orders', { members, parameters });
  });

  it('are those of the server, where it knows and takes them', async () => {
    expect(await setting(at, 'statement_timeout')).toBe('700ms');
    expect(await setting(at, 'timezone')).toBe('Europe/Paris');
    expect(await setting(at, 'datestyle')).toBe('ISO, DMY');
    expect(await setting(at, 'log_min_duration_statement')).toBe('1s');
    expect(await setting(at, 'effective_cache_size')).toBe('8GB');
    expect(await setting(at, 'max_connections')).toBe('180');
  });

  it('are those of each member, where it has a group of its own', async () => {
    const { writer, readers } = tier.endpoints();
    const workMem = async (it: HostPort): Promise<unknown> =>
      (await ask(it, 'show work_mem'))[0]!['work_mem'];
    expect(new Set(await Promise.all([writer, ...readers].map(workMem)))).toEqual(new Set(['16MB', '8MB']));
    expect(await ask(readers[0]!, 'show max_worker_processes')).toEqual([{ max_worker_processes: '20' }]);
  });

  it('end statements and idle transactions that take too long', async () => {
    const { writer } = tier.endpoints();
    await expect(ask(writer, 'select pg_sleep(5)')).rejects.toThrow(
      'canceling statement due to statement timeout',
    );
    const client = new Client({ ...writer, user: 'app', password: PASSWORD, database: 'shop' });
    const ended = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('begin');
    expect((await ended).message).toBe('terminating connection due to idle-in-transaction timeout');
  });

  it('let the master user replicate by what the WAL says, where they say rds.logical_replication', async () => {
    const { writer } = tier.endpoints();
    await ask(writer, 'create table events (id int primary key)');
    await ask(writer, `select pg_create_logical_replication_slot('cdc', 'test_decoding')`);
    await ask(writer, 'insert into events values (7)');
    const changes = await ask(writer, `select data from pg_logical_slot_get_changes('cdc', null, null)`);
    expect(changes.map(({ data }) => data).join()).toContain('public.events: INSERT: id[integer]:7');
    await ask(writer, `select pg_drop_replication_slot('cdc')`);
  });

  it('preload the libraries that are here, with their settings', async () => {
    expect(await setting(at, 'shared_preload_libraries')).toBe('auto_explain');
    expect(await setting(at, 'auto_explain.log_min_duration')).toBe('3s');
  });

  it('are named where they are not applied, with the reason', () => {
    const { differs } = tier.state();
    const about = (start: string): string[] => differs.filter((it) => it.startsWith(start));
    const share = memoryShareOf(2);
    expect(share).toBe(totalmem() / 16);
    expect(about('PostgreSQL itself does not have')).toEqual([
      'PostgreSQL itself does not have these parameters of its parameter groups, which are not applied: apg_plan_mgmt_use_plan_baselines',
    ]);
    expect(about('the local environment sets')).toEqual([
      'the local environment sets these parameters of its parameter groups by itself: block_size, max_wal_senders',
    ]);
    expect(about('these parameters would take more memory')).toEqual([
      'these parameters would take more memory than this machine has for them, and stay at their defaults: shared_buffers ({DBInstanceClassMemory*3/32768})',
    ]);
    expect(about('these parameters are formulas')).toEqual([
      'these parameters are formulas over what is not known here, and stay at their defaults: maintenance_work_mem ({AllocatedStorage/3})',
    ]);
    expect(about('PostgreSQL here does not take')).toEqual([
      'PostgreSQL here does not take these parameters, which stay at their defaults: random_page_cost (invalid value for parameter "random_page_cost": "cheap")',
    ]);
    expect(about('these libraries')).toEqual([
      'these libraries of shared_preload_libraries are not on this machine, and are not loaded: pg_hint_plan',
    ]);
  });
});

it('never end what stands a tier up, however short their time-outs are', async () => {
  const parameters = { statement_timeout: '1', idle_session_timeout: '1' };
  const tier = await stage.standing('Short', { parameters });
  const checkpoint = `${stage.folder}/checkpoints/short`;
  await tier.checkpoint(checkpoint, stage.watch);
  await tier.restore(checkpoint, stage.watch);
  expect(tier.state().members).toEqual([{ name: 'Short-1', role: 'primary', state: 'running' }]);
});

it.each([
  ['LEAST({DBInstanceClassMemory/9531392},5000)', '1802'],
  ['GREATEST({DBInstanceClassMemory*1024/63963136},65536)', '275036'],
  ['SUM({DBInstanceVCPU*2},1)', '5'],
  ['{log(DBInstanceVCPU)*10}', '10'],
  ['{EndPointPort}', '5432'],
  ['{DBInstanceClassMemory/0}', undefined],
  ['{AllocatedStorage/10}', undefined],
  ['{DBInstanceVCPU', undefined],
  ['MEDIAN({DBInstanceVCPU})', undefined],
  ['%t:%r:%u@%d:[%p]:', '%t:%r:%u@%d:[%p]:'],
  ['on', 'on'],
])('the formula %s is %s', (text, value) => {
  const variables = { dbinstanceclassmemory: 16 * 1024 ** 3, dbinstancevcpu: 2, endpointport: 5432 };
  expect(valueOf(text, variables)).toBe(value);
});
