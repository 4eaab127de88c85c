import { heldAt } from '../../lib/twins/instances/clock';

const instant = Date.UTC(2026, 11, 1, 18);

it('the clock stands still while something is done, however it is read', () => {
  const read = heldAt(instant, () => [
    Date.now(),
    new Date().getTime(),
    new Date().toISOString(),
    Date(),
    Number(new Date(Date.now() + 1000)),
  ]);
  expect(read).toEqual([
    instant,
    instant,
    '2026-12-01T18:00:00.000Z',
    new Date(instant).toString(),
    instant + 1000,
  ]);
});

it('what is no question for the time is as ever', () => {
  heldAt(instant, () => {
    expect(new Date(2020, 0, 2).getDate()).toBe(2);
    expect(new Date('2020-01-02T00:00:00Z').getTime()).toBe(Date.UTC(2020, 0, 2));
    expect(Date.parse('2020-01-02T00:00:00Z')).toBe(Date.UTC(2020, 0, 2));
    expect(new Date()).toBeInstanceOf(Date);
  });
});

it('a date from outside is one inside, and one from inside is one outside', () => {
  const before = new Date();
  const made = heldAt(instant, () => {
    expect(before instanceof Date).toBe(true);
    return new Date();
  });
  expect(made instanceof Date).toBe(true);
});

it('goes on afterwards, also when it failed and when it was held twice', () => {
  const Real = Date;
  expect(() =>
    heldAt(instant, () => {
      heldAt(0, () => expect(Date.now()).toBe(0));
      expect(Date.now()).toBe(instant);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(Date).toBe(Real);
  expect(Date.now()).toBeGreaterThan(instant - 10 * 365 * 86_400_000);
});
