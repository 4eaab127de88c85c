import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DarkLaunchConfig, ReplayRoute } from '../../lib/config/types';
import { TwinError } from '../../lib/error';
import { CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

/** The bench with a log of reads and writes, whose answers are compared. */
function comparing(more: Partial<DarkLaunchConfig> = {}): void {
  const log = join(bench.folder, 'access.log');
  const line = (method: string, path: string, i: number): string =>
    JSON.stringify({ time: 1793700000 + i, method, path, status: 200 });
  const reads = Array.from({ length: 30 }, (_, i) => line('GET', `/orders/${i % 10}`, i));
  writeFileSync(log, [...reads, line('POST', '/search', 3), line('POST', '/orders', 4)].join('\n'));
  const routes: ReplayRoute[] = [
    { path: '/orders/{id}' },
    { method: 'POST', path: '/search', body: { text: 'tea' } },
    { method: 'POST', path: '/orders', body: { customer: 'c-{i}' } },
  ];
  bench.config = {
    ...CONFIG,
    checks: { ...CONFIG.checks, replay: [{ name: 'busy', log, routes, scale: 1 }] },
    darkLaunch: { of: ['busy'], ...more },
    gates: { ...CONFIG.gates, p95: { maxRatio: 1.5 }, maxDifferingAnswers: 0 },
  };
}

it('asks the baseline twice, just before the candidate is brought, and the candidate the same', async () => {
  comparing();
  const calls: string[] = [];
  bench.world.onCall = (call) => calls.push(call);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO', darkLaunch: { requests: 10, compared: 10, differing: 0 } });
  const { asked } = bench.world;
  expect(asked.map(({ release }) => release)).toEqual(['1.41.0', '1.41.0', GOOD]);
  expect(asked[1]!.requests).toEqual(asked[0]!.requests);
  expect(asked[2]!.requests).toEqual(asked[0]!.requests);
  expect(asked[0]!.requests.map(({ path }) => path).toSorted()).toEqual(
    Array.from({ length: 10 }, (_, i) => `/orders/${i + 1}`).toSorted(),
  );
  expect(evidence!.darkLaunch!.leftOut).toEqual([
    { what: 'POST /search', requests: 1 },
    { what: 'POST /orders', requests: 1 },
  ]);
}, 20_000);

it('is NO-GO where answers differ, and shows in which place', async () => {
  comparing();
  bench.world.answerOf = (release, path, round) =>
    JSON.stringify({ path, at: round, ...(release === GOOD && path !== '/orders/1' && { total: 7 }) });
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.reasons).toEqual([
    'answers: 9 of 10 answers differ (first: GET /orders/{id}, total: nothing -> number); allowed: none differs',
  ]);
  const folder = bench.rehearsals.folderOf(bench.last);
  const markdown = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(markdown).toContain('#### Dark launch');
  expect(markdown).toContain(
    'not compared, since they differ between two answers of the baseline: GET /orders/{id}, at',
  );
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/nothing -(>|&gt;|&#62;) number/);
}, 20_000);

it('sends writes that are declared safe, and compares nothing that is declared', async () => {
  comparing({ safe: ['POST /search'], ignore: ['*.total'], requests: 4 });
  bench.world.answerOf = (release) => JSON.stringify(release === GOOD ? { total: 7 } : {});
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({
    verdict: 'GO',
    darkLaunch: { differing: 0, leftOut: [{ what: 'POST /orders', requests: 1 }] },
  });
  const sent = bench.world.asked[0]!.requests;
  expect(sent.length).toBeLessThanOrEqual(4);
  expect(sent.every(({ method }) => method !== 'POST' || sent.length > 0)).toBe(true);
  expect(sent.filter(({ path }) => path === '/orders')).toEqual([]);
}, 20_000);

it('fails its gate where nothing could be asked', async () => {
  comparing();
  bench.world.noLoad = new TwinError({
    code: 'probe',
    message: 'no load balancer is reached',
    fix: 'Make one.',
  });
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.reasons).toEqual(['answers: not measured; allowed: none differs']);
  expect(evidence!.darkLaunch).toMatchObject({ problem: 'no load balancer is reached' });
}, 20_000);

it('asks the baseline again in a retry', async () => {
  comparing();
  await bench.rehearse('1.42.0', { keep: true });
  bench.world.asked.length = 0;
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO', darkLaunch: { compared: 10 } });
  expect(bench.world.asked.map(({ release }) => release)).toEqual(['1.41.0', '1.41.0', GOOD]);
}, 20_000);
