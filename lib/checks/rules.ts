/** What is checked of a staging beside its parity. */
export type Check = 'isolation' | 'tear-down';

/** The stable id of a rule. */
export type RuleId = `TWIN-${'ISO' | 'TD'}-${string}`;

/**
 * The rules of both checks by name, each with its id and what it says in a line. Acknowledgements name ids: an id stays, and
 * is never given to another rule.
 */
export const RULES: Readonly<Record<Check, Readonly<Record<string, readonly [id: RuleId, title: string]>>>> =
  {
    isolation: {
      import: ['TWIN-ISO-001', 'Imports an export of a stack outside the environment'],
      'stack-output': ['TWIN-ISO-002', 'Reads an output of a stack outside the environment'],
      'ssm-parameter': ['TWIN-ISO-003', 'Reads a Systems Manager parameter at deployment'],
      'dynamic-reference': ['TWIN-ISO-004', 'Resolves a secret or a parameter outside the environment'],
      'container-secret': ['TWIN-ISO-005', 'Gives a container a secret outside the environment'],
      'prod-account': ['TWIN-ISO-006', "Names production's account"],
      'literal-arn': ['TWIN-ISO-007', 'Holds an ARN in a fixed account'],
      'literal-account': ['TWIN-ISO-008', 'Names a fixed account'],
      'literal-id': ['TWIN-ISO-009', 'Names a network resource by its id'],
      'literal-bucket': ['TWIN-ISO-010', 'Names a bucket outside the environment'],
      'literal-endpoint': ['TWIN-ISO-011', 'Holds the address of a resource outside the environment'],
      'hosted-zone': ['TWIN-ISO-012', 'Writes to a hosted zone outside the environment'],
      'zone-association': ['TWIN-ISO-013', 'Resolves its names in a VPC outside the environment'],
      'outside-source': ['TWIN-ISO-014', 'Replicates a database outside the environment'],
      'outside-resource': ['TWIN-ISO-015', 'Names a resource that the environment does not make'],
      'restore-key': ['TWIN-ISO-016', "Restores data under production's key"],
      'forbidden-type': ['TWIN-ISO-017', 'Ties the environment to a network or an account outside'],
      'prod-domain': ['TWIN-ISO-018', "Names one of production's hosts"],
      'production-name': ['TWIN-ISO-019', "Names one of production's resources"],
      'same-name': ['TWIN-ISO-020', 'Has a physical name that production has too'],
      'outside-host': ['TWIN-ISO-021', 'Gives a task or a function the address of a system outside'],
      'outside-address': ['TWIN-ISO-022', 'Sends messages to people, or to systems outside'],
      'outside-unused': ['TWIN-ISO-023', 'Names something outside that is nowhere in the templates'],
    },
    'tear-down': {
      'forbidden-type': ['TWIN-TD-001', 'Is of a type that an ephemeral stack may not have'],
      'unknown-type': ['TWIN-TD-002', 'Is of a type that may leave something behind'],
      retained: ['TWIN-TD-003', 'Is retained when the stack is deleted'],
      'default-snapshot': ['TWIN-TD-004', 'Leaves a snapshot behind by default'],
      protected: ['TWIN-TD-005', 'Is protected against deletion'],
      'automated-backups': ['TWIN-TD-006', 'Leaves automated backups behind'],
      snapshots: ['TWIN-TD-007', 'Leaves snapshots behind'],
      volume: ['TWIN-TD-008', 'Leaves a volume behind'],
      'not-emptied': ['TWIN-TD-009', 'Is a bucket that nothing empties'],
      'refilled-bucket': ['TWIN-TD-010', 'May fill a bucket again after it is emptied'],
      'object-lock': ['TWIN-TD-011', 'Locks objects against deletion'],
      images: ['TWIN-TD-012', 'Is a repository that keeps its images'],
      'log-group': ['TWIN-TD-013', 'Writes to a log group that stays behind'],
      'log-group-order': ['TWIN-TD-014', 'May write to its log group after that is deleted'],
      'query-history': ['TWIN-TD-015', 'Is a workgroup that cannot be deleted once it is used'],
      'validation-record': ['TWIN-TD-016', 'Leaves a validation record in a hosted zone'],
      'public-zone': ['TWIN-TD-017', 'Is a public hosted zone'],
      'lambda-at-edge': ['TWIN-TD-018', 'Replicates a function to edge locations'],
      'lambda-in-vpc': ['TWIN-TD-019', 'Has Secrets Manager make a function outside the template'],
      'protected-stack': ['TWIN-TD-020', 'Is a stack with termination protection'],
    },
  };

/** The id of a rule. */
export function ruleId(check: Check, rule: string): RuleId {
  const known = RULES[check][rule];
  if (!known) throw new Error(`there is no rule "${rule}" of ${check}`);
  return known[0];
}
