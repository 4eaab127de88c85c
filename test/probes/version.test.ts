import type { RequestListener } from 'node:http';
import type { VersionConfig, VersionsConfig } from '../../lib/config/types';
import { askVersions, isForEvery } from '../../lib/probes/version';
import { closeServers, deadUrl, serve } from './loopback';

afterAll(closeServers);

const { signal } = new AbortController();
const JSON_AT: VersionConfig = { path: '/version', json: 'release' };

/** What Web says whose load balancer answers so. */
async function said(
  listener: RequestListener,
  version: VersionsConfig = JSON_AT,
  { tasks = 2, patienceMs = 200 } = {},
) {
  const order = { version, release: '2', tasks: { Web: tasks } };
  const [seen] = await askVersions(order, { Web: await serve(listener) }, signal, patienceMs);
  return seen;
}

/** Each answer to the next request, and then from the first again: as a load balancer takes turns. */
function inTurns(...answers: readonly (string | number)[]): {
  listener: RequestListener;
  count: () => number;
} {
  let i = 0;
  const listener: RequestListener = (_, response) => {
    const answer = answers[i++ % answers.length]!;
    if (typeof answer === 'number') response.writeHead(answer).end();
    else response.end(JSON.stringify({ release: answer, build: { tag: `v${answer}`, number: 7 } }));
  };
  return { listener, count: () => i };
}

describe('the release of a service', () => {
  it.each<[string, VersionConfig, string]>([
    ['a field', { path: '/', json: 'release' }, '2'],
    ['a field of a field, with its own way to write it', { path: '/', json: 'build.tag', expect: 'v{release}' }, 'v2'], // prettier-ignore
    ['a header', { path: '/', header: 'X-Release' }, '2'],
    ['the whole text', { path: '/text', text: true }, '2'],
  ])('is %s of its answer', async (_, version, answered) => {
    const seen = await said((request, response) => {
      response.setHeader('x-release', '2');
      response.end(request.url === '/text' ? ' 2\n' : '{"release":"2","build":{"tag":"v2"}}');
    }, version);
    expect(seen).toEqual({ service: 'Web', answered });
  });

  it.each<[string, RequestListener, VersionConfig, object]>([
    ['another release', inTurns('1').listener, JSON_AT, { answered: '1', problem: 'Web answers 1 at /version, expected 2' }], // prettier-ignore
    ['another form', inTurns('2').listener, { ...JSON_AT, expect: 'v{release}' }, { answered: '2', problem: 'Web answers 2 at /version, expected v2' }], // prettier-ignore
    ['no such page', inTurns(404).listener, JSON_AT, { problem: 'Web answered GET /version with 404, expected any 2xx' }], // prettier-ignore
    ['errors all the time', inTurns(503).listener, JSON_AT, { problem: 'Web answered GET /version with 503, expected any 2xx' }], // prettier-ignore
    ['an answer without the field', inTurns('2').listener, { path: '/version', json: 'build.release' }, { problem: 'Web answered GET /version without the field "build.release" in JSON' }], // prettier-ignore
    ['a text that is no JSON', (__, it) => it.end('release 2'), JSON_AT, { problem: 'Web answered GET /version without the field "release" in JSON' }], // prettier-ignore
    ['no header', inTurns('2').listener, { path: '/version', header: 'x-release' }, { problem: 'Web answered GET /version without the header x-release' }], // prettier-ignore
    ['nothing', (__, it) => it.end(), { path: '/version', text: true }, { problem: 'Web answered GET /version without a text' }], // prettier-ignore
  ])('is not shown by %s', async (_, listener, version, expected) => {
    expect(await said(listener, version)).toEqual({ service: 'Web', ...expected });
  });

  it('is that of each of its tasks: one of ten that is another is found', async () => {
    const { listener } = inTurns('2', '2', '2', '2', '2', '2', '2', '2', '2', '1');
    expect(await said(listener, JSON_AT, { tasks: 10 })).toEqual({
      service: 'Web',
      answered: '2, 1',
      problem: 'Web answers 2 and 1 at /version, expected 2',
    });
  });

  it('is not taken from the last of many answers where others keep coming', async () => {
    const seen = await said(inTurns('1', '2').listener, JSON_AT, { patienceMs: 1500 });
    expect(seen).toMatchObject({ problem: 'Web answers 1 and 2 at /version, expected 2' });
  });

  it('is asked of two tasks thirty times, since a load balancer may choose at random', async () => {
    const { listener, count } = inTurns('2');
    await said(listener);
    expect(count()).toBe(30);
  });

  it('may be another, or fail, for as long as the load balancer forgets old tasks', async () => {
    const { listener } = inTurns('1', 503, '1', '2', ...Array.from({ length: 40 }, () => '2'));
    expect(await said(listener, JSON_AT, { patienceMs: 5000 })).toEqual({ service: 'Web', answered: '2' });
  });

  it('is not known of a service that does not answer', async () => {
    const order = { version: JSON_AT, release: '2', tasks: {} };
    expect(await askVersions(order, { Web: await deadUrl() }, signal, 100)).toEqual([
      { service: 'Web', problem: 'Web does not say its release: GET /version: connection refused' },
    ]);
  });

  it('comes over new connections: one that is kept leads to one task', async () => {
    const ports = new Set<number | undefined>();
    await said((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{"release":2}');
    });
    expect(ports.size).toBe(30);
  });
});

it('asks every service, or those that are named', async () => {
  const url = await serve(inTurns('2').listener);
  const ask = async (version: VersionsConfig): Promise<string[]> => {
    const seen = await askVersions({ version, release: '2', tasks: {} }, { Web: url, Api: url }, signal);
    return seen.map(({ service, answered }) => `${service} ${answered}`);
  };
  expect(await ask(JSON_AT)).toEqual(['Web 2', 'Api 2']);
  expect(await ask({ Api: JSON_AT })).toEqual(['Api 2']);
  expect([isForEvery(JSON_AT), isForEvery({ Api: JSON_AT })]).toEqual([true, false]);
});

it('stops when it is to', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort(new Error('stopped')));
  const asked = askVersions({ version: JSON_AT, release: '2', tasks: {} }, { Web: url }, stop.signal);
  await expect(asked).rejects.toThrow('stopped');
});
