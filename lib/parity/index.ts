/** The part of cdk-twin that compares, without the AWS CDK: `cdk-twin/parity`. */
export { TwinError } from '../error';
export { parityOfAssembly } from './assembly-parity';
export type { FactorList, ListedFactor } from './factor-list';
export type { Manifest } from './manifest';
export { parityOfTemplates } from './parity';
export type { ParityOptions } from './parity';
export { renderMarkdown } from './reports/markdown';
export { renderGithub } from './reports/github';
export { renderSarif } from './reports/sarif';
export { renderText } from './reports/text';
export type { FactorReport, Forbidden, ParityReport, Permitted } from './report';
export { readWhitelist } from './whitelist';
export type { Whitelist } from './whitelist';
