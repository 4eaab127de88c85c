import { replicaLag } from '../../lib/probes/replica-lag';
import { contextOf, deadUrl } from './loopback';

const check = { name: 'lag', tier: 'Orders', maxMs: 500 };

const database = (port: number, readers: readonly string[]) => {
  const address = { host: '127.0.0.1', port };
  return {
    engine: 'postgresql' as const,
    tier: 'Orders',
    writer: address,
    reader: address,
    readers: readers.map((name) => ({ name, ...address })),
    database: 'orders',
    username: 'app',
    password: 'x',
  };
};

it('is skipped where the tier is no database that stands', async () => {
  expect(await replicaLag(check, contextOf())).toEqual({
    outcome: 'skipped',
    tier: 'Orders',
    detail: 'Orders is no database that stands here',
  });
});

it('fails without a replica, because nothing would be proved', async () => {
  expect(await replicaLag(check, contextOf({ databases: [database(1, [])] }))).toEqual({
    outcome: 'failed',
    detail: 'Orders has no replica: read-your-writes proves nothing here',
  });
});

it('fails when a replica cannot be reached', async () => {
  const port = Number(new URL(await deadUrl()).port);
  expect(await replicaLag(check, contextOf({ databases: [database(port, ['Orders-2'])] }))).toEqual({
    outcome: 'failed',
    detail: `Orders-2 (127.0.0.1:${port}) cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});

it('throws the reason when it is aborted', async () => {
  const context = contextOf({
    databases: [database(1, ['Orders-2'])],
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(replicaLag(check, context)).rejects.toThrow('enough');
});
