import { Duration, Expiration } from 'aws-cdk-lib';
import { heldAt } from '../../lib/twins/clock';

const INSTANT = Date.UTC(2026, 10, 28, 12);

it('holds still whatever reads the clock, and only for as long as it is asked to', () => {
  const before = Date;
  const read = heldAt(INSTANT, () => [
    Date.now(),
    new Date().getTime(),
    Expiration.after(Duration.days(1)).date.getTime(),
    new Date(5).getTime(),
    new Date(2026, 0).getFullYear(),
  ]);
  expect(read).toEqual([INSTANT, INSTANT, INSTANT + 86_400_000, 5, 2026]);
  expect(Date).toBe(before);
});

it('makes dates that are dates, and writes one without new', () => {
  const [made, text] = heldAt(INSTANT, () => [new Date(), Date()] as const);
  expect(made).toBeInstanceOf(Date);
  expect(new Date(text).getTime()).toBe(INSTANT);
  expect(heldAt(INSTANT, () => new Date(0) instanceof Date)).toBe(true);
});

it('lets the clock go when something is thrown', () => {
  const before = Date;
  expect(() =>
    heldAt(INSTANT, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(Date).toBe(before);
});
