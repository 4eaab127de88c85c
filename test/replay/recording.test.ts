import fc from 'fast-check';
import { atScale, type Recording } from '../../lib/replay/recording';

const recording = (routes: readonly number[], seconds = 10): Recording => ({
  seconds,
  routes: [{ path: '/a/{id}' }, { path: '/b' }],
  requests: routes.map((route, i) => ({
    atMs: (i * seconds * 1000) / routes.length,
    route,
    values: { id: String(i % 7) },
    wasRefused: false,
  })),
});

const shareOf = ({ requests }: Recording, route: number): number =>
  requests.filter((it) => it.route === route).length;

it('has of each route the share that the scale leaves, in order and within its time', () => {
  const routes = fc.array(fc.constantFrom(0, 1), { maxLength: 300 });
  const ratios = fc.double({ min: 0.01, max: 5, noNaN: true });
  fc.assert(
    fc.property(routes, ratios, (list, ratio) => {
      const all = recording(list);
      const scaled = atScale(all, ratio);
      for (const route of [0, 1])
        expect(Math.abs(shareOf(scaled, route) - shareOf(all, route) * ratio)).toBeLessThan(1);
      const times = scaled.requests.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.every((it) => it >= 0 && it < 10_000)).toBe(true);
      expect(atScale(all, ratio)).toEqual(scaled);
    }),
  );
});

it('keeps what comes in turns in the log from being left out as a whole', () => {
  const all = recording(Array.from({ length: 1000 }, () => 0));
  const { requests } = atScale(all, 0.5);
  const even = requests.filter(({ atMs }) => (atMs / 10) % 2 === 0).length;
  expect(even).toBeGreaterThan(150);
  expect(even).toBeLessThan(350);
});

it('is the recording itself at the same scale', () => {
  const all = recording([0, 1, 0, 0, 1]);
  expect(atScale(all, 1)).toEqual(all);
});

it('sends the copies of a request at other times of the recording', () => {
  const { requests } = atScale(recording([1]), 3);
  expect(requests).toHaveLength(3);
  expect(new Set(requests.map(({ atMs }) => atMs)).size).toBe(3);
});
