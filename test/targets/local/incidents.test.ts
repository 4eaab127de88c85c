import { Incidents } from '../../../lib/targets/local/incidents';

it('keeps the first incidents, and counts the others', () => {
  const incidents = new Incidents();
  for (let i = 1; i <= 20; i++) incidents.add(`Web-${i} ended with 1: no output`);
  expect(incidents.list()).toHaveLength(20);
  for (let i = 21; i <= 500; i++) incidents.add(`Web-${i} ended with 1: no output`);
  const words = incidents.list().map(({ what }) => what);
  expect(words).toHaveLength(21);
  expect(words.slice(-2)).toEqual([
    'Web-20 ended with 1: no output',
    'and 480 more, the last: Web-500 ended with 1: no output',
  ]);
});
