import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../../../lib/error';
import { Journal } from '../../../../lib/rehearsal/journal';
import { call, serve, type Handler } from '../../../../lib/targets/local/supervisor/rpc';
import type { Watch } from '../../../../lib/targets/target';

const folder = mkdtempSync(join(tmpdir(), 'twin-rpc-'));
const socket = join(folder, 'socket');
afterAll(() => rmSync(folder, { recursive: true }));

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const start = async (handler: Handler): Promise<Server> => (server = await serve(socket, handler));

/** A watch that writes down what it is logged. */
function watching(signal = new AbortController().signal): Watch & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    signal,
    log: (message) => void seen.push(message),
    learn: (details) => void seen.push(`learn ${JSON.stringify(details)}`),
    span: async (name, work) => {
      seen.push(`begin ${name}`);
      try {
        return await work();
      } finally {
        seen.push(`end ${name}`);
      }
    },
  };
}

it('says that the machine failed where the operating system refused something', async () => {
  await start(async () => {
    await once(createServer().listen(join(folder, 'no', 'such', 'place')), 'listening');
  });
  await expect(call(socket, 'up', {}, watching())).rejects.toMatchObject({
    code: 'machine',
    message: expect.stringMatching(/^listen E/) as string,
    isMachineFault: true,
  });
  await expect(call(join(folder, 'none'), 'up', {}, watching())).rejects.toMatchObject({
    code: 'environment-lost',
    isMachineFault: true,
  });
});

it('passes the argument, the progress, the spans and the result', async () => {
  await start(async (name, argument, watch) => {
    watch.learn({ id: '7' });
    await watch.span('copy', async () => {
      watch.log('half');
      await new Promise((resolve) => setTimeout(resolve, 5));
    });
    return { name, argument };
  });
  const watch = watching();
  expect(await call(socket, 'seed', { a: 1 }, watch)).toEqual({ name: 'seed', argument: { a: 1 } });
  expect(watch.seen).toEqual(['learn {"id":"7"}', 'begin copy', 'half', 'end copy']);
});

it('keeps spans within spans, for a watch that knows by itself where it is', async () => {
  await start((_, __, watch) =>
    watch.span('outer', async () => {
      await Promise.all([
        watch.span('left', () => new Promise((resolve) => setTimeout(resolve, 10))),
        watch.span('right', () => watch.span('inner', () => Promise.resolve())),
      ]);
      await watch.span('last', () => Promise.resolve());
    }),
  );
  const journal = new Journal({ spans: [], listener: () => {}, now: () => new Date() });
  const watch = { ...journal.watch(new AbortController().signal), learn: () => {} };
  await watch.span('step', () => call(socket, 'up', {}, watch));
  const nameOf = (id: number | null): string | undefined => journal.spans.find((it) => it.id === id)?.name;
  expect(journal.spans.map(({ name, parent }) => [name, nameOf(parent)])).toEqual([
    ['step', undefined],
    ['outer', 'step'],
    ['left', 'outer'],
    ['right', 'outer'],
    ['inner', 'right'],
    ['last', 'outer'],
  ]);
});

it('throws what was thrown there: what a user can act on with its fix, a bug with its stack', async () => {
  await start((name) => {
    if (name === 'bug') throw new TypeError('x is not a function');
    throw new TwinError({ code: 'disk-full', message: 'no room', fix: 'Make some.' });
  });
  await expect(call(socket, 'seed', {}, watching())).rejects.toMatchObject({
    name: 'TwinError',
    code: 'disk-full',
    message: 'no room',
    fix: 'Make some.',
  });
  const bug = await call(socket, 'bug', {}, watching()).catch((error: unknown) => error as Error);
  expect(bug).toMatchObject({ name: 'Error', message: 'x is not a function' });
  expect((bug as Error).stack).toContain('rpc.test.ts');
});

it('stops the work there when the caller stops, and ends its spans', async () => {
  let resolveStopped: ((reason: unknown) => void) | undefined;
  const stopped = new Promise((resolve) => (resolveStopped = resolve));
  await start((_, __, there) =>
    there.span('wait', async () => {
      await once(there.signal, 'abort');
      resolveStopped!(there.signal.reason);
    }),
  );
  const aborter = new AbortController();
  const watch = watching(aborter.signal);
  const pending = call(socket, 'up', {}, watch);
  while (!watch.seen.includes('begin wait')) await new Promise((resolve) => setTimeout(resolve, 5));
  aborter.abort(new Error('stopped by SIGINT'));
  await expect(pending).rejects.toThrow('stopped by SIGINT');
  expect(await stopped).toMatchObject({ message: 'the caller has disconnected' });
  expect(watch.seen).toEqual(['begin wait', 'end wait']);
});

it.each([
  ['the supervisor has ended', () => Promise.resolve()],
  [
    'it goes away before it has answered',
    async () => {
      const started = await start(() => new Promise(() => {}));
      started.on('request', () => setTimeout(() => started.closeAllConnections(), 20));
    },
  ],
])('says what to do when %s', async (_, prepare) => {
  await prepare();
  await expect(call(socket, 'up', {}, watching())).rejects.toMatchObject({
    code: 'environment-lost',
    message: expect.stringMatching(
      /^the supervisor of the environment does not answer at .*socket \(.+\): it has ended$/,
    ) as string,
    fix: 'Run twin down to remove its leftovers, then rehearse again.',
  });
});

it('answers several calls at a time', async () => {
  const started = await start((name) => Promise.resolve(name));
  const connections = once(started, 'connection');
  const names = await Promise.all(['a', 'b', 'c'].map((name) => call(socket, name, {}, watching())));
  await connections;
  expect(names).toEqual(['a', 'b', 'c']);
});
