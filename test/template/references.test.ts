import { canonical, type Json } from '../../lib/json';
import { mapReferences } from '../../lib/template/references';

const renamed = (entry: Json): Json => mapReferences(entry, (id) => (id === 'A' ? 'B' : id));

it.each<[string, Json, Json]>([
  ['Ref', { Ref: 'A' }, { Ref: 'B' }],
  ['Fn::GetAtt with a list', { 'Fn::GetAtt': ['A', 'A'] }, { 'Fn::GetAtt': ['B', 'A'] }],
  ['Fn::GetAtt with a text', { 'Fn::GetAtt': 'A.A' }, { 'Fn::GetAtt': 'B.A' }],
  ['Fn::Sub', { 'Fn::Sub': 'A ${A} ${A.Arn} ${AA} ${!A}' }, { 'Fn::Sub': 'A ${B} ${B.Arn} ${AA} ${!A}' }],
  [
    'Fn::Sub with names of its own',
    { 'Fn::Sub': ['${A} ${x}', { A: { Ref: 'A' }, x: { Ref: 'A' } }] },
    { 'Fn::Sub': ['${A} ${x}', { A: { Ref: 'B' }, x: { Ref: 'B' } }] },
  ],
  ['Fn::Sub with other names', { 'Fn::Sub': ['${A}', { x: 1 }] }, { 'Fn::Sub': ['${B}', { x: 1 }] }],
  ['DependsOn, sorted again', { DependsOn: ['A', 'AB'] }, { DependsOn: ['AB', 'B'] }],
  [
    'Fn::GetAtt whose attribute is given by another reference',
    { 'Fn::GetAtt': ['A', { Ref: 'A' }] },
    { 'Fn::GetAtt': ['B', { Ref: 'B' }] },
  ],
  ['below a property called Ref', { Ref: { Ref: 'A' } }, { Ref: { Ref: 'B' } }],
  ['below what is no Fn::GetAtt', { 'Fn::GetAtt': [{ Ref: 'A' }] }, { 'Fn::GetAtt': [{ Ref: 'B' }] }],
  ['below what is no Fn::Sub', { 'Fn::Sub': { x: { Ref: 'A' } } }, { 'Fn::Sub': { x: { Ref: 'B' } } }],
  ['deep inside', { a: [{ b: [[{ Ref: 'A' }]] }] }, { a: [{ b: [[{ Ref: 'B' }]] }] }],
])('renames a reference: %s', (_, entry, expected) => {
  expect(renamed(entry)).toEqual(expected);
});

it.each<[string, Json]>([
  ['a text that is equal to an id', { a: 'A', b: ['A'] }],
  ['the name of a condition', { Condition: 'A' }],
  ['a DependsOn in the properties of something else', { a: { DependsOn: ['b', 'A'] } }],
  ['a pseudo parameter', { 'Fn::Sub': '${A::A}' }],
  ['a Ref that is none', { Ref: ['A'], 'Fn::GetAtt': { A: 'A' }, 'Fn::Sub': { A: 'A' } }],
  [
    'keys that objects inherit',
    JSON.parse('{"toString":"A","valueOf":1,"constructor":"A","__proto__":"A"}') as Json,
  ],
])('leaves alone %s', (_, entry) => {
  expect(JSON.stringify(renamed(entry))).toBe(JSON.stringify(entry));
});

it('renames references below keys that objects inherit', () => {
  expect(renamed({ constructor: { Ref: 'A' }, toString: [{ Ref: 'A' }] })).toEqual({
    constructor: { Ref: 'B' },
    toString: [{ Ref: 'B' }],
  });
});

it('writes equal nodes as equal texts, whatever the order of their keys', () => {
  expect(canonical({ b: [1, null, 'x'], a: { d: 1, c: 2 } })).toBe(
    canonical({ a: { c: 2, d: 1 }, b: [1, null, 'x'] }),
  );
  expect(canonical({ a: '1' })).not.toBe(canonical({ a: 1 }));
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
});
