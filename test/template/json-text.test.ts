import fc from 'fast-check';
import { decimalOf } from '../../lib/template/decimal';
import { jsonIn, MARKS, shown } from '../../lib/template/json-text';
import { piecesOf } from '../../lib/template/pieces';
import { NO_VALUE } from '../../lib/template/pseudo';

const write = (pieces: readonly unknown[]) => ({ 'Fn::Join': ['', pieces] }) as never;

it('reads what JSON.parse reads, and shows it as JSON again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const isRefused = /"(?:__proto__|\(json\)|Ref|Fn::[^"]*)"|[\uE020\uE021\uE030]/.test(text);
      fc.pre(!isRefused && text !== '{}');
      expect(shown(jsonIn([text])!, write)).toEqual(JSON.parse(text));
    }),
  );
});

it.each([
  '{"a":01}',
  '{"a":+1}',
  '{"a":1,}',
  '{"a" 1}',
  '{"a":"b}',
  "{'a':1}",
  '{"a":1}x',
  '["a"',
  '{"a":tru}',
  '{"a":"\n"}',
  '{"a":"\\x"}',
  '{"\\x":1}',
  '{"a":1,"a":2}',
  '{"__proto__":1}',
  'a',
  '[1]',
  '{"\uE020":1}',
])('takes %s for a text', (text) => {
  expect(jsonIn([text])).toBeUndefined();
});

it('stops before the stack does', () => {
  expect(jsonIn([`${'[{"a":'.repeat(10_000)}1`])).toBeUndefined();
});

it('tells a reference in quotes from one without', () => {
  const atom = { Ref: 'A' };
  expect(jsonIn(['{"a":"', { atom }, '"}'])).toEqual({ a: { [MARKS.pieces]: [{ atom }] } });
  expect(jsonIn(['{"a":', { atom }, '}'])).toEqual({ a: { [MARKS.bare]: atom } });
  expect(jsonIn(['{"', { atom }, '":1}'])).toBeUndefined();
});

it.each([
  ['1', '1e0'],
  ['1.0', '1e0'],
  ['10e-1', '1e0'],
  ['-0.50', '-5e-1'],
  ['8080', '808e1'],
  ['0.0', '0e0'],
  ['12345678901234567890', '1234567890123456789e1'],
])('takes %s for the number %s', (text, decimal) => {
  expect(decimalOf(text)).toBe(decimal);
});

it.each(['01', '+1', '.5', '1.', '0x10', '', ' 1', 'Infinity', '1_000'])('takes %s for no number', (text) => {
  expect(decimalOf(text)).toBeUndefined();
});

it.each([
  [{ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, ['a', '-', { atom: { Ref: 'B' } }]],
  [{ 'Fn::Join': ['-', ['a', { Ref: NO_VALUE }, 'b']] }, ['a', '-', 'b']],
  [{ 'Fn::Join': ['-', ['a', { 'Fn::If': ['C', 'b', { Ref: NO_VALUE }] }]] }, undefined],
  [{ 'Fn::Join': [{ Ref: 'D' }, ['a']] }, undefined],
  [{ 'Fn::Join': ['.', { 'Fn::Split': ['.', { Ref: 'A' }] }] }, [{ atom: { Ref: 'A' } }]],
  [
    { 'Fn::Sub': '${A}${!B}${C.D.E}' },
    ['', { atom: { Ref: 'A' } }, '', '${B}', '', { atom: { 'Fn::GetAtt': ['C', 'D.E'] } }, ''],
  ],
  [{ 'Fn::Select': [0, [{ 'Fn::If': ['C', 'a', { Ref: NO_VALUE }] }, 'b']] }, undefined],
  [{ 'Fn::Select': [5, ['a']] }, undefined],
  [{ 'Fn::Sub': 'a', Other: 1 }, undefined],
  [null, undefined],
])('takes %j for %j', (value, pieces) => {
  expect(piecesOf(value as never, (it) => it)).toEqual(pieces);
});
