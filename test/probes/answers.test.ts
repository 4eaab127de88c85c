import { askAnswers } from '../../lib/probes/answers';
import { compareAnswers } from '../../lib/rehearsal/compare-answers';
import { closeServers, deadUrl, serve } from './loopback';

afterAll(closeServers);

const { signal } = new AbortController();
const requests = [1, 2, 3, 4, 5, 6].map((id) => ({ path: `/orders/${id}` }));

/** A shop that answers in its own way. */
const shop = (order: (id: number) => object, status: (id: number) => number = () => 200): Promise<string> =>
  serve(({ url }, response) => {
    const id = Number(url!.split('/').at(-1));
    response.statusCode = status(id);
    response.setHeader('content-type', 'application/json');
    setTimeout(() => response.end(JSON.stringify(order(id))), 10 - id);
  });

it('shows how two servers differ: in a status, in the structure, in values, and not in what varies by itself', async () => {
  let served = 0;
  const old = await shop((id) => ({ id, cents: 100 * id, served: served++ }));
  const now = await shop(
    (id) => ({ id, cents: id === 2 ? '200' : 100 * id, served: -1, ...(id === 3 && { total: 3 }) }),
    (id) => (id === 5 ? 404 : 200),
  );
  const [baseline, again, candidate] = [
    await askAnswers({ requests }, old, signal),
    await askAnswers({ requests }, old, signal),
    await askAnswers({ requests }, now, signal),
  ];
  const all = requests.map((_, i) => ({
    route: 'GET /orders/{id}',
    baseline: baseline[i]!,
    again: again[i]!,
    candidate: candidate[i]!,
  }));
  const { differences, ...figures } = compareAnswers(all, { ignore: [], showValues: false });
  expect(figures).toEqual({
    compared: 6,
    differing: 3,
    unanswered: 0,
    varying: [{ route: 'GET /orders/{id}', where: 'served' }],
  });
  expect(differences.map(({ where, what }) => `${where}: ${what}`).toSorted()).toEqual([
    'HTTP status: 200 -> 404',
    'cents: number -> text',
    'total: nothing -> number',
  ]);
});

it('asks once more where there is no answer, and says why there is none', async () => {
  let times = 0;
  const url = await serve((request, response) => {
    if (times++ === 0) request.socket.destroy();
    else response.end('[]');
  });
  expect(await askAnswers({ requests: [{ path: '/' }] }, url, signal)).toMatchObject([
    { answered: true, body: '[]' },
  ]);
  expect(await askAnswers({ requests: [{ path: '/' }] }, await deadUrl(), signal)).toEqual([
    { answered: false, because: 'connection refused' },
  ]);
});
