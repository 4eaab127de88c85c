import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../lib/evidence/evidence';
import { Bench } from '../faults/small-app';

jest.setTimeout(300_000);

const bench = new Bench();
afterAll(() => bench.remove());

/** Each task answers so many requests at once, in 50 ms; release 2 a third of that, and with another field. */
const SERVER = `
  import { createServer } from 'node:http';
  const { RELEASE, PORT, HOST } = process.env;
  const atOnce = RELEASE === '2' ? 1 : 3;
  const waiting = [];
  let busy = 0;
  const next = () => {
    const work = busy < atOnce ? waiting.shift() : undefined;
    if (!work) return;
    busy++;
    setTimeout(() => { busy--; work(); next(); }, 50);
  };
  const server = createServer(({ url }, response) => {
    const id = /^\\/orders\\/(\\d+)$/.exec(url)?.[1];
    if (id === undefined) return response.end(RELEASE);
    waiting.push(() => response.end(JSON.stringify({ id, at: Date.now(), ...(RELEASE === '2' && { total: 7 }) })));
    next();
  }).listen(Number(PORT), HOST);
  process.on('SIGTERM', () => { server.close(); server.closeAllConnections(); });
`;

/** Some seconds of nginx, in which a person reads orders. */
const LOG = Array.from({ length: 60 }, (_, i) => {
  const second = String(10 + Math.floor(i / 10));
  const path = i % 10 === 9 ? '/users/ann.smith' : `/orders/${770_000 + (i % 7)}?token=s3cret`;
  return `198.51.100.7 - ann [03/Nov/2026:10:15:${second} +0000] "GET ${path} HTTP/1.1" 200 12 "-" "Anns Browser"`;
}).join('\n');

it('replays a log, finds out how much less the candidate carries, and how its answers differ', async () => {
  const project = bench.project({
    checks: {
      smoke: [{ name: 'it answers', path: '/' }],
      replay: [{ name: 'orders', log: 'access.log', routes: [{ path: '/orders/{id}' }], scale: 0.5 }],
    },
    capacity: {
      of: 'orders',
      maxP95Ms: 400,
      maxRequestsPerSecond: 200,
      secondsEach: 0.6,
      warmUpSeconds: 0.2,
      precision: 1,
    },
    darkLaunch: { of: ['orders'] },
    drills: { soakSeconds: 0 },
    gates: { p95: { maxRatio: 3, ignoreBelowMs: 2000 }, minCapacityRatio: 0.7, maxDifferingAnswers: 0 },
  });
  writeFileSync(join(project.folder, 'server.mjs'), SERVER);
  writeFileSync(join(project.folder, 'access.log'), LOG);
  const { exitCode, stdout, stderr } = await project.run('rehearse', '--to', '2', '--json');
  expect({ exitCode, stderr: exitCode === 1 ? '' : stderr }).toEqual({ exitCode: 1, stderr: '' });
  const evidence = JSON.parse(stdout) as Evidence;
  expect(evidence.reasons).toEqual([
    expect.stringMatching(/^capacity: /),
    expect.stringMatching(
      /^answers: 7 of 7 answers differ \(first: GET \/orders\/\{id\}, total: nothing -> number\)/,
    ),
  ]);
  expect(evidence.replayed).toMatchObject([{ entries: 60, seconds: 6, requests: 54, sent: 27, ratio: 0.5 }]);
  expect(evidence.checks.find(({ kind }) => kind === 'replay')!.measures).toMatchObject({
    requests: 27,
    errors: 0,
  });
  expect(evidence.darkLaunch!.varying).toEqual([{ route: 'GET /orders/{id}', where: 'at' }]);
  const { rounds } = evidence.capacity!;
  const best = (release: string): number =>
    Math.max(...rounds.filter((it) => it.release === release).map(({ carried }) => carried));
  expect(best('2') / best('1')).toBeGreaterThan(0.15);
  expect(best('2') / best('1')).toBeLessThan(0.7);
  expect(evidence.tearDown.outcome).toBe('gone');
  const root = join(project.folder, '.twin');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((it) =>
    /\.(json|html|md|xml|ndjson|log)$/.test(it),
  ))
    expect([file, readFileSync(join(root, file), 'utf8')]).toEqual([
      file,
      expect.not.stringMatching(/ann\.smith|Anns|s3cret|77000\d/),
    ]);
});
