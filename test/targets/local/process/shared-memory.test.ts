import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseMemory, segmentsOf } from '../../../../lib/targets/local/process/shared-memory';

const folder = mkdtempSync(join(tmpdir(), 'twin-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a server that was killed leaves in its data: the seventh line has a key and an id. */
function lockFile(name: string, memory: string): string {
  const data = join(folder, name, 'data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'postmaster.pid'), `4711\n${data}\n1763700000\n5432\n${folder}\n\n${memory}\n`);
  return join(folder, name);
}

it('finds the segments of the servers in a folder, and none where there is no server', async () => {
  expect(await segmentsOf(lockFile('killed', '   378185  99999999'))).toEqual([99_999_999]);
  expect(await segmentsOf(lockFile('starting', ''))).toEqual([]);
  expect(await segmentsOf(join(folder, 'nowhere'))).toEqual([]);
});

it('has nothing to do for a segment that is gone', async () => {
  await expect(releaseMemory(lockFile('gone', '   378185  99999999'))).resolves.toBeUndefined();
});

it('says which segment could not be removed, and how', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = folder;
  try {
    await expect(releaseMemory(lockFile('kept', '   378185  99999999'))).rejects.toMatchObject({
      code: 'shared-memory',
      message: expect.stringMatching(
        /^the shared memory 99999999 of a killed PostgreSQL could not be removed: .*ENOENT/,
      ) as string,
      fix: 'Run "ipcrm -m 99999999".',
    });
  } finally {
    process.env['PATH'] = path;
  }
});
