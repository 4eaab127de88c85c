import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TwinError } from '../error';

/** RDS and DocumentDB allow 63 characters in an identifier. */
const MAX_LENGTH = 63;

/**
 * A name for what must be known before it exists: a database service writes its logs to a group that is named for the
 * cluster, so the stack can only own that group when it chooses the cluster's name itself.
 *
 * Lower case, because RDS lower-cases identifiers and a group in capitals would stay empty.
 *
 * @throws TwinError `physical-name` when the stack's name does not make a legal RDS identifier
 */
export function physicalName(scope: Construct, suffix: string): string {
  const { stackName } = Stack.of(scope);
  const name = `${stackName.toLowerCase()}-${suffix}`;
  if (name.length <= MAX_LENGTH && /^[a-z](-?[a-z0-9])*$/.test(name)) return name;
  throw new TwinError({
    code: 'physical-name',
    message: `the stack name "${stackName}" makes the identifier "${name}" of ${name.length} characters; up to ${MAX_LENGTH} letters, digits and single hyphens are allowed`,
    fix: 'Give the stack a shorter name, without two hyphens in a row.',
  });
}
