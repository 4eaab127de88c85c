import { Lifetime } from '../../../../lib/targets/local/supervisor/lifetime';

const HOUR = 3_600_000;
const START = Date.parse('2026-12-01T08:00:00Z');

let ended: jest.Mock;
let life: Lifetime;

beforeEach(() => {
  jest.useFakeTimers({ now: START });
  ended = jest.fn();
  life = new Lifetime(START + 4 * HOUR);
  life.onEnd(ended);
});
afterEach(() => jest.useRealTimers());

it('ends once, at its end', () => {
  jest.advanceTimersByTime(4 * HOUR - 1);
  expect(ended).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  jest.advanceTimersByTime(30 * HOUR);
  expect(ended).toHaveBeenCalledTimes(1);
});

it('ends later where its end was moved, counted from then', () => {
  jest.advanceTimersByTime(3 * HOUR);
  expect(life.extend(6)).toBe('2026-12-01T17:00:00.000Z');
  jest.advanceTimersByTime(6 * HOUR - 1);
  expect(ended).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(ended).toHaveBeenCalledTimes(1);
});

it('never ends earlier, however often it is asked', () => {
  expect([life.extend(1), life.extend(1)]).toEqual(Array(2).fill('2026-12-01T12:00:00.000Z'));
});

it('is a day at most, from its start', () => {
  jest.advanceTimersByTime(3 * HOUR);
  expect(life.extend(21)).toBe('2026-12-02T08:00:00.000Z');
  expect(() => life.extend(21.5)).toThrow(
    expect.objectContaining({
      code: 'lifetime',
      message: 'the environment may stand at most 21 h from now, got 21.5 h: its lifetime is limited to 24 h',
      fix: 'Ask for less, or rehearse again.',
    }) as Error,
  );
});

it('waits for longer than a timer can', () => {
  const long = new Lifetime(START + 60 * 24 * HOUR);
  const end = jest.fn();
  long.onEnd(end);
  jest.advanceTimersByTime(60 * 24 * HOUR - 1);
  expect(end).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(end).toHaveBeenCalledTimes(1);
});
