import { BILLED_TYPES, billingOf } from '../../lib/aws/billing';
import { typesIn } from '../../lib/aws/by-service';
import { LIFE_SETTINGS, RESTORES } from '../../lib/aws/life';
import { STORAGE_TYPES } from '../../lib/aws/storage';
import types from '../../lib/aws/types.json';
import { CLEAN_TYPES, FORBIDDEN_TYPES } from '../../lib/checks/tear-down-types';

const specified = new Set(typesIn(types.services));

/** What the AWS CDK writes into templates beside the types of CloudFormation. */
const isOfCdk = (type: string): boolean => type === 'AWS::CDK::Metadata' || type.startsWith('Custom::');

describe.each([
  ['billing', BILLED_TYPES],
  ['storage', [...STORAGE_TYPES]],
  ['what being ephemeral sets', Object.keys(LIFE_SETTINGS)],
  ['restoring', Object.keys(RESTORES)],
  ['what vanishes with its stack', [...CLEAN_TYPES]],
  ['what an ephemeral stack may not have', Object.keys(FORBIDDEN_TYPES)],
])('the table of %s', (_, all) => {
  it('names types that the specification has, once each', () => {
    expect(all.filter((type) => !specified.has(type) && !isOfCdk(type))).toEqual([]);
    expect(all.filter((type, i) => all.indexOf(type) !== i)).toEqual([]);
  });
});

it('bills whatever holds data: of the stateful types only a nested stack is free', () => {
  expect(types.stateful.filter((type) => billingOf(type, {}) === 'free')).toEqual([
    'AWS::CloudFormation::Stack',
  ]);
  expect([...STORAGE_TYPES].filter((type) => billingOf(type, {}) === 'free')).toEqual([]);
});

it('calls no type clean that an ephemeral stack may not have', () => {
  expect([...CLEAN_TYPES].filter((type) => Object.hasOwn(FORBIDDEN_TYPES, type))).toEqual([]);
});
