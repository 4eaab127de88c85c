import type { Deployment } from '../template/assembly';
import { Origins } from '../template/constructs';
import type { CheckFinding } from './finding';
import { hostsOf } from './hosts';
import { isolationOf, resourceNames, type Isolation } from './isolation';
import { exportsOf, namedStack, namesNear, sharedNames, unnamedIn, type PlacedStack } from './names';
import { textOfOutside, type Outside } from './outside';
import { keysOf } from './restore-key';
import { RULES, ruleId, type Check, type RuleId } from './rules';
import { tearDownFindings, tearDownNotes } from './tear-down';

export type { StackEnv } from './names';

/** What is known of a staging beside its templates. */
export interface StagingFacts {
  /** The names of its stacks, as they are deployed. */
  readonly stackNames: readonly string[];
  /** What it may reach outside. */
  readonly outside: readonly Outside[];
  readonly acknowledged: readonly Acknowledgement[];
}

/** A rule that may be broken somewhere, with the reason. */
export interface Acknowledgement {
  readonly id: RuleId;
  /** The stack's path inside its environment. */
  readonly stack: string;
  /** Where in the stack. @default - anywhere */
  readonly logicalIds?: readonly string[];
  readonly reason: string;
}

/** A stack of an environment. */
export interface CheckedStack extends PlacedStack {
  /** Its path inside its environment; empty when it is the environment. */
  readonly path: string;
  /** Its file. @default - it is none */
  readonly file?: string;
  /** How it is deployed. @default - as a part of the stack that it is nested in, or not known */
  readonly deployment?: Pick<Deployment, 'name' | 'isProtected'>;
  /** Where the construct of a logical id was made: file, line and column. @default - unknown */
  readonly sourceOf?: (logicalId: string) => string | undefined;
}

/** A finding, with where it is. */
export interface LocatedFinding extends CheckFinding {
  /** The stack's path inside its environment. */
  readonly stack: string;
  /** The construct, inside its environment; absent when the template does not say. */
  readonly construct?: string;
  /** The template file. */
  readonly template?: string;
  /** Where the construct was made, if known: file, line and column. */
  readonly source?: string;
}

/** What one check found. */
export interface CheckReport {
  readonly check: Check;
  readonly result: 'passed' | 'failed';
  readonly findings: readonly LocatedFinding[];
  /** Findings that were acknowledged with a reason. */
  readonly acknowledged: readonly (LocatedFinding & { readonly reason: string })[];
  /** What is worth knowing and is nothing to mend. */
  readonly notes: readonly string[];
}

/** A system outside that staging reaches. */
export interface ReachedSystem {
  /** A host, an address, an ARN or an id. */
  readonly text: string;
  /** Where: `<stack>/<logical id>`. */
  readonly in: readonly string[];
  /** Why it may be reached; absent when nothing asks for a reason. */
  readonly reason?: string;
  /** What stands in its place in staging. */
  readonly standIn?: string;
}

/** What both checks found, and what staging reaches outside. */
export interface StagingChecks {
  readonly isolation: CheckReport;
  readonly tearDown: CheckReport;
  readonly outside: readonly ReachedSystem[];
}

/** Whether a staging passed both of its checks. */
export const isClean = ({ isolation, tearDown }: StagingChecks): boolean =>
  isolation.result === 'passed' && tearDown.result === 'passed';

/**
 * Checks that a staging reaches nothing outside, and that nothing of it is left after its stacks are deleted.
 *
 * @param stacks - all stacks of the staging, nested ones too
 * @param prods - those of the production that it is a twin of
 */
export function checkStaging(
  facts: StagingFacts,
  stacks: readonly CheckedStack[],
  prods: readonly PlacedStack[],
): StagingChecks {
  const theirs = prods.map(namedStack);
  const [prodAccount] = prods.flatMap(({ env }) => env.account ?? []);
  const known = {
    stackNames: facts.stackNames,
    outside: facts.outside,
    exportNames: stacks.flatMap(({ template }) => exportsOf(template).map(({ name }) => name)),
    resourceNames: stacks.flatMap(({ template }) => resourceNames(template)),
    hosts: stacks.flatMap(({ template }) => hostsOf(template)),
    unnamed: stacks.flatMap(({ template }) => unnamedIn(template)),
    prodNames: theirs.flatMap(({ names }) => names),
    prodKeys: prods.flatMap(keysOf),
    prodHosts: prods.flatMap(({ template }) => hostsOf(template)),
    ...(prodAccount !== undefined && { prodAccount }),
  };
  const seen = stacks.map((stack) => {
    const { account, region } = stack.env;
    const isolation = isolationOf(stack.template, {
      ...known,
      prodNamesNear: namesNear(stack.env, theirs),
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
    });
    const shared = sharedNames(stack, theirs).map((finding): CheckFinding => ({
      check: 'isolation',
      id: ruleId('isolation', finding.rule),
      ...finding,
    }));
    const locate = locatorOf(stack);
    return {
      stack,
      isolation,
      findings: [...isolation.findings, ...shared].map(locate),
      left: [...protectedStack(stack), ...tearDownFindings(stack.template, stack.deployment?.name)].map(
        locate,
      ),
    };
  });
  const named = new Set(seen.flatMap(({ isolation }) => [...isolation.named.keys()]));
  const unused = facts.outside.filter((entry) => !named.has(entry)).map(unusedFinding);
  const notes = new Set(stacks.flatMap(({ template }) => tearDownNotes(template)));
  const report = reporterOf(facts.acknowledged);
  return {
    isolation: report('isolation', [...seen.flatMap(({ findings }) => findings), ...unused], []),
    tearDown: report(
      'tear-down',
      seen.flatMap(({ left }) => left),
      [...notes],
    ),
    outside: [...facts.outside.map((entry) => namedSystem(entry, seen)), ...reached(seen)],
  };
}

