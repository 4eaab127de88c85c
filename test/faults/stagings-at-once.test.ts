import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { leftoversOf, processesOf } from '../../lib/targets/local/process/owned-processes';
import { Bench, STAGINGS, type ConfigChange, type Project, type Running } from './small-app';

// Each stands two real environments up; the machine may be busy.
jest.setTimeout(300_000);

const bench = new Bench(true);
afterAll(() => bench.remove());

const [FIRST, SECOND] = STAGINGS;

/** Two stagings at once. */
const project = (change: ConfigChange = {}): Project =>
  bench.project({
    environment: FIRST,
    environments: [SECOND],
    stagingsAtOnce: 2,
    drills: { failover: ['Orders'] },
    gates: { maxFailedRequests: 200 },
    ...change,
  });

/** What is left of each staging. */
const left = (made: Project): unknown =>
  made.ledgers().map(({ handle, standing }) => ({
    standing,
    left: [...leftoversOf(handle.name, handle['block'] ?? ''), ...processesOf(handle.name)],
    folder: existsSync(handle.name),
  }));
const GONE = { standing: 'gone', left: [], folder: false };

/** Resolves when each staging has begun a step. */
async function bothAt(running: Running, step: string): Promise<void> {
  for (const name of STAGINGS) await running.said(new RegExp(`^ +[\\d.]+ s  ${name} +${step}$`, 'm'));
}

it('stand beside each other on real databases: GO in both, and nothing is shared', async () => {
  const made = project();
  const running = made.start(['rehearse', '--to', '2', '--json']);
  await bothAt(running, 'baseline');
  const ledgers = made.ledgers();
  for (const { handle } of ledgers) expect(processesOf(handle.name).length).toBeGreaterThan(3);
  const { exitCode, stdout } = await running.ended;
  const all = JSON.parse(stdout) as Evidence[];
  expect(all.map(({ verdict, parity: { staging } }) => [verdict, staging])).toEqual([
    ['GO', FIRST],
    ['GO', SECOND],
  ]);
  expect({ exitCode, left: left(made) }).toEqual({ exitCode: 0, left: [GONE, GONE] });
  for (const key of ['name', 'block'] as const)
    expect(new Set(ledgers.map(({ handle }) => handle[key])).size).toBe(2);
  for (const { rehearsal } of ledgers)
    expect(readFileSync(join(made.folder, '.twin', rehearsal, 'report.html'), 'utf8')).toContain(
      '1 of 2 stagings',
    );
});

it('are both torn down on SIGINT', async () => {
  const made = project();
  const running = made.start(['rehearse', '--to', '2']);
  await bothAt(running, 'baseline');
  running.child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await running.ended;
  expect(stderr.match(/stopping: tearing down/g)).toHaveLength(1);
  expect(stdout.match(/stopped by SIGINT before it was judged/g)).toHaveLength(2);
  expect({ exitCode, left: left(made) }).toEqual({ exitCode: 1, left: [GONE, GONE] });
});

it('are both torn down by twin down without a name, after SIGKILL', async () => {
  const made = project();
  const running = made.start(['rehearse', '--to', '2']);
  await bothAt(running, 'baseline');
  running.child.kill('SIGKILL');
  await running.ended;
  const { exitCode, stdout } = await made.run('down');
  expect(stdout.match(/is torn down: no leftovers/g)).toHaveLength(2);
  expect({ exitCode, left: left(made) }).toEqual({ exitCode: 0, left: [GONE, GONE] });
});

it('come to their own ends where one does not stand up', async () => {
  const made = project();
  // the second that starts finds a mark of the first, and ends
  writeFileSync(
    join(made.folder, 'server.mjs'),
    `import { mkdirSync, readdirSync } from 'node:fs';
     const own = process.env.TMPDIR.split('/').find((it) => /^twin-[0-9a-f]{8}$/.test(it));
     try { mkdirSync('taken'); mkdirSync('taken/' + own); } catch { if (!readdirSync('taken').includes(own)) process.exit(3); }
     ${readFileSync(join(made.folder, 'server.mjs'), 'utf8')}`,
  );
  const { exitCode, stdout } = await made.run('rehearse', '--to', '2');
  expect(stdout).toMatch(/^GO in \w+, 1 of 2 stagings: /m);
  expect(stdout).toMatch(/^BASELINE FAILED: /m);
  expect(stdout).toMatch(/\nno GO: 2 was not given GO in \w+\n$/);
  expect({ exitCode, left: left(made) }).toEqual({ exitCode: 4, left: [GONE, GONE] });
});
