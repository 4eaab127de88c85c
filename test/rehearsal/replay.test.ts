import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const LOG = [
  ...Array.from(
    { length: 40 },
    (_, i) => `{"time":${1793700000 + i / 4},"method":"GET","path":"/orders/${7700 + i}","status":200}`,
  ),
  '{"time":1793700003,"method":"GET","path":"/users/ann","status":200}',
  'torn line of ann',
].join('\n');

/** The bench with a log in its folder. */
function withLog(text: string, scale: string | number = 0.5): string {
  const log = join(bench.folder, 'access.log');
  writeFileSync(log, text);
  bench.config = {
    ...CONFIG,
    checks: { ...CONFIG.checks, replay: [{ name: 'busy', log, routes: [{ path: '/orders/{id}' }], scale }] },
    gates: { ...CONFIG.gates, p95: { maxRatio: 1.5 } },
  };
  return log;
}

it('sends both releases the same requests of a log, at the scale of staging, and says what it left out', async () => {
  withLog(LOG);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO' });
  const sent = bench.world.replays;
  expect(sent.map(({ release }) => release)).toEqual(['1.41.0', GOOD, '1.41.0', GOOD]);
  expect(sent[0]!.recording.requests).toHaveLength(20);
  for (const { recording } of sent) expect(recording).toEqual(sent[0]!.recording);
  expect(evidence!.replayed).toEqual([
    expect.objectContaining({
      entries: 41,
      wrong: 1,
      requests: 40,
      sent: 20,
      ratio: 0.5,
      because: 'as the config says',
    }),
  ]);
  expect(evidence!.advice).toEqual([
    'busy replays the busiest 10 seconds of its log, from 2026-11-03 10:00:00 UTC: 4 requests a second there, 2 here, times 0.5 (as the config says)',
    'busy leaves out 1 of 41 requests of its log, which have no route: GET /*/* (1)',
    '1 of 42 lines of the log of busy, in 1 file, are no requests',
  ]);
  const folder = bench.rehearsals.folderOf(bench.last);
  for (const file of ['ledger.json', 'evidence.json', 'report.html', 'report.md', 'events.ndjson'])
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\bann\b|77\d\d\b/);
});

it('judges the response time of a replay as that of load', async () => {
  withLog(LOG);
  bench.world.p95OfReplay = (release) => (release === GOOD ? 900 : 20);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({
    verdict: 'NO-GO',
    reasons: [expect.stringMatching(/^p95: 900 ms, the baseline 20 ms/)],
  });
});

it.each([
  ['is none', 'name,age\nann,7\n', 0.5, 'access-log'],
  [
    'has nothing to send',
    '{"time":1793700003,"method":"GET","path":"/users/ann","status":200}',
    0.5,
    'access-log',
  ],
  ['has a scale that there is not', LOG, 'webTusks', 'scale'],
])('stands nothing up where a log %s', async (_, text, scale, code) => {
  withLog(text, scale);
  await expect(bench.rehearse(GOOD)).rejects.toMatchObject({ code });
  expect(bench.world.calls.filter((it) => it !== 'preflight')).toEqual([]);
  expect(bench.synthesized.length).toBe(code === 'scale' ? 2 : 0);
  expect(existsSync(join(bench.rehearsals.folderOf(bench.last), 'evidence.json'))).toBe(false);
});

it('reads the log again for a retry', async () => {
  withLog(LOG);
  await bench.rehearse('1.42.0', { keep: true });
  bench.world.replays.length = 0;
  const { evidence } = ended(await bench.retry(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO', replayed: [{ check: 'busy', sent: 20 }] });
  expect(bench.world.replays.map(({ release }) => release)).toEqual([GOOD, '1.41.0', GOOD]);
});
