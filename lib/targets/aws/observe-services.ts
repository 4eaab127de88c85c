import type { Service, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { isObject, listOf, type Json } from '../../json';
import type { RunningProperty, RunningResource, RunningState } from '../observe';
import { ecsNames } from './members';
import { scalableTarget } from './observe-scaling';
import { gone, ifThere, property, running, state, type Declared, type Sight } from './observe-sight';
import { allPages } from './pages';

/** Describes Amazon ECS: services, with the task definitions and the images that they run. */
export async function describeServices(sight: Sight): Promise<RunningResource[]> {
  const described: RunningResource[] = [];
  for (const it of sight.of('AWS::ECS::Service')) {
    const { cluster, service: name } = ecsNames(it.physicalId);
    const service = await ifThere(async () => {
      const { services = [] } = await sight.ask('ecs').describeServices({ cluster, services: [name] });
      return services.find(({ status }) => status !== 'INACTIVE');
    });
    if (service) described.push(...(await describeService(it, service, { cluster, name }, sight)));
    else described.push(gone(it));
  }
  return described;
}

async function describeService(
  it: Declared,
  service: Service,
  { cluster, name }: { readonly cluster: string; readonly name: string },
  sight: Sight,
): Promise<RunningResource[]> {
  const target = `service/${cluster}/${name}|ecs:service:DesiredCount|ecs`;
  const { MinCapacity: min, MaxCapacity: max } = (await scalableTarget(target, sight)) ?? {};
  const isScaled = min !== undefined && max !== undefined;
  const tasks = await tasksOf(cluster, name, sight);
  const definition = await definitionOf(service, sight);
  const declared = declaredDefinition(it, sight);
  const settled = (service.deployments ?? []).length <= 1;
  const own = running(it, serviceProperties(service, isScaled ? { min, max } : undefined, sight), {
    states: [
      ...state('tasks', `${service.runningCount ?? 0} of ${service.desiredCount ?? 0}`, 'any'),
      ...state('zones', zonesOf(tasks).size, 'any'),
      ...state(
        'platform',
        [...new Set(tasks.flatMap((task) => task.platformVersion ?? []))].join(', '),
        'same',
      ),
      ...state('deployment', settled ? undefined : 'under way', 'any'),
    ],
    strays:
      isScaled && !sight.isOurs(target) && !isTargetOf(it, sight)
        ? [`it is scaled between ${min} and ${max}, and no stack of the environment says so`]
        : [],
  });
  if (!declared || !definition || !isRolledOut(service)) return [own];
  const states = imageStates(declared, tasks);
  const used = running(declared, definitionProperties(declared, definition), { states });
  return [own, { ...used, usedBy: it.logicalId }];
}

/** Whether the stack has a scalable target, whatever CloudFormation calls it. */
const isTargetOf = ({ logicalId }: Declared, sight: Sight): boolean =>
  sight
    .of('AWS::ApplicationAutoScaling::ScalableTarget')
    .some(({ properties }) => JSON.stringify(properties['ResourceId'] ?? '').includes(logicalId));

/** Whether ECS deploys it: CodeDeploy and other controllers move a service to other task definitions by design. */
const isRolledOut = ({ deploymentController: controller }: Service): boolean =>
  (controller?.type ?? 'ECS') === 'ECS';

function serviceProperties(
  service: Service,
  moves: { readonly min: number; readonly max: number } | undefined,
  sight: Sight,
): RunningProperty[] {
  const { deploymentConfiguration: rollout, networkConfiguration: network, taskDefinition: task } = service;
  const assigns = network?.awsvpcConfiguration?.assignPublicIp;
  return [
    ...property('DesiredCount', service.desiredCount, moves ? { moves } : {}),
    ...(isRolledOut(service) ? property('TaskDefinition', task && sight.named(task)) : []),
    ...property('EnableExecuteCommand', service.enableExecuteCommand, { default: false }),
    ...property('NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp', assigns),
    ...property('DeploymentConfiguration.MinimumHealthyPercent', rollout?.minimumHealthyPercent),
    ...property('DeploymentConfiguration.MaximumPercent', rollout?.maximumPercent),
    ...property(
      'DeploymentConfiguration.DeploymentCircuitBreaker.Enable',
      rollout?.deploymentCircuitBreaker?.enable,
    ),
  ];
}

/** The task definition that the template gives a service; undefined where it is elsewhere. */
function declaredDefinition({ properties }: Declared, sight: Sight): Declared | undefined {
  const named = properties['TaskDefinition'];
  const id = isObject(named) ? named['Ref'] : undefined;
  return sight.of('AWS::ECS::TaskDefinition').find(({ logicalId }) => logicalId === id);
}

/** The task definition that a service runs. */
async function definitionOf({ taskDefinition }: Service, sight: Sight): Promise<TaskDefinition | undefined> {
  if (taskDefinition === undefined) return undefined;
  return ifThere(
    async () => (await sight.ask('ecs').describeTaskDefinition({ taskDefinition })).taskDefinition,
  );
}

function definitionProperties(declared: Declared, definition: TaskDefinition): RunningProperty[] {
  const images = containersIn(declared).flatMap((name, i) => {
    const image = definition.containerDefinitions?.find((it) => it.name === name)?.image;
    return property(`ContainerDefinitions.${i}.Image`, image ?? null);
  });
  const { Cpu: cpu, Memory: memory } = declared.properties;
  const sizes = [
    ...property('Cpu', inUnits(definition.cpu, cpu, /^([\d.]+) *vCPU$/i)),
    ...property('Memory', inUnits(definition.memory, memory, /^([\d.]+) *GB$/i)),
  ];
  return [...sizes, ...images].map(({ path, ...it }) => ({
    ...it,
    path: path.map((key) => (/^\d+$/.test(String(key)) ? Number(key) : key)),
  }));
}

/** A size as the template writes it, where it is the same: `1 vCPU` is 1024. */
function inUnits(size: string | undefined, declared: Json | undefined, units: RegExp): string | undefined {
  const count = typeof declared === 'string' ? units.exec(declared)?.[1] : undefined;
  return count !== undefined && Number(count) * 1024 === Number(size) ? (declared as string) : size;
}

/** The names of the containers, as the template lists them. */
const containersIn = ({ properties }: Declared): string[] =>
  listOf(properties['ContainerDefinitions']).map((it) => String(isObject(it) ? it['Name'] : ''));

/** What each container runs, by its digest: a tag says little of an image. */
const imageStates = (declared: Declared, tasks: readonly Task[]): RunningState[] =>
  containersIn(declared).flatMap((name, i) => {
    const digests = tasks.flatMap(({ containers = [] }) =>
      containers.flatMap((it) => (it.name === name ? (it.imageDigest ?? []) : [])),
    );
    const image = ['Properties', 'ContainerDefinitions', i, 'Image'];
    return state(`image of ${name}`, [...new Set(digests)].toSorted().join(', '), 'same', image);
  });

async function tasksOf(cluster: string, serviceName: string, sight: Sight): Promise<Task[]> {
  const ecs = sight.ask('ecs');
  const arns = await allPages(async (nextToken) => {
    const page = await ecs.listTasks({ cluster, serviceName, nextToken });
    return { items: page.taskArns, next: page.nextToken };
  });
  const all: Task[] = [];
  for (let i = 0; i < arns.length; i += MOST_TASKS) {
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: arns.slice(i, i + MOST_TASKS) });
    all.push(...tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING'));
  }
  return all;
}

/** ECS describes a hundred at once. */
const MOST_TASKS = 100;

const zonesOf = (tasks: readonly Task[]): Set<string> =>
  new Set(tasks.flatMap(({ availabilityZone: zone }) => zone ?? []));