interface Seen {
  readonly stack: CheckedStack;
  readonly isolation: Isolation;
}

const placeIn = ({ path }: CheckedStack, id: string): string => (path === '' ? id : `${path}/${id}`);

function namedSystem(entry: Outside, seen: readonly Seen[]): ReachedSystem {
  const { reason, standIn } = entry;
  return {
    text: textOfOutside(entry),
    in: seen.flatMap(({ stack, isolation }) =>
      (isolation.named.get(entry) ?? []).map((id) => placeIn(stack, id)),
    ),
    reason,
    ...(standIn !== undefined && { standIn }),
  };
}

function reached(seen: readonly Seen[]): ReachedSystem[] {
  const all = new Map<string, string[]>();
  for (const { stack, isolation } of seen)
    for (const { text, in: ids } of isolation.reaches)
      all.set(text, [...(all.get(text) ?? []), ...ids.map((id) => placeIn(stack, id))]);
  return [...all].map(([text, places]) => ({ text, in: places }));
}

/** Nobody deletes a protected stack, its own schedule neither: that is no matter of its template. */
function protectedStack({ deployment }: CheckedStack): CheckFinding[] {
  if (deployment?.isProtected !== true) return [];
  return [
    {
      check: 'tear-down',
      id: ruleId('tear-down', 'protected-stack'),
      rule: 'protected-stack',
      logicalId: deployment.name,
      type: 'Stack',
      path: ['terminationProtection'],
      value: true,
      message:
        'got terminationProtection true, which keeps CloudFormation from deleting the stack, at its schedule too; allowed is false',
      fix: 'Leave termination protection to production: what sets it on every stack runs after the lifecycle of the staging.',
    },
  ];
}

/** An entry that names nothing permits nothing: a name that was changed, or is misspelt. */
const unusedFinding = (entry: Outside): LocatedFinding => ({
  check: 'isolation',
  id: ruleId('isolation', 'outside-unused'),
  rule: 'outside-unused',
  stack: '',
  logicalId: textOfOutside(entry),
  type: 'outside',
  path: [],
  message: `got an entry for "${textOfOutside(entry)}", which is nowhere in the templates; allowed are those that name something`,
  fix: 'Correct it, or take it out.',
});

function locatorOf(stack: CheckedStack): (finding: CheckFinding) => LocatedFinding {
  const { template, path, file, sourceOf } = stack;
  const origins = new Origins(template, sourceOf);
  return (finding) => {
    const at = [finding.type.includes('::') ? 'Resources' : finding.type, finding.logicalId];
    const [construct, source] = [origins.construct(at), origins.source(at)];
    return {
      ...finding,
      stack: path,
      ...(construct !== undefined && { construct }),
      ...(file !== undefined && { template: file }),
      ...(source !== undefined && { source }),
    };
  };
}

/** Separates findings that were acknowledged: what is said nearest to the resource counts. */
function reporterOf(acknowledged: readonly Acknowledgement[]) {
  const inOrder = acknowledged.toSorted(
    (a, b) => (a.logicalIds?.length ?? Infinity) - (b.logicalIds?.length ?? Infinity),
  );
  const reasonFor = ({ id, stack, logicalId }: LocatedFinding): string | undefined =>
    inOrder.find(
      (it) =>
        it.id === id &&
        it.stack === stack &&
        (it.logicalIds === undefined || it.logicalIds.includes(logicalId)),
    )?.reason;
  return (check: Check, all: readonly LocatedFinding[], notes: readonly string[]): CheckReport => {
    const judged = all.map((finding) => ({ finding, reason: reasonFor(finding) }));
    const findings = judged.flatMap(({ finding, reason }) => (reason === undefined ? [finding] : []));
    return {
      check,
      result: findings.length === 0 ? 'passed' : 'failed',
      findings,
      acknowledged: judged.flatMap(({ finding, reason }) =>
        reason === undefined ? [] : [{ ...finding, reason }],
      ),
      notes,
    };
  };
}

/** What a rule says in a line. */
export const titleOf = ({ check, rule }: CheckFinding): string => RULES[check][rule]![1];
