import { growthOf } from '../../../lib/rehearsal/gates/growth';

/** Requests of a task in the rehearsal of a Node.js service, two samples a second: traffic, load, traffic, and the soak. */
const REQUESTS = [
  0, 20, 46, 71, 96, 165, 363, 604, 850, 1072, 1318, 1475, 1564, 1616, 1666, 1716, 1766, 1816, 1866, 1916,
  1966, 2016, 2066, 2116, 2166, 2216, 2266, 2316, 2366, 2416, 2466, 2516, 2566,
]; // prettier-ignore
/** The memory of that task, which is sound, in MiB. */
const SOUND = [
  11.8, 13.7, 14.6, 14.7, 14.7, 15.8, 19, 22.4, 22.6, 24.5, 24.1, 23.9, 23.8, 23.8, 24, 24.3, 25.1, 26, 26.8,
  27.7, 27.9, 28.1, 28.1, 28.1, 28.8, 29.7, 30, 30.9, 31.9, 32.1, 31.9, 31.9, 31.9,
]; // prettier-ignore
/** Its open files where each order that is placed leaves one open: none under load, which only reads. */
const FILES_OF_ORDERS = [
  20, 29, 34, 37, 42, 52, 52, 52, 52, 52, 52, 53, 74, 83, 94, 107, 116, 122, 134, 149, 156, 166, 177, 191, 201,
  213, 224, 238, 253, 264, 276, 285, 290,
]; // prettier-ignore

const KIB = 1 / 1024;
const of = (values: (requests: number, index: number) => number) => growthOf(REQUESTS, REQUESTS.map(values))!;
const beside = (more: (requests: number, index: number) => number) =>
  of((requests, i) => SOUND[i]! + more(requests, i));

it('is little with a sound service', () => {
  const { perRequest, rise } = growthOf(REQUESTS, SOUND)!;
  expect(perRequest).toBeLessThan(6 * KIB);
  expect(rise).toBeLessThan(10);
});

it.each([
  ['of a buffer', 50],
  ['of megabytes', 5 * 1024],
])('is seen where each request leaks %s', (_, kib) => {
  const { perRequest, lasts } = beside((requests) => requests * kib * KIB);
  expect(lasts).toBe(true);
  expect(perRequest / KIB).toBeGreaterThan(kib);
  expect(perRequest / KIB).toBeLessThan(kib + 6);
});

it('is seen where one kind of request leaks, and load sends none of it', () => {
  const { perRequest, rise, lasts } = growthOf(REQUESTS, FILES_OF_ORDERS)!;
  expect(lasts).toBe(true);
  expect(perRequest).toBeGreaterThan(0.1);
  expect(rise).toBeGreaterThan(200);
});

it('is seen below the garbage that is collected now and then', () => {
  const garbage = (_: number, i: number): number => (i % 6) * 12;
  expect(beside((requests, i) => garbage(requests, i) + requests * 50 * KIB).lasts).toBe(true);
  const { perRequest, lasts } = beside(garbage);
  expect(!lasts || perRequest < 16 * KIB).toBe(true);
});

it.each<[string, (requests: number, index: number) => number]>([
  ['a cache that is filled', (requests) => Math.min(requests, 700) * 100 * KIB],
  ['pools that are filled under load', (_, i) => (i >= 6 ? 60 : 0)],
])('is little with %s while it gets warm', (_, more) => {
  expect(beside(more).perRequest).toBeLessThan(6 * KIB);
});

it.each<[string, (requests: number, index: number) => number]>([
  ['a cache that is filled later', (requests) => Math.min(requests, 2000) * 100 * KIB],
  ['a cache that is filled shortly before the end', (requests) => Math.min(requests, 2310) * 100 * KIB],
  ['a step in the middle', (requests) => (requests > 1700 ? 80 : 0)],
  ['a step at the end', (requests) => (requests > 2400 ? 80 : 0)],
  ['what is held for a while and given back', (_, i) => (i < 32 ? i * 4 : 0)],
])('does not last with %s', (_, more) => {
  expect(beside(more).lasts).toBe(false);
});

it('is told of a task that was killed after a few samples', () => {
  const { perRequest, lasts } = growthOf(
    [3, 27, 52, 77, 100, 144, 189, 231],
    [12, 99, 149, 199, 274, 382, 614, 832],
  )!;
  expect(lasts).toBe(true);
  expect(perRequest).toBeGreaterThan(3);
});

it('is not told of too little', () => {
  expect(growthOf([], [])).toBeUndefined();
  expect(growthOf([0, 0, 0, 0, 0, 0], [10, 20, 30, 40, 50, 60])).toBeUndefined();
  expect(growthOf([10, 40, 90], [10, 20, 30])).toBeUndefined();
  expect(growthOf([20, 25, 30, 35, 40, 50], [10, 20, 30, 40, 50, 60])).toBeUndefined();
});
