/** Access to staging's and production's accounts, as stacks of the AWS CDK: `cdk-twin/access`. */
export { CutoverAccess, type CutoverAccessProps } from './cutover-access';
export type { SharedTraffic } from './cutover-permissions';
export { ProductionAccess, type ProductionAccessProps } from './production-access';
export { RehearsalAccess, type RehearsalAccessProps } from './rehearsal-access';
