import { CHECKS } from '../../lib/probes/checks';
import { runChecks } from '../../lib/probes/run-checks';
import { closeServers, contextOf, serve } from './loopback';

afterAll(closeServers);

const checks = {
  load: [{ name: 'browse', path: '/', connections: 1, seconds: 0.1 }],
  commands: [{ name: 'unit', run: 'true' }],
  replicaLag: [{ name: 'lag', tier: 'Orders', maxMs: 1 }],
  readYourWrites: [{ name: 'order', write: { path: '/' }, read: { path: '/' }, times: 1 }],
  smoke: [
    { name: 'home', path: '/' },
    { name: 'health', path: '/', status: 204 },
  ],
};

it('runs one check after another, load at the end, and continues after a failure', async () => {
  const url = await serve((_request, response) => void response.end());
  const logged: string[] = [];
  const results = await runChecks(CHECKS, checks, contextOf({ url, log: (message) => logged.push(message) }));
  expect(logged).toEqual([
    'smoke: home',
    'smoke: health',
    'read-your-writes: order',
    'replica-lag: lag',
    'command: unit',
    'load: browse',
  ]);
  expect(results.map(({ kind, name, outcome }) => `${kind}: ${name} ${outcome}`)).toEqual([
    'smoke: home passed',
    'smoke: health failed',
    'read-your-writes: order passed',
    'replica-lag: lag skipped',
    'command: unit passed',
    'load: browse passed',
  ]);
  expect(results[1]).toEqual({
    name: 'health',
    kind: 'smoke',
    outcome: 'failed',
    detail: 'GET / answered 200, expected 204',
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    ms: expect.any(Number),
  });
});

it('throws the reason when it is aborted in the middle, and begins no further check', async () => {
  const abort = new AbortController();
  const logged: string[] = [];
  const url = await serve((_request, response) => {
    abort.abort(new Error('enough'));
    response.end();
  });
  const context = contextOf({ url, signal: abort.signal, log: (message) => logged.push(message) });
  await expect(runChecks(CHECKS, checks, context)).rejects.toThrow('enough');
  expect(logged).toEqual(['smoke: home']);
});

it('has nothing to say when nothing is planned', async () => {
  expect(await runChecks(CHECKS, {}, contextOf())).toEqual([]);
});
