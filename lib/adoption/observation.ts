import type { FactorKind, FactorValue } from '../scale/kinds';

/** What an app does when it is synthesised, as it was seen from inside its process. */
export interface Observation {
  /** The file that the process was started with. */
  readonly entry: string;
  /** The stacks and stages at the top of the app, in the order in which they are made. */
  readonly units: readonly Unit[];
  /** How its constructs read the release from the context. @default - they do not */
  readonly release?: FollowedRelease;
}

/** How the templates of an app follow a release. */
export interface FollowedRelease {
  /** The key of the context that the app reads it from. */
  readonly key: string;
  /** The release that the app has today. @default - the context does not say */
  readonly value?: string;
}

/** A stack or a stage at the top of an app. */
export interface Unit {
  readonly id: string;
  /** What its staging may be called. */
  readonly stagingId: string;
  /** What its class is called. */
  readonly className: string;
  /** Where its class can be imported from. @default - it is exported nowhere */
  readonly exported?: { readonly file: string; readonly name: string };
  /** Why it cannot be made by a function of its id and its values. @default - it can */
  readonly obstacle?: string;
  /** How it is made. @default - it cannot be made */
  readonly made?: Made;
}

/** How a unit is made, by code that gives it values for factors. */
export interface Made {
  /** What production is given beside its scale, as code by key: `env`, `stackName`, `tags`. */
  readonly options: Readonly<Record<string, string>>;
  /** Its other props as code, in which factors are names: `readers, web: { min: web.min }`. Empty where it has none. */
  readonly props: string;
  /** The stacks that it is made of, in a stage of its own, which the app makes at its top. @default - it is one construct */
  readonly members?: readonly MadeMember[];
  /** Whether it is a stage of several stacks. */
  readonly isStage: boolean;
  /** What that code imports, by the name that it has there: `{ InstanceType: 'aws-cdk-lib/aws-ec2' }`, or the path of a file. */
  readonly imports: Readonly<Record<string, string>>;
  readonly factors: readonly Proposed[];
  /** Numbers and classes that it is given, and that are no factors: each with why. */
  readonly others: readonly { readonly prop: string; readonly why: string }[];
  /** Places of its templates that follow what it is given: `<stack> <logical id> <path>`. */
  readonly following: readonly string[];
  /** Whether staging needs physical names of its own. */
  readonly generatesNames: boolean;
  /** The release that it is given, which is `release` in that code. @default - it is given none */
  readonly release?: string;
}

/** A stack that is given constructs of others. */
export interface MadeMember extends Pick<Unit, 'id' | 'className'> {
  readonly exported: NonNullable<Unit['exported']>;
  /** Its name in production. */
  readonly stackName: string;
  /** Its other props as code, in which factors and the stacks before it are names. */
  readonly props: readonly string[];
  /** What it is called in that code. @default - nothing is given to others */
  readonly variable?: string;
}

/** A scale factor that was tried. */
export interface Proposed {
  readonly name: string;
  readonly kind: FactorKind;
  /** The props that it is made of: `web.min`, `web.max`. */
  readonly props: readonly string[];
  /** Whether its memory is that of a Lambda function. */
  readonly isLambda: boolean;
  /** The first places that follow it, for people: `Orders/Writer DBInstanceClass`. */
  readonly places: readonly string[];
  readonly prod: FactorValue;
  readonly staging: FactorValue;
}

/** The environment variable with the file that an observation is written to. */
export const OBSERVATION = 'CDK_TWIN_OBSERVATION';
