import type { Json } from '../../lib/json';
import { decidedOtherwise } from '../../lib/parity/decided';
import { decisionsOf } from '../../lib/template/decisions';
import { modelOf } from '../../lib/template/model';
import { pseudoOf } from '../../lib/template/pseudo';

const LOOKED_UP = { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::StackName' }, 'n'] };

const template = (delay: Json, condition: Json = { 'Fn::Equals': ['a', 'b'] }) => ({
  Mappings: { Sizes: { Prod: { n: 4 } } },
  Conditions: { Settled: condition },
  Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: delay } } },
});

const kinds = (of: ReturnType<typeof template>): string[] =>
  [...decisionsOf(of, {}).values()].map(({ kind }) => kind);

it('are looked for in the branch that is deployed, and not in the other', () => {
  expect(kinds(template({ 'Fn::If': ['Settled', LOOKED_UP, 1] }))).toEqual(['condition']);
  expect(kinds(template({ 'Fn::If': ['Settled', 1, LOOKED_UP] }))).toEqual(['condition', 'look-up']);
  const open = { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '1'] };
  expect(kinds(template({ 'Fn::If': ['Settled', LOOKED_UP, 1] }, open))).toEqual(['condition', 'look-up']);
});

it('by a Region are open where one of the two says where it is, and no other', () => {
  const model = modelOf(
    template({ 'Fn::If': ['Settled', 1, 2] }, { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }),
    'shop',
  );
  const [there, anywhere] = [pseudoOf({ region: 'eu-west-1' }), pseudoOf({})];
  const found = (prod: typeof there, staging: typeof there) =>
    decidedOtherwise({ model, facts: { pseudo: prod } }, { model, facts: { pseudo: staging } }).map(
      ({ rule, hangsOn }) => [rule, hangsOn],
    );
  expect(found(there, anywhere)).toEqual([['left-open', ['AWS::Region']]]);
  expect(found(anywhere, there)).toEqual([['left-open', ['AWS::Region']]]);
  expect(found(anywhere, anywhere)).toEqual([]);
  expect(found(there, there)).toEqual([]);
});
