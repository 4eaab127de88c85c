import { once } from 'node:events';
import type { Rule, Stickiness, TargetGroup } from '../../../../lib/blueprint/load-balancing';
import { forwardTo, Front, groupOf, Tasks, until } from './front';

let front: Front;
const tasks = new Tasks();
afterEach(async () => {
  await front.close();
  tasks.close();
});

/** A load balancer with a task in each group, of the group's name. */
async function open(rules: readonly Rule[], ...groups: readonly TargetGroup[]): Promise<void> {
  front = new Front({ rules }, [...groups]);
  await front.open();
  for (const { logicalId } of groups) await add(logicalId, logicalId);
}

async function add(logicalId: string, name: string): Promise<void> {
  const target = await tasks.start(name, undefined, ({ url, headers }, response) => {
    if (url === '/login') response.setHeader('set-cookie', 'session=1; Path=/');
    if (url === '/headers') response.end(JSON.stringify(headers));
    else response.end(`${name} ${url}`);
  });
  front.targets(logicalId).register(target);
  await until(() => front.targets(logicalId).isHealthy(name));
}

const on = (path: string, rule: Rule): Rule => ({
  ...rule,
  conditions: [{ field: 'path-pattern', values: [path], expressions: [] }],
});

it('sends each path to its service, and the others to the default', async () => {
  await open([on('/api/*', forwardTo('Api')), forwardTo('Web')], groupOf('Web'), groupOf('Api'));
  expect(await front.ask('/api/x?y=1')).toEqual([200, 'Api /api/x?y=1']);
  expect(await front.ask('/')).toEqual([200, 'Web /']);
});

it('has a port for a host name that only the rules know', async () => {
  const byHost: Rule = {
    ...forwardTo('Api'),
    conditions: [{ field: 'host-header', values: ['api.example.com'], expressions: [] }],
  };
  await open([byHost, forwardTo('Web')], groupOf('Web'), groupOf('Api'));
  const url = await front.urlFor('api.example.com');
  expect(await (await fetch(`${url}/x`)).text()).toBe('Api /x');
  expect(await (await fetch(`${url}/headers`)).json()).toMatchObject({ host: 'api.example.com' });
  expect(await front.urlFor('api.example.com')).toBe(url);
  expect(await front.ask('/x')).toEqual([200, 'Web /x']);
});

it('rewrites what it sends on', async () => {
  const rule: Rule = {
    ...forwardTo('Web'),
    transforms: [
      { of: 'url', expression: '^/api', replacement: '' },
      { of: 'host', expression: '^.*$', replacement: 'inner.example.com' },
    ],
  };
  await open([rule], groupOf('Web'));
  expect(await front.ask('/api/x')).toEqual([200, 'Web /x']);
  expect(JSON.parse((await front.ask('/api/headers'))[1])).toMatchObject({ host: 'inner.example.com' });
});

it('answers by itself where a rule says so', async () => {
  const gone: Rule = {
    ...forwardTo(),
    action: { kind: 'fixed-response', status: 410, contentType: 'application/json', body: '{"gone":true}' },
  };
  const moved: Rule = {
    ...forwardTo(),
    action: {
      kind: 'redirect',
      status: 301,
      protocol: 'HTTPS',
      host: '#{host}',
      port: '443',
      path: '/new/#{path}',
      query: '#{query}',
    },
  };
  await open([on('/gone', gone), on('/moved', moved), forwardTo('Elsewhere')], groupOf('Web'));
  const answered = await fetch(`${front.url}/gone`);
  expect([answered.status, answered.headers.get('content-type'), await answered.text()]).toEqual([
    410,
    'application/json',
    '{"gone":true}',
  ]);
  const redirected = await fetch(`${front.url}/moved?x=1`, { redirect: 'manual' });
  expect([redirected.status, redirected.headers.get('location')]).toEqual([
    301,
    'http://127.0.0.1:4443/new/moved?x=1',
  ]);
  expect((await front.ask('/'))[0]).toBe(503); // a target group that no service here has
});

