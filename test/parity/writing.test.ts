import * as fc from 'fast-check';
import { fill, placeholder, readExpression, showExpression, unwritten } from '../../lib/parity/text';
import { writtenAs, writtenParts } from '../../lib/parity/writing';

const HOWS = ['rate', 'duration', 'iso8601', 'fixed 2', 'padded 3', 'list 0 "m" " + "', 'list 1 "" ","'];

it.each([
  ['rate', 60, 'rate(1 minute)'],
  ['rate', 5_400, 'rate(90 minutes)'],
  ['rate', 7_200, 'rate(2 hours)'],
  ['rate', 86_400, 'rate(1 day)'],
  ['rate', 90_000, 'rate(25 hours)'],
  ['duration', 0, '0 seconds'],
  ['duration', 61, '1 minute 1 second'],
  ['duration', 86_400, '1 day'],
  ['duration', 129_600, '1 day 12 hours'],
  ['duration', 93_784, '1 day 2 hours'],
  ['duration', 1_209_600, '14 days'],
  ['iso8601', 4_020, 'PT1H7M'],
  ['iso8601', 93_784, 'P1DT2H3M4S'],
  ['iso8601', 172_800, 'P2D'],
  ['fixed 2', 4.5, '4.50'],
  ['padded 3', 7, '007'],
  ['padded 3', 1_200, '1200'],
  ['list 0 "m" " + "', 3, 'm0 + m1 + m2'],
  ['list 1 "" ","', 2, '1,2'],
])('%s writes %d as "%s"', (how, number, text) => {
  expect(writtenAs(how, number)).toBe(text);
  const name = 'n';
  expect(fill(`of ${placeholder({ name, as: how })}!`, new Map([[name, number]]))).toBe(`of ${text}!`);
});

it('is read as it was written, beside what does not change', () => {
  const number = fc.integer({ min: 2, max: 500 });
  fc.assert(
    fc.property(fc.constantFrom(...HOWS), number, number, (how, a, b) => {
      fc.pre(a !== b && !(how.startsWith('padded') && Math.min(a, b) > 99));
      const [one, other] = how === 'rate' ? [60 * a, 60 * b] : [a, b];
      const texts = [one, other].map((it) => `always ${writtenAs(how, it)} of them`);
      expect(writtenParts(texts)).toContainEqual([
        { text: 'always ' },
        { how, numbers: [one, other] },
        { text: ' of them' },
      ]);
    }),
  );
});

it.each([
  ['words that differ', ['search,cart', 'search']],
  ['a list that does not count', ['m0,m5,m9', 'm0,m1']],
  ['a list of two words', ['a0,b1', 'a0,b1,c2']],
  ['digits alone', ['of 5', 'of 6']],
  ['another number of parts', ['rate(5 minutes)', 'rate(5 minutes) rate(6 minutes)']],
  ['one minute too many', ['rate(1 minutes)', 'rate(2 minutes)']],
  ['one day too many', ['1 days', '14 days']],
  ['no seconds at all', ['PT0S', 'PT5S']],
])('finds no number in %s', (_, texts) => {
  expect(writtenParts(texts)).toEqual([]);
});

it.each(HOWS)('stands in an expression: %s', (as) => {
  const expression = { name: 'minutes', factor: 60, offset: 2, as };
  const shown = showExpression(expression);
  expect(shown).toBe(`${as} of 2 + 60 * minutes`);
  expect(readExpression(shown)).toEqual(expression);
  expect(unwritten(expression, new Map([['minutes', 2]]))).toBe(122);
});
