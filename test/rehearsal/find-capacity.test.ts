import fc from 'fast-check';
import type { Level } from '../../lib/probes/load-level';
import { findCapacity, type CapacityLimits } from '../../lib/rehearsal/find-capacity';

const LIMITS: CapacityLimits = {
  maxP95Ms: 100,
  maxErrorRate: 0.01,
  startRequestsPerSecond: 20,
  maxRequestsPerSecond: 10_000,
  precision: 0.1,
};

/** A service that answers in time up to a load. */
const upTo =
  (most: number, sent: number[] = []) =>
  (perSecond: number): Promise<Level> => {
    sent.push(perSecond);
    return Promise.resolve({ perSecond, p95Ms: perSecond <= most ? 20 : 700, errorRate: 0, lateMs: 0 });
  };

it('is as near to what a service carries as the precision says', async () => {
  const capacities = fc.double({ min: 1, max: 9000, noNaN: true });
  const starts = fc.double({ min: 1, max: 5000, noNaN: true });
  const precisions = fc.double({ min: 0.01, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(capacities, starts, precisions, async (most, start, precision) => {
      const sent: number[] = [];
      const limits = { ...LIMITS, startRequestsPerSecond: start, precision };
      const { carried, broken, because } = await findCapacity(limits, false, upTo(most, sent));
      expect(carried).toBeLessThanOrEqual(most);
      expect(broken).toBeGreaterThan(most);
      expect(broken! / carried).toBeLessThanOrEqual(1 + precision + 1e-9);
      expect(because).toBe('p95 700 ms');
      expect(sent.length).toBeLessThan(60);
    }),
  );
});

it('tries a level that breaks a limit once more', async () => {
  let isBusy = true;
  const sent: number[] = [];
  const { carried } = await findCapacity(LIMITS, false, (perSecond) => {
    const once = isBusy && perSecond >= 40;
    if (once) isBusy = false;
    return upTo(once ? 0 : 100, sent)(perSecond);
  });
  expect(carried).toBeGreaterThan(90);
  expect(sent.slice(0, 4)).toEqual([20, 40, 40, 80]);
});

it('ends at the most that may be sent, and where this machine sends no more', async () => {
  expect(await findCapacity({ ...LIMITS, maxRequestsPerSecond: 50 }, false, upTo(1e6))).toEqual({
    carried: 50,
    limit: 'maxRequestsPerSecond',
  });
  const slow = (perSecond: number, p95Ms: number): Promise<Level> =>
    Promise.resolve({ perSecond, p95Ms, errorRate: 0, lateMs: perSecond > 100 ? 300 : 0 });
  expect(await findCapacity(LIMITS, false, (it) => slow(it, 20))).toEqual({
    carried: 160,
    limit: 'this machine sends no more',
  });
  expect(await findCapacity(LIMITS, false, (it) => slow(it, it > 100 ? 400 : 20))).toEqual({
    carried: 80,
    limit: 'this machine sends no more',
  });
});

it('counts a machine that is used up as the limit where the service runs on it too', async () => {
  const usedUp = (perSecond: number): Promise<Level> =>
    Promise.resolve({ perSecond, p95Ms: 20, errorRate: 0, lateMs: perSecond > 100 ? 300 : 0 });
  const { carried, broken, because, limit } = await findCapacity(LIMITS, true, usedUp);
  expect(carried).toBeGreaterThan(90);
  expect(broken! / carried).toBeLessThanOrEqual(1.1 + 1e-9);
  expect({ because, limit }).toEqual({ because: 'this machine is used up', limit: undefined });
});

it('is 0 where nothing is carried, and says what broke', async () => {
  const failing = (perSecond: number): Promise<Level> =>
    Promise.resolve({ perSecond, p95Ms: 5, errorRate: 0.5, lateMs: 0 });
  expect(await findCapacity(LIMITS, false, failing)).toEqual({
    carried: 0,
    broken: 0.625,
    because: '50 % errors',
  });
  const silent = (perSecond: number): Promise<Level> =>
    Promise.resolve({ perSecond, errorRate: 1, lateMs: 0 });
  expect(await findCapacity(LIMITS, false, silent)).toMatchObject({ carried: 0, because: '100 % errors' });
});
