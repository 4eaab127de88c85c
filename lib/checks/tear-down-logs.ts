import { isObject, isParent, listOf, type Json } from '../json';
import { idsIn } from '../template/references';
import { textOf } from '../template/text';
import type { Breach } from './finding';
import { breach, needed, type Path, type Resource, type Stack } from './resource';
import { SERVICE_LOGS } from './service-logs';

/** What a service writes its logs to has to be made by the stack before the service does it, and to go after it. */
export function ownsItsLogs(resource: Resource, { logGroups, resources, known }: Stack): Breach[] {
  const logs = Object.hasOwn(SERVICE_LOGS, resource.type)
    ? SERVICE_LOGS[resource.type]!(resource, known)
    : [];
  return logs.flatMap(({ names, path, writesToTheEnd }) => {
    const at = ['Properties', ...path];
    const name = names[0]!;
    const group = names.map((it) => logGroups.get(it)).find((id) => id !== undefined);
    if (group === undefined) {
      const message = `got no log group "${name}" in the stack, so that the service makes one and leaves it behind; allowed is a log group of the stack`;
      return [breach('log-group', at, undefined, message, 'Create that log group in the stack first.')];
    }
    const waitsFor = resource.entry['DependsOn'];
    if (!writesToTheEnd || waitsFor === group || listOf(waitsFor).includes(group)) return [];
    if (areWritersGone(resource, group, resources)) return [];
    const message = `got the log group "${name}" without DependsOn, so that the service makes it again after it was deleted; allowed is to wait for it`;
    return [
      breach(
        'log-group-order',
        at,
        undefined,
        message,
        'Name the resource, and let it depend on its log group.',
      ),
    ];
  });
}

/** A cluster writes while it has services: those have to go before its group, and it need not. */
function areWritersGone({ id, type }: Resource, group: string, resources: Stack['resources']): boolean {
  if (type !== 'AWS::ECS::Cluster') return false;
  const services = [...resources.values()].filter(
    (it) => it.type === 'AWS::ECS::Service' && idsIn(it.entry).has(id),
  );
  return services.every((service) => needed(service.id, resources).has(group));
}

/** What a task or a flow log writes to by name has to be in the stack; what a parameter brings is another stack's. */
export function namesOwnGroup(resource: Resource, { logGroups, resources, known }: Stack): Breach[] {
  return groupsNamedIn(resource.properties, ['Properties']).flatMap(([path, value]) => {
    const name = textOf(value, known);
    const given = /^\$\{([\w:.]+)\}$/.exec(name ?? '')?.[1];
    if (name === undefined || logGroups.has(name) || (given !== undefined && !resources.has(given)))
      return [];
    const message = `got the log group "${name}", which is not in the stack and stays behind; allowed is a log group of the stack`;
    return [breach('log-group', path, value, message, 'Create that log group in the stack first.')];
  });
}

/** What stands below a value where a log group is named. */
function groupsNamedIn(value: Json, path: Path): [Path, Json][] {
  if (Array.isArray(value))
    return (value as Json[]).flatMap((item, i) => (isParent(item) ? groupsNamedIn(item, [...path, i]) : []));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]): [Path, Json][] => [
    ...(NAMES_GROUP.has(key) ? [[[...path, key], child] as [Path, Json]] : []),
    ...(isParent(child) ? groupsNamedIn(child, [...path, key]) : []),
  ]);
}

const NAMES_GROUP: ReadonlySet<string> = new Set(['awslogs-group', 'LogGroupName', 'LogGroup']);
