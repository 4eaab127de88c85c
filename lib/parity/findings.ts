import type { Difference } from '../template/differences';
import type { Cause } from './manifest';
import type { ParityRule } from './rules';

/** One difference with what is known of it, before it knows its construct. */
export type Finding = Difference & { readonly by: Cause; readonly factor: string };

/** A difference that nothing explains, before it knows its construct. */
export type Fault = Difference & {
  /** The rule that it breaks. */
  readonly rule: ParityRule;
  readonly why: string;
  readonly fix: string;
  /** What it hangs on, of what is left to the deployment. @default - nothing */
  readonly hangsOn?: readonly string[];
};

/** Why something is forbidden, and what to do about it where that is not told by what it is. */
export type Reason = Pick<Fault, 'rule' | 'why'> & Partial<Pick<Fault, 'fix'>>;

/** What was found in one stack. */
export interface StackFindings {
  readonly permitted: readonly Finding[];
  readonly forbidden: readonly Fault[];
}

/** What was synthesized is what was proved: what was changed since is something else. */
export const changedFault = (what: string): Fault => ({
  path: [],
  prod: undefined,
  staging: undefined,
  rule: 'changed-template',
  why: `${what} was changed after it was synthesized`,
  fix: 'Run cdk synth again: what it writes is never edited.',
});
