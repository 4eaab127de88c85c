import type { Json } from '../json';

/** Something in the template of a staging that it may not have. */
export interface CheckFinding {
  readonly check: 'isolation' | 'tear-down';
  /** A stable name for the rule that is broken. */
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
