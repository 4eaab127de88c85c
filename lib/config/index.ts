/** What twin.config.ts is written with, without the AWS CDK: `cdk-twin/rehearsal`. */
export { defineRehearsal } from './define';
export type * from './types';
