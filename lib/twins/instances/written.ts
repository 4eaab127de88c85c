import type { IConstruct } from 'constructs';
import { stacksOf } from './instance';
import type { Stack } from 'aws-cdk-lib';

/** What the AWS CDK calls, and declares for itself alone. */
interface Written {
  _toCloudFormation(): object;
}

/** A stack's template as it will be written; only while its app is synthesised are its references known. */
export const writtenBy = (stack: Stack): object => (stack as unknown as Written)._toCloudFormation();

/** Changes the templates of an environment when they are written, and not its constructs: a text may come from anywhere. */
export function whenWritten(top: IConstruct, change: (template: object, stack: Stack) => object): void {
  for (const stack of stacksOf(top)) {
    const own = stack as unknown as Written;
    const written = own._toCloudFormation.bind(stack);
    own._toCloudFormation = () => change(written(), stack);
  }
}
