import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalTarget } from '../../../lib/targets/local/local-target';
import { socketOf } from '../../../lib/targets/local/supervisor/supervision';
import { SETTINGS, watching } from './fixture';

const target = new LocalTarget({ settings: SETTINGS, supervisor: '/there/is/no/such.js' });
const deployment = { release: '1', assembly: '/nowhere', environment: 'Staging' };

it('chooses a folder, addresses and an end, and starts nothing', () => {
  const [one, two] = [target.allocate(), target.allocate()];
  expect(one).toEqual({
    target: 'local',
    name: expect.stringMatching(/\/twin-[0-9a-f]{8}$/) as string,
    block: expect.stringMatching(/^127\.\d+\.\d+$/) as string,
    host: hostname(),
    expires: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
  expect(Date.parse(one['expires']!) - Date.now()).toBeGreaterThan(3.9 * 3_600_000);
  expect(one.name).not.toBe(two.name);
  expect(existsSync(one.name)).toBe(false);
});

it('lets a migration take from the data what the config says', () => {
  const migrate = { ...SETTINGS.migrate!, removes: ['drafts', 'orders.note'] };
  expect(new LocalTarget({ settings: { ...SETTINGS, migrate } }).removes).toEqual(['drafts', 'orders.note']);
  expect(target.removes).toEqual([]);
});

it('knows whether a migration has a second part', () => {
  const migrate = { ...SETTINGS.migrate!, contract: 'true' };
  expect(new LocalTarget({ settings: { ...SETTINGS, migrate } }).contracts).toBe(true);
  expect(target.contracts).toBe(false);
});

it('says why the process that holds an environment did not start, and removes what there is of it', async () => {
  const handle = target.allocate();
  await expect(target.seed(handle, deployment, watching())).rejects.toMatchObject({
    code: 'supervisor',
    message: expect.stringMatching(/^the supervisor of the environment did not start: ./) as string,
  });
  expect((await target.inventory(handle)).found).toEqual([{ kind: 'file', what: handle.name }]);
  expect(await target.logs(handle, `${handle.name}/copy`)).toEqual(['supervisor.log']);
  await target.down(handle, watching());
  expect((await target.inventory(handle)).found).toEqual([]);
  expect(await target.logs(handle, `${handle.name}/copy`)).toEqual([]);
});

it.each([
  [
    `/${'x'.repeat(90)}`,
    `the path of the folder for temporary files is too long for a socket: /${'x'.repeat(90)}`,
    'Set TMPDIR to a path that is at least 15 bytes shorter, such as /tmp.',
  ],
  [
    '/there/is/no',
    expect.stringMatching(/^the folder of the environment could not be created: ENOENT/),
    'Set TMPDIR to a writable folder with free space.',
  ],
])('refuses to stand in %s, and leaves nothing', async (folder, message, fix) => {
  const handle = { ...target.allocate(), name: `${folder}/twin-0123abcd` };
  await expect(target.seed(handle, deployment, watching())).rejects.toMatchObject({ message, fix });
  expect(existsSync(folder)).toBe(false);
});

describe('with a socket that is there before anything listens', () => {
  /** Leaves the socket of a process that was killed at the path, which refuses; then does something else. */
  const scriptThat = (then: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'twin-slow-')), 'supervisor.cjs');
    const first = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    writeFileSync(
      file,
      `const socket = require('node:path').join(process.argv[2], 'control.sock');
       require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(first)}, socket]);
       ${then}`,
    );
    return file;
  };

  it('waits until the supervisor answers', async () => {
    const script = scriptThat(`
      const calls = [];
      const server = require('node:http').createServer((request, response) => {
        calls.push(request.url);
        response.end(JSON.stringify(request.url === '/describe' ? { result: calls } : { result: null }) + '\\n');
        if (request.url === '/close') process.exit(0);
      });
      setTimeout(() => (require('node:fs').rmSync(socket), server.listen(socket)), 1000);`);
    const slow = new LocalTarget({ settings: SETTINGS, supervisor: script });
    const handle = slow.allocate();
    await slow.seed(handle, deployment, watching());
    expect(await slow.describe(handle, watching())).toEqual(['/ping', '/seed', '/describe']);
    await slow.down(handle, watching());
    expect((await slow.inventory(handle)).found).toEqual([]);
  });

  it('says at once that the supervisor has ended', async () => {
    const script = scriptThat(`console.error('no room for me'); process.exit(1);`);
    const dead = new LocalTarget({ settings: SETTINGS, supervisor: script });
    const handle = dead.allocate();
    await expect(dead.seed(handle, deployment, watching())).rejects.toMatchObject({
      code: 'supervisor',
      message: 'the supervisor of the environment did not start: no room for me',
    });
    await dead.down(handle, watching());
  });
});

it('has nothing to stop where the supervisor has ended, and says so to who goes on', async () => {
  const handle = target.allocate();
  mkdirSync(handle.name);
  const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))`;
  const dead = spawn(process.execPath, ['-e', script, socketOf(handle.name)]);
  await once(dead.stdout, 'data');
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  expect(existsSync(socketOf(handle.name))).toBe(true);
  const start = performance.now();
  await target.stop(handle, watching());
  expect(performance.now() - start).toBeLessThan(5_000);
  await expect(target.describe(handle, watching())).rejects.toMatchObject({ code: 'environment-lost' });
  await target.down(handle, watching());
  expect((await target.inventory(handle)).found).toEqual([]);
});

it('has nothing to remove of what never was', async () => {
  const handle = target.allocate();
  await target.down(handle, watching());
  expect((await target.inventory(handle)).found).toEqual([]);
});

it('does not say of an environment on another machine that it is gone, until it has deleted itself', async () => {
  const handle = { ...target.allocate(), host: 'runner-7' };
  await expect(target.down(handle, watching())).rejects.toMatchObject({
    code: 'elsewhere',
    message: `the environment ${handle.name} is on runner-7, and this machine is ${hostname()}`,
    fix: expect.stringMatching(
      /^Run the command on runner-7; the environment deletes itself there at \d{4}-/,
    ) as string,
  });
  expect((await target.inventory(handle)).found).toEqual([
    { kind: 'file', what: `${handle.name} on runner-7` },
  ]);
  const expired = { ...handle, expires: '2026-01-01T00:00:00.000Z' };
  await target.down(expired, watching());
  expect((await target.inventory(expired)).found).toEqual([]);
});
