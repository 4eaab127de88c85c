import { smoke } from '../../lib/probes/smoke';
import { closeServers, contextOf, deadUrl, serve } from './loopback';

let url: string;

beforeAll(async () => {
  url = await serve((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/health' });
    if (request.url === '/broken') response.writeHead(500);
    if (request.url === '/closed' && request.headers['x-key'] !== 'it') response.writeHead(403);
    if (request.url === '/cut') {
      response.write('half');
      setTimeout(() => response.destroy(), 5);
    } else response.end('Shop 1.42.0');
  });
});

afterAll(closeServers);

const see = (path: string, more: object = {}, at: string | undefined = url) =>
  smoke({ name: 'it', path, ...more }, contextOf({ url: at }));

it('shows the release that runs, where it is to be in the answer', async () => {
  const contains = 'Shop {release}';
  const detail = 'GET /health answered 200 with "Shop 1.42.0"';
  expect(await see('/health', { contains })).toEqual({ outcome: 'passed', detail, shows: '1.42.0' });
  const at2 = await smoke({ name: 'it', path: '/health', contains }, contextOf({ url, release: '2' }));
  expect(at2).toEqual({ outcome: 'failed', detail: 'GET /health answered 200 without "Shop 2"' });
});

it.each<[string, object, string]>([
  ['/health', {}, 'GET /health answered 200'],
  ['/health', { contains: 'Shop' }, 'GET /health answered 200 with "Shop"'],
  ['/moved', { status: 302 }, 'GET /moved answered 302'],
  ['/closed', { headers: { 'x-key': 'it' } }, 'GET /closed answered 200'],
])('passes when %s answers as it must: %j', async (path, more, detail) => {
  expect(await see(path, more)).toEqual({ outcome: 'passed', detail });
});

it.each<[string, object, string]>([
  ['/broken', {}, 'GET /broken answered 500, expected 200'],
  ['/moved', {}, 'GET /moved answered 302, expected 200'],
  ['/closed', {}, 'GET /closed answered 403, expected 200'],
  ['/health', { contains: '1.43' }, 'GET /health answered 200 without "1.43"'],
  ['/cut', {}, 'GET /cut: connection broken'],
])('fails when %s does not: %j', async (path, more, detail) => {
  expect(await see(path, more)).toEqual({ outcome: 'failed', detail });
});

it('fails when nothing listens, and when the environment has no load balancer', async () => {
  expect(await see('/', {}, await deadUrl())).toEqual({
    outcome: 'failed',
    detail: 'GET /: connection refused',
  });
  expect(await smoke({ name: 'it', path: '/' }, contextOf())).toEqual({
    outcome: 'failed',
    detail: 'there is no URL to send a request to: no service with a load balancer is up',
  });
});
