import { RULES as CHECK_RULES, type RuleId } from '../checks/rules';

/** The stable id of a parity rule. */
export type ParityRuleId = `TWIN-PAR-${number}`;

/**
 * The rules of parity by name, each with its id and what it says in a line. Rules are told apart by what a reader has to do
 * about them. An id stays, and is never given to another rule.
 */
export const PARITY_RULES = {
  difference: ['TWIN-PAR-001', 'Differs between the environments'],
  switch: ['TWIN-PAR-002', 'Is a switch, where only amounts may follow a factor'],
  'own-name': ['TWIN-PAR-003', 'Depends on which environment it is in'],
  'literal-name': ['TWIN-PAR-004', 'Names another environment'],
  random: ['TWIN-PAR-005', 'Is another one each time it is made'],
  undecided: ['TWIN-PAR-006', 'Follows a factor as far as it was tried, which does not decide'],
  decides: ['TWIN-PAR-007', 'Lets a scale factor or a name decide what exists'],
  'unlike-member': ['TWIN-PAR-008', 'Is not like the other members of its factor'],
  'member-count': ['TWIN-PAR-009', 'Has a number of members that its factor may not give'],
  'shape-rule': ['TWIN-PAR-010', 'Breaks the shape rule of its factor'],
  'other-value': ['TWIN-PAR-011', 'Has another value than its factor or its lifecycle gives'],
  'nested-stack': ['TWIN-PAR-012', 'Is a nested stack that differs and is not compared'],
  'changed-template': ['TWIN-PAR-013', 'Was changed after it was synthesized'],
  manifest: ['TWIN-PAR-014', 'Is permitted by a manifest that may not permit it'],
  'unused-entry': ['TWIN-PAR-015', 'Is an allowlist entry that permits nothing'],
  'deployed-differently': ['TWIN-PAR-016', 'Is decided at deployment, and not alike'],
  'left-open': ['TWIN-PAR-017', 'Is left open until deployment'],
  deployment: ['TWIN-PAR-018', 'Differs beside the templates, in how its stack is deployed'],
} as const satisfies Readonly<Record<string, readonly [id: ParityRuleId, title: string]>>;

/** What a parity rule is called. */
export type ParityRule = keyof typeof PARITY_RULES;

/** The id of a parity rule. */
export const parityRuleId = (rule: ParityRule): ParityRuleId => PARITY_RULES[rule][0];

/** What a parity rule says in a line. */
export const parityRuleTitle = (rule: ParityRule): string => PARITY_RULES[rule][1];

/** A rule of any kind, as reports list it. */
export interface ReportedRule {
  readonly id: ParityRuleId | RuleId;
  readonly title: string;
}

/** Every rule that a report of parity may name: those of parity, then those of the checks. */
export const REPORTED_RULES: readonly ReportedRule[] = [
  PARITY_RULES,
  CHECK_RULES.isolation,
  CHECK_RULES['tear-down'],
].flatMap((rules) => Object.values(rules).map(([id, title]): ReportedRule => ({ id, title })));

/**
 * The page of a rule on the web. docs/rules is a part of the package, so that every version has pages of its own.
 *
 * @param version - of cdk-twin
 */
export const rulePageUrl = (id: ReportedRule['id'], version: string): string =>
  `https://unpkg.com/cdk-twin@${version}/docs/rules/${id}.md`;
