import type { Permission } from './permissions';

/** A copy of an encrypted snapshot is made with its key, by Amazon RDS or ElastiCache on the caller's behalf. */
export const keysOfSnapshots = (keyArns: readonly string[]): readonly Permission[] => {
  if (keyArns.length === 0) return [];
  const on = keyArns.map((arn) => arn.replace(/^arn:[^:]+:/, ''));
  const when = { StringLike: { 'kms:ViaService': ['rds.*.amazonaws.com', 'elasticache.*.amazonaws.com'] } };
  return [
    { actions: ['kms:DescribeKey'], on },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], on, when },
    { actions: ['kms:CreateGrant'], on, when: { ...when, Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
  ];
};