it('answers so over a connection that asks for a WebSocket, too', async () => {
  const gone: Rule = {
    ...forwardTo(),
    action: { kind: 'fixed-response', status: 410, contentType: 'text/plain', body: 'gone' },
  };
  await open([gone], groupOf('Web'));
  const { socket, received } = front.send(
    'GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  await once(socket, 'close');
  expect(received()).toMatch(/^HTTP\/1\.1 410 .*gone/s);
});

it('gives target groups their parts, and one of weight 0 nothing', async () => {
  const weighted: Rule = {
    ...forwardTo(),
    action: {
      kind: 'forward',
      groups: [
        { group: { stack: '', logicalId: 'Blue' }, weight: 3 },
        { group: { stack: '', logicalId: 'Green' }, weight: 1 },
        { group: { stack: '', logicalId: 'Grey' }, weight: 0 },
      ],
      stickySeconds: undefined,
    },
  };
  await open([weighted], groupOf('Blue'), groupOf('Green'), groupOf('Grey'));
  const answers: string[] = [];
  for (let i = 0; i < 8; i++) answers.push((await front.ask())[1]);
  expect(answers.toSorted()).toEqual([...Array<string>(6).fill('Blue /'), 'Green /', 'Green /']);
});

it('answers 503 where every target group has the weight 0', async () => {
  const groups = [{ group: { stack: '', logicalId: 'Web' }, weight: 0 }];
  await open(
    [{ ...forwardTo(), action: { kind: 'forward', groups, stickySeconds: undefined } }],
    groupOf('Web'),
  );
  expect((await front.ask())[0]).toBe(503);
});

/** The cookies that an answer sets, by name, each with its attributes. */
const cookiesOf = (response: Response): ReadonlyMap<string, string> =>
  new Map(response.headers.getSetCookie().map((it) => [it.split('=')[0]!, it]));

const sendBack = (cookies: ReadonlyMap<string, string>): string =>
  [...cookies.values()].map((it) => it.split(';')[0]!).join('; ');

it('keeps a client with its target group', async () => {
  const groups = ['Blue', 'Green'].map((logicalId) => ({ group: { stack: '', logicalId }, weight: 1 }));
  await open(
    [{ ...forwardTo(), action: { kind: 'forward', groups, stickySeconds: 60 } }],
    groupOf('Blue'),
    groupOf('Green'),
  );
  const first = await fetch(front.url);
  const cookies = cookiesOf(first);
  expect([...cookies.keys()]).toEqual(['AWSALBTG', 'AWSALBTGCORS']);
  const name = await first.text();
  for (let i = 0; i < 5; i++)
    expect((await front.ask('/', { headers: { cookie: sendBack(cookies) } }))[1]).toBe(name);
  expect((await front.ask('/', { headers: { cookie: 'AWSALBTG=forged' } }))[0]).toBe(200);
});

const sticky = (stickiness: Stickiness) => open([forwardTo('Web')], groupOf('Web', { stickiness }));

it("keeps a client with its task by the load balancer's cookie, until that task is gone", async () => {
  await sticky({ by: 'lb_cookie', seconds: 3600 });
  await add('Web', 'Second');
  const first = await fetch(front.url);
  const name = (await first.text()).split(' ')[0]!;
  const cookies = cookiesOf(first);
  expect([...cookies.keys()]).toEqual(['AWSALB', 'AWSALBCORS']);
  expect(cookies.get('AWSALBCORS')).toMatch(/; Path=\/; SameSite=None$/);
  const expires = Date.parse(/Expires=([^;]+)/.exec(cookies.get('AWSALB')!)![1]!);
  expect(Math.abs(expires - Date.now() - 3600_000)).toBeLessThan(5000);
  const headers = { cookie: sendBack(cookies) };
  for (let i = 0; i < 5; i++) expect((await front.ask('/', { headers }))[1]).toBe(`${name} /`);
  front.targets('Web').remove(name);
  const other = await fetch(front.url, { headers });
  expect(await other.text()).not.toBe(`${name} /`);
  expect(cookiesOf(other).get('AWSALB')!.split(';')[0]).not.toBe(cookies.get('AWSALB')!.split(';')[0]);
});

it("keeps a client with its task by the application's cookie, once it has that", async () => {
  await sticky({ by: 'app_cookie', seconds: 3600, cookie: 'session' });
  await add('Web', 'Second');
  expect([...cookiesOf(await fetch(front.url)).keys()]).toEqual([]);
  const login = await fetch(`${front.url}/login`);
  const name = (await login.text()).split(' ')[0]!;
  const cookies = cookiesOf(login);
  expect([...cookies.keys()]).toEqual(['session', 'AWSALBAPP-0']);
  for (let i = 0; i < 5; i++)
    expect((await front.ask('/', { headers: { cookie: sendBack(cookies) } }))[1]).toBe(`${name} /`);
  // without the application's cookie the other one means nothing
  const alone = sendBack(new Map([...cookies].filter(([key]) => key !== 'session')));
  const seen = new Set<string>();
  for (let i = 0; i < 4; i++) seen.add((await front.ask('/', { headers: { cookie: alone } }))[1]);
  expect(seen.size).toBe(2);
});

it('chooses the task with the fewest requests under way where the target group says so', async () => {
  await open([forwardTo('Web')], groupOf('Web', { algorithm: 'least_outstanding_requests' }));
  const slow = await tasks.start('slow', undefined, () => {});
  front.targets('Web').register(slow);
  await until(() => front.targets('Web').isHealthy('slow'));
  const never = [front.ask().catch(() => {}), front.ask().catch(() => {})]; // one of them is kept by the slow task
  await until(() => front.targets('Web').requestsOf('slow') === 1);
  for (let i = 0; i < 5; i++) expect((await front.ask())[1]).toBe('Web /');
  await front.close();
  await Promise.all(never);
});

it('sends a new task less than its part at first where the target group starts slowly, and one beside none its full part', async () => {
  await open([forwardTo('Web')], groupOf('Web', { slowStartSeconds: 900 }));
  const first = front.targets('Web').requestsOf('Web');
  front.targets('Web').register(await tasks.start('new'));
  await until(() => front.targets('Web').isHealthy('new'));
  for (let i = 0; i < 10; i++) await front.ask();
  expect(front.targets('Web').requestsOf('Web')).toBe(first + 10);
  front.targets('Web').remove('Web');
  expect((await front.ask())[1]).toBe('new');
});
