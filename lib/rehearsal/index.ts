/** What twin.config.ts is written with, without the AWS CDK: `cdk-twin/rehearsal`. */
export { defineRehearsal } from './config';
export type {
  ChecksConfig,
  DrillsConfig,
  GatesConfig,
  LocalConfig,
  MigrateConfig,
  P95Gate,
  RehearsalConfig,
  ServiceCommand,
  SynthConfig,
} from './config';
export type {
  CommandCheck,
  LoadCheck,
  ReadYourWritesCheck,
  ReplicaLagCheck,
  RequestPlan,
  SmokeCheck,
} from '../probes/plan';
