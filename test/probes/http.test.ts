import { cookiesOf, send, shortfall, type Answer } from '../../lib/probes/http';
import { closeServers, serve } from './loopback';

afterAll(closeServers);

const signal = new AbortController().signal;

describe('a request', () => {
  it('sends its body as JSON', async () => {
    const url = await serve((request, response) => {
      void request.toArray().then((chunks) => {
        const { method, headers } = request;
        response.end(`${method} ${headers['content-type']} ${Buffer.concat(chunks as Buffer[]).toString()}`);
      });
    });
    const plan = { method: 'POST', path: '/orders', body: { item: 'tea', count: 2 } };
    const reply = await send(url, plan, { signal, timeoutMs: 5000 });
    expect(reply).toMatchObject({
      answered: true,
      status: 200,
      body: 'POST application/json {"item":"tea","count":2}',
    });
  });

  it('sends its headers, over those that it has by itself', async () => {
    const url = await serve(({ headers }, response) => response.end(JSON.stringify(headers)));
    const headers = { Authorization: 'Bearer it', 'User-Agent': 'shop' };
    const reply = await send(url, { path: '/', headers }, { signal, timeoutMs: 5000 });
    expect(JSON.parse((reply as Answer).body)).toMatchObject({
      authorization: 'Bearer it',
      'user-agent': 'shop',
      accept: '*/*',
    });
  });

  it('is answered with cookies, which are sent back without what only a browser keeps', async () => {
    const url = await serve(({ url: path }, response) => {
      if (path === '/in') response.setHeader('set-cookie', ['session=a=b; Path=/; HttpOnly', 'theme=dark']);
      response.end();
    });
    const cookies = async (path: string) =>
      cookiesOf((await send(url, { path }, { signal, timeoutMs: 5000 })) as Answer);
    expect([await cookies('/in'), await cookies('/')]).toEqual(['session=a=b; theme=dark', undefined]);
  });

  it.each<[string, (write: (text: string) => unknown) => unknown]>([
    ['that is not answered', () => {}],
    ['whose answer never ends', (write) => write('half')],
  ])('%s is given up', async (_, answer) => {
    const url = await serve((_request, response) => void answer((text) => response.write(text)));
    const plan = { path: '/slow' };
    const reply = await send(url, plan, { signal, timeoutMs: 100 });
    expect(shortfall(reply, plan)).toBe('GET /slow: no answer in 0.1 s');
  });

  it('is read up to its first MiB', async () => {
    const url = await serve((_request, response) => {
      response.end('x'.repeat(3 * 1024 * 1024));
    });
    const reply = await send(url, { path: '/' }, { signal, timeoutMs: 5000 });
    expect(reply).toMatchObject({ answered: true, status: 200 });
    expect(reply.answered && reply.body.length).toBe(1024 * 1024);
  });

  it('that is aborted throws the reason', async () => {
    const url = await serve(() => {});
    const abort = new AbortController();
    const reply = send(url, { path: '/' }, { signal: abort.signal, timeoutMs: 5000 });
    abort.abort(new Error('enough'));
    await expect(reply).rejects.toThrow('enough');
    await expect(send(url, { path: '/' }, { signal: abort.signal, timeoutMs: 1 })).rejects.toThrow('enough');
  });
});
