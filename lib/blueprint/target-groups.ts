import { isObject, listOf, type Json } from '../json';
import { numberOf, textOf } from '../template/values';
import type { HealthCheck, Stickiness, TargetGroup } from './load-balancing';
import type { Resource } from './resources';

/** Reads a target group. */
export function targetGroupOf(group: Resource): TargetGroup {
  const { stack, logicalId, properties } = group;
  const attributes = attributesOf(properties['TargetGroupAttributes']);
  return {
    stack,
    logicalId,
    protocol: protocolOf(group),
    protocolVersion: versionOf(group),
    healthCheck: healthCheckOf(group),
    deregistrationDelaySeconds: numberOf(attributes['deregistration_delay.timeout_seconds']) ?? 300,
    algorithm: textOf(attributes['load_balancing.algorithm.type']) ?? 'round_robin',
    stickiness: stickinessOf(attributes),
    slowStartSeconds: numberOf(attributes['slow_start.duration_seconds']) ?? 0,
  };
}

/** The attributes of a load balancer or a target group, which are pairs of `Key` and `Value`. */
export function attributesOf(pairs: Json | undefined): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    listOf(pairs)
      .filter(isObject)
      .map((it) => [String(it['Key']), it['Value'] ?? null]),
  );
}

const protocolOf = ({ properties }: Resource): string =>
  textOf(properties['Protocol'])?.toUpperCase() ?? 'HTTP';

function versionOf({ properties }: Resource): TargetGroup['protocolVersion'] {
  const version = textOf(properties['ProtocolVersion'])?.toUpperCase();
  return version === 'HTTP2' || version === 'GRPC' ? version : 'HTTP1';
}

/**
 * Defaults: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-elasticloadbalancingv2-targetgroup.html
 */
function healthCheckOf(group: Resource): HealthCheck {
  const { properties } = group;
  const { Matcher: matcher, HealthCheckProtocol } = properties;
  const isGrpc = versionOf(group) === 'GRPC';
  const isHttp = protocolOf(group).startsWith('HTTP');
  const declared = textOf(HealthCheckProtocol)?.toUpperCase() ?? (isHttp ? 'HTTP' : 'TCP');
  const protocol = declared === 'HTTP' || declared === 'HTTPS' ? declared : 'TCP';
  const codes = isObject(matcher) ? textOf(matcher[isGrpc ? 'GrpcCode' : 'HttpCode']) : undefined;
  return {
    protocol,
    port: numberOf(properties['HealthCheckPort']),
    path: textOf(properties['HealthCheckPath']) ?? (isGrpc ? '/AWS.ALB/healthcheck' : '/'),
    intervalSeconds: numberOf(properties['HealthCheckIntervalSeconds']) ?? 30,
    timeoutSeconds: numberOf(properties['HealthCheckTimeoutSeconds']) ?? timeoutOf(isHttp, protocol),
    healthyThreshold: numberOf(properties['HealthyThresholdCount']) ?? 5,
    unhealthyThreshold: numberOf(properties['UnhealthyThresholdCount']) ?? 2,
    // gRPC's 12: a server that does not know the method answers so, and lives
    matcher: codes ?? (isGrpc ? '12' : isHttp ? '200' : '200-399'),
  };
}

/** For a Network Load Balancer it is 6 s with HTTP, and 10 s with TCP and TLS. */
function timeoutOf(isApplication: boolean, protocol: HealthCheck['protocol']): number {
  if (isApplication) return 5;
  return protocol === 'HTTP' ? 6 : 10;
}

const DAY_SECONDS = 86_400;

function stickinessOf(attributes: Readonly<Record<string, Json>>): Stickiness | undefined {
  if (String(attributes['stickiness.enabled']) !== 'true') return undefined;
  const by = textOf(attributes['stickiness.type']) ?? 'lb_cookie';
  if (by.startsWith('source_ip')) return { by: 'source_ip' };
  const seconds = numberOf(attributes[`stickiness.${by}.duration_seconds`]) ?? DAY_SECONDS;
  const cookie = textOf(attributes['stickiness.app_cookie.cookie_name']);
  return by === 'app_cookie' && cookie !== undefined ? { by, seconds, cookie } : { by: 'lb_cookie', seconds };
}
