import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { TAG } from './names';

/** What a role may do. */
export interface Permission {
  /** As IAM writes them. Each is a call of the AWS target: a test holds the two lists together. */
  readonly actions: readonly string[];
  /** ARNs without `arn:<partition>:`. @default - everything in the account */
  readonly on?: readonly string[];
  /**
   * Whether only what has the tag of an environment is meant. CloudFormation gives a stack's tags to what it makes, and only
   * where the service knows the tag of what is asked for does IAM know it: where it does not, `on` has names.
   */
  readonly tagged?: boolean;
  /** Other conditions. */
  readonly when?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A role's statements: each permission is one. */
export const statementsOf = (permissions: readonly Permission[]): iam.PolicyStatement[] =>
  permissions.map(
    ({ actions, on, tagged = false, when }) =>
      new iam.PolicyStatement({
        actions: [...actions],
        resources: on?.map((it) => `arn:${Aws.PARTITION}:${it}`) ?? ['*'],
        conditions: { ...when, ...(tagged && { Null: { [`aws:ResourceTag/${TAG}`]: 'false' } }) },
      }),
  );

/** A resource of this account in any Region, such as `rds` and `cluster:*`. */
export const ofAccount = (service: string, resource: string): string =>
  `${service}:*:${Aws.ACCOUNT_ID}:${resource}`;

/** A role of an account: IAM has no Regions. */
export const roleOf = (account: string, name: string): string => `iam::${account}:role/${name}`;
