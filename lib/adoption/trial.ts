import type { Child } from './child';
import type { FindMember } from './enums';
import type { Given } from './given';
import type { Group } from './groups';
import type { MadeMember } from './observation';
import type { FindReference } from './references';
import type { TrialApps } from './trial-app';

/** What every environment may be given beside its scale: `EnvironmentOptions` and what `prod` takes. */
export const OPTIONS = ['env', 'stackName', 'stageName', 'description', 'tags'];
/** What production alone is given: two environments are two stacks. */
export const OF_PROD = 'stackName';
/** What `stackName` is of a stage: its stacks are named after it. */
export const OF_STAGE = 'stageName';

/** What a key of a construct's props is called in the options of an environment. */
export const optionName = (key: string): string => (key === OF_STAGE ? OF_PROD : key);

/** How a group is tried. */
export interface Trial {
  readonly apps: TrialApps;
  readonly member: FindMember;
  /** Whether its only member is a stage. */
  readonly isStage: boolean;
  /** Whether the code is TypeScript. */
  readonly isTyped: boolean;
  /** Finds what a member is given in those before it. */
  readonly find: (child: Child) => FindReference;
  /** Where a class is exported. */
  readonly exported: (child: Child) => MadeMember['exported'];
  /** A group of the same classes, whose values staging may have. @default - there is none */
  readonly other?: Group;
}

/** A stack or stage of a group. */
export interface Member {
  readonly child: Child;
  readonly given: Given;
  /** What it is called in the code. */
  readonly variable: string;
}
