import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../lib/probes/command';
import type { ProbeContext } from '../../lib/probes/context';
import { contextOf } from './loopback';

const folder = mkdtempSync(join(tmpdir(), 'twin-command-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PASSWORD = 'p@ss/word';
const database = {
  engine: 'postgresql' as const,
  tier: 'Orders',
  writer: { host: '127.0.0.2', port: 5432 },
  reader: { host: '127.0.0.3', port: 5433 },
  readers: [],
  database: 'orders',
  username: 'app',
  password: PASSWORD,
};

const run = (text: string, context: Partial<ProbeContext> = {}, timeoutSeconds = 60) =>
  command({ name: 'it', run: text, timeoutSeconds }, contextOf({ folder, ...context }));

/** Whether a process lives; one that has ended but was not yet waited for by its parent does not. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const pidIn = (file: string): number => Number(readFileSync(join(folder, file), 'utf8'));

it.each<[string, string, object]>([
  ['passes', 'true', { outcome: 'passed', detail: 'exit code 0' }],
  ['fails', 'exit 3', { outcome: 'failed', detail: 'exit code 3, expected 0' }],
  ['fails', 'nope-nope', { outcome: 'failed', detail: 'exit code 127, expected 0' }],
  ['fails', 'kill -9 $$', { outcome: 'failed', detail: 'ended by SIGKILL, expected exit code 0' }],
])('%s by the exit code: %s', async (_, text, seen) => {
  expect(await run(text)).toMatchObject(seen);
});

it('fails when it cannot be started', async () => {
  expect(await run('true', { folder: join(folder, 'missing') })).toEqual({
    outcome: 'failed',
    detail: 'cannot be started: spawn sh ENOENT',
  });
});

it('is started by the launcher, with the same arguments and exit code', async () => {
  const launcher = ['/bin/sh', '-c', 'LAUNCHED=yes; export LAUNCHED; exec "$@"', 'sh'];
  expect(await run('echo "$0 $LAUNCHED"; exit 3', { launcher })).toEqual({
    outcome: 'failed',
    detail: 'exit code 3, expected 0',
    output: 'sh yes',
  });
});

it('runs in the folder, with the URLs in its environment and nothing else of ours', async () => {
  process.env['TWIN_TEST_LEAK'] = 'leak';
  const context = {
    url: 'http://127.0.0.1:8080',
    urls: { 'web-shop': 'http://127.0.0.1:8080' },
    databases: [database],
    environment: { TWIN_MARK: 'm1' },
  };
  const { output } = await run('pwd; env', context);
  delete process.env['TWIN_TEST_LEAK'];
  const lines = output!.split('\n');
  expect(lines[0]).toBe(folder);
  expect(lines).toEqual(
    expect.arrayContaining([
      `PATH=${process.env['PATH']}`,
      'TWIN_URL=http://127.0.0.1:8080',
      'TWIN_WEB_SHOP_URL=http://127.0.0.1:8080',
      'TWIN_RELEASE=1.42.0',
      'TWIN_MARK=m1',
      'TWIN_ORDERS_WRITER_URL=postgresql://app:***@127.0.0.2:5432/orders',
      'TWIN_ORDERS_READER_URL=postgresql://app:***@127.0.0.3:5433/orders',
    ]),
  );
  expect(output).not.toMatch(/leak|p%40ss/);
});

it('percent-encodes the password, so that the URL can be read', async () => {
  const script =
    'console.log(decodeURIComponent(new URL(process.env.TWIN_ORDERS_WRITER_URL).password).length)';
  const { output } = await run(`node -e '${script}'`, { databases: [database] });
  expect(output).toBe(String(PASSWORD.length));
});

it('keeps the last 40 lines of what it writes, 8 kB at the most, without passwords', async () => {
  const many = await run(
    'i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; echo oops >&2; exit 1',
  );
  expect(many.output!.split('\n')).toHaveLength(40);
  expect(many.output).toMatch(/^line 1[0-9]\n/);
  expect(many.output).toMatch(/oops/);
  const long = await run(`printf 'é%.0s' $(seq 1 20000); echo ' ${PASSWORD} end'`, { databases: [database] });
  expect(Buffer.byteLength(long.output!)).toBeLessThanOrEqual(8 * 1024);
  expect(long.output).toMatch(/^é+ \*\*\* end$/);
  expect(await run('true')).not.toHaveProperty('output');
});

it('ends with the command, and with it those that it left in the background', async () => {
  const start = performance.now();
  expect(await run('sleep 60 & echo $! >left; echo done')).toMatchObject({
    outcome: 'passed',
    output: 'done',
  });
  expect(performance.now() - start).toBeLessThan(30_000);
  expect(lives(pidIn('left'))).toBe(false);
});

it('kills what is too slow, also when it does not listen', async () => {
  const text = `trap '' TERM; echo $$ >slow; echo started; sleep 60 & echo $! >child; while :; do wait; done`;
  expect(await run(text, {}, 1)).toEqual({
    outcome: 'failed',
    detail: 'killed: it still ran after its limit of 1 s',
    output: 'started',
  });
  expect([pidIn('slow'), pidIn('child')].filter(lives)).toEqual([]);
});

it('is killed when it is aborted, and throws the reason', async () => {
  const abort = new AbortController();
  const seen = run('echo $$ >aborted; exec sleep 60', { signal: abort.signal });
  while (!/\d\n/.test(read('aborted'))) await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort(new Error('enough'));
  await expect(seen).rejects.toThrow('enough');
  expect(lives(pidIn('aborted'))).toBe(false);
});

function read(file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}
