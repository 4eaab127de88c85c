/** What twin.config.ts is written with, without the AWS CDK: `cdk-twin/rehearsal`. */
export { defineRehearsal } from './config';
export type {
  ChecksConfig,
  DrillsConfig,
  FolderReleases,
  GatesConfig,
  GitReleases,
  P95Gate,
  RehearsalConfig,
  ReleasesConfig,
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
export type { VersionConfig, VersionPlace, VersionsConfig } from '../probes/version';
