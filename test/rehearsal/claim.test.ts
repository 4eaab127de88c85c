import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { claim, workerOn } from '../../lib/rehearsal/claim';
import { processOf } from '../../lib/rehearsal/rehearsing-process';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-claim-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (number: number, holder: object): void =>
  writeFileSync(join(folder, `claim-${number}.json`), JSON.stringify(holder));

/** A process that has ended. */
const ended = () => ({ ...processOf(process.ppid), startedAt: 'another boot 1' });

it('is held until it is given up', () => {
  const giveUp = claim(folder, 'r1');
  expect(readdirSync(folder)).toEqual(['claim-1.json']);
  giveUp();
  giveUp();
  expect(readdirSync(folder)).toEqual([]);
});

it('refuses while another process holds it, until it is forced', () => {
  write(1, processOf(process.ppid));
  expect(workerOn(folder)).toMatchObject({ pid: process.ppid });
  expect(() => claim(folder, 'r1')).toThrow(
    expect.objectContaining({ code: 'at-work', message: `process ${process.ppid} is at work on r1` }),
  );
  claim(folder, 'r1', { force: true });
  expect(readdirSync(folder)).toEqual(['claim-1.json', 'claim-2.json']);
});

it('follows that of a process that has ended: the last one counts', () => {
  write(9, ended());
  write(10, ended());
  expect(workerOn(folder)).toBeUndefined();
  claim(folder, 'r1')();
  write(11, processOf(process.ppid));
  expect(() => claim(folder, 'r1')).toThrow(expect.objectContaining({ code: 'at-work' }));
});

it('says where none can be written', () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, ''); // no folder at all
  expect(() => claim(folder, 'r1')).toThrow(/ENOTDIR/);
});

it('goes to one of many processes that try at the same time', async () => {
  write(1, ended());
  const program = join(folder, 'claimer.cjs');
  buildSync({
    stdin: {
      contents: `
        import { claim } from './lib/rehearsal/claim';
        try {
          claim(process.argv[2], 'r1');
          console.log('won');
          setTimeout(() => {}, 60_000);
        } catch (error) {
          console.log(error.code);
        }`,
      resolveDir: resolve('.'),
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    platform: 'node',
  });
  const racers = Array.from({ length: 6 }, () => spawn(process.execPath, [program, folder]));
  const said = await Promise.all(
    racers.map(async ({ stdout }) => String(((await once(stdout, 'data')) as [Buffer])[0]).trim()),
  );
  for (const racer of racers) racer.kill('SIGKILL');
  expect(said.toSorted()).toEqual([...Array<string>(5).fill('at-work'), 'won']);
});
