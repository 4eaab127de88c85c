/** What stands for no property, and for no item of a list. */
export const NO_VALUE = 'AWS::NoValue';

/** Where a stack is, as far as that is known before it is deployed. */
export interface Whereabouts {
  readonly account?: string;
  readonly region?: string;
}

/** The pseudo parameters that follow from where a stack is. Nobody knows its id before, and its template may not ask for its name. */
export function pseudoOf({ account, region }: Whereabouts): Readonly<Record<string, string>> {
  const isChina = region?.startsWith('cn-') === true;
  return {
    ...(account !== undefined && { 'AWS::AccountId': account }),
    ...(region !== undefined && {
      'AWS::Region': region,
      'AWS::Partition': isChina ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws',
      'AWS::URLSuffix': isChina ? 'amazonaws.com.cn' : 'amazonaws.com',
    }),
  };
}
