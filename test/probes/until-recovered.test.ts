import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProbeContext } from '../../lib/probes/context';
import { seeRecovery } from '../../lib/probes/until-recovered';

/** A service that answers as configured, and counts. */
class Service {
  status = 201;
  /** One of so many requests fails. */
  failsEvery = Infinity;
  readonly seen: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.seen.push(`${request.method} ${request.url}`);
      const isFailing = this.seen.length % this.failsEvery === 0;
      response.writeHead(isFailing ? 503 : this.status).end('{}');
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async answered(more: number): Promise<void> {
    const enough = this.seen.length + more;
    while (this.seen.length < enough) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let service: Service;
let url: string;
beforeEach(async () => {
  service = new Service();
  url = await service.start();
});
afterEach(() => service.stop());

const contextOf = (at: string | undefined, signal = new AbortController().signal): ProbeContext => ({
  url: at,
  urls: {},
  databases: [],
  release: '1',
  folder: '.',
  environment: {},
  signal,
  log: () => {},
});

const ORDER = { method: 'POST', path: '/orders/{i}', status: 201 };

it('continues after the target reports its recovery, until requests are answered again', async () => {
  const breakIt = async (): Promise<void> => {
    service.status = 503;
    await service.answered(2);
    // the target is done, the service is not
    setTimeout(() => (service.status = 201), 60);
  };
  const { recoveryMs, detail } = await seeRecovery(ORDER, contextOf(url), breakIt);
  expect(recoveryMs).toBeGreaterThan(0);
  expect(detail).toMatch(
    /^recovered in [\d.]+ m?s \(\d+ of \d+ requests failed; first: POST \/orders\/\d+ answered 503, expected 201\)$/,
  );
});

it('does not take an answer now and then for a recovery', async () => {
  service.failsEvery = 3;
  const { recoveryMs, detail } = await seeRecovery(ORDER, contextOf(url), () => service.answered(3), 200);
  expect(recoveryMs).toBeUndefined();
  expect(detail).toMatch(
    /requests failed, and they still fail: POST \/orders\/\d+ answered 503, expected 201$/,
  );
});

it('says so when nothing failed', async () => {
  const { recoveryMs, detail } = await seeRecovery(ORDER, contextOf(url), () => service.answered(2));
  expect(recoveryMs).toBe(0);
  expect(detail).toMatch(/^no request failed \(of \d+\)$/);
});

it('never sends the same number twice', async () => {
  await seeRecovery(ORDER, contextOf(url), () => service.answered(3));
  expect(new Set(service.seen).size).toBe(service.seen.length);
});

it('ends when it is stopped', async () => {
  const stop = new AbortController();
  const seen = seeRecovery(ORDER, contextOf(url, stop.signal), () => {
    service.status = 503;
    setTimeout(() => stop.abort(new Error('stopped')), 30);
    return Promise.resolve();
  });
  await expect(seen).rejects.toThrow('stopped');
});

it('fails for what the target cannot do, and sends no more requests', async () => {
  await expect(seeRecovery(ORDER, contextOf(url), () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  );
  const asked = service.seen.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(service.seen.length).toBe(asked);
});

it('says so when there is nothing to send a request to', async () => {
  let broken = false;
  const { recoveryMs, detail } = await seeRecovery(ORDER, contextOf(undefined), () => {
    broken = true;
    return Promise.resolve();
  });
  expect({ broken, recoveryMs }).toEqual({ broken: true, recoveryMs: undefined });
  expect(detail).toContain('there is no URL to send a request to');
});
