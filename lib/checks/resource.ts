import type { Json, JsonObject } from '../json';
import { idsIn } from '../template/references';
import { textOf } from '../template/text';
import type { Breach, CheckFinding } from './finding';

/** A resource of a template. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** All of it: type, properties, policies, what it waits for. */
  readonly entry: JsonObject;
  readonly properties: JsonObject;
}

/**
 * The ids of the log groups that go with the stack, by name and by reference; the CDK's custom resource may own one too.
 *
 * @param known - what pseudo parameters stand for
 */
export function logGroupsOf(
  resources: readonly Resource[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const groups = resources.filter(
    ({ type, properties }) =>
      type === 'AWS::Logs::LogGroup' ||
      (type === 'Custom::LogRetention' && properties['RemovalPolicy'] === 'destroy'),
  );
  return new Map(
    groups.flatMap(({ id, properties }): [string, string][] => {
      const name = textOf(properties['LogGroupName'], known);
      return [...(name === undefined ? [] : [[name, id] as [string, string]]), [`\${${id}}`, id]];
    }),
  );
}

/** The template that a resource is in. */
export interface Stack {
  readonly resources: ReadonlyMap<string, Resource>;
  /** The ids of the log groups, by name and by reference. */
  readonly logGroups: ReadonlyMap<string, string>;
  /** What its pseudo parameters stand for, as far as that is known before it is deployed. */
  readonly known: ReadonlyMap<string, string>;
}

export type Path = CheckFinding['path'];

export type Rule = (resource: Resource, stack: Stack) => readonly Breach[];

/** One breach; with its value when there is one. */
export function breach(
  rule: string,
  path: Path,
  value: Json | undefined,
  message: string,
  fix: string,
): Breach {
  return { rule, path, ...(value !== undefined && { value }), message, fix };
}

/** Everything that a resource needs, by references and by what it waits for. */
export function needed(
  id: string,
  resources: Stack['resources'],
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const it of idsIn(resources.get(id)?.entry ?? {})) {
    if (found.has(it) || !resources.has(it)) continue;
    found.add(it);
    needed(it, resources, found);
  }
  return found;
}
