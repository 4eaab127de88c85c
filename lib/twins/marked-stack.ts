import { CfnElement, Stack, Stage, Token } from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../error';
import type { Json } from '../json';
import { markModel, type Marked } from '../parity/explain';
import type { OwnNames } from '../parity/identity';
import { mark } from '../template/mark';
import type { Group } from '../parity/members';
import { asSynthesized, modelOf } from '../template/model';
import { resolveNames } from '../scale/named-token';
import type { BuiltEnvironment } from './environments';

/** A synthesised stack's model with a mark where a factor stands, and the members that factors decide the number of. */
export function markedStack(environment: BuiltEnvironment, stack: Stack): Marked {
  const origin = stack.node.path;
  const { resolved, read } = resolveNames((): unknown => stack.resolve(templateOf(stack)));
  const template = asSynthesized(JSON.parse(readFileSync(templatePath(stack), 'utf8')));
  checkNumbers(template as Json, origin, []);
  const values = modelOf(template, origin);
  return {
    model: markModel(values, modelOf(asSynthesized(resolved), origin), mark, read),
    groups: groupsIn(environment, stack),
  };
}

/**
 * Refuses what is left of a factor's value that was reckoned with: the CDK hands out numbers that stand for values as
 * encoded ones below -1e280, and arithmetic makes another such number of them.
 */
function checkNumbers(node: Json, origin: string, path: readonly string[]): void {
  if (typeof node === 'number' && Math.abs(node) > 1e280) {
    throw new TwinError({
      code: 'reckoned-value',
      message: `${origin}: ${path.join('.')} is ${node}: somebody reckoned with a value that is not known yet`,
      fix: "Derive the number with the factor's map(label, derive).",
    });
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) checkNumbers(child, origin, [...path, key]);
}

/** Where the template of a synthesised stack lies. */
export const templatePath = (stack: Stack): string => join(Stage.of(stack)!.outdir, stack.templateFile);

/** What the environment and its stacks are called, and the account and region that they are made for, if any. */
export function ownNames(environment: BuiltEnvironment): OwnNames {
  const { id, root } = environment;
  const all = environment.stacks().filter((stack) => stack.nestedStackParent === undefined);
  const paths = all.map((stack) => [
    stack.stackName,
    all.length === 1 ? 'environment' : `stack ${pathInside(root, stack)}`,
  ]);
  const where = all.flatMap(({ account, region }) => [
    [account, 'account'],
    [region, 'region'],
  ]);
  const known = where.filter(([name]) => !Token.isUnresolved(name));
  return { ...Object.fromEntries(known), [id]: 'environment', ...Object.fromEntries(paths) };
}

/** A stack's path inside its environment: empty for the one that is the environment. */
export function pathInside(root: BuiltEnvironment['root'], stack: Stack): string {
  const scope = Stage.isStage(root) ? root : Stack.of(root);
  return stack.node.path.slice(scope.node.path.length).replace(/^\//, '');
}

/** `_toCloudFormation` is how the CDK itself gets a stack's template; nothing public gives it before it is written. */
function templateOf(stack: Stack): unknown {
  return (stack as unknown as { _toCloudFormation(): unknown })._toCloudFormation();
}

/** One thing that belongs to a member. */
interface Belonging {
  readonly index: number;
  /** Its path with the member's own id taken out of it. */
  readonly key: string;
  readonly logicalId: string;
}

function groupsIn(environment: BuiltEnvironment, stack: Stack): Group[] {
  const owners = ownersOf(environment);
  const belongings = new Map<string, Belonging[]>();
  for (const node of stack.node.findAll()) {
    if (!CfnElement.isCfnElement(node) || node.stack !== stack) continue;
    const found = node.node.scopes.flatMap((scope) => owners.get(scope.node.id) ?? []);
    const [owner] = found;
    if (!owner) continue;
    if (found.length > 1) throw membersInMembers(node, found);
    const key = node.node.scopes.map(({ node: { id } }) => (id === owner.id ? owner.name : id)).join('/');
    const list = belongings.get(owner.factor) ?? [];
    list.push({ index: owner.index, key, logicalId: String(stack.resolve(node.logicalId)) });
    belongings.set(owner.factor, list);
  }
  return [...belongings].map(([factor, list]) => {
    const keys = [...new Set(list.map(({ key }) => key))].sort();
    const count = Math.max(...list.map(({ index }) => index));
    const members = Array.from({ length: count }, (_, i) =>
      keys.map((key) => list.find((it) => it.index === i + 1 && it.key === key)?.logicalId ?? ''),
    );
    return { factor, members, names: [...environment.bound.record.groups.get(factor)!.keys()] };
  });
}

/** Which member a construct id belongs to. */
interface Owner {
  readonly factor: string;
  readonly name: string;
  readonly index: number;
  readonly id: string;
}

function ownersOf({ bound }: BuiltEnvironment): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const [factor, names] of bound.record.groups) {
    for (const [name, ids] of names) {
      ids.forEach((id, i) => {
        const other = owners.get(id);
        if (other) throw ambiguousMember(id, other, { factor, name, index: i + 1, id });
        owners.set(id, { factor, name, index: i + 1, id });
      });
    }
  }
  return owners;
}

function ambiguousMember(id: string, one: Owner, other: Owner): TwinError {
  const [a, b] = [one, other].map(({ factor, index, name }) => `member ${index} of ${factor} ("${name}")`);
  return new TwinError({
    code: 'ambiguous-member',
    message: `the construct id "${id}" belongs to ${a} and to ${b}`,
    fix: 'Give the members of one of the two another name.',
  });
}

function membersInMembers(node: CfnElement, owners: readonly Owner[]): TwinError {
  return new TwinError({
    code: 'members-in-members',
    message: `"${node.node.path}" belongs to ${owners.map(({ factor, index }) => `member ${index} of ${factor}`).join(' and to ')}`,
    fix: 'Make members of one factor only; give what is inside them a fixed number.',
  });
}
