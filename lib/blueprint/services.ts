import { equalJson, isObject, listOf, type Json, type JsonObject } from '../json';
import { balancerOf } from './balancers';
import type { Container, ReadTier, ServiceTier } from './blueprint';
import type { Resource, Resources } from './resources';
import { numberOf, textOf } from '../template/values';

/** Reads an ECS service with its task definition, its autoscaling and its load balancing. */
export function serviceTier(service: Resource, resources: Resources): ReadTier<ServiceTier> {
  const { DesiredCount, LoadBalancers, HealthCheckGracePeriodSeconds } = service.properties;
  const task = resources.referred(service.properties['TaskDefinition'], service)?.properties ?? {};
  const balanced = listOf(LoadBalancers).find(isObject);
  const range = rangeOf(service, resources);
  const tasks = range?.min ?? numberOf(DesiredCount) ?? 1;
  const { RuntimePlatform: platform } = task;
  return {
    kind: 'service',
    tasks,
    maxTasks: range?.max ?? tasks,
    cpu: sizeOf(task['Cpu'], /^([\d.]+) *vCPU$/i),
    memoryMiB: sizeOf(task['Memory'], /^([\d.]+) *GB$/i),
    healthCheckGraceSeconds: numberOf(HealthCheckGracePeriodSeconds) ?? 0,
    architecture: isObject(platform) && platform['CpuArchitecture'] === 'ARM64' ? 'ARM64' : 'X86_64',
    container: containerOf(task, balanced),
    balancer: balancerOf(balanced, service, resources),
  };
}

/** CPU units or MiB: a number, or a text in units of 1024 of them, such as `2 vCPU` and `4 GB`. */
function sizeOf(value: Json | undefined, inUnits: RegExp): number | undefined {
  const units = inUnits.exec(textOf(value) ?? '')?.[1];
  return units === undefined ? numberOf(value) : Number(units) * 1024;
}

function rangeOf(service: Resource, resources: Resources) {
  const target = resources
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .find(
      (it) =>
        it.properties['ScalableDimension'] === 'ecs:service:DesiredCount' && scales(it, service, resources),
    );
  const [min, max] = [
    numberOf(target?.properties['MinCapacity']),
    numberOf(target?.properties['MaxCapacity']),
  ];
  return min === undefined || max === undefined ? undefined : { min, max };
}

/** A resource id is `service/<cluster>/<service>`: a text, or joined from references. */
function scales(target: Resource, service: Resource, resources: Resources): boolean {
  const { ResourceId: id } = target.properties;
  if (resources.referredWithin(id, target, 'AWS::ECS::Service') === service) return true;
  const joined = isObject(id) && listOf(id['Fn::Join'])[1];
  const name = typeof id === 'string' ? id.split('/').at(-1) : listOf(joined || undefined).at(-1);
  const last = typeof name === 'string' ? name.split('/').at(-1) : name;
  return last !== undefined && equalJson(last, service.properties['ServiceName']);
}

function containerOf(task: JsonObject, balanced: JsonObject | undefined): Container {
  const containers = listOf(task['ContainerDefinitions']).filter(isObject);
  const container = containers.find((it) => it['Essential'] !== false) ?? {};
  const name = textOf(container['Name']) ?? 'unknown';
  const mapping = listOf(container['PortMappings']).find(isObject);
  const isBalanced = balanced !== undefined && balanced['ContainerName'] === name;
  return {
    name,
    image: container['Image'],
    environment: byName(container['Environment'], 'Value'),
    secrets: byName(container['Secrets'], 'ValueFrom'),
    port: numberOf(isBalanced ? balanced['ContainerPort'] : mapping?.['ContainerPort']),
    // ECS's default: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
    stopTimeoutSeconds: numberOf(container['StopTimeout']) ?? 30,
    memoryMiB: numberOf(container['Memory']),
    openFiles: openFilesOf(container),
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
