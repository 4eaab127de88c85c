import { withoutLiterals } from '../../lib/probes/mysql/statement';

it.each([
  [
    `select * from orders where name = 'it\\'s' and x = "Mrs. Smith"`,
    'select * from orders where name = ? and x = ?',
  ],
  [
    'select `a b`, `1` from t -- a comment\n where id = 4711 # and more',
    'select `a b`, `1` from t where id = ?',
  ],
  ["insert into t values (1.5e+7, 0xff, b'01', _utf8mb4'x', N'y')", 'insert into t values (?, ?, ?, ?, ?)'],
  ["/*!50003 set @x = 'y' */ select @x, @@version", 'select @x, @@version'],
  ["update t set v = 'cut off", 'update t set v = ?'],
  ['select 5--1', 'select ?--?'],
])('hides what %j says of people', (sql, shown) => {
  expect(withoutLiterals(sql)).toBe(shown);
});
