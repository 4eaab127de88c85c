import { isObject, listOf, type Json, type JsonObject } from '../json';
import type { Address, Balancer, HealthCheck } from './blueprint';
import type { Resource, Resources } from './resources';
import { numberOf, textOf } from '../template/values';

/** Reads the target group that a service's entry under `LoadBalancers` names; undefined when the templates do not have it. */
export function balancerOf(
  balanced: JsonObject | undefined,
  service: Resource,
  resources: Resources,
): Balancer | undefined {
  const group = resources.referred(balanced?.['TargetGroupArn'], service);
  if (!group) return undefined;
  const delay = listOf(group.properties['TargetGroupAttributes'])
    .filter(isObject)
    .find((it) => it['Key'] === 'deregistration_delay.timeout_seconds');
  return {
    loadBalancer: loadBalancerOf(group, resources),
    healthCheck: healthCheckOf(group),
    deregistrationDelaySeconds: numberOf(delay?.['Value']) ?? 300,
  };
}

/**
 * Defaults: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-elasticloadbalancingv2-targetgroup.html
 */
function healthCheckOf({ properties }: Resource): HealthCheck {
  const { Matcher: matcher, HealthCheckProtocol, Protocol } = properties;
  const protocol = textOf(HealthCheckProtocol) ?? textOf(Protocol) ?? 'HTTP';
  return {
    path: textOf(properties['HealthCheckPath']) ?? '/',
    intervalSeconds: numberOf(properties['HealthCheckIntervalSeconds']) ?? 30,
    timeoutSeconds:
      numberOf(properties['HealthCheckTimeoutSeconds']) ?? (protocol.startsWith('HTTP') ? 5 : 10),
    healthyThreshold: numberOf(properties['HealthyThresholdCount']) ?? 5,
    unhealthyThreshold: numberOf(properties['UnhealthyThresholdCount']) ?? 2,
    matcher: (isObject(matcher) ? textOf(matcher['HttpCode']) : undefined) ?? '200',
  };
}

function loadBalancerOf(group: Resource, resources: Resources): Address | undefined {
  const forwards = (owner: Resource, actions: Json | undefined): boolean =>
    targetsOf(actions).some((target) => resources.referred(target, owner) === group);
  const rule = resources
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .find((it) => forwards(it, it.properties['Actions']));
  const listener =
    resources
      .ofType('AWS::ElasticLoadBalancingV2::Listener')
      .find((it) => forwards(it, it.properties['DefaultActions'])) ??
    (rule && resources.referred(rule.properties['ListenerArn'], rule));
  const found = listener && resources.referred(listener.properties['LoadBalancerArn'], listener);
  return found && { stack: found.stack, logicalId: found.logicalId };
}

/** The target groups that actions forward to: one, or several with weights. */
function targetsOf(actions: Json | undefined): (Json | undefined)[] {
  return listOf(actions)
    .filter(isObject)
    .flatMap(({ TargetGroupArn: one, ForwardConfig: forward }) => [
      one,
      ...listOf(isObject(forward) ? forward['TargetGroups'] : undefined).map((it) =>
        isObject(it) ? it['TargetGroupArn'] : undefined,
      ),
    ]);
}
