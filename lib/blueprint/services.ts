import { equalJson, isObject, listOf, type Json } from '../json';
import { balancerOf } from './balancers';
import type { DeploymentProps, ReadTier, ServiceTier } from './blueprint';
import { waitsOf } from './deployment-waits';
import { containerOf } from './containers';
import { discoveryOf } from './discovery';
import type { Resource, Resources } from './resources';
import { numberOf, textOf } from '../template/values';
import { zonesOf } from './zones';

/** Reads an ECS service with its task definition, its autoscaling and its load balancing. */
export function serviceTier(service: Resource, resources: Resources): ReadTier<ServiceTier> {
  const { DesiredCount, LoadBalancers, HealthCheckGracePeriodSeconds } = service.properties;
  const task = resources.referred(service.properties['TaskDefinition'], service)?.properties ?? {};
  const balanced = listOf(LoadBalancers).filter(isObject);
  const definitions = listOf(task['ContainerDefinitions']).filter(isObject);
  const containers = definitions.map((it) => containerOf(it, balanced));
  const discovery = discoveryOf(service, definitions, resources);
  const range = rangeOf(service, resources);
  const tasks = range?.min ?? numberOf(DesiredCount) ?? 1;
  const { RuntimePlatform: platform } = task;
  const zones = zonesOf(service, resources);
  return {
    kind: 'service',
    tasks,
    maxTasks: range?.max ?? tasks,
    ...(zones && { zones }),
    cpu: sizeOf(task['Cpu'], /^([\d.]+) *vCPU$/i),
    memoryMiB: sizeOf(task['Memory'], /^([\d.]+) *GB$/i),
    healthCheckGraceSeconds: numberOf(HealthCheckGracePeriodSeconds) ?? 0,
    architecture: isObject(platform) && platform['CpuArchitecture'] === 'ARM64' ? 'ARM64' : 'X86_64',
    container: containers.find(({ isEssential }) => isEssential) ?? containerOf({}, balanced),
    containers,
    deployment: deploymentOf(service),
    balancer: balancerOf(balanced, service, resources),
    ...(discovery && { discovery }),
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

/** Defaults: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
function deploymentOf({ properties }: Resource): DeploymentProps {
  const { DeploymentConfiguration: given, DeploymentController: controller } = properties;
  const config = isObject(given) ? given : {};
  const { DeploymentCircuitBreaker: circuitBreaker } = config;
  const breaker = isObject(circuitBreaker) ? circuitBreaker : {};
  const by = (isObject(controller) ? textOf(controller['Type']) : undefined) ?? 'ECS';
  const rolls = String(breaker['Rollback']) === 'true';
  const waits = by === 'ECS' ? waitsOf(config) : undefined;
  return {
    minimumHealthyPercent: numberOf(config['MinimumHealthyPercent']) ?? 100,
    maximumPercent: numberOf(config['MaximumPercent']) ?? 200,
    onFailure: String(breaker['Enable']) !== 'true' ? 'try-on' : rolls ? 'roll-back' : 'give-up',
    strategy: by === 'ECS' ? `ECS/${textOf(config['Strategy']) ?? 'ROLLING'}` : by,
    ...(waits && { waits }),
  };
}
