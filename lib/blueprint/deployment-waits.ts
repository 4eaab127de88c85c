import { isObject, listOf, type Json, type JsonObject } from '../json';
import { numberOf, textOf } from '../template/values';
import type { DeploymentWaits, LifecycleHook } from './blueprint';

/** Where a deployment by ECS waits on purpose; undefined where it waits nowhere. */
export function waitsOf(config: JsonObject): DeploymentWaits | undefined {
  const strategy = textOf(config['Strategy']) ?? 'ROLLING';
  const hooks = listOf(config['LifecycleHooks']).filter(isObject).map(hookOf);
  if (strategy === 'ROLLING') return hooks.length === 0 ? undefined : { bakeMinutes: 0, hooks };
  const last = numberOf(config['BakeTimeInMinutes']);
  return { bakeMinutes: last === undefined ? undefined : last + stepMinutes(strategy, config), hooks };
}

/**
 * How long it waits between steps: none is waited for after the last one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-linearconfiguration.html
 */
function stepMinutes(strategy: string, config: JsonObject): number {
  if (strategy === 'CANARY') return partOf(config['CanaryConfiguration'], 'CanaryBakeTimeInMinutes') ?? 10;
  if (strategy !== 'LINEAR') return 0;
  const linear = config['LinearConfiguration'];
  const percent = partOf(linear, 'StepPercent') ?? 10;
  return (Math.ceil(100 / percent) - 1) * (partOf(linear, 'StepBakeTimeInMinutes') ?? 6);
}

const partOf = (part: Json | undefined, key: string): number | undefined =>
  isObject(part) ? numberOf(part[key]) : undefined;

function hookOf({
  TargetType: type,
  LifecycleStages: stages,
  TimeoutConfiguration: given,
}: JsonObject): LifecycleHook {
  const timeout = isObject(given) ? given : {};
  return {
    type: textOf(type) === 'PAUSE' ? 'PAUSE' : 'AWS_LAMBDA',
    stages: listOf(stages).flatMap((it) => textOf(it) ?? []),
    timeoutMinutes: numberOf(timeout['TimeoutInMinutes']) ?? 1440,
    onTimeout: textOf(timeout['Action']) === 'CONTINUE' ? 'CONTINUE' : 'ROLLBACK',
  };
}
