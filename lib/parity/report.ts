import { isClean, type StagingChecks } from '../checks/staging';
import type { Json } from '../json';
import type { FactorKind, FactorValue } from '../scale/kinds';
import type { Path } from '../template/differences';
import type { Cause } from './manifest';
import type { Match } from './match';
import type { ParityRule, ParityRuleId } from './rules';
import type { GivenParameter } from './side-facts';
import type { UnusedEntry } from './unused-entries';

/** What a comparison of two environments found. */
export interface ParityReport {
  /** `twins` when nothing is forbidden, `undecided` when nothing is but what decides is given only at deployment. */
  readonly verdict: 'twins' | 'not-twins' | 'undecided';
  /** The environments, or the files, that were compared. */
  readonly prod: string;
  readonly staging: string;
  /**
   * What the second is: a staging, or a production that is compared with the first. Wherever a report says `staging`, it is
   * the second that is meant.
   */
  readonly role: 'staging' | 'production';
  /** How many entries (resources, outputs, parameters and the like) were compared. */
  readonly compared: number;
  /** The declared factors with both values. */
  readonly factors: readonly FactorReport[];
  readonly permitted: readonly Permitted[];
  readonly forbidden: readonly Forbidden[];
  /** What decides what exists, and is known only when the two are deployed. @default - nothing, or it is forbidden */
  readonly open?: readonly Forbidden[];
  /** Parameters that flow into values, and are given when each is deployed. @default - none */
  readonly given?: readonly GivenParameter[];
  /** What is worth knowing of the comparison. @default - nothing */
  readonly notes?: readonly string[];
  /** Resources that were paired by structure because their logical ids differ. @default - none */
  readonly renamed?: readonly Match[];
  /** What the allowlist was found to do. @default - there is none that was written by hand */
  readonly allowlist?: AllowlistReport;
  /** What the checks of staging found. @default - nothing was checked: plain templates, or another production */
  readonly checks?: StagingChecks;
  /** Which stacks it is about. @default - all */
  readonly part?: Part;
  /** Findings of other rules than those that were asked for. @default - none is left out */
  readonly notShown?: NotShown;
}

/** Some of an environment's stacks. */
export interface Part {
  /** Their paths inside the environment. */
  readonly stacks: readonly string[];
  /** How many the environment has. */
  readonly of: number;
}

/** What a report leaves out. Its verdict and its results are about all. */
export interface NotShown {
  /** The rules that were asked for, or the beginnings of their ids. */
  readonly only: readonly string[];
  readonly forbidden: number;
  /** Those that are left to the deployment: the verdict hangs on them. */
  readonly open: readonly Forbidden[];
  /** Entries of the allowlist that permit nothing. */
  readonly unused: number;
  readonly isolation: number;
  readonly tearDown: number;
}

/** Whether environments are twins, staging passed its checks, and every entry of the allowlist is needed. */
export const isPassed = ({ verdict, checks, allowlist }: ParityReport): boolean =>
  verdict === 'twins' && (checks === undefined || isClean(checks)) && (allowlist?.unused ?? []).length === 0;

/** Whether the type, the id or the path of an entry of the allowlist is wrong: bad input, beside what was found. */
export const isMisplaced = ({ allowlist }: ParityReport): boolean =>
  allowlist !== undefined && allowlist.unused.some((entry) => entry.isMisplaced);

/** What an allowlist that was written by hand does. */
export interface AllowlistReport {
  /** The entries that permit nothing. */
  readonly unused: readonly UnusedEntry[];
  /** What its `names` permit. @default - it gives none */
  readonly names?: { readonly prod: string; readonly staging: string; readonly places: number };
}

/** A factor with both values, and where it reaches. */
export interface FactorReport {
  readonly name: string;
  readonly kind: FactorKind;
  readonly reason: string;
  readonly prod: FactorValue | null;
  readonly staging: FactorValue | null;
  /** How many places differ because of it. */
  readonly places: number;
  /** The class of failure that the difference can still hide; absent when the values are equal, and between productions. */
  readonly blindSpot?: string;
  /** The factors that have to be at production's size where this one is, by the proportions of the scale. @default - none */
  readonly growing?: readonly string[];
}

/** Where a difference is. */
export interface Located {
  /** The stack's path inside its environment; empty when it is the environment. */
  readonly stack: string;
  /** The logical id; for what belongs to no entry, such as `Description`, the name of that section. */
  readonly logicalId: string;
  /** The resource type; for other entries the section, such as `Outputs`. */
  readonly type: string;
  /** From the resource down: `['Properties', 'DesiredCount']`. */
  readonly path: Path;
  /** What production has there; absent when nothing. */
  readonly prod?: Json;
  /** What staging has there; absent when nothing. */
  readonly staging?: Json;
  /** The construct, inside its environment; absent when the template does not tell. */
  readonly construct?: string;
}

/** A difference that is explained. */
export interface Permitted extends Located {
  readonly by: Cause;
  /** The factor's name; for other causes the rule's. */
  readonly factor: string;
}

/** A difference that nothing explains. */
export interface Forbidden extends Located {
  /** The id of the rule that it breaks, such as `TWIN-PAR-001`; it has a page in docs/rules. */
  readonly id: ParityRuleId;
  /** What the rule is called. */
  readonly rule: ParityRule;
  /** Why it is not permitted. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** What it hangs on, of what is left to the deployment: `the parameter Env`. @default - nothing */
  readonly hangsOn?: readonly string[];
  /** Staging's template file; absent for a template that is none. */
  readonly template?: string;
  /** Where the construct was made, if known: file, line and column. */
  readonly source?: string;
}
