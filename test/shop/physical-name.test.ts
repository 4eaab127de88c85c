import { Stack } from 'aws-cdk-lib';
import { physicalName } from '../../lib/shop/physical-name';
import { build } from './shop';

const stack = (stackName: string): Stack => new Stack(undefined, 'Stack', { stackName });

test('it is in lower case, as RDS writes it', () => {
  expect(physicalName(stack('StagingEphemeral'), 'orders')).toBe('stagingephemeral-orders');
});

test('63 characters are allowed, and not one more', () => {
  expect(physicalName(stack('a'.repeat(56)), 'orders')).toHaveLength(63);
  expect(() => physicalName(stack('a'.repeat(57)), 'orders')).toThrow(
    expect.objectContaining({
      code: 'physical-name',
      message: `the stack name "${'a'.repeat(57)}" makes the identifier "${'a'.repeat(57)}-orders" of 64 characters; up to 63 letters, digits and single hyphens are allowed`,
    }),
  );
});

test('two hyphens in a row are refused, as RDS would only when deploying', () => {
  expect(() => physicalName(stack('Shop--Prod'), 'orders')).toThrow(/single hyphens are allowed/);
});

test('a stack name that is too long fails the synth', () => {
  expect(() => build({ stackName: 'A'.repeat(60) })).toThrow(
    expect.objectContaining({ code: 'physical-name' }),
  );
});
