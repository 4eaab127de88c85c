import type { Json } from '../json';
import type { Check, RuleId } from './rules';

/** Something in the template of a staging that it may not have. */
export interface CheckFinding {
  readonly check: Check;
  /** The id of the rule that is broken, such as `TWIN-TD-003`; it has a page in docs/rules. */
  readonly id: RuleId;
  /** What the rule is called. */
  readonly rule: string;
  /** The resource, or another entry of the template. */
  readonly logicalId: string;
  /** The resource type; for other entries the section, such as `Parameters`. */
  readonly type: string;
  /** From the resource down. */
  readonly path: readonly (string | number)[];
  /** What stands there; absent when nothing does. */
  readonly value?: Json;
  /** What, the value got, and what is allowed. */
  readonly message: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
}

/** A finding before it is known which resource it belongs to. */
export type Breach = Pick<CheckFinding, 'rule' | 'path' | 'value' | 'message' | 'fix'>;
