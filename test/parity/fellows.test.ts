import type { Json } from '../../lib/json';
import { factorOfFellows } from '../../lib/parity/fellows';
import type { Members } from '../../lib/parity/manifest';

const group = (prod: string[], staging: string[], path = ['Resources']): Members => ({
  path,
  factor: 'nats',
  count: '${nats}',
  prod,
  staging,
  words: [],
});
const nats = group(['A', 'B', 'C'], ['A', 'B']);
const factor = (prod: Json, staging: Json, groups: Members[] = [nats]) =>
  factorOfFellows({ path: ['Resources', 'Route'], prod, staging }, groups);
const arn = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });

it('a reference to a member that one side has not may be one to any that it has', () => {
  expect(factor({ Ref: 'C' }, { Ref: 'A' })).toBe('nats');
  expect(factor(arn('C'), arn('B'))).toBe('nats');
  expect(factor({ 'Fn::GetAtt': 'C.Arn' }, arn('B'))).toBe('nats');
  expect(factor({ Ref: 'A' }, { Ref: 'C' }, [group(['A', 'B'], ['A', 'B', 'C'])])).toBe('nats');
});

it.each<[string, Json, Json, Members[]]>([
  ['a member that both have', { Ref: 'B' }, { Ref: 'A' }, [nats]],
  ['what is no member', { Ref: 'C' }, { Ref: 'Other' }, [nats]],
  ['what staging has not either', { Ref: 'C' }, { Ref: 'C2' }, [nats]],
  ['another attribute', arn('C'), { 'Fn::GetAtt': ['A', 'Name'] }, [nats]],
  ['no attribute', arn('C'), { Ref: 'A' }, [nats]],
  ['a text', 'C', 'A', [nats]],
  ['more than a reference', { Ref: 'C', more: 1 }, { Ref: 'A', more: 1 }, [nats]],
  ['members of a list', { Ref: 'C' }, { Ref: 'A' }, [group(['A', 'B', 'C'], ['A', 'B'], ['Resources', 'X'])]],
  ['members of a group each', { Ref: 'C' }, { Ref: 'X' }, [nats, group(['X', 'Y', 'Z'], ['X', 'Y'])]],
])('is none to %s', (_, prod, staging, groups) => {
  expect(factor(prod, staging, groups)).toBeUndefined();
});
