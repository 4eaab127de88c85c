import { isObject, listOf, type Json, type JsonObject } from '../json';
import { numberOf, textOf } from '../template/values';
import type { Container, ContainerDependency, ContainerHealthCheck } from './blueprint';

/**
 * Reads a container definition.
 *
 * @param balanced - the entries under `LoadBalancers` of the service
 */
export function containerOf(container: JsonObject, balanced: readonly JsonObject[]): Container {
  const name = textOf(container['Name']) ?? 'unknown';
  const mapping = listOf(container['PortMappings']).find(isObject);
  const target = balanced.find((it) => it['ContainerName'] === name);
  const { EntryPoint: entryPoint, Command: command } = container;
  return {
    name,
    isEssential: container['Essential'] !== false,
    dependsOn: listOf(container['DependsOn']).filter(isObject).map(dependencyOf),
    healthCheck: healthCheckOf(container['HealthCheck']),
    entryPoint: entryPoint === undefined ? undefined : listOf(entryPoint),
    command: command === undefined ? undefined : listOf(command),
    workingDirectory: textOf(container['WorkingDirectory']),
    environmentFiles: listOf(container['EnvironmentFiles'])
      .filter(isObject)
      .map((it) => it['Value'] ?? ''),
    startTimeoutSeconds: numberOf(container['StartTimeout']),
    image: container['Image'],
    environment: byName(container['Environment'], 'Value'),
    secrets: byName(container['Secrets'], 'ValueFrom'),
    port: numberOf(target ? target['ContainerPort'] : mapping?.['ContainerPort']),
    // ECS's default: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    stopTimeoutSeconds: numberOf(container['StopTimeout']) ?? 30,
    memoryMiB: numberOf(container['Memory']),
    openFiles: openFilesOf(container),
  };
}

function dependencyOf({ ContainerName: name, Condition: condition }: JsonObject): ContainerDependency {
  const known = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'] as const;
  return { container: textOf(name) ?? 'unknown', condition: known.find((it) => it === condition) ?? 'START' };
}

/** Defaults: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function healthCheckOf(check: Json | undefined): ContainerHealthCheck | undefined {
  if (!isObject(check)) return undefined;
  const [kind, ...words] = listOf(check['Command']).map(String);
  if (kind === undefined || kind === 'NONE') return undefined;
  return {
    // without CMD and CMD-SHELL it is a command and its arguments, too
    command: kind === 'CMD-SHELL' ? words.join(' ') : kind === 'CMD' ? words : [kind, ...words],
    intervalSeconds: numberOf(check['Interval']) ?? 30,
    timeoutSeconds: numberOf(check['Timeout']) ?? 5,
    retries: numberOf(check['Retries']) ?? 3,
    startPeriodSeconds: numberOf(check['StartPeriod']) ?? 0,
  };
}

/** Fargate's default: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
const FARGATE_OPEN_FILES = 65_535;

function openFilesOf({ Ulimits: limits }: JsonObject): Container['openFiles'] {
  const limit = listOf(limits)
    .filter(isObject)
    .find(({ Name: name }) => name === 'nofile');
  return {
    soft: numberOf(limit?.['SoftLimit']) ?? FARGATE_OPEN_FILES,
    hard: numberOf(limit?.['HardLimit']) ?? FARGATE_OPEN_FILES,
  };
}

function byName(list: Json | undefined, key: string): Record<string, Json> {
  return Object.fromEntries(
    listOf(list)
      .filter(isObject)
      .map((item) => [String(item['Name']), item[key] ?? '']),
  );
}
