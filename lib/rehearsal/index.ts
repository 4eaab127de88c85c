/** What twin.config.ts is written with, without the AWS CDK: `cdk-twin/rehearsal`. */
export { defineRehearsal } from './config';
export type {
  ChecksConfig,
  DrillsConfig,
  GatesConfig,
  P95Gate,
  RehearsalConfig,
  SynthConfig,
} from './config';
export type {
  AwsConfig,
  LocalConfig,
  MigrateConfig,
  ServiceCommand,
  TargetsConfig,
} from '../targets/registry';
export type {
  CommandCheck,
  LoadCheck,
  ReadYourWritesCheck,
  ReplicaLagCheck,
  RequestPlan,
  SmokeCheck,
} from '../probes/plan';
