export { synthesizeWithData as synthesize } from './cutover-app';
