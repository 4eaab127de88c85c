import { Zones } from '../../../../lib/targets/local/service/zones';

const THREE = ['a', 'b', 'c'];

it('starts a task where its release has the fewest, then where all have', () => {
  const zones = new Zones();
  const take = (release: string) => zones.take(release, THREE);
  const old = [take('1'), take('1'), take('1'), take('1')];
  expect(old.map(([zone]) => zone)).toEqual(['a', 'b', 'c', 'a']);
  // one by one, as a rolling update does: all in one zone it could lose every task
  const fresh: string[] = [];
  for (const [, leave] of old) {
    fresh.push(take('2')[0]);
    leave();
  }
  expect(fresh.toSorted()).toEqual(['a', 'b', 'b', 'c']);
});

it('fills the place of a task that has ended, once', () => {
  const zones = new Zones();
  const [, leave] = zones.take('1', THREE);
  expect(zones.take('1', THREE)[0]).toBe('b');
  leave();
  leave();
  expect(zones.take('1', THREE)[0]).toBe('a');
  expect(zones.take('1', THREE)[0]).toBe('c');
});
