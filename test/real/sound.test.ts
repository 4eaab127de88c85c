import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Evidence } from '../../lib/evidence/evidence';
import { Bench, type Project } from '../faults/small-app';

/** How often: `npm run sound` says fifty. */
const TIMES = Number(process.env['SOUND_TIMES'] ?? 10);
const AT_ONCE = 2;
jest.setTimeout(TIMES * 120_000);

const bench = new Bench();
afterAll(() => bench.remove());

const ORDER = { method: 'POST', path: '/orders', body: { cents: 1990 }, status: 201 };

function soundProject(): Project {
  const project = bench.project({
    version: { path: '/version', text: true },
    checks: {
      smoke: [
        { name: 'healthy', path: '/health', contains: '"up":1' },
        { name: 'orders are listed', path: '/orders' },
      ],
      readYourWrites: [
        {
          name: 'an order is there',
          write: ORDER,
          read: { path: '/orders/{id}', status: 200, contains: '"id":{id},' },
        },
      ],
      replicaLag: [{ name: 'the replica follows', tier: 'Orders', maxMs: 2000 }],
      load: [{ name: 'orders are read', path: '/orders/1', connections: 4, seconds: 2 }],
    },
    drills: { failover: ['Orders'], rollBack: true, killTask: ['Web'], soakSeconds: 3 },
    gates: {
      maxFailedChecks: 0,
      maxStaleReads: 0,
      p95: { maxRatio: 1.5, ignoreBelowMs: 500 },
      maxErrorRateIncrease: 0.01,
      maxRecoverySeconds: 30,
    },
    local: { seed: { Orders: 'seed.sql' }, replicationDelayMs: 100 },
  });
  writeFileSync(
    join(project.folder, 'seed.sql'),
    'create table orders (id serial primary key, cents int not null); insert into orders (cents) values (990);',
  );
  buildSync({
    entryPoints: [join(__dirname, 'sound-service.ts')],
    outfile: join(project.folder, 'server.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
  });
  return project;
}

/** Keeps every core busy until it is told to end, as other work of a machine does. */
function keepBusy(): readonly ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore', timeout: TIMES * 120_000 }),
  );
}

it(`a sound service is GO, ${TIMES} times of ${TIMES}, ${AT_ONCE} rehearsals at once on a machine that is busy`, async () => {
  const busy = keepBusy();
  const results: unknown[] = [];
  const projects = Array.from({ length: TIMES }, soundProject);
  try {
    const rehearseOn = async (): Promise<void> => {
      for (let project = projects.pop(); project; project = projects.pop()) {
        const { exitCode, stdout, stderr } = await project.run('rehearse', '--to', '2', '--json');
        const { verdict, reasons } = stdout === '' ? { verdict: stderr } : (JSON.parse(stdout) as Evidence);
        results.push({ exitCode, verdict, reasons });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, rehearseOn));
  } finally {
    for (const it of busy) it.kill('SIGKILL');
  }
  expect(results).toEqual(Array.from({ length: TIMES }, () => ({ exitCode: 0, verdict: 'GO', reasons: [] })));
});
