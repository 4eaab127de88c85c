import { isObject, listOf, type Json, type JsonObject } from '../json';
import type { Address, Balancer, HealthCheck, Listener } from './blueprint';
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
  const listener = listenerOf(group, resources);
  return {
    loadBalancer: listener && loadBalancerOf(listener, resources),
    listener: listener && portOf(listener),
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

/** The listener that forwards to a target group, by itself or by a rule: of several the one with TLS, which clients use. */
function listenerOf(group: Resource, resources: Resources): Resource | undefined {
  const forwards = (owner: Resource, actions: Json | undefined): boolean =>
    targetsOf(actions).some((target) => resources.referred(target, owner) === group);
  const direct = resources
    .ofType('AWS::ElasticLoadBalancingV2::Listener')
    .filter((it) => forwards(it, it.properties['DefaultActions']));
  const byRule = resources
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter((it) => forwards(it, it.properties['Actions']))
    .map((rule) => resources.referred(rule.properties['ListenerArn'], rule))
    .filter((it) => it !== undefined);
  const all = [...direct, ...byRule];
  return all.find((it) => protocolOf(it) === 'https') ?? all[0];
}

const protocolOf = ({ properties }: Resource): Listener['protocol'] =>
  textOf(properties['Protocol'])?.toUpperCase() === 'HTTPS' ? 'https' : 'http';

function portOf(listener: Resource): Listener {
  const protocol = protocolOf(listener);
  return { protocol, port: numberOf(listener.properties['Port']) ?? (protocol === 'https' ? 443 : 80) };
}

function loadBalancerOf(listener: Resource, resources: Resources): Address | undefined {
  const found = resources.referred(listener.properties['LoadBalancerArn'], listener);
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
