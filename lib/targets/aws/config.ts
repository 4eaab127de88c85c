import { object, optional, positive, text, type Rule } from '../../schema';

/** Where on AWS staging is stood up. Everything has a default. */
export interface AwsConfig {
  /** A profile of the AWS CLI. @default - `AWS_PROFILE`, or the credentials of the environment */
  readonly profile?: string;
  /** For stacks that do not say where they are. @default - `AWS_REGION`, or that of the profile */
  readonly region?: string;
  /** Why staging may stand in production's account. @default - it may not */
  readonly allowProductionAccount?: string;
  /** How many hours an environment may stand at most, since its first stack was created: `twin extend` goes no further. @default 24 */
  readonly maxHours?: number;
}

/** The rule for the section. */
export const AWS: Rule<AwsConfig> = object<AwsConfig>({
  profile: optional(text),
  region: optional(text),
  allowProductionAccount: optional(text),
  maxHours: optional(positive()),
});
