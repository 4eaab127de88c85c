import fc from 'fast-check';
import { withoutLiterals } from '../../lib/probes/postgres/statement';
import { shownName } from '../../lib/probes/statement';

it.each([
  [
    `update orders2 set a = 'it''s', b = 1.5e-3, c=$1 where x=.5 and y=-7`,
    'update orders2 set a = ?, b = ?, c=$1 where x=? and y=-?',
  ],
  [`select "we''ird 5", E'a\\'b', e'\\`, `select "we''ird 5", ?, ?`],
  [`values ('C:\\', 'secret')`, 'values (?, ?)'],
  [`select $$hello 5$$, $a$ x $$ y $a$, a$b$c, x'ff', U&'d\\0061t'`, 'select ?, ?, a$b$c, ?, ?'],
  [
    `/* by /* Smith */ 'x' */ select 1 -- at 5\nfrom t where a like 'cut off`,
    'select ? from t where a like ?',
  ],
  [`select 1_000, 0x1F, a[3], 5.::int, nämé1`, 'select ?, ?, a[?], ?::int, nämé1'],
])('shows %j without its data', (sql, shown) => {
  expect(withoutLiterals(sql)).toBe(shown);
});

it('never shows a text, whatever is in it', () => {
  expect.hasAssertions();
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, text) => {
      const literal = (it: string): string => `'${it.replaceAll("'", "''")}'`;
      const sql = `select ${literal(before)}, ${literal(`secret${text}`)} from t`;
      expect(withoutLiterals(sql)).toBe('select ?, ? from t');
    }),
  );
});

it('cuts what is long', () => {
  const shown = withoutLiterals(`select ${'a, '.repeat(500)}`);
  expect(shown.length).toBeLessThan(170);
  expect(shown).toMatch(/^select a, a, .* \.\.\.$/);
});

it('quotes names that are none', () => {
  expect(['orders', 'Aufträge', 'a b', 'x"\n'].map(shownName)).toEqual([
    'orders',
    'Aufträge',
    '"a b"',
    '"x\\"\\n"',
  ]);
});
